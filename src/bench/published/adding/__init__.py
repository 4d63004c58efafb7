"""A reader's own file: what it is taken for, and how it is brought in."""
