"""A council's page: its indicators of a year beside its peers and England."""
