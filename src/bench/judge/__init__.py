"""Comparing and rating; frames in, verdicts out."""
