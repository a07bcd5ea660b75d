"""Bodies to pages: what a reader would see of the bytes that a server sent."""
