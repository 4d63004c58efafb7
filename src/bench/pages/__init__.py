"""One package for each page: what it is about, its sections and its charts."""
