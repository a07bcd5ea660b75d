"""The report as CSV, a mention a row, for spreadsheets: no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterator

from report.escaping import csv_cell
from report.findings import Finding, Place, Report
from report.formats.machine import mentions, message
from report.formats.style import Style

COLUMNS = (
    "group",
    "standing",
    "verdict",
    "reason",
    "status",
    "url",
    "file",
    "line",
    "column",
    "section",
    "item",
    "text",
    "issue_date",
    "final_url",
    "suggestion",
    "suggestion_kind",
    "first_seen_broken",
    "last_ok",
    "last_checked",
    "checks",
    "nights",
    "evidence",
    "ignored",
    "message",
)

_ROWS_AT_ONCE = 500


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield the table with its head; lines end as RFC 4180 wants them."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    for number, (finding, place) in enumerate(mentions(report), start=1):
        writer.writerow(_row(finding, place))
        if number % _ROWS_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _row(finding: Finding, place: Place | None) -> dict[str, object]:
    """Return the cells of one mention, text made harmless, numbers left as they are."""
    text = {
        "group": finding.group,
        "standing": finding.standing,
        "verdict": finding.verdict or "",
        "reason": finding.reason or "",
        "url": finding.url,
        "final_url": finding.final_url,
        "suggestion": finding.suggestion.address if finding.suggestion else "",
        "suggestion_kind": finding.suggestion.kind if finding.suggestion else "",
        "first_seen_broken": finding.first_seen_broken or "",
        "last_ok": finding.last_ok or "",
        "last_checked": finding.last_checked or "",
        "evidence": finding.evidence or finding.detail,
        "ignored": finding.ignored.pattern if finding.ignored else "",
        "message": message(finding),
    }
    numbers: dict[str, object] = {
        "status": finding.status,
        "checks": finding.checks,
        "nights": finding.nights,
    }
    if place is not None:
        numbers |= {"line": place.line, "column": place.column}
        text |= {
            "file": place.path,
            "section": place.section,
            "item": place.item,
            "text": place.text,
            "issue_date": place.issue_date,
        }
    return {**numbers, **{name: csv_cell(value) for name, value in text.items()}}
