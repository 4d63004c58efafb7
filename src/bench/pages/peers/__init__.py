"""A council's peers by the open model, and why."""
