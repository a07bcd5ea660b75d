"""Check a catalog: SQLite's own integrity, foreign keys, and what must hold between rows."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from catalog.database import Database
from catalog.records import PastCheck
from catalog.schema.derived_1 import HOST_COUNTS, SEARCHED, YEAR_COUNTS
from catalog.standing import standing
from catalog.totals import COUNTED_ISSUES, COUNTED_LINKS
from catalog.vocabulary import REASONS, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a catalog that cannot be right: the rule, how often, and one example."""

    rule: str
    count: int
    example: str

    def __str__(self) -> str:
        times = "once" if self.count == 1 else f"{self.count:,} times"
        return f"{self.rule}: not so {times}, for example {self.example}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """A rule, and the SQL that selects what breaks it (its first columns tell which row)."""

    rule: str
    broken_by: str


def _differ(one: str, other: str) -> str:
    """Return SQL for the rows that only one of two selects gives."""
    return (
        f"SELECT * FROM (SELECT * FROM ({one}) EXCEPT {other})"
        f" UNION ALL SELECT * FROM ({other} EXCEPT SELECT * FROM ({one}))"
    )


_PAIRS = ", ".join(
    f"('{verdict}', '{reason}')" for verdict, reasons in REASONS.items() for reason in reasons
)

INVARIANTS = (
    Invariant(
        rule="a check's reason belongs to its verdict",
        broken_by=f"SELECT id, verdict, reason FROM checks"
        f" WHERE (verdict, reason) NOT IN (VALUES {_PAIRS})",
    ),
    Invariant(
        rule="a run checks a link once",
        broken_by="SELECT link_id, run_id FROM checks GROUP BY 1, 2 HAVING count(*) > 1",
    ),
    Invariant(
        rule="the last check of a link is its own",
        broken_by="SELECT links.id, checks.link_id FROM links"
        " JOIN checks ON checks.id = links.last_check_id WHERE checks.link_id <> links.id",
    ),
    Invariant(
        rule="a page was seen by a check of its own link",
        broken_by="SELECT pages.link_id, checks.link_id FROM pages"
        " JOIN checks ON checks.id = pages.check_id WHERE checks.link_id <> pages.link_id",
    ),
    Invariant(
        rule="a link that its page judges has a host, and a time for its next check",
        broken_by="SELECT id, url FROM links WHERE judge = 'page'"
        " AND (host_id IS NULL OR next_check_at IS NULL)",
    ),
    Invariant(
        rule="a link that a forge judges has its repository, one that arXiv judges its paper",
        broken_by="SELECT id, url FROM links WHERE (judge = 'forge' AND repo_id IS NULL)"
        " OR (judge = 'paper' AND paper_id IS NULL)",
    ),
    Invariant(
        rule="a link that was dropped is not mentioned",
        broken_by="SELECT id, url FROM links WHERE present = 0"
        " AND EXISTS (SELECT 1 FROM mentions WHERE link_id = links.id)",
    ),
    Invariant(
        rule="a mention and its item stand in one issue, whose file it names",
        broken_by="SELECT mentions.id, mentions.file FROM mentions"
        " JOIN issues ON issues.id = mentions.issue_id"
        " LEFT JOIN items ON items.id = mentions.item_id"
        " WHERE items.issue_id <> issues.id OR mentions.file <> issues.file",
    ),
    Invariant(
        rule="an issue that is gone has no items and no mentions",
        broken_by="SELECT id, file FROM issues WHERE present = 0 AND ("
        " EXISTS (SELECT 1 FROM items WHERE issue_id = issues.id)"
        " OR EXISTS (SELECT 1 FROM mentions WHERE issue_id = issues.id))",
    ),
    Invariant(
        rule="a run that is running has no end, one that is done has one",
        broken_by="SELECT id, state FROM runs WHERE (state = 'running' AND finished_at NOT NULL)"
        " OR (state = 'done' AND finished_at IS NULL)",
    ),
    Invariant(
        rule="an older name leads to a present one at once",
        broken_by="SELECT repos.id, repos.full_name FROM repos"
        " JOIN repos AS successor ON successor.id = repos.successor_id"
        " WHERE successor.successor_id NOT NULL OR successor.id = repos.id",
    ),
    Invariant(
        rule="a repository remembers the name it has",
        broken_by="SELECT id, full_name FROM repos WHERE fetched_at NOT NULL AND NOT EXISTS ("
        " SELECT 1 FROM repo_names WHERE repo_id = repos.id"
        " AND full_name = ifnull(repos.renamed_to, repos.full_name))",
    ),
    Invariant(
        rule="a snapshot is of the day on which it was taken",
        broken_by="SELECT repo_id, taken_on FROM repo_snapshots"
        " WHERE source = 'look' AND taken_on <> substr(taken_at, 1, 10)",
    ),
    Invariant(
        rule="times are written as 2026-11-22T04:00:00Z",
        broken_by=" UNION ALL ".join(
            f"SELECT '{table}.{column}', {column} FROM {table}"
            f" WHERE {column} NOT GLOB '????-??-??T??:??:??Z'"
            for table, column in (
                ("runs", "started_at"),
                ("runs", "finished_at"),
                ("links", "first_seen_at"),
                ("links", "next_check_at"),
                ("checks", "checked_at"),
                ("repos", "fetched_at"),
                ("repos", "next_look_at"),
                ("repo_snapshots", "taken_at"),
            )
        ),
    ),
    Invariant(
        rule="the totals of hosts are the sums of their links",
        broken_by=_differ(HOST_COUNTS, "SELECT * FROM host_totals WHERE links > 0"),
    ),
    Invariant(
        rule="the totals of years are the sums of their links",
        broken_by=_differ(YEAR_COUNTS, "SELECT * FROM year_totals WHERE links > 0"),
    ),
    Invariant(
        rule="an issue counts its items, mentions and links",
        broken_by=f"SELECT id, items, mentions, links, broken FROM issues EXCEPT {COUNTED_ISSUES}",
    ),
    Invariant(
        rule="a link counts its mentions",
        broken_by=f"SELECT id, mentions, first_mentioned, last_mentioned FROM links"
        f" EXCEPT {COUNTED_LINKS}",
    ),
    *(
        Invariant(
            rule=f"{index} holds what {table} holds",
            broken_by=_differ(f"SELECT {key} FROM {table}", f"SELECT id FROM {index}_docsize"),
        )
        for index, table, key, _ in SEARCHED
    ),
)

_DERIVED_RULE = "what stands of a link follows from its checks"

_CHECKED = """
    SELECT links.id, links.standing, ifnull(links.standing_since, ''),
        ifnull(links.first_seen_broken, ''), ifnull(links.fixed_at, ''), links.strikes,
        checks.checked_at, checks.verdict, checks.reason
    FROM links
    LEFT JOIN (SELECT checks.* FROM checks JOIN runs ON runs.id = checks.run_id
        WHERE runs.state <> 'untrusted') AS checks ON checks.link_id = links.id
    ORDER BY links.id, checks.checked_at, checks.id"""


def problems(db: Database) -> Iterator[Problem]:
    """Yield what is wrong with the catalog *db*; nothing where all is well.

    This reads everything: minutes for a catalog of many million rows.
    """
    damage = list(_damage(db))
    if damage:
        # What a damaged file says of anything else is worth nothing.
        yield from damage
        return
    yield from _foreign_keys(db)
    for invariant in INVARIANTS:
        yield from _broken(db, invariant)
    yield from _not_derived(db)


def _damage(db: Database) -> Iterator[Problem]:
    try:
        answers = [row[0] for row in db.conn.execute("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        answers = [str(error)]
    if answers != ["ok"]:
        example = str(answers[0]).replace("\n", "; ")
        yield Problem(rule="the file is whole", count=len(answers), example=example)


def _foreign_keys(db: Database) -> Iterator[Problem]:
    wrong = db.conn.execute("PRAGMA foreign_key_check").fetchall()
    if wrong:
        table, row, target, _ = wrong[0]
        yield Problem(
            rule="every foreign key leads to a row",
            count=len(wrong),
            example=f"row {row} of {table}, which names a row of {target} that is not there",
        )


def _broken(db: Database, invariant: Invariant) -> Iterator[Problem]:
    count, example = 0, ""
    for row in db.conn.execute(invariant.broken_by):
        example = example or json.dumps(row, ensure_ascii=False)
        count += 1
    if count:
        yield Problem(rule=invariant.rule, count=count, example=example)


def _not_derived(db: Database) -> Iterator[Problem]:
    """Derive every link's standing again, and compare."""
    count, example = 0, ""
    for link, rows in groupby(db.conn.execute(_CHECKED), itemgetter(0, 1, 2, 3, 4, 5)):
        past = [
            PastCheck(checked_at=at, verdict=Verdict(verdict), reason=Reason(reason))
            for *_, at, verdict, reason in rows
            if at is not None
        ]
        told = standing(past)
        again = (told.standing, told.since, told.first_seen_broken, told.fixed_at, told.strikes)
        if again != link[1:]:
            example = example or f"link {link[0]}, which is {link[1]} and would be {again[0]}"
            count += 1
    if count:
        yield Problem(rule=_DERIVED_RULE, count=count, example=example)
