"""Measurements: each module prints a section of Markdown; `python -m benchmarks` collects them."""
