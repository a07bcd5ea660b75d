"""The catalog for others: a published snapshot, and exports of it."""
