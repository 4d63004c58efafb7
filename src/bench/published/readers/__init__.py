"""The publisher's files, read as they are printed."""
