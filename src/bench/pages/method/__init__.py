"""How a verdict is reached."""
