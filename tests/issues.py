"""Issues that only link: what tests of all stages read into a catalog to have links in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalog.archives import archive_id
from catalog.database import Database
from catalog.issues import save_issue
from catalog.records import Issue, Mention
from catalog.runs import begin_run
from catalog.vocabulary import MentionKind


def mention(url: str, line: int = 1, **more: Any) -> Mention:
    """Return a mention of *url* on a *line* of its own, but for what *more* says."""
    given: dict[str, Any] = {
        "file": "a.md",
        "line": line,
        "column": 1,
        "url": url,
        "url_line": line,
        "url_column": 3,
        "kind": MentionKind.INLINE,
        "text": "here",
        "target": url,
    }
    return Mention(**(given | more))


def read_links(db: Database, urls: Sequence[str], now: datetime) -> None:
    """Read an issue that links to *urls*, a line each, in a run of its own."""
    mentions = tuple(mention(url, line) for line, url in enumerate(urls, 1))
    issue = Issue(file="a.md", sha256=str(urls), mentions=mentions)
    save_issue(db, archive_id(db, "issues"), begin_run(db, "read", now), issue, now)
