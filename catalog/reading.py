"""An archive into the catalog, issue by issue: what is new is written, what is gone taken out."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from operator import itemgetter
from typing import Final

from catalog.archives import archive_id, known_archive
from catalog.database import Database
from catalog.issues import (
    drop_unmentioned,
    known_issues,
    save_issue,
    save_unread,
    take_out_missing,
)
from catalog.records import Issue, UnreadIssue

_HAN: Final = re.compile("[\u4e00-\u9fff]")
_NUMBERED: Final = re.compile(
    r"""[\s\#:：|,，-]* [(（【]? \s*          # from what separates it on,
    (?:第|no\.?|issue|vol\.?)? \s* \d [\d./年月日期-]* \s* [)）】]? \s* $  # a number or a date""",
    re.IGNORECASE | re.VERBOSE,
)

# Issues with a link within the archive that led nowhere: the other end may have come since.
_WITH_FINDINGS: Final = """
    SELECT DISTINCT issues.file FROM issues
    JOIN mentions ON mentions.issue_id = issues.id
    JOIN links ON links.id = mentions.link_id
    WHERE issues.archive_id = ? AND links.judge = 'archive' AND links.standing = 'broken'
"""


class NoIssuesError(Exception):
    """An archive shows no issue, so that nothing may be concluded; the message says it."""


class ArchiveReading:
    """One reading of the archive at *source*, within a run.

    *shows_all* says that an issue which is not read is gone, and *title* what the archive is
    called, where that is not what its issues have in common. `files` are those that were read,
    `changed` counts those of them that are new or other than before, `gone` what was taken out.
    """

    def __init__(
        self,
        db: Database,
        run_id: int,
        clock: Callable[[], datetime],
        source: str,
        *,
        kind: str,
        shows_all: bool,
        title: str = "",
    ) -> None:
        self._db = db
        self._run_id = run_id
        self._clock = clock
        self._source = source
        self._kind = kind
        self._shows_all = shows_all
        self._title = title
        self._archive = known_archive(db, source, kind)
        self.known = {} if self._archive is None else known_issues(db, self._archive)
        doubtful = db.execute(_WITH_FINDINGS, (self._archive,)).fetchall()
        self._doubtful = {file for (file,) in doubtful}
        self._titles = Counter[str]()
        self.files: set[str] = set()
        self.changed = self.gone = 0

    def take(self, read: Issue | UnreadIssue) -> None:
        """Write *read*, unless it is as it was."""
        if self._archive is None:
            self._archive = archive_id(self._db, self._source, kind=self._kind)
        self.files.add(read.file)
        if isinstance(read, UnreadIssue):
            save_unread(self._db, self._archive, self._run_id, read, self._clock())
            return
        self._titles[_series(read.title)] += 1
        is_new = self.known.get(read.file) != read.sha256
        if is_new or read.file in self._doubtful or _lacks(read):
            save_issue(self._db, self._archive, self._run_id, read, self._clock())
            self.changed += is_new

    def finish(self) -> None:
        """Take out what is gone, now that the archive was read to its end.

        Raises `NoIssuesError` where it shows none at all: then it is not changed.
        """
        if self._archive is None or not self.files:
            raise NoIssuesError(f"{self._source} holds no issue{self._hint()}")
        title = self._title or self._common_title()
        language = "zh" if _HAN.search(title) else ""
        archive_id(self._db, self._source, kind=self._kind, title=title, language=language)
        if self._shows_all:
            self.gone = take_out_missing(self._db, self._archive, self._run_id, self.files)
        drop_unmentioned(self._db)

    def _common_title(self) -> str:
        """Return what most issues are called, empty where each has a title of its own."""
        title, issues = max(self._titles.items(), key=itemgetter(1), default=("", 0))
        number = self._titles.total()
        return title if issues == number or 2 * issues > number else ""

    def _hint(self) -> str:
        if self.known:
            return f", but {len(self.known)} are known of it; nothing was changed"
        return " that is known as one; `archive.include` in the configuration says which files are"


def _lacks(issue: Issue) -> bool:
    """Return whether a link of *issue* leads nowhere in the archive."""
    return any(mention.finding and mention.relative for mention in issue.mentions)


def _series(title: str) -> str:
    """Return what the issues of a series have in common: *title* without its date or number."""
    return _NUMBERED.sub("", title).strip()
