"""The report as JUnit XML: an issue is a suite, a mention a test.

A link that is broken or leads nowhere is a failure.
"""

from collections import defaultdict
from collections.abc import Iterator
from xml.etree import ElementTree

from report.escaping import plain, xml_text
from report.findings import BROKEN_GROUPS, Finding, Group, Place, Report
from report.formats.machine import mentions, message, rule
from report.formats.style import Style

_Tests = list[tuple[Finding, Place | None]]


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield the document, a suite at a time."""
    suites: dict[str, _Tests] = defaultdict(list)
    for finding, place in mentions(report):
        suites[place.path if place else ""].append((finding, place))
    tests = [(finding, place) for suite in suites.values() for finding, place in suite]
    numbers = "".join(f' {name}="{number}"' for name, number in _numbers(tests).items())
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="linkledger"{numbers}>\n'
    for file in sorted(suites):
        suite = _suite(file, suites[file], report)
        yield f"{ElementTree.tostring(suite, encoding='unicode')}\n"
    yield "</testsuites>\n"


def _suite(file: str, tests: _Tests, report: Report) -> ElementTree.Element:
    """Return the suite of one file; its time zone is UTC, which the format cannot say."""
    numbers = {name: str(number) for name, number in _numbers(tests).items()}
    name, timestamp = plain(file) or "links", report.generated_at.removesuffix("Z")
    head = {"name": name, "timestamp": timestamp, "time": "0", **numbers}
    suite = ElementTree.Element("testsuite", head)
    for finding, place in tests:
        suite.append(_test(report, finding, place))
    return suite


def _test(report: Report, finding: Finding, place: Place | None) -> ElementTree.Element:
    head = {"name": xml_text(finding.shown_url), "classname": "links", "time": "0"}
    if place is not None:
        head["name"] = f"{place.line}:{place.column} {head['name']}"
        head["classname"] = plain(place.path)
        head |= {
            "file": xml_text(report.path_in_repository(place)),
            "line": str(place.line),
        }
    case = ElementTree.Element("testcase", head)
    if outcome := _outcome(finding):
        told = ElementTree.SubElement(
            case, outcome, message=f"{finding.group}: {message(finding)}"
        )
        if outcome == "failure":
            told.set("type", rule(finding))
    return case


def _outcome(finding: Finding) -> str:
    """Return how the test ended: what no one can tell tonight is skipped, not passed."""
    if finding.group is Group.OK:
        return ""
    if finding.ignored is None and finding.group in (*BROKEN_GROUPS, Group.EMPTY):
        return "failure"
    return "skipped"


def _numbers(tests: _Tests) -> dict[str, int]:
    outcomes = [_outcome(finding) for finding, _ in tests]
    return {
        "tests": len(outcomes),
        "failures": outcomes.count("failure"),
        "errors": 0,
        "skipped": outcomes.count("skipped"),
    }
