"""Pages, sites and files."""
