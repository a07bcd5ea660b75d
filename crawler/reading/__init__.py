"""Issues to values: bytes become mentions and items, each with its place in the file."""
