"""Turns what the catalog knows into something a person acts on."""
