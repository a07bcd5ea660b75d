"""Times as HTTP writes them, from servers that may write anything: RFC 9110, 5.6.7 and 10.2.3."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def http_date(text: str) -> datetime | None:
    """Return the moment that *text* gives; None where it gives none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for a year or a zone of twenty digits
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)  # «-0000»: UTC, and no place


def retry_after(text: str, now: datetime | None) -> float | None:
    """Return the seconds that a `Retry-After` of *text* asks for; None where it asks for none.

    It is a number of seconds, or a date, which only says something where *now* is known.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = http_date(text)
    if moment is None or now is None:
        return None
    return max((moment - now).total_seconds(), 0.0)
