"""Links to visits: one polite, bounded, guarded look at each address."""
