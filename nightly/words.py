"""Numbers with their nouns."""


def counted(number: int, one: str, many: str = "") -> str:
    """Return *number* with *one*, or with *many* (by default *one* with an s)."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
