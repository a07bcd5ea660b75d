"""Links as rows: what an issue mentions becomes an address with somebody to judge it."""

from dataclasses import dataclass
from datetime import datetime

from catalog.address import host_of, is_web, link_key
from catalog.checks import derive
from catalog.clock import stamp
from catalog.database import Database
from catalog.forges import is_repository_root, paper_at, repository_at
from catalog.names import name_host, name_paper, name_repository
from catalog.records import Mention
from catalog.vocabulary import Judge, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """What is known of a link from its address alone."""

    key: str
    url: str
    judge: Judge
    reason: Reason | None = None  # only where the archive judges
    suggestion: str = ""


def link_of(
    db: Database, archive_id: int, run_id: int, mention: Mention, now: datetime
) -> int | None:
    """Return the number of the link that *mention* leads to, None where it is none.

    A new one is due from *now* on, or judged at once where the archive itself knows.
    """
    address = _address(archive_id, mention)
    if address is None:
        return None
    row = db.execute("SELECT id, present FROM links WHERE key = ?", (address.key,)).fetchone()
    if row is None:
        link_id = _new_link(db, address, stamp(now))
    else:
        link_id, present = row
        if not present:
            _bring_back(db, link_id, stamp(now))
    if address.reason is not None:
        _judge_by_archive(db, link_id, run_id, address, now)
    return link_id


def _nowhere(archive_id: int, mention: Mention) -> _Address | None:
    """Return what stands for a link that was left empty: a break that readers do meet."""
    if mention.finding is None:
        return None
    return _Address(
        key=f"archive {archive_id}: {mention.file}: {mention.text}",
        url="",
        judge=Judge.ARCHIVE,
        reason=mention.finding,
        suggestion=mention.suggestion,
    )


def _address(archive_id: int, mention: Mention) -> _Address | None:
    target = mention.target or mention.url
    if not target:
        return _nowhere(archive_id, mention)
    if mention.finding is not None or (mention.relative and not is_web(target)):
        # A path or a slip of the pen means something in its own archive only.
        return _Address(
            key=f"archive {archive_id}: {target}",
            url=target,
            judge=Judge.ARCHIVE,
            reason=mention.finding or Reason.OK,
            suggestion=mention.suggestion,
        )
    if not is_web(target):
        return _Address(key=target, url=target, judge=Judge.ARCHIVE, reason=Reason.SCHEME)
    if is_repository_root(target):
        judge = Judge.FORGE
    elif paper_at(target) is not None:
        judge = Judge.PAPER
    else:
        judge = Judge.PAGE
    return _Address(key=link_key(target), url=target, judge=judge)


def _new_link(db: Database, address: _Address, now: str) -> int:
    by_archive = address.judge is Judge.ARCHIVE
    host = None if by_archive else host_of(address.url)
    repo = None if by_archive else repository_at(address.url)
    paper = None if by_archive else paper_at(address.url)
    (link_id,) = db.execute(
        """
        INSERT INTO links (key, url, host_id, judge, repo_id, paper_id, first_seen_at,
                           next_check_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id""",
        (
            address.key,
            address.url,
            None if host is None else name_host(db, host),
            address.judge,
            None if repo is None else name_repository(db, repo, now),
            None if paper is None else name_paper(db, paper, now),
            now,
            now if address.judge is Judge.PAGE else None,
        ),
    ).fetchone()
    return int(link_id)


def _bring_back(db: Database, link_id: int, now: str) -> None:
    """Make a link that was dropped present again, and due, however long ago it was seen."""
    db.execute(
        """
        UPDATE links SET present = 1, next_check_at = iif(judge = 'page', ?, next_check_at)
        WHERE id = ?""",
        (now, link_id),
    )


def _judge_by_archive(
    db: Database, link_id: int, run_id: int, address: _Address, now: datetime
) -> None:
    """Write what reading alone shows of a link, and what stands of it from now on.

    One check in a run is enough, however many mentions have led to it.
    """
    if db.execute(
        "SELECT 1 FROM checks WHERE link_id = ? AND run_id = ?", (link_id, run_id)
    ).fetchone():
        return
    reason = address.reason or Reason.OK
    db.execute(
        """
        INSERT INTO checks (link_id, run_id, checked_at, verdict, reason, failure, rule,
                            suggestion)
        VALUES (?, ?, ?, ?, ?, ?, 'archive', ?)""",
        (
            link_id,
            run_id,
            stamp(now),
            reason.verdict,
            reason,
            None if reason is Reason.OK else reason,
            address.suggestion,
        ),
    )
    derive(db, [link_id], now)
