"""What a check keeps of its visit, so that newer rules can judge it again: small, as JSON."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from operator import attrgetter
from typing import Any, Final

from catalog.records import Hop, HostEvidence, Page, Visit
from catalog.vocabulary import Reason

# What a page says about itself is for readers, and kept in `pages`; no judgement rests on it.
_NOT_JUDGED: Final = frozenset({"author", "language", "published", "repos", "charset"})

_NOT_JUDGED_HEADERS: Final = frozenset(
    {"etag", "last-modified", "location", "link", "via", "x-powered-by", "refresh"}
)

# An article is not judged by what stands further down in it.
_ARTICLE: Final = 1_000
_OPENING: Final = 400
_DESCRIPTION: Final = 80

_JUDGED: Final = {
    field.name: field.default
    for field in fields(Page)
    if field.default is not MISSING and field.name not in _NOT_JUDGED
}

_judged_of: Final = attrgetter(*_JUDGED)


def to_seen(visit: Visit, neighbours: HostEvidence | None = None) -> str:
    """Return as JSON what the judgement on *visit* rested on and no column of its own holds."""
    seen: dict[str, object] = {}
    if headers := _headers(visit.headers):
        seen["headers"] = headers
    if visit.page is not None:
        seen["page"] = _page(visit.page)
    if neighbours is not None:
        seen["neighbours"] = _neighbours(neighbours)
    return _json(seen)


def to_hops(hops: tuple[Hop, ...]) -> str:
    """Return *hops* as JSON."""
    return _json([asdict(hop) for hop in hops]) if hops else "[]"


def visit_of(row: Mapping[str, Any], url: str) -> Visit:
    """Return the visit to *url* that a *row* of `checks` keeps, to be judged by newer rules."""
    seen = json.loads(row["seen"])
    return _visit(
        {
            "url": url,
            "status": row["status"],
            "failure": row["failure"],
            "detail": row["detail"],
            "final_url": row["final_url"],
            "hops": json.loads(row["hops"]),
            "headers": seen.get("headers", {}),
            "page": seen.get("page"),
            "seconds": row["seconds"],
            "size": row["size"],
        }
    )


def neighbours_of(row: Mapping[str, Any]) -> HostEvidence | None:
    """Return what the judgement in a *row* of `checks` knew of the host's other answers."""
    known = json.loads(row["seen"]).get("neighbours")
    if known is None:
        return None
    probe = known.pop("probe", None)
    return HostEvidence(**known, probe=_visit(probe) if probe is not None else None)


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that say who answered and what; of cookies only the name."""
    return {
        name: value.partition("=")[0] if name == "set-cookie" else value
        for name, value in headers.items()
        if name not in _NOT_JUDGED_HEADERS
    }


def _page(page: Page) -> dict[str, object]:
    """Return what judging needs of *page*, without what is as it is by default."""
    kept: dict[str, object] = {
        name: value
        for (name, default), value in zip(_JUDGED.items(), _judged_of(page), strict=True)
        if value != default
    }
    if page.description:
        kept["description"] = page.description[:_DESCRIPTION]
    if page.prose_length >= _ARTICLE:
        kept["lead"] = page.lead[:_OPENING]
    return kept


def _neighbours(neighbours: HostEvidence) -> dict[str, object]:
    kept: dict[str, object] = {
        "same_end": neighbours.same_end,
        "same_text": neighbours.same_text,
    }
    if (probe := neighbours.probe) is not None:
        kept["probe"] = {
            "url": probe.url,
            "status": probe.status,
            "failure": probe.failure,
            "final_url": probe.final_url,
            "hops": [asdict(hop) for hop in probe.hops],
            "page": _page(probe.page) if probe.page is not None else None,
        }
    return kept


def _visit(values: dict[str, Any]) -> Visit:
    values["failure"] = Reason(values["failure"]) if values["failure"] else None
    values["hops"] = tuple(Hop(**hop) for hop in values["hops"])
    if (page := values["page"]) is not None:
        page["markers"] = tuple(page.get("markers", ()))
        values["page"] = Page(**page)
    return Visit(**values)


# One for all: `json.dumps` would make one for each value.
_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
