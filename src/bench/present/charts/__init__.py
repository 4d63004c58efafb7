"""Charts that pages share."""
