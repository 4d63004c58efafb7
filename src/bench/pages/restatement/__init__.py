"""One figure put to the test."""
