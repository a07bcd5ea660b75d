"""The views answer what they say, over a catalog of three nights."""

from pathlib import Path
from typing import Any

import pytest

from catalog.connection import Catalog, open_catalog
from catalog.schema.views import VIEWS


def rows(db: Catalog, sql: str) -> list[tuple[Any, ...]]:
    return db.execute(sql).fetchall()


ANSWERS = [
    (
        "what is broken",
        "SELECT url, reason, level, file, line, mentions FROM broken_links"
        " ORDER BY standing_since DESC, url",
        [
            ("https://blog.example/quant", "not_found", "page", "2020-06-17.md", 20, 1),
            ("https://github.com/someone/vanished", "repo_gone", "page", "2021-01-19.md", 20, 1),
            ("https://gone-host.example/a", "host_not_found", "host", "2019-03-31.md", 40, 1),
            ("https://gone-host.example/b", "host_not_found", "host", "2020-06-17.md", 30, 1),
        ],
    ),
    ("what broke last night", "SELECT url FROM newly_broken", [("https://blog.example/quant",)]),
    (
        "what was fixed last night; a suspicion that passed is no repair",
        "SELECT url, fixed_at, standing FROM fixed_links",
        [("https://blog.example/tnn", "2026-11-22T04:00:00Z", "ok")],
    ),
    (
        "what is suspected",
        "SELECT url, reason, strikes FROM suspect_links",
        [("https://news.example/conf", "timeout", 1)],
    ),
    (
        "what moved, and where to",
        "SELECT url, suggestion, text FROM moved_links",
        [
            (
                "https://blog.example/prune",
                "https://blog.example/archive/prune",
                "Pruning in practice",
            )
        ],
    ),
    (
        "the issues",
        "SELECT file, items, mentions, links, broken, broken_share FROM issue_overview"
        " ORDER BY date DESC",
        [
            ("2024-08-01.md", 3, 6, 6, 0, 0.0),
            ("2021-01-19.md", 4, 5, 5, 1, 0.2),
            ("2020-06-17.md", 4, 4, 4, 2, 0.5),
            ("2019-03-31.md", 4, 4, 4, 1, 0.25),
        ],
    ),
    (
        "hosts, and how much of each is broken",
        "SELECT host, links, broken, broken_share FROM host_overview WHERE broken ORDER BY host",
        [
            ("blog.example", 3, 1, 0.3333),
            ("github.com", 5, 1, 0.2),
            ("gone-host.example", 2, 2, 1.0),
        ],
    ),
    (
        "link rot by the year of a link's first issue, pages and hosts apart",
        "SELECT year, links, broken, broken_pages, broken_hosts, broken_share"
        " FROM link_rot_by_year",
        [
            ("2019", 4, 1, 0, 1, 0.25),
            ("2020", 4, 2, 1, 1, 0.5),
            ("2021", 3, 1, 1, 0, 0.3333),
            ("2024", 4, 0, 0, 0, 0.0),
        ],
    ),
    (
        "repositories, how they grow, who names them",
        "SELECT full_name, stars, stars_week, stars_month, stars_year, language, license,"
        " archived, first_issue, last_issue, mentions FROM repo_overview ORDER BY stars DESC",
        [
            (
                "Tencent/TNN",
                4412,
                22,
                62,
                412,
                "C++",
                "NOASSERTION",
                0,
                "2020-06-17.md",
                "2024-08-01.md",
                3,
            ),
            (
                "VainF/Torch-Pruning",
                2640,
                None,
                None,
                None,
                "Python",
                "MIT",
                0,
                "2021-01-19.md",
                "2024-08-01.md",
                2,
            ),
            (
                "lab42/oldnet",
                309,
                None,
                None,
                None,
                "C++",
                None,
                1,
                "2019-03-31.md",
                "2019-03-31.md",
                1,
            ),
            (
                "tinyedge/tinyrt",
                120,
                None,
                None,
                None,
                "C",
                "Apache-2.0",
                0,
                "2024-08-01.md",
                "2024-08-01.md",
                1,
            ),
            (
                "someone/vanished",
                None,
                None,
                None,
                None,
                None,
                None,
                0,
                "2021-01-19.md",
                "2021-01-19.md",
                1,
            ),
        ],
    ),
    (
        "licenses",
        "SELECT license, repos, share FROM license_overview ORDER BY license",
        [(None, 1, 0.25), ("Apache-2.0", 1, 0.25), ("MIT", 1, 0.25), ("NOASSERTION", 1, 0.25)],
    ),
    (
        "languages by the year in which an issue first named the repository",
        "SELECT year, language, repos FROM language_by_year",
        [("2019", "C++", 1), ("2020", "C++", 1), ("2021", "Python", 1), ("2024", "C", 1)],
    ),
    (
        "repositories that nobody keeps",
        "SELECT full_name, archived, days_since_push FROM stale_repos",
        [("lab42/oldnet", 1, 2485)],
    ),
    (
        "the last night",
        "SELECT first_run_id, last_run_id, started_at, finished_at FROM last_night",
        [(3, 3, "2026-11-22T04:00:00Z", "2026-11-22T04:30:00Z")],
    ),
]


@pytest.mark.parametrize(
    ("sql", "answer"), [pytest.param(*row, id=name) for name, *row in ANSWERS]
)
def test_view(small: Catalog, sql: str, answer: list[tuple[Any, ...]]) -> None:
    assert rows(small, sql) == answer


def test_every_view_has_a_case() -> None:
    asked = " ".join(sql for _, sql, _ in ANSWERS)
    assert {name for name in VIEWS if f"FROM {name}" in asked} == set(VIEWS)


NIGHTS = [
    ("one command a night", "nightly done, nightly done", (2, 2)),
    ("a night in three commands", "read done, crawl done, enrich done", (2, 3)),
    ("the second such night", "crawl done, enrich done, crawl done, enrich done", (3, 4)),
    ("one that was cut short goes on", "nightly done, nightly cut_short, nightly done", (2, 3)),
    ("an untrusted one is none", "nightly done, nightly untrusted", (1, 1)),
    ("a run that looked at nothing", "nightly done, report done", (1, 1)),
    ("no night yet", "read done", None),
]


@pytest.mark.parametrize(("runs", "night"), [pytest.param(*row, id=name) for name, *row in NIGHTS])
def test_last_night(tmp_path: Path, runs: str, night: tuple[int, int] | None) -> None:
    db = open_catalog(tmp_path / "catalog.db")
    db.execute("INSERT INTO links (key, url, first_seen_at) VALUES ('k', 'u', 't')")
    for number, run in enumerate(runs.split(", "), 1):
        command, state = run.split()
        db.execute(
            "INSERT INTO runs (command, version, started_at, state) VALUES (?, '1', ?, ?)",
            (command, f"2026-11-22T{number:02}:00:00Z", state),
        )
        if command not in ("read", "report"):
            db.execute(
                "INSERT INTO checks (link_id, run_id, checked_at, verdict, reason)"
                " VALUES (1, ?, 't', 'ok', 'ok')",
                (number,),
            )
    assert rows(db, "SELECT first_run_id, last_run_id FROM last_night") == (
        [night] if night else []
    )
    db.close()


def test_views_of_another_version_are_replaced(own_catalog: Path) -> None:
    db = open_catalog(own_catalog)
    db.execute("DROP VIEW broken_links")
    db.execute("CREATE VIEW broken_links AS SELECT 'old' AS url")
    db.execute("CREATE VIEW given_up AS SELECT 1")
    db.close()
    reader = open_catalog(own_catalog, read_only=True)
    assert len(rows(reader, "SELECT link_id FROM broken_links")) == 4
    reader.close()
    db = open_catalog(own_catalog)
    assert set(db.view_names()) == set(VIEWS)
    assert len(rows(db, "SELECT link_id FROM broken_links")) == 4
    db.close()
