"""Reading the publisher's files into one table."""
