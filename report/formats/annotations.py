"""The report as workflow commands of GitHub Actions, which annotate the lines of a change."""

from collections.abc import Iterator

from report.escaping import plain, plain_address
from report.findings import Finding, Group, Place, Report
from report.formats.machine import mentions, message, rule
from report.formats.style import Style

_COMMANDS: dict[Group, str] = {
    Group.NEWLY_BROKEN: "error",
    Group.STILL_BROKEN: "error",
    Group.EMPTY: "error",
    Group.MOVED: "warning",
    Group.SUSPECT: "warning",
}


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield a command a mention, the most urgent first: GitHub shows the first ten of a step."""
    for finding, place in mentions(report):
        if finding.group is not Group.OK and finding.ignored is None:
            yield _command(report, finding, place)


def _command(report: Report, finding: Finding, place: Place | None) -> str:
    properties = {"title": f"{finding.group}: {rule(finding)}"}
    if place is not None:
        file = report.path_in_repository(place)
        where = {"file": file, "line": str(place.line), "col": str(place.column)}
        properties = where | properties
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = f"{plain_address(finding.shown_url)} {message(finding)}"
    return f"::{_COMMANDS.get(finding.group, 'notice')} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    """Return *text* so that no end of line in it begins a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(plain(text)).replace(":", "%3A").replace(",", "%2C")
