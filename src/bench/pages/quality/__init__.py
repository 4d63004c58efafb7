"""Where the figures come from, and how sound they are."""
