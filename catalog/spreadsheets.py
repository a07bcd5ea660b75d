"""Keep spreadsheets from taking text for a formula and running it. Pure."""

# A spreadsheet takes a cell that begins like this for a formula, in the full-width spelling too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def harmless(text: str) -> str:
    """Return *text* so that no spreadsheet runs it: an apostrophe says that it is text."""
    return f"'{text}" if text.startswith(_FORMULA) else text
