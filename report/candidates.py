"""Find suggestions for the links that need one, and put them where they wait for a visit."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalog.clock import stamp
from catalog.database import Database
from catalog.encodings import as_text
from catalog.suggestions import save_archived_copy, save_visit, suggest
from catalog.vocabulary import SuggestionKind, Verdict
from report.suggestions import nearest_file, renamed
from report.wayback import Wayback, WaybackError, WaybackOptions, open_wayback

# The Internet Archive grows: what it did not have is asked for again after this time.
ASK_AGAIN = timedelta(days=60)

# An archive with more files than this is no newsletter; nobody waits for all of them.
_MOST_FILES = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many suggestions were thought of; `trouble` says why there may be more later."""

    renamed: int = 0
    files: int = 0
    asked: int = 0
    archived: int = 0
    trouble: str = ""


def find_suggestions(
    db: Database, now: datetime, *, wayback: WaybackOptions | None = None
) -> Found:
    """Think of suggestions for links that moved or broke, and write them down.

    A file that exists needs no visit; everything else is offered after one only
    (`catalog.suggestions.unvisited_suggestions`). The Internet Archive is asked for
    confirmed breaks without a better suggestion, and only where *wayback* is given.
    """
    files = _suggest_files(db, now)
    new_names = _suggest_new_names(db, now)
    asked, archived, trouble = _ask_wayback(db, now, wayback) if wayback else (0, 0, "")
    return Found(renamed=new_names, files=files, asked=asked, archived=archived, trouble=trouble)


_RENAMED = """
    SELECT links.id, links.url, repos.renamed_to
    FROM links JOIN repos ON repos.id = links.repo_id
    WHERE links.present = 1 AND links.standing <> 'ok' AND links.suggestion = ''
      AND repos.state = 'renamed' AND repos.renamed_to IS NOT NULL
"""


def _suggest_new_names(db: Database, now: datetime) -> int:
    """Suggest the same path below the new name of a repository."""
    thought = 0
    for row in list(db.query(_RENAMED)):
        if address := renamed(row["url"], row["renamed_to"]):
            suggest(db, row["id"], SuggestionKind.RENAMED, address, now)
            thought += 1
    return thought


_MISSING = """
    SELECT DISTINCT links.id, links.url, archives.source
    FROM links JOIN mentions ON mentions.link_id = links.id
    JOIN issues ON issues.id = mentions.issue_id
    JOIN archives ON archives.id = issues.archive_id
    WHERE links.present = 1 AND links.standing = 'broken' AND links.reason = 'file_missing'
    ORDER BY archives.source, links.id
"""


def _suggest_files(db: Database, now: datetime) -> int:
    """Suggest the nearest existing name for a file that is not there."""
    thought = 0
    known: dict[str, list[str]] = {}
    for row in list(db.query(_MISSING)):
        source = row["source"]
        if source not in known:
            known[source] = sorted(_files(Path(source)))
        if file := nearest_file(row["url"], known[source]):
            with db.atomic():
                suggest(db, row["id"], SuggestionKind.FILE, file, now)
                _mark_as_there(db, row["id"], file, now)
            thought += 1
    return thought


def _mark_as_there(db: Database, link_id: int, file: str, now: datetime) -> None:
    """Say that *file* was just seen on the disk, which is as good as a visit."""
    (suggestion_id,) = db.execute(
        "SELECT id FROM suggestions WHERE link_id = ? AND address = ?", (link_id, file)
    ).fetchone()
    save_visit(db, suggestion_id, Verdict.OK, now)


def _files(folder: Path) -> Iterator[str]:
    """Yield the files below *folder* as paths from there; hidden folders are passed by."""
    if not folder.is_dir():
        return
    count = 0
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            count += 1
            if count > _MOST_FILES:
                return
            file = Path(where, name).relative_to(folder).as_posix()
            if as_text(file) == file:  # nobody can link to the others
                yield file


_DEAD = """
    SELECT links.id, links.url, coalesce(min(nullif(issues.date, '')),
           substr(links.first_seen_at, 1, 10)) AS day
    FROM links JOIN mentions ON mentions.link_id = links.id
    JOIN issues ON issues.id = mentions.issue_id AND issues.present = 1
    LEFT JOIN archived_copies ON archived_copies.link_id = links.id
    WHERE links.present = 1 AND links.standing = 'broken' AND links.suggestion = ''
      AND links.judge <> 'archive'
      AND (archived_copies.link_id IS NULL
           OR (archived_copies.address = '' AND archived_copies.asked_at < :ask_again))
      AND NOT EXISTS (SELECT 1 FROM suggestions WHERE suggestions.link_id = links.id
                      AND coalesce(verdict, 'ok') IN ('ok', 'moved'))
    GROUP BY links.id ORDER BY links.standing_since DESC, links.id
"""


def _ask_wayback(db: Database, now: datetime, options: WaybackOptions) -> tuple[int, int, str]:
    """Ask for copies of dead pages, the newest breaks first, until it is enough for a night."""
    rows = list(db.query(_DEAD, {"ask_again": stamp(now - ASK_AGAIN)}))
    asked = found = 0
    try:
        with open_wayback(options) as wayback:
            for row in rows:
                if wayback.is_exhausted:
                    break
                if _is_confidential(row["url"]):
                    continue
                asked += 1
                found += _ask_for(db, wayback, row, now)
    except WaybackError as error:
        return asked, found, str(error)
    return asked, found, ""


def _ask_for(db: Database, wayback: Wayback, row: dict[str, Any], now: datetime) -> bool:
    """Ask for one copy, keep the answer, and return whether there is one."""
    copy = wayback.last_before(row["url"], row["day"])
    if copy is None:
        save_archived_copy(db, row["id"], row["day"], now)
        return False
    save_archived_copy(
        db, row["id"], row["day"], now, taken_at=copy.taken_at, address=copy.address
    )
    return True


def _is_confidential(url: str) -> bool:
    """Return whether *url* holds a name and a password, which are nobody else's business."""
    try:
        return "@" in urlsplit(url).netloc
    except ValueError:
        return True
