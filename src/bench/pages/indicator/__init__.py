"""One indicator's page: every council in order, England, and the years."""
