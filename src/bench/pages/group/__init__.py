"""A group of councils, such as a region, beside England: one page for a meeting of them."""
