"""What the stages hand each other: issues read, visits made, answers of forges and arXiv.

Long, and one module on purpose: who has read it knows all that any stage says to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.pickling import sent
from catalog.vocabulary import MentionKind, Reason, RepoState, Standing, Verdict


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class RepoName:
    """A repository as people name it: the forge's host, its owner and its name.

    `owner` may hold slashes (GitLab's nested groups) and is empty for Hugging Face
    models without one. Spelling is kept; `key` is what two spellings share.
    """

    host: str
    owner: str
    name: str

    def __post_init__(self) -> None:
        if not self.host or not self.name:
            raise ValueError(f"a repository needs a host and a name: {self!r}")

    @property
    def full_name(self) -> str:
        """`owner/name` as written."""
        return f"{self.owner}/{self.name}" if self.owner else self.name

    @property
    def key(self) -> str:
        """`host/owner/name` without case: the same for every spelling."""
        return f"{self.host}/{self.full_name}".lower()

    def __str__(self) -> str:
        return f"{self.host}/{self.full_name}"

    @classmethod
    def parse(cls, text: str) -> "RepoName":
        """Return the repository that *text*, in the form `host/owner/name`, names.

        Raises `ValueError` where host or name is missing.
        """
        host, _, path = text.partition("/")
        owner, _, name = path.rpartition("/")
        return cls(host=host, owner=owner, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A link where a reader meets it, before anyone tried to follow it.

    `url` is kept exactly as written, even when it is empty or lacks a scheme: a link
    that was broken from the first day is a finding, not noise. `target` is what a
    browser would open for it (absolute, or a path from the archive's root for a
    relative link). Lines and columns count from 1, columns in characters.
    `finding` is set where reading alone shows the link to be broken, and `suggestion` is
    then the address that was meant, if that shows too.
    """

    file: str
    line: int
    column: int
    url: str
    url_line: int
    url_column: int
    kind: MentionKind
    text: str
    target: str = ""
    section: str = ""
    item: str = ""
    item_position: int | None = None
    repo: RepoName | None = None
    footer: bool = False
    relative: bool = False
    optional: bool = False
    finding: Reason | None = None
    suggestion: str = ""

    def __post_init__(self) -> None:
        if min(self.line, self.column, self.url_line, self.url_column) < 1:
            raise ValueError(f"places count from 1: {self!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of an issue: what a reader would call a piece of news.

    `position` counts from 1 within the issue. `prefixes` are the leading `[…]` of the
    title, `papers` the identifiers found anywhere in the item (`arXiv:1812.00332`,
    `doi:10.…`), `fields` the labelled lines (标题, 链接, 项目) as label and text.
    """

    position: int
    line: int
    section: str
    title: str
    source: str = ""
    summary: str = ""
    prefixes: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    hot: bool = False
    footer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of an archive as read: its head, its items, its mentions in reading order.

    `date` is ISO 8601 (`2021-01-19`) or empty. `declared` is the number of items the
    issue says it has (本次N条), None where it says nothing. `sha256` is of the bytes read.
    """

    file: str
    sha256: str
    date: str = ""
    title: str = ""
    subtitle: str = ""
    declared: int | None = None
    items: tuple[Item, ...] = ()
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadIssue:
    """An issue that could not be read, and why, in words for the maintainer."""

    file: str
    problem: str


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class DueLink:
    """A link to visit: what stands of it, and what an earlier visit left for a cheaper one.

    `host` is the one to ask, which is another than the link's own where a redirect led on.
    `etag` and `last_modified` are of the page that was seen at `seen_at`.
    """

    link_id: int
    url: str
    host: str
    standing: Standing = Standing.UNCHECKED
    etag: str = ""
    last_modified: str = ""
    seen_at: str = ""


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """A host's robots.txt as it was last had: its text and its status (None: no answer ever).

    `fetched_at` is when it was last looked at: a look that fails leaves what was known.
    """

    host: str
    fetched_at: str
    status: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A batch of links that one crawl may visit until `until` (UTC); a host is in one only.

    `robots` holds what is known of the robots.txt of its hosts, fresh or not. After
    `until` the holder sends nothing more; what it then brings is written all the same.
    """

    lease_id: str
    until: str
    links: tuple[DueLink, ...]
    robots: tuple[Robots, ...] = ()


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step of a redirect chain: the address asked, and where its answer pointed.

    `how` is `http` (a Location header, with `status`), `refresh` (meta refresh) or
    `migrated` (a WeChat account that moved).
    """

    url: str
    status: int
    location: str
    how: str = "http"

    @property
    def permanent(self) -> bool:
        """Whether the server says that the new address is the one to use from now on."""
        return self.status in (301, 308) or self.how == "migrated"


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a reader would see of a page, as far as it was read.

    `lead` is the first visible text (at most 2,000 characters, a block of the page a line),
    `text_length` the number of visible characters in all that was read (reading ends where
    there has been plenty), and `prose_length` how many of them stand in passages long enough to
    be sentences rather than menus. `tab_title` is what `<title>` says, where `title` was taken
    from a better place. `markers` names the patterns of known walls, error pages and article
    containers that the page's source held. `fingerprint` is a 64-bit SimHash of the visible
    text, in hexadecimal, empty for a page without any. `refresh`, `script_target` and
    `migrated_to` are where a meta refresh, a script that does nothing else, and a WeChat
    account that moved would send the reader: absolute addresses, or empty.
    """

    content_type: str = ""
    charset: str = ""
    title: str = ""
    heading: str = ""
    lead: str = ""
    text_length: int = 0
    prose_length: int = 0
    description: str = ""
    author: str = ""
    language: str = ""
    published: str = ""
    canonical: str = ""
    fingerprint: str = ""
    markers: tuple[str, ...] = ()
    repos: tuple[RepoName, ...] = ()
    tab_title: str = ""
    refresh: str = ""
    script_target: str = ""
    migrated_to: str = ""
    truncated: bool = False


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One look at one address: the server's answer, or why there was none.

    Exactly one of `status` and `failure` is set. `hops` are the redirects in order, and
    `final_url` is where they ended. `headers` are the few that judging needs, their
    names in lower case. `failure` is a reason of UNREACHABLE, SKIPPED or BROKEN, and
    `detail` what the network said, in words. `seconds` is the time of the whole visit,
    `size` the bytes of body read.
    """

    url: str
    status: int | None = None
    failure: Reason | None = None
    detail: str = ""
    final_url: str = ""
    hops: tuple[Hop, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    page: Page | None = None
    seconds: float = 0.0
    size: int = 0

    def __post_init__(self) -> None:
        if (self.status is None) == (self.failure is None):
            raise ValueError(f"need a status or a failure, not both or none: {self!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostEvidence:
    """What a host's other answers of the night say about one visit to it.

    `same_end` counts the distinct links of the host that were redirected to the address
    where this visit ended, itself included; `same_text` those whose pages carry the same
    text as this one. `probe` is the visit to an address of the host that nobody ever
    made, None where it was not tried.
    """

    same_end: int = 1
    same_text: int = 1
    probe: Visit | None = None


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a visit means for a reader, by which rule, and the text that decided it.

    `suggestion` is the address to write instead, only where a move is for good.
    """

    reason: Reason
    rule: str
    evidence: str = ""
    suggestion: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict that the reason stands for."""
        return self.reason.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A visit with its judgement, as it goes into the catalog; `checked_at` in UTC.

    `neighbours` is what the judgement knew of the host's other answers.
    """

    link_id: int
    checked_at: str
    judgement: Judgement
    visit: Visit
    neighbours: HostEvidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCheck:
    """What standing needs to know of an earlier check."""

    checked_at: str
    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRepo:
    """A repository to ask about: its name, and its forge's own id where that is known.

    `renamed` tells that the name is an old one, which somebody else may have taken.
    """

    repo_id: int
    repo: RepoName
    forge_id: str = ""
    node_id: str = ""
    etag: str = ""
    renamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RepoFacts:
    """What a forge says about a repository. None means that the forge does not say.

    `license_spdx` is the forge's own word: an SPDX identifier, `NOASSERTION` where it
    found a license that it does not recognise, None where it found none.
    `license_category` says what the license asks of a user, in one word or two.
    `is_private` means that our token sees what readers do not.
    `downloads` (of the last month) and `task` are what Hugging Face says of a model.
    Times are ISO 8601 in UTC; `languages` maps names to bytes, or to percents where
    the forge gives only these. `unasked` names the fields that this kind of answer
    does not speak about, whose stored values therefore stand.
    """

    name: RepoName
    url: str
    forge_id: str
    node_id: str = ""
    stars: int | None = None
    forks: int | None = None
    open_issues: int | None = None
    downloads: int | None = None
    task: str | None = None
    language: str | None = None
    languages: Mapping[str, int] = field(default_factory=dict)
    license_spdx: str | None = None
    license_name: str | None = None
    license_category: str | None = None
    description: str | None = None
    homepage: str | None = None
    topics: tuple[str, ...] = ()
    archived: bool = False
    disabled: bool = False
    is_fork: bool = False
    is_mirror: bool = False
    is_template: bool = False
    is_empty: bool = False
    is_private: bool = False
    parent: str | None = None
    default_branch: str | None = None
    created_at: str | None = None
    pushed_at: str | None = None
    latest_release: str | None = None
    etag: str = ""
    unasked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepoLook:
    """One look at one repository: the state found, and the facts where there are any.

    `state` is OK with `facts`; GONE or BLOCKED with the forge's own words in `message`;
    UNKNOWN where the look failed and nothing may be concluded. A rename shows in
    `facts.name` being another than the name asked for. `unchanged` marks an OK look
    answered by «not modified», which has no facts. `taken_by` is the forge's id of
    another repository that answers to the asked name now: names change hands.
    """

    repo_id: int
    asked: RepoName
    state: RepoState
    looked_at: str
    facts: RepoFacts | None = None
    status: int | None = None
    message: str = ""
    unchanged: bool = False
    taken_by: str = ""

    def __post_init__(self) -> None:
        if self.state is RepoState.RENAMED:
            raise ValueError("a look is OK and its facts carry the new name")
        if (self.state is RepoState.OK) != (self.facts is not None or self.unchanged):
            raise ValueError(f"facts belong to an OK look and to no other: {self!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseReading:
    """What reading a repository's license file found, where the forge recognised nothing.

    `detected` is an SPDX expression, or `NOASSERTION` where no known text matched.
    """

    repo_id: int
    read_at: str
    detected: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StarHistory:
    """How many stars a repository had at the end of past days, by the forge's own count.

    `stars` pairs dates (`2026-11-22`) with totals.
    """

    repo_id: int
    read_at: str
    stars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePaper:
    """A paper to ask about: its arXiv identifier, without a version."""

    paper_id: int
    arxiv_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLook:
    """What arXiv says about one paper; `found` is False where it does not know it."""

    paper_id: int
    arxiv_id: str
    looked_at: str
    found: bool
    title: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: str = ""
    updated_at: str = ""
    version: int | None = None
    withdrawn: bool = False
