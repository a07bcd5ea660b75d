"""The archive into the catalog: what is new or changed is written, what is gone is taken out."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog.connection import Catalog
from catalog.issues import archive_id, close_reading, known_issues, save_issue, save_unread
from catalog.records import Issue, UnreadIssue
from crawler.read import read_source
from crawler.reading.guesses import guesses
from crawler.reading.profile import ArchiveProfile
from crawler.reading.source_kind import source_kind
from crawler.reading.trees import SourceError
from nightly.clock import Clock
from nightly.exits import CommandError
from nightly.progress import Gauge

_HAN = re.compile("[\u4e00-\u9fff]")
_NUMBERED = re.compile(
    r"""[\s\#:：|,，-]* [(（【]? \s*          # from what separates it on,
    (?:第|no\.?|issue|vol\.?)? \s* \d [\d./年月日期-]* \s* [)）】]? \s* $  # a number or a date""",
    re.IGNORECASE | re.VERBOSE,
)

# Issues with a link within the archive that led nowhere: the other end may have come since.
_WITH_FINDINGS = """
    SELECT DISTINCT issues.file FROM issues
    JOIN mentions ON mentions.issue_id = issues.id
    JOIN links ON links.id = mentions.link_id
    WHERE issues.archive_id = ? AND links.judge = 'archive' AND links.standing = 'broken'
"""


@dataclass(slots=True, kw_only=True)
class ReadSummary:
    """What a reading did; `problems` names the issues that could not be read, and why.

    `guessed` says how an archive that is new was understood, a clause each.
    """

    issues: int = 0
    changed: int = 0
    gone: int = 0
    mentions: int = 0
    problems: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One archive to be read into a catalog, within a run."""

    db: Catalog
    run_id: int
    clock: Clock
    profile: ArchiveProfile

    def read(self, source: str, gauge: Gauge, done: ReadSummary) -> None:
        """Read the archive at *source* and add what happened to *done*.

        Raises `CommandError` where there is no archive, or where it seems to have lost all
        of its issues: then nothing is taken out of the catalog.
        """
        kind = source_kind(source)
        archive = archive_id(self.db, source, kind=kind)
        known = known_issues(self.db, archive)
        doubtful = {file for (file,) in self.db.execute(_WITH_FINDINGS, (archive,)).fetchall()}
        files, titles = [], Counter[str]()
        for read in self._issues(source):
            files.append(read.file)
            if isinstance(read, UnreadIssue):
                save_unread(self.db, archive, self.run_id, read, self.clock())
                done.problems.append(f"{read.file}: {read.problem}")
            else:
                done.mentions += len(read.mentions)
                titles[_series(read.title)] += 1
                if known.get(read.file) != read.sha256 or read.file in doubtful or _lacks(read):
                    save_issue(self.db, archive, self.run_id, read, self.clock())
                    done.changed += known.get(read.file) != read.sha256
            gauge.at(len(files), max(len(known), len(files)))
        if known and not files:
            raise CommandError(
                f"{source} holds no issue, but {len(known)} are known of it; nothing was changed"
            )
        title = titles.most_common(1)[0][0] if titles else ""
        language = "zh" if _HAN.search(title) else ""
        archive_id(self.db, source, kind=kind, title=title, language=language)
        close_reading(self.db, archive, self.run_id, files, self.clock())
        if not known:
            done.guessed += guesses(source, self.profile)
        done.issues += len(files)
        done.gone += len(known.keys() - set(files))

    def _issues(self, source: str) -> Iterator[Issue | UnreadIssue]:
        try:
            yield from read_source(source, self.profile)
        except SourceError as error:
            raise CommandError(str(error)) from None


def _lacks(issue: Issue) -> bool:
    """Return whether a link of *issue* leads nowhere in the archive."""
    return any(mention.finding and mention.relative for mention in issue.mentions)


def _series(title: str) -> str:
    """Return what the issues of a series have in common: *title* without its date or number."""
    return _NUMBERED.sub("", title).strip()
