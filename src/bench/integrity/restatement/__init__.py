"""One figure counted otherwise: what it becomes, and what that would change."""
