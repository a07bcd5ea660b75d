"""Read what forges say, in any shape, into the values that the catalog keeps. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from catalog.clock import stamp
from catalog.records import RepoName

_LONGEST = 2000  # descriptions are sentences, not books


def words(value: Any) -> str | None:
    """Return *value* if it is a text with anything in it, on one line; else None."""
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())[:_LONGEST]
    # Half a surrogate pair cannot be stored as UTF-8; JSON can spell it all the same.
    return text.encode("utf-8", "replace").decode("utf-8") or None


def count(value: Any) -> int | None:
    """Return *value* if it is a number of things; else None."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        return None
    return value


def moment_of(value: Any) -> str | None:
    """Return the time that *value* gives, as the catalog writes times; None where it is none.

    It is ISO 8601 or, in some of GitHub's answers, seconds since 1970.
    """
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return stamp(datetime.fromtimestamp(value, UTC))
        if not isinstance(value, str):
            return None
        moment = datetime.fromisoformat(value)
        return stamp(moment) if moment.tzinfo is not None else None
    except (ValueError, OverflowError, OSError):
        return None


def texts(values: Any) -> tuple[str, ...]:
    """Return the texts among *values*, if that is a list."""
    if not isinstance(values, list):
        return ()
    return tuple(text for text in map(words, values) if text)


def table(value: Any) -> dict[str, Any]:
    """Return *value* if it is a JSON object; else an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> Iterable[dict[str, Any]]:
    """Return the JSON objects in *value*, if that is a list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def name_of(host: str, full_name: Any) -> RepoName | None:
    """Return the repository called *full_name* on *host*; None where that is no name."""
    text = words(full_name)
    owner, _, name = (text or "").rpartition("/")
    return RepoName(host=host, owner=owner, name=name) if name else None


def address_of(repo: RepoName) -> str:
    """Return where people find *repo*. Built here, since an answer could claim any address."""
    return f"https://{repo.host}/{quote(repo.full_name)}"
