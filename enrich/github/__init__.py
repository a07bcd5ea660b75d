"""GitHub: how to ask in batches and one by one, and how to read what comes."""
