"""Changes that are worth asking about."""
