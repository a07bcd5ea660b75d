"""Times as the catalog writes them: UTC, to the second, with a `Z`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return *moment* as the catalog stores it, such as `2026-11-22T04:00:00Z`.

    Raises `ValueError` for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def moment(text: str) -> datetime:
    """Return the moment that `stamp` wrote as *text*."""
    return datetime.fromisoformat(text)
