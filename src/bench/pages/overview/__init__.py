"""Every council of a year: a site's index, and its overview."""
