"""Rules over the published figures, each with what it found."""
