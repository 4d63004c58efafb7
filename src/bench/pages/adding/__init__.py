"""Bringing a file of a reader's own in: what it was taken for, and what it would change."""
