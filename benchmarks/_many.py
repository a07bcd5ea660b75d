"""A catalog of any size, made up: links, checks, repositories and issues in likely proportions.

Everything follows from the numbers asked for: two catalogs of one size hold the same rows.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from catalog.clock import stamp
from catalog.connection import Catalog, open_catalog
from catalog.totals import count_all_anew
from catalog.words import search_text

LAST_DAY = date(2026, 11, 22)

# Reasons with their share of a thousand links, and the status and standing that go with them.
FATES = (
    ("ok", 780, 200, "ok"),
    ("moved_permanently", 50, 200, "moved"),
    ("not_found", 60, 404, "broken"),
    ("host_not_found", 30, None, "broken"),
    ("deleted_by_publisher", 20, 200, "broken"),
    ("timeout", 15, None, "suspect"),
    ("bot_wall", 30, 403, "blocked"),
    ("unexpected_status", 15, 418, "unclear"),
)

_TOPICS = "量化剪枝部署推理框架芯片模型训练边缘端侧加速蒸馏编译算子内存语音视觉"
_SUBJECTS = [_TOPICS[place : place + 2] for place in range(0, len(_TOPICS), 2)]
_LANGUAGES = ("Python", "C++", "C", "Rust", "Go", "Jupyter Notebook", "Java", "Cuda", None)
_LICENSES = ("MIT", "Apache-2.0", "BSD-3-Clause", "GPL-3.0", "NOASSERTION", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of everything."""

    links: int = 1_000_000
    nights: int = 3  # checks of each link
    repos: int = 50_000
    snapshots: int = 30  # of each repository
    items: int = 500_000
    issues: int = 20_000
    aging: int = 0  # of a thousand links, how many more of the oldest are gone than of the newest

    @property
    def hosts(self) -> int:
        """Hosts: many with one link, a few with very many."""
        return max(self.links // 40, 20)


def fate(link: int, size: Size) -> tuple[str, int | None, str]:
    """Return reason, status and standing of a link; those with small numbers are old."""
    place = link * 7919 % 1000
    if place < size.aging * (size.links - link) // size.links:
        return "not_found", 404, "broken"
    for reason, share, status, standing in FATES:
        if place < share:
            return reason, status, standing
        place -= share
    raise AssertionError("the shares are of a thousand")


def night(size: Size, number: int) -> str:
    """Return when the night with a *number* from 0 began."""
    day = LAST_DAY - timedelta(days=size.nights - 1 - number)
    return stamp(datetime.fromisoformat(f"{day}T04:00:00+00:00"))


def build(path: Path, size: Size) -> None:
    """Write a catalog of *size* to *path*, without the triggers' work for each row."""
    db = open_catalog(path)
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("PRAGMA cache_size = -500000")
    with db.atomic():
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        for table, rows in _tables(size):
            _insert(db, table, rows)
        _index_words(db)
    count_all_anew(db)
    with db.atomic():
        for _, sql in triggers:
            db.execute(sql)
    db.execute("ANALYZE")
    db.close()


def _insert(db: Catalog, table: str, rows: Iterable[dict[str, Any]]) -> None:
    rows = iter(rows)
    first = next(rows)
    sql = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({', '.join(f':{c}' for c in first)})"
    db.conn.execute(sql, first)
    while batch := list(islice(rows, 10_000)):
        db.conn.executemany(sql, batch)


def _index_words(db: Catalog) -> None:
    for index, table, key, columns in (
        ("items_fts", "items", "id", ("title", "summary", "source")),
        ("repos_fts", "repos", "id", ("full_name", "description", "topics")),
        ("pages_fts", "pages", "link_id", ("title", "description", "author")),
    ):
        rows = db.conn.execute(f"SELECT {key}, {', '.join(columns)} FROM {table}")
        marks = ", ".join("?" * (1 + len(columns)))
        while batch := rows.fetchmany(10_000):
            db.conn.executemany(
                f"INSERT INTO {index} (rowid, {', '.join(columns)}) VALUES ({marks})",
                [(row[0], *map(search_text, row[1:])) for row in batch],
            )


def _tables(size: Size) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    yield "archives", iter([{"id": 1, "source": "made-up", "title": "a made-up archive"}])
    yield "runs", _runs(size)
    yield "hosts", ({"id": n, "name": f"host{n}.example"} for n in range(1, size.hosts + 1))
    yield "issues", _issues(size)
    yield "items", _items(size)
    yield "repos", _repos(size)
    yield "repo_names", _repo_names(size)
    yield "repo_snapshots", _snapshots(size)
    yield "links", _links(size)
    yield "mentions", _mentions(size)
    yield "repo_mentions", _repo_mentions(size)
    yield "checks", _checks(size)
    yield "pages", _pages(size)


def _runs(size: Size) -> Iterator[dict[str, Any]]:
    for number in range(size.nights):
        at = night(size, number)
        yield {
            "id": number + 1,
            "command": "nightly",
            "version": "0.1.0",
            "started_at": at,
            "finished_at": at.replace("T04", "T08"),
            "state": "done",
        }


def _day_of(issue: int, size: Size) -> date:
    years = 12
    return LAST_DAY - timedelta(days=years * 365 - issue * years * 365 // size.issues)


def _issues(size: Size) -> Iterator[dict[str, Any]]:
    for n in range(1, size.issues + 1):
        yield {
            "id": n,
            "archive_id": 1,
            "run_id": 1,
            "file": f"{_day_of(n, size)}-{n}.md",
            "date": _day_of(n, size).isoformat(),
            "title": f"Issue {n}",
            "sha256": f"{n:064x}",
        }


def _issue_of(number: int, total: int, size: Size) -> int:
    return 1 + (number - 1) * size.issues // total


def _phrase(chance: random.Random, words: int) -> str:
    return "".join(chance.choices(_SUBJECTS, k=words))


def _items(size: Size) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    position, before = 0, 0
    for n in range(1, size.items + 1):
        issue = _issue_of(n, size.items, size)
        position = position + 1 if issue == before else 1
        before = issue
        yield {
            "id": n,
            "issue_id": issue,
            "position": position,
            "line": position * 10,
            "section": ("业界新闻", "论文", "开源项目", "博文")[position % 4],
            "title": f"{_phrase(chance, 6)} TNN{n}",
            "source": f"source {n % 500}",
            "summary": "，".join(_phrase(chance, 8) for _ in range(5)),
        }


def _repos(size: Size) -> Iterator[dict[str, Any]]:
    chance = random.Random(2)
    for n in range(1, size.repos + 1):
        yield {
            "id": n,
            "forge": "github.com",
            "forge_id": str(n),
            "owner": f"owner{n % 9000}",
            "name": f"repo{n}",
            "full_name": f"owner{n % 9000}/repo{n}",
            "url": f"https://github.com/owner{n % 9000}/repo{n}",
            "state": "ok",
            "state_since": night(size, 0),
            "stars": _stars(n, size.snapshots - 1),
            "forks": n % 900,
            "open_issues": n % 70,
            "language": _LANGUAGES[n % len(_LANGUAGES)],
            "license_spdx": _LICENSES[n % len(_LICENSES)],
            "description": f"{_phrase(chance, 3)} a tool for {n}",
            "topics": '["edge", "inference"]',
            "archived": int(n % 11 == 0),
            "archived_since": None if n % 11 else night(size, 0),
            "pushed_at": f"{2026 - n % 7}-05-01T00:00:00Z",
            "fetched_at": night(size, size.nights - 1),
            "next_look_at": night(size, size.nights - 1),
            "run_id": size.nights,
        }


def _repo_names(size: Size) -> Iterator[dict[str, Any]]:
    for n in range(1, size.repos + 1):
        yield {
            "repo_id": n,
            "full_name": f"owner{n % 9000}/repo{n}",
            "first_seen": night(size, 0),
            "last_seen": night(size, size.nights - 1),
        }


def _stars(repo: int, day: int) -> int:
    return repo * 13 % 60_000 + day * (repo % 17)


def _snapshots(size: Size) -> Iterator[dict[str, Any]]:
    for n in range(1, size.repos + 1):
        for day in range(size.snapshots):
            taken = (LAST_DAY - timedelta(days=size.snapshots - 1 - day)).isoformat()
            yield {
                "repo_id": n,
                "taken_on": taken,
                "run_id": 1,
                "taken_at": f"{taken}T04:30:00Z",
                "stars": _stars(n, day),
                "forks": n % 900,
                "open_issues": n % 70,
            }


def _host_of(link: int, size: Size) -> int:
    # A tenth of the hosts have nine tenths of the links.
    few = max(size.hosts // 10, 1)
    return 1 + (link * 31 % few if link % 10 else link * 17 % size.hosts)


def _url(link: int, size: Size) -> str:
    return (
        f"https://host{_host_of(link, size)}.example/articles/2024/{link}/a-title-of-some-length"
    )


def _links(size: Size) -> Iterator[dict[str, Any]]:
    for n in range(1, size.links + 1):
        reason, _, standing = fate(n, size)
        good = standing in ("ok", "moved")
        # A link in five hundred of those that are fine was broken until last night.
        fixed = good and n % 500 == 0
        broke = night(size, n % size.nights)
        yield {
            "id": n,
            "key": _url(n, size),
            "url": _url(n, size),
            "host_id": _host_of(n, size),
            "repo_id": n // 20 % size.repos + 1 if n % 20 == 0 else None,
            "first_seen_at": night(size, 0),
            "standing": standing,
            "standing_since": night(size, size.nights - 1) if fixed else broke,
            "reason": reason,
            "first_seen_broken": None if good else broke,
            "last_ok": night(size, size.nights - 1) if good else None,
            "strikes": 0 if good else 1,
            "fixed_at": night(size, size.nights - 1) if fixed else None,
            "next_check_at": night(size, size.nights - 1),
            "last_check_id": (n - 1) * size.nights + size.nights,
        }


def _mentions(size: Size) -> Iterator[dict[str, Any]]:
    for n in range(1, size.links + 1):
        item = 1 + (n - 1) * size.items // size.links
        issue = _issue_of(item, size.items, size)
        yield {
            "id": n,
            "issue_id": issue,
            "item_id": item,
            "link_id": n,
            "file": f"{_day_of(issue, size)}-{issue}.md",
            "line": 10 + n % 500,
            "column": 3,
            "url": _url(n, size),
            "url_line": 10 + n % 500,
            "url_column": 20,
            "kind": "inline",
            "text": "看这里",
            "section": "博文",
        }


def _repo_mentions(size: Size) -> Iterator[dict[str, Any]]:
    for n in range(20, size.links + 1, 20):
        yield {"repo_id": n // 20 % size.repos + 1, "via": "link", "mention_id": n}


def _checks(size: Size) -> Iterator[dict[str, Any]]:
    for n in range(1, size.links + 1):
        reason, status, standing = fate(n, size)
        verdict = {"suspect": "unreachable"}.get(standing, standing)
        url = _url(n, size)
        for number in range(size.nights):
            yield {
                "id": (n - 1) * size.nights + number + 1,
                "link_id": n,
                "run_id": number + 1,
                "checked_at": night(size, number),
                "verdict": verdict,
                "reason": reason,
                "status": status,
                "final_url": url if status else "",
                "failure": None if status else reason,
                "rule": f"status {status}",
                "seen": _SEEN if status == 200 else "{}",
                "seconds": 0.31,
                "size": 19_000 if status else 0,
            }


_SEEN = json.dumps(
    {
        "headers": {"content-type": "text/html; charset=utf-8", "etag": '"5f3b1c2d"'},
        "page": {"title": "量化与部署", "lead": "正文" * 60, "text_length": 4200, "markers": []},
    },
    ensure_ascii=False,
)


def _pages(size: Size) -> Iterator[dict[str, Any]]:
    chance = random.Random(3)
    for n in range(1, size.links + 1):
        if fate(n, size)[2] in ("ok", "moved"):
            yield {
                "link_id": n,
                "check_id": (n - 1) * size.nights + size.nights,
                "run_id": size.nights,
                "title": f"{_phrase(chance, 5)} {n}",
                "description": _phrase(chance, 10),
                "language": "zh",
                "charset": "utf-8",
                "content_type": "text/html",
                "fingerprint": f"{n * 2654435761 % 2**64:016x}",
                "text_length": 4200,
            }
