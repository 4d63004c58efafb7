"""One question through all its names."""
