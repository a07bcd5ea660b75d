"""The report of a catalog with 100,000 broken links: how long, and how much memory.

Each format is made in a process of its own, from opening the catalog to the last character
written to a file, and its peak memory is what the operating system saw.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from catalog.connection import Catalog, open_catalog
from catalog.runs import begin_run, end_run

LINKS = int(os.environ.get("LINKS", "100000"))
ISSUES = max(LINKS // 100, 1)
NIGHTS = 3
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
REASONS = ("not_found", "gone", "soft_404", "host_not_found", "deleted_by_publisher")
WORDS = ("部署", "量化", "剪枝", "推理", "编译", "芯片", "board", "kernel", "compiler", "quantize")


def fill(db: Catalog) -> None:
    """Write a catalog in which every link is broken, after three nights."""
    db.execute("PRAGMA foreign_keys = OFF")  # links and checks point at each other
    runs = []
    for night in range(NIGHTS):
        runs.append(begin_run(db, "nightly", NOW.replace(day=20 + night, hour=4)))
        end_run(db, runs[-1], NOW.replace(day=20 + night, hour=5), state="done")
    with db.atomic():
        db.execute("INSERT INTO archives (id, source, title) VALUES (1, 'archive', '周报')")
        many = db.conn.executemany
        many("INSERT INTO hosts (id, name) VALUES (?, ?)", _hosts())
        many(
            "INSERT INTO issues (id, archive_id, run_id, file, date, title)"
            " VALUES (?, 1, 1, ?, ?, ?)",
            (
                (n, f"{n:05}.md", f"{2010 + n % 16}-{n % 12 + 1:02}-01", f"第{n}期")
                for n in range(1, ISSUES + 1)
            ),
        )
        many(
            "INSERT INTO links (id, key, url, host_id, first_seen_at, standing, standing_since,"
            " reason, first_seen_broken, last_ok, strikes, last_check_id)"
            " VALUES (?, ?, ?, ?, ?, 'broken', ?, ?, ?, ?, ?, ?)",
            (_link(n) for n in range(1, LINKS + 1)),
        )
        many(
            "INSERT INTO items (id, issue_id, position, line, section, title)"
            " VALUES (?, ?, ?, ?, '开源项目', ?)",
            ((n, _issue(n), n, n % 500 + 1, _title(n)) for n in range(1, LINKS + 1)),
        )
        many(
            "INSERT INTO mentions (issue_id, item_id, link_id, file, line, column, url, url_line,"
            " url_column, kind, text, section) VALUES (?, ?, ?, ?, ?, 3, ?, ?, 40, 'inline', ?,"
            " '开源项目')",
            (_mention(n) for n in range(1, LINKS + 1)),
        )
        many(
            "INSERT INTO checks (id, link_id, run_id, checked_at, verdict, reason, status, rule,"
            " evidence) VALUES (?, ?, ?, ?, 'broken', ?, 404, 'a rule', '该内容已被发布者删除')",
            (
                (n * NIGHTS + night, n, runs[night], f"2026-11-{20 + night}T04:30:00Z", _why(n))
                for n in range(1, LINKS + 1)
                for night in range(NIGHTS)
            ),
        )
    assert not db.execute("PRAGMA foreign_key_check").fetchall()


def _hosts() -> list[tuple[int, str]]:
    return [(n, f"host-{n}.example") for n in range(1, max(LINKS // 20, 1) + 1)]


def _url(n: int) -> str:
    return (
        f"https://host-{n % max(LINKS // 20, 1) + 1}.example/articles/{n}?from=weekly&id={n * 7}"
    )


def _link(n: int) -> tuple[object, ...]:
    since = f"2026-11-{20 + n % NIGHTS}T04:30:00Z"
    host = n % max(LINKS // 20, 1) + 1
    seen, last = "2026-11-01T00:00:00Z", n * NIGHTS + NIGHTS - 1
    return (n, _url(n), _url(n), host, seen, since, _why(n), since, seen, NIGHTS, last)


def _mention(n: int) -> tuple[object, ...]:
    issue, line = _issue(n), n % 500 + 1
    return issue, n, n, f"{issue:05}.md", line, _url(n), line, _title(n)


def _issue(n: int) -> int:
    return n % ISSUES + 1


def _title(n: int) -> str:
    return f"{WORDS[n % 10]}{WORDS[n // 10 % 10]}：a title of usual length, number {n} | 来源"


def _why(n: int) -> str:
    return REASONS[n % len(REASONS)]


def one(catalog: Path, name: str, output: Path) -> dict[str, float]:
    """Make the report in the format *name*, and return what it cost."""
    from report.formats import chunks, style_for
    from report.selection import select

    began, cpu = time.perf_counter(), time.process_time()
    db = open_catalog(catalog, read_only=True)
    report = select(db, NOW)
    selected = time.perf_counter()
    with output.open("w", encoding="utf-8") as file:
        file.writelines(chunks(report, name, style_for(report, "zh")))
    done = time.perf_counter()
    db.close()
    return {
        "select": selected - began,
        "whole": done - began,
        "cpu": time.process_time() - cpu,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "size": output.stat().st_size / 1e6,
    }


def main() -> None:
    """Print the section."""
    from report.formats import FORMATS

    print(f"## Report of {LINKS:,} broken links\n")
    print(f"`python -m benchmarks.report` · {os.cpu_count()} cores · Python "
          f"{platform.python_version()}. The aim is 10 s and 500 MB.\n")  # fmt: skip
    print("| format | select, s | whole, s | of it CPU, s | peak, MB | size, MB |")
    print("|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        catalog = Path(folder, "catalog.db")
        db = open_catalog(catalog)
        fill(db)
        db.close()
        for name in FORMATS:
            command = [sys.executable, "-m", "benchmarks.report", str(catalog), name]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            cost = json.loads(done.stdout)
            print(f"| {name} | {cost['select']:.1f} | {cost['whole']:.1f} |"
                  f" {cost['cpu']:.1f} |"
                  f" {cost['memory']:.0f} | {cost['size']:.1f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _, where, name = sys.argv
        print(json.dumps(one(Path(where), name, Path(where).with_name(f"report.{name}"))))
    else:
        main()
