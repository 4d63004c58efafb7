"""What a reader sees: words, colours, tables and charts, all from frames."""
