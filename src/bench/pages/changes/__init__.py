"""What a release changed, for one council and for all of them."""
