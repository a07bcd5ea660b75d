"""Asks forges about repositories and arXiv about papers."""
