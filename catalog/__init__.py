"""The catalog: what every stage reads from and writes to, and nothing else of ours."""
