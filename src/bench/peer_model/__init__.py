"""The open peer model: census features, distances, and the lists made of them."""
