"""The catalog at a million links: every view and question, its size, and how fast it is written.

`LINKS=20000 python -m benchmarks.catalog` measures a smaller one.
"""

import os
import platform
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks._many import Size, build, fate
from catalog.checks import save_checks
from catalog.clock import stamp
from catalog.connection import Catalog, open_catalog
from catalog.records import Check, Judgement, Page, Visit
from catalog.runs import begin_run
from catalog.schema.views import VIEWS
from catalog.search import search
from catalog.serve.queries import QUERIES
from catalog.sharing.publish import publish
from catalog.vocabulary import Reason

LINKS = int(os.environ.get("LINKS", "1000000"))
WRITTEN = min(LINKS, 20_000)  # visits that are written to compare
BATCH = 500  # visits that a crawl settles at once
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
WORDS = ("量化", "剪枝", "TNN77", "量", "量化 部署 芯片")

SORTED = (
    ("broken_links", "standing_since"),
    ("host_overview", "broken"),
    ("issue_overview", "broken_share"),
    ("repo_overview", "stars_month"),
)


def sized(links: int) -> Size:
    """Return the size with so many *links*, in the proportions of a million."""
    return Size(
        links=links,
        repos=max(links // 20, 100),
        items=max(links // 2, 12),
        issues=max(links // 50, 12),
    )


def milliseconds(work: Callable[[], Any]) -> str:
    """Return the best of five times that *work* takes."""
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return f"{best * 1000:.1f} ms"


def fetching(db: Catalog, sql: str, given: dict[str, Any] | None = None) -> str:
    """Return how long a query takes with all its rows."""
    return milliseconds(lambda: db.execute(sql, given or {}).fetchall())


def reading(db: Catalog, size: Size) -> Iterator[str]:
    """Yield how long views, questions and searches take."""
    yield "| view | its first 100 rows | counting its rows |\n|---|---:|---:|"
    for name in VIEWS:
        page = fetching(db, f"SELECT * FROM {name} LIMIT 100")
        yield f"| `{name}` | {page} | {fetching(db, f'SELECT count(*) FROM {name}')} |"
    for name, column in SORTED:
        took = fetching(db, f"SELECT * FROM {name} ORDER BY {column} DESC LIMIT 100")
        yield f"| `{name}`, most {column} first | {took} | |"
    yield "\n| question of the web page | time |\n|---|---:|"
    (file,) = db.execute("SELECT file FROM issues WHERE id = ?", (size.issues // 2,)).fetchone()
    likely = {"file": file, "host": "host2.example", "repo": "owner5/repo5"}
    for query in QUERIES:
        picked = {name: db.execute(sql).fetchone()[0] for name, sql in query.picked.items()}
        given = query.example | picked | likely
        yield f"| {query.title} | {fetching(db, query.sql, given)} |"
    yield f"\n| search of {size.items:,} items, all pages and repositories | time |\n|---|---:|"
    for words in WORDS:
        yield f"| {words} | {milliseconds(lambda words=words: search(db, words))} |"


def visits(db: Catalog) -> list[Check]:
    """Return a visit to each of the first links, with a page where there is one."""
    checks = []
    rows = db.execute("SELECT id, url FROM links ORDER BY id LIMIT ?", (WRITTEN,)).fetchall()
    for link_id, url in rows:
        word, status, _ = fate(link_id, sized(LINKS))
        reason = Reason(word)
        page = Page(
            content_type="text/html", title="量化与部署", lead="正文" * 60, text_length=4200
        )
        visit = (
            Visit(url=url, status=status, final_url=url, page=page, size=19_000)
            if status
            else Visit(url=url, failure=reason)
        )
        judgement = Judgement(reason=reason, rule=f"status {status}")
        checks.append(
            Check(link_id=link_id, checked_at=stamp(NOW), judgement=judgement, visit=visit)
        )
    return checks


def settled(path: Path) -> float:
    """Write the visits as a crawl does, and return how many a second."""
    with closing(open_catalog(path)) as db:
        run_id = begin_run(db, "crawl", NOW)
        checks = visits(db)
        start = time.process_time()
        for first in range(0, len(checks), BATCH):
            save_checks(db, run_id, checks[first : first + BATCH], NOW)
        return len(checks) / (time.process_time() - start)


def bare(path: Path, written: Path) -> float:
    """Write the rows that `settled` left in *written* by executemany; return visits a second."""
    with closing(sqlite3.connect(written)) as done:
        (run_id,) = done.execute("SELECT max(id) FROM runs").fetchone()
        rows = {
            "checks": done.execute(f"SELECT * FROM checks WHERE run_id = {run_id}").fetchall(),
            "pages": done.execute(f"SELECT * FROM pages WHERE run_id = {run_id}").fetchall(),
            "links": done.execute("SELECT * FROM links LIMIT ?", (WRITTEN,)).fetchall(),
        }
    with closing(open_catalog(path)) as db:
        begin_run(db, "crawl", NOW)
        db.conn.execute("PRAGMA foreign_keys = OFF")
        batches = {name: _batches(many) for name, many in rows.items()}
        start = time.process_time()
        for checks, pages, links in zip(*batches.values(), strict=True):
            db.conn.execute("BEGIN")
            db.conn.executemany(_insert(db, "checks"), checks)
            db.conn.executemany(_upsert(db, "pages"), pages)
            db.conn.executemany(_upsert(db, "links"), links)
            db.conn.execute("COMMIT")
        return len(rows["checks"]) / (time.process_time() - start)


def _batches(rows: Sequence[Any]) -> list[Sequence[Any]]:
    count = max(WRITTEN // BATCH, 1)
    length = -(-len(rows) // count)
    return [rows[place * length : (place + 1) * length] for place in range(count)]


def _columns(db: Catalog, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def _insert(db: Catalog, table: str) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * len(_columns(db, table)))})"


def _upsert(db: Catalog, table: str) -> str:
    key, *others = _columns(db, table)
    news = ", ".join(f"{name} = excluded.{name}" for name in others)
    return f"{_insert(db, table)} ON CONFLICT ({key}) DO UPDATE SET {news}"


def writing(folder: Path) -> str:
    """Return how fast visits are written, beside the same rows by executemany."""
    source = folder / "source.db"
    build(source, sized(WRITTEN))
    ours, plain = 0.0, 0.0
    for _ in range(3):
        first, second = (Path(shutil.copy(source, folder / name)) for name in ("a.db", "b.db"))
        ours = max(ours, settled(first))
        plain = max(plain, bare(second, first))
    return (
        f"Visits written in a second of processor time, with their checks, pages, words and what"
        f" stands of their links: **{ours:,.0f}**; the same rows by bare `executemany`, in"
        f" batches of {BATCH} as well: {plain:,.0f}. That is {ours / plain:.0%}."
    )


def main() -> None:
    """Print the section."""
    size = sized(LINKS)
    print("## Catalog\n")
    print(
        f"{size.links:,} links, {size.links * size.nights:,} checks, {size.items:,} items,"
        f" {size.repos:,} repositories with {size.snapshots} snapshots each;"
        f" SQLite {sqlite3.sqlite_version}, {platform.machine()}, {os.cpu_count()} cores."
        " Best of five, warm.\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "catalog.db", size)
        with closing(open_catalog(folder / "catalog.db", read_only=True)) as db:
            print("\n".join(reading(db, size)))
        start = time.perf_counter()
        published = publish(folder / "catalog.db", folder / "site")
        print(
            f"\nSize: {published.size / 1e6:,.0f} MB when published, which took"
            f" {time.perf_counter() - start:.0f} s:"
            f" **{published.size / size.links:,.0f} bytes per link**, all else included.\n"
        )
    with tempfile.TemporaryDirectory() as name:
        print(writing(Path(name)))


if __name__ == "__main__":
    main()
