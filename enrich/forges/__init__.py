"""Forges other than GitHub, one module each: how to ask, and how to read what comes."""
