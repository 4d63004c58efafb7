"""A council's year on one side of A4."""
