"""Issues that were read, as rows: their items and mentions, and the links these make."""

import json
from collections.abc import Iterable
from datetime import datetime

from catalog.clock import stamp
from catalog.database import Database
from catalog.forges import repository_at
from catalog.links import link_of
from catalog.names import name_repository
from catalog.records import Issue, Item, Mention, RepoName, UnreadIssue
from catalog.totals import count_anew, named_in
from catalog.vocabulary import MentionKind, Via


def known_issues(db: Database, archive_id: int) -> dict[str, str]:
    """Return the SHA-256 of each issue as it was last read, by file."""
    rows = db.execute(
        "SELECT file, sha256 FROM issues WHERE archive_id = ? AND present = 1 AND problem = ''",
        (archive_id,),
    )
    return dict(rows.fetchall())


def save_issue(db: Database, archive_id: int, run_id: int, issue: Issue, now: datetime) -> None:
    """Write *issue* with its items and mentions in the place of what was known of it.

    What it newly links to becomes links, hosts, repositories and papers, which are due
    from *now* on. What only reading can show, such as a missing file, is written as a
    check of the archive.
    """
    with db.atomic():
        issue_id = _save_head(db, archive_id, run_id, issue)
        before = named_in(db, issue_id)
        _forget_content(db, issue_id)
        items = {item.position: _save_item(db, issue_id, item) for item in issue.items}
        for mention in issue.mentions:
            link_id = link_of(db, archive_id, run_id, mention, now)
            item_id = items.get(mention.item_position or 0)
            mention_id = _save_mention(db, issue_id, item_id, link_id, mention)
            repo = mention.repo or repository_at(mention.target or mention.url)
            if repo is not None:
                via = Via.TITLE if mention.kind is MentionKind.TITLE_REPO else Via.LINK
                _save_repo_mention(db, repo, via, mention_id, now)
        count_anew(db, before | named_in(db, issue_id))


def save_unread(
    db: Database, archive_id: int, run_id: int, unread: UnreadIssue, now: datetime
) -> None:
    """Write down why an issue could not be read; what was known of it stays."""
    db.execute(
        """
        INSERT INTO issues (archive_id, run_id, file, problem) VALUES (?, ?, ?, ?)
        ON CONFLICT (archive_id, file) DO UPDATE SET
            run_id = excluded.run_id, problem = excluded.problem, present = 1""",
        (archive_id, run_id, unread.file, unread.problem),
    )


def take_out_missing(db: Database, archive_id: int, run_id: int, files: Iterable[str]) -> int:
    """Take out the issues that the archive no longer has, once all its *files* were read.

    An issue that is gone keeps its row, without items and mentions. Returns how many went.
    """
    kept, taken = set(files), 0
    with db.atomic():
        rows = db.execute(
            "SELECT id, file FROM issues WHERE archive_id = ? AND present = 1", (archive_id,)
        ).fetchall()
        for issue_id, file in rows:
            if file not in kept:
                gone = named_in(db, issue_id)
                _forget_content(db, issue_id)
                db.execute(
                    "UPDATE issues SET present = 0, run_id = ? WHERE id = ?", (run_id, issue_id)
                )
                count_anew(db, gone)
                taken += 1
    return taken


def drop_unmentioned(db: Database) -> int:
    """Let links that nobody mentions any more be present no longer, and return how many.

    A link that is dropped is not one that was fixed.
    """
    with db.atomic():
        dropped = db.execute("UPDATE links SET present = 0 WHERE present = 1 AND mentions = 0")
    return dropped.rowcount


def _save_head(db: Database, archive_id: int, run_id: int, issue: Issue) -> int:
    (issue_id,) = db.execute(
        """
        INSERT INTO issues (archive_id, run_id, file, date, title, subtitle, declared, sha256)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (archive_id, file) DO UPDATE SET
            run_id = excluded.run_id, date = excluded.date, title = excluded.title,
            subtitle = excluded.subtitle, declared = excluded.declared,
            sha256 = excluded.sha256, problem = '', present = 1
        RETURNING id""",
        (
            archive_id,
            run_id,
            issue.file,
            issue.date or None,
            issue.title,
            issue.subtitle,
            issue.declared,
            issue.sha256,
        ),
    ).fetchone()
    return int(issue_id)


def _forget_content(db: Database, issue_id: int) -> None:
    # Items take most of their mentions along; the others stand outside of any item.
    db.execute("DELETE FROM items WHERE issue_id = ?", (issue_id,))
    db.execute("DELETE FROM mentions WHERE issue_id = ?", (issue_id,))


def _save_item(db: Database, issue_id: int, item: Item) -> int:
    cursor = db.execute(
        """
        INSERT INTO items (issue_id, position, line, section, title, source, summary,
                           prefixes, papers, fields, hot, footer)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            issue_id,
            item.position,
            item.line,
            item.section,
            item.title,
            item.source,
            item.summary,
            _json(item.prefixes),
            _json(item.papers),
            _json(item.fields),
            item.hot,
            item.footer,
        ),
    )
    assert cursor.lastrowid is not None  # an INSERT that did not raise has made a row
    return cursor.lastrowid


def _save_mention(
    db: Database, issue_id: int, item_id: int | None, link_id: int | None, mention: Mention
) -> int:
    cursor = db.execute(
        """
        INSERT INTO mentions (issue_id, item_id, link_id, file, line, column, url, url_line,
                              url_column, kind, text, section, footer, relative, optional)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            issue_id,
            item_id,
            link_id,
            mention.file,
            mention.line,
            mention.column,
            mention.url,
            mention.url_line,
            mention.url_column,
            mention.kind,
            mention.text,
            mention.section,
            mention.footer,
            mention.relative,
            mention.optional,
        ),
    )
    assert cursor.lastrowid is not None  # an INSERT that did not raise has made a row
    return cursor.lastrowid


def _save_repo_mention(
    db: Database, repo: RepoName, via: Via, mention_id: int, now: datetime
) -> None:
    db.execute(
        """
        INSERT INTO repo_mentions (repo_id, via, mention_id) VALUES (?, ?, ?)
        ON CONFLICT DO NOTHING""",
        (name_repository(db, repo, stamp(now)), via, mention_id),
    )


def _json(values: Iterable[object]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
