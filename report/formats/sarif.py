"""The report as SARIF 2.1.0, which code scanning and editors show at the lines in question."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Any
from urllib.parse import quote

from report.escaping import xml_text
from report.findings import Finding, Group, Place, Report
from report.formats.machine import RULES, json_text, mentions, message, rule
from report.formats.style import Style

# GitHub refuses a run with more; the most urgent come first, and a note says how many more.
MOST_RESULTS = 25_000

_LEVELS: dict[Group, str] = {
    Group.NEWLY_BROKEN: "error",
    Group.STILL_BROKEN: "error",
    Group.EMPTY: "error",
    Group.MOVED: "warning",
    Group.SUSPECT: "warning",
}

# What paths count from; where that lies, whoever reads the log knows better.
_ROOT = "%SRCROOT%"
_ABOUT_ROOT = {"description": {"text": "The root of the repository that holds the archive."}}

_RULE_NUMBERS = {name: number for number, name in enumerate(RULES)}


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield the log, a result a line, at most `MOST_RESULTS` of them."""
    yield (
        '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",'
        ' "runs": [{"columnKind": "unicodeCodePoints",\n'
        f'"tool": {json_text({"driver": _driver()})},\n'
        f'"originalUriBaseIds": {json_text({_ROOT: _ABOUT_ROOT})},\n'
        '"results": ['
    )
    results = mentions(report)
    for number, (finding, place) in enumerate(islice(results, MOST_RESULTS)):
        yield f"{',' if number else ''}\n{json_text(_result(report, finding, place))}"
    left = sum(1 for _ in results)
    yield f'],\n"invocations": {json_text([_invocation(report, left)])}}}]}}\n'


def _driver() -> dict[str, Any]:
    return {
        "name": "linkledger",
        "rules": [
            {"id": name, "shortDescription": {"text": words}} for name, words in RULES.items()
        ],
    }


def _result(report: Report, finding: Finding, place: Place | None) -> dict[str, Any]:
    """Return what stands of one mention."""
    name = rule(finding)
    result: dict[str, Any] = {
        "ruleId": name,
        "ruleIndex": _RULE_NUMBERS[name],
        "level": _LEVELS.get(finding.group, "note"),
        "message": {"text": xml_text(f"{finding.shown_url}: {message(finding)}")},
        "baselineState": "unchanged" if finding.group is Group.STILL_BROKEN else "new",
        "partialFingerprints": {"linkAndItem/v1": _fingerprint(finding, place)},
        "properties": {"url": finding.url, "group": finding.group, "standing": finding.standing},
    }
    if place is not None:
        artifact = {"uri": quote(report.path_in_repository(place)), "uriBaseId": _ROOT}
        region = {"startLine": place.line, "startColumn": place.column}
        physical = {"artifactLocation": artifact, "region": region}
        result["locations"] = [{"physicalLocation": physical}]
        if finding.suggestion is not None and place.holds_address:
            result["fixes"] = [_fix(place, artifact, finding.suggestion.address)]
    if finding.ignored is not None:
        why = finding.ignored.reason or finding.ignored.pattern
        result["suppressions"] = [{"kind": "external", "justification": why}]
    return result


def _fix(place: Place, artifact: dict[str, str], address: str) -> dict[str, Any]:
    region = {
        "startLine": place.url_line,
        "startColumn": place.url_column,
        "endColumn": place.url_column + len(place.url),
    }
    replacement = {"deletedRegion": region, "insertedContent": {"text": address}}
    change = {"artifactLocation": artifact, "replacements": [replacement]}
    return {
        "description": {"text": f"Write {address} instead"},
        "artifactChanges": [change],
    }


def _fingerprint(finding: Finding, place: Place | None) -> str:
    """Return what makes this the same result tomorrow, wherever in its file it stands then."""
    where = f"{place.path}\n{place.item}\n{place.text}" if place else ""
    return sha256(f"{finding.url}\n{where}".encode("utf-8", "replace")).hexdigest()


def _invocation(report: Report, left: int) -> dict[str, Any]:
    trusted = report.night is None or report.night.trusted
    notes = [] if trusted or report.night is None else [report.night.note or "night not trusted"]
    if left:
        notes.append(f"{left} more results are left out")
    return {
        "executionSuccessful": trusted,
        "toolExecutionNotifications": [
            {"level": "warning", "message": {"text": note}} for note in notes
        ],
    }
