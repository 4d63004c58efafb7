"""The data folder on disk: one writer at a time, all or nothing, every byte accounted for."""
