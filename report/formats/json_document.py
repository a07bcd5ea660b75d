"""The report as one JSON document, for scripts; `report.schema.json` says what is in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from report.findings import DeadHost, Finding, Place, RepoChange, Report
from report.formats.machine import json_text
from report.formats.style import Style

SCHEMA = Path(__file__).parent.parent / "schemas" / "report.schema.json"

# Goes up when a field changes its meaning or goes; new fields do not change it.
VERSION = 1


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield the document, a row a line; `links` holds each link that is not `ok`.

    Text is given as it is in the catalog, escaped by the rules of JSON and no others.
    """
    yield "{\n"
    for name, value in _head(report).items():
        yield f"  {json_text(name)}: {json_text(value)},\n"
    lists: dict[str, Iterable[dict[str, Any]]] = {
        "links": map(row, report.findings),
        "fixed": map(row, report.fixed),
        "empty": map(row, report.empty),
        "drifted": map(row, report.drifted),
        "dead_hosts": map(_host, report.dead_hosts),
        "repositories": map(_repository, report.repositories),
        "unread": ({"root": u.root, "file": u.file, "problem": u.problem} for u in report.unread),
    }
    for place, (name, rows) in enumerate(lists.items()):
        yield f"{',' if place else ''}\n  {json_text(name)}: ["
        for number, content in enumerate(rows):
            yield f"{',' if number else ''}\n    {json_text(content)}"
        yield "]"
    yield "\n}\n"


def row(finding: Finding) -> dict[str, Any]:
    """Return *finding* as a row of the document."""
    return {
        "url": finding.url,
        "group": finding.group,
        "standing": finding.standing,
        "standing_since": finding.standing_since,
        "verdict": finding.verdict,
        "reason": finding.reason,
        "status": finding.status,
        "final_url": finding.final_url,
        "evidence": finding.evidence or finding.detail,
        "rule": finding.rule,
        "first_seen_broken": finding.first_seen_broken,
        "last_ok": finding.last_ok,
        "last_checked": finding.last_checked,
        "checks": finding.checks,
        "nights": finding.nights,
        "flapping": finding.flapping,
        "suggestion": finding.suggestion.address if finding.suggestion else None,
        "suggestion_kind": finding.suggestion.kind if finding.suggestion else None,
        "host": finding.host,
        "repository": finding.repository or None,
        "drift": finding.drift or None,
        "ignored": _ignored(finding),
        "mentions": [_mention(place) for place in finding.places],
    }


def _head(report: Report) -> dict[str, Any]:
    night = report.night
    return {
        "format": "linkledger-report",
        "version": VERSION,
        "generated_at": report.generated_at,
        "archives": [
            {"title": a.title, "source": a.source, "language": a.language} for a in report.archives
        ],
        "night": night
        and {
            "run": night.run_id,
            "started_at": night.started_at,
            "finished_at": night.finished_at,
            "state": night.state,
            "trusted": night.trusted,
            "note": night.note,
            "news_since": night.news_since,
        },
        "filtered": report.is_filtered,
        "counts": {**report.counts, "fixed": len(report.fixed), "ignored": report.ignored},
    }


def _mention(place: Place) -> dict[str, Any]:
    return {
        "root": place.root,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "text": place.text,
        "section": place.section,
        "item": place.item,
        "url": place.url,
        "url_line": place.url_line,
        "url_column": place.url_column,
        "kind": place.kind,
        "issue_date": place.issue_date or None,
    }


def _ignored(finding: Finding) -> dict[str, Any] | None:
    why = finding.ignored
    if why is None:
        return None
    return {
        "pattern": why.pattern,
        "reason": why.reason,
        "until": why.until.isoformat() if why.until else None,
    }


def _host(host: DeadHost) -> dict[str, Any]:
    return {
        "host": host.name,
        "links": host.links,
        "mentions": host.mentions,
        "since": host.since,
        "reason": host.reason,
    }


def _repository(change: RepoChange) -> dict[str, Any]:
    return {
        "repository": change.repository,
        "event": change.event,
        "url": change.url,
        "since": change.since,
        "before": change.before,
        "now": change.now,
        "delta": change.delta,
        "message": change.message,
        "mentions": [_mention(place) for place in change.places],
    }
