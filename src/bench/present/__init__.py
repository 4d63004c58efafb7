"""Words, colours, tables and figures for people."""
