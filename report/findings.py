"""What a report holds: one selection from the catalog, before any format dresses it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from posixpath import join

from catalog.vocabulary import MentionKind, Reason, Standing, SuggestionKind, Verdict


class Group(StrEnum):
    """Where a link belongs in the report, in the order of urgency."""

    NEWLY_BROKEN = "newly_broken"
    STILL_BROKEN = "still_broken"
    EMPTY = "empty"  # written without a target: its address stands in its text only
    MOVED = "moved"
    SUSPECT = "suspect"
    UNCLEAR = "unclear"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    UNCHECKED = "unchecked"
    OK = "ok"


BROKEN_GROUPS = (Group.NEWLY_BROKEN, Group.STILL_BROKEN)

ORDER = {group: place for place, group in enumerate(Group)}


def group_of(standing: Standing, *, is_news: bool) -> Group:
    """Return the group of a link with *standing*; *is_news* tells new breaks from old."""
    if standing is Standing.BROKEN:
        return Group.NEWLY_BROKEN if is_news else Group.STILL_BROKEN
    return Group(standing.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One mention of a link: where to look in the archive's files.

    `line` and `column` say where the link starts, `url_line` and `url_column` where its
    address does; all count from 1, columns in characters. `root` is where the archive lies,
    in a catalog with several of them.
    """

    archive_id: int
    file: str
    line: int
    column: int
    text: str
    section: str
    item: str
    url: str
    url_line: int
    url_column: int
    kind: str
    issue_date: str = ""
    root: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def path(self) -> str:
        """The file, so that no other archive in the catalog has one of that name."""
        return join(self.root, self.file)

    @property
    def holds_address(self) -> bool:
        """Whether an address that could be replaced is written here.

        A title that names a repository holds none, and the text of an empty link is text.
        """
        return self.kind not in (MentionKind.EMPTY, MentionKind.TITLE_REPO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An address to write instead, visited before it is offered."""

    kind: SuggestionKind
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Why the maintainer does not want to hear of a link, and until when (the last day)."""

    pattern: str
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One link, what stands of it, on what evidence, and all places that mention it.

    `nights` counts the nights on which a look at the link failed since `first_seen_broken`,
    `checks` all visits ever. `drift` says how the page's content changed, where it did.
    """

    link_id: int
    url: str
    host: str
    group: Group
    standing: Standing
    standing_since: str | None = None
    verdict: Verdict | None = None
    reason: Reason | None = None
    status: int | None = None
    final_url: str = ""
    rule: str = ""
    evidence: str = ""
    detail: str = ""
    first_seen_broken: str | None = None
    last_ok: str | None = None
    last_checked: str | None = None
    checks: int = 0
    nights: int = 0
    flapping: bool = False
    repository: str = ""
    drift: str = ""
    suggestion: Suggestion | None = None
    ignored: Ignored | None = None
    places: tuple[Place, ...] = ()

    @property
    def is_safe_move(self) -> bool:
        """Whether the link moved for good, to an address that may be written instead."""
        return self.group is Group.MOVED and self.suggestion is not None

    @property
    def shown_url(self) -> str:
        """The address as people are shown it; a link that was left empty, as it is written."""
        return self.url or "[…]()"


class RepoEvent(StrEnum):
    """What became of a repository; all but its stars stands in the report while it is so."""

    TAKEN = "taken"  # somebody else has a name that it had
    RENAMED = "renamed"
    ARCHIVED = "archived"
    GONE = "gone"
    BLOCKED = "blocked"
    STARS = "stars"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepoChange:
    """One event in the life of a repository that the archive names.

    `now` is its new name, or its stars as of the last look; `before` what was known
    earlier. `since` is the moment at which it was first seen to be so.
    """

    event: RepoEvent
    repository: str
    url: str
    since: str
    before: str = ""
    now: str = ""
    delta: int = 0
    message: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadHost:
    """A host all of whose links are broken: the site died, not its pages one by one."""

    name: str
    links: int
    mentions: int
    since: str | None
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFile:
    """An issue that could not be read, and why."""

    file: str
    problem: str
    root: str = ""

    @property
    def path(self) -> str:
        """The file, as `Place.path` has it."""
        return join(self.root, self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRot:
    """How many links of one issue there are, by what stands of them."""

    file: str
    date: str
    title: str
    standings: Mapping[Standing, int]
    root: str = ""

    @property
    def path(self) -> str:
        """The file, as `Place.path` has it."""
        return join(self.root, self.file)

    @property
    def links(self) -> int:
        """All links of the issue, each once."""
        return sum(self.standings.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """The run that the report speaks of, and the moment from which on things are news.

    `trusted` is False where the last run found the network at fault and concluded
    nothing; `note` then says why.
    """

    run_id: int
    started_at: str
    finished_at: str | None
    state: str
    note: str
    news_since: str

    @property
    def trusted(self) -> bool:
        """Whether what the run saw counts."""
        return self.state != "untrusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive in the catalog; `source` is where it was read from.

    `folder` is where it lies in its git work tree, empty for the root, None where there is none.
    """

    archive_id: int
    source: str
    kind: str
    title: str
    language: str
    folder: str | None = None

    @property
    def name(self) -> str:
        """Its title, or the name of its folder."""
        return self.title or self.source.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that any format says; the formats differ in rendering only.

    `findings` holds each link whose standing is not `ok` (and those that are, where asked
    for), in the order of urgency. `fixed`, `empty` and `drifted` may repeat some of them;
    `empty` are links that lead nowhere, each with the places where its address stands in the
    text only, whatever became of that address. `counts` number the links of each group without
    those that are `ignored`; a link that leads nowhere in some of its places counts there, too.
    """

    generated_at: str
    archives: tuple[Archive, ...] = ()
    night: Night | None = None
    findings: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()
    empty: tuple[Finding, ...] = ()
    drifted: tuple[Finding, ...] = ()
    dead_hosts: tuple[DeadHost, ...] = ()
    repositories: tuple[RepoChange, ...] = ()
    unread: tuple[UnreadFile, ...] = ()
    rot: tuple[IssueRot, ...] = ()
    counts: Mapping[Group, int] = field(default_factory=dict)
    ignored: int = 0
    is_filtered: bool = False

    @property
    def broken(self) -> int:
        """The number of links that are broken or lead nowhere, and are not ignored."""
        return len(self.of(*BROKEN_GROUPS)) + sum(1 for f in self.empty if not f.ignored)

    @property
    def language(self) -> str:
        """The language of the archive, `en` where it says none."""
        return next((a.language for a in self.archives if a.language), "en")

    @property
    def title(self) -> str:
        """What the archives are called, by their titles or the names of their folders."""
        return ", ".join(dict.fromkeys(archive.name for archive in self.archives))

    def path_in_repository(self, place: Place) -> str:
        """Return the path of the file of *place* as git and GitHub know it."""
        folders = (a.folder for a in self.archives if a.archive_id == place.archive_id)
        folder = next(folders, None)
        return place.path if folder is None else join(folder, place.file)

    def of(self, *groups: Group) -> tuple[Finding, ...]:
        """Return the findings of *groups* that are not ignored."""
        return tuple(f for f in self.findings if f.group in groups and not f.ignored)
