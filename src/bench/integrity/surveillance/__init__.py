"""Which changes are too large to be ordinary."""
