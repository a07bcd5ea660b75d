"""The order in which people are told things, the same in every format made for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from report.findings import Finding, Group, Report
from report.words import marked


class Detail(StrEnum):
    """How much is said of each link of a section."""

    FULL = "full"
    LINE = "line"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, a sentence below it, and the links that it is about."""

    key: str
    title: str
    note: str
    detail: Detail
    findings: Sequence[Finding]


# What is not in the report's `of(group)` has None for its group.
SECTIONS: tuple[tuple[str, Group | None, str, str, Detail], ...] = (
    (
        "newly_broken",
        Group.NEWLY_BROKEN,
        marked("Newly broken"),
        marked("Broken since the last time we looked."),
        Detail.FULL,
    ),
    (
        "still_broken",
        Group.STILL_BROKEN,
        marked("Still broken"),
        marked("Known already, and not repaired yet."),
        Detail.FULL,
    ),
    (
        "empty",
        None,
        marked("Links that lead nowhere"),
        marked("Their address stands in the text only; where it works, linkledger fix moves it."),
        Detail.LINE,
    ),
    (
        "fixed",
        None,
        marked("Fixed since last time"),
        marked("These were broken and work again."),
        Detail.LINE,
    ),
    (
        "moved_safe",
        None,
        marked("Moved, safe to update"),
        marked("The servers say that these moves are for good; linkledger fix writes them."),
        Detail.LINE,
    ),
    (
        "moved_unsafe",
        None,
        marked("Moved, look first"),
        marked("Readers arrive elsewhere, and nobody promised that it stays so."),
        Detail.LINE,
    ),
    (
        "suspect",
        Group.SUSPECT,
        marked("Suspects"),
        marked("Something is wrong, but one bad night is no proof."),
        Detail.LINE,
    ),
    (
        "drifted",
        None,
        marked("Changed content"),
        marked("The address works, but it no longer shows what it used to."),
        Detail.LINE,
    ),
    (
        "unclear",
        Group.UNCLEAR,
        marked("Unclear"),
        marked("No rule of ours covers what these servers answered."),
        Detail.LINE,
    ),
    (
        "blocked",
        Group.BLOCKED,
        marked("Blocked"),
        marked("These sites refuse robots; a reader probably gets in."),
        Detail.COUNT,
    ),
    (
        "skipped",
        Group.SKIPPED,
        marked("Not looked at"),
        marked("Left out by a rule: robots.txt, another kind of address, the configuration."),
        Detail.COUNT,
    ),
    (
        "unchecked",
        Group.UNCHECKED,
        marked("Waiting for a first answer"),
        marked("Their turn comes with the next night."),
        Detail.COUNT,
    ),
    ("ok", Group.OK, marked("Fine"), marked("Readers get what was linked."), Detail.COUNT),
)


def sections(report: Report) -> tuple[Section, ...]:
    """Return the sections of *report* that hold anything, the most urgent first."""
    moved = report.of(Group.MOVED)
    chosen: dict[str, Sequence[Finding]] = {
        "fixed": report.fixed,
        "moved_safe": tuple(f for f in moved if f.is_safe_move),
        "moved_unsafe": tuple(f for f in moved if not f.is_safe_move),
        "empty": tuple(f for f in report.empty if not f.ignored),
        "drifted": tuple(f for f in report.drifted if not f.ignored),
    }
    return tuple(
        Section(key=key, title=title, note=note, detail=detail, findings=findings)
        for key, group, title, note, detail in SECTIONS
        if (findings := report.of(group) if group else chosen[key])
    )
