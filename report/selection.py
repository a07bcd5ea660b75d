"""Choose from the catalog what a report says: one value, whatever the format."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime

from catalog.archives import ArchiveRow, present_archives, roots
from catalog.clock import stamp
from catalog.connection import Catalog
from catalog.database import Database
from catalog.vocabulary import MentionKind, Standing, SuggestionKind
from report.filters import Filters
from report.findings import (
    ORDER,
    Archive,
    Finding,
    Group,
    Report,
    Suggestion,
    UnreadFile,
)
from report.hosts import dead_hosts
from report.ignore import IgnoreRule, ignored
from report.links import chosen_findings, fixed_links
from report.nights import last_night
from report.repositories import repo_changes
from report.rot import issue_rot
from report.work_tree import folder_in_work_tree

# Before any night there is no news: nothing stands since later than this.
_NEVER = "9999"


def select(
    db: Catalog,
    now: datetime,
    *,
    filters: Filters | None = None,
    rules: Sequence[IgnoreRule] = (),
    everything: bool = False,
) -> Report:
    """Return the report that the catalog *db* gives at the moment *now*, even beside a run.

    With *everything* it also holds the links whose standing is `ok`.
    """
    with db.one_moment():
        return _selected(db, now, filters or Filters(), rules, everything=everything)


def _selected(
    db: Catalog, now: datetime, chosen: Filters, rules: Sequence[IgnoreRule], *, everything: bool
) -> Report:
    """Return the report of one moment."""
    night = last_night(db)
    news_since = night.news_since if night else _NEVER
    news_since = chosen.news_since or news_since
    archives = present_archives(db)
    apart = roots(archives)
    asked = chosen.findings(chosen_findings(db, news_since, apart, everything=everything))
    found = [_grouped(_with_ignored(finding, rules, now.date())) for finding in asked]
    found.sort(key=_urgency)
    empty = tuple(_emptied(f) for f in found if _has_empty_place(f))
    fixed = fixed_links(db, news_since)
    return Report(
        generated_at=stamp(now),
        archives=tuple(map(_archive, archives)),
        night=night,
        findings=tuple(f for f in found if everything or not _is_fine(f)),
        fixed=tuple(f for f in found if f.link_id in fixed and f.group is not Group.EMPTY),
        empty=empty,
        drifted=tuple(f for f in found if f.drift),
        dead_hosts=dead_hosts(found, db),
        repositories=tuple(chosen.repositories(repo_changes(db, news_since, apart))),
        unread=tuple(chosen.unread(_unread(db, apart))),
        rot=issue_rot(db, chosen, apart),
        counts=_counts(db, found, empty, chosen, everything=everything),
        ignored=len(
            {f.link_id for f in (*found, *empty) if f.ignored and f.group is not Group.OK}
        ),
        is_filtered=bool(chosen),
    )


def _with_ignored(finding: Finding, rules: Sequence[IgnoreRule], today: date) -> Finding:
    """Return *finding* with the first of *rules* that some spelling of its address meets."""
    if not rules:
        return finding
    for address in dict.fromkeys((finding.url, *(place.url for place in finding.places))):
        if why := ignored(address, rules, today):
            return replace(finding, ignored=why)
    return finding


def _has_empty_place(finding: Finding) -> bool:
    """Return whether some mention puts the address, which may well work, into its text only."""
    is_broken = finding.standing is Standing.BROKEN
    return not is_broken and any(place.kind == MentionKind.EMPTY for place in finding.places)


def _grouped(finding: Finding) -> Finding:
    """Return *finding* in another group where no place of it holds an address.

    One that is empty everywhere leads nowhere. What is but named, and has a new name, leads
    its readers to that one: there is nothing to replace.
    """
    if not finding.places or any(place.holds_address for place in finding.places):
        return finding
    if _has_empty_place(finding):
        return replace(finding, group=Group.EMPTY)
    return replace(finding, group=Group.OK) if finding.group is Group.MOVED else finding


def _is_fine(finding: Finding) -> bool:
    return finding.group is Group.OK or finding.standing is Standing.OK


def _emptied(finding: Finding) -> Finding:
    """Return *finding* as the one about its empty mentions, with the address to put there.

    An address that is not known to work is put nowhere.
    """
    places = tuple(place for place in finding.places if place.kind == MentionKind.EMPTY)
    suggestion = None
    if finding.standing in (Standing.OK, Standing.MOVED):
        address = finding.suggestion.address if finding.suggestion else finding.url
        suggestion = Suggestion(kind=SuggestionKind.EMPTY, address=address)
    return replace(finding, group=Group.EMPTY, places=places, suggestion=suggestion)


def _urgency(finding: Finding) -> tuple[int, int, str, int, int]:
    """Sort by group, then the newest issue first, then as a reader meets the links."""
    if not finding.places:
        return ORDER[finding.group], 0, "", 0, finding.link_id
    first = finding.places[0]
    newest = -int(first.issue_date.replace("-", "") or 0) if _is_day(first.issue_date) else 0
    return ORDER[finding.group], newest, first.path, first.line, first.column


def _is_day(text: str) -> bool:
    return text.replace("-", "").isdigit()


def _counts(
    db: Database,
    found: Sequence[Finding],
    empty: Iterable[Finding],
    filters: Filters,
    *,
    everything: bool,
) -> dict[Group, int]:
    """Return how many links stand in each group, without those that are ignored."""
    counts = Counter(finding.group for finding in found if not finding.ignored)
    counts[Group.EMPTY] = sum(1 for finding in empty if not finding.ignored)
    if filters:  # of the links that are fine only a few were looked at here
        counts[Group.OK] *= everything
    else:
        (well,) = db.execute(
            "SELECT count(*) FROM links WHERE present = 1 AND standing = 'ok'"
        ).fetchone()
        well_but_nowhere = (f.group is Group.EMPTY and f.standing is Standing.OK for f in found)
        named = (f.group is Group.OK and f.standing is Standing.MOVED for f in found)
        counts[Group.OK] = well - sum(well_but_nowhere) + sum(named)
    return {group: counts[group] for group in Group}


def _archive(row: ArchiveRow) -> Archive:
    return Archive(**asdict(row), folder=folder_in_work_tree(row.source))


def _unread(db: Database, roots: Mapping[int, str]) -> Iterator[UnreadFile]:
    rows = db.query(
        "SELECT archive_id, file, problem FROM issues"
        " WHERE present = 1 AND problem <> '' ORDER BY archive_id, file"
    )
    return (UnreadFile(root=roots.get(row.pop("archive_id"), ""), **row) for row in rows)
