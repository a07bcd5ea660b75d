"""What is counted as rows come and go is what counting everything at once gives."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog.archives import archive_id
from catalog.checks import save_checks
from catalog.connection import Catalog
from catalog.issues import drop_unmentioned, save_issue, take_out_missing
from catalog.records import Check, Issue, Item, Judgement, Visit
from catalog.runs import begin_run, distrust
from catalog.schema.derived_1 import HOST_COUNTS, YEAR_COUNTS
from catalog.totals import count_all_anew
from catalog.vocabulary import Reason
from tests.issues import mention

FIRST_NIGHT = datetime(2026, 11, 1, 4, tzinfo=UTC)

COUNTED = {
    "host_totals": "SELECT * FROM host_totals WHERE links > 0 ORDER BY host_id",
    "year_totals": "SELECT * FROM year_totals WHERE links > 0 ORDER BY 1, 2, 3",
    "issues": "SELECT id, items, mentions, links, broken FROM issues ORDER BY id",
    "links": "SELECT id, mentions, first_mentioned, last_mentioned FROM links ORDER BY id",
    "repos": """SELECT id, mentions, pages, first_issue_id, last_issue_id, stars_night,
        stars_week, stars_month, stars_year FROM repos ORDER BY id""",
}

GROWTH = "SELECT stars_night, stars_week, stars_month, stars_year FROM repos"


def counted(db: Catalog) -> dict[str, list[Any]]:
    return {name: db.execute(sql).fetchall() for name, sql in COUNTED.items()}


def some_issue(number: int, chance: random.Random) -> Issue:
    urls = chance.sample(
        [f"https://{host}.example/{page}" for host in "abcd" for page in range(6)]
        + [f"https://github.com/owner/repo{n}" for n in range(4)]
        + ["old/1.md", "old/2.md"],
        k=8,
    )
    file = f"{2018 + number % 4}-01-{number + 1:02}.md"
    return Issue(
        file=file,
        sha256=str(chance.random()),
        date=file[:10] if number else "",
        items=(Item(position=1, line=1, section="", title="量化"),),
        mentions=tuple(
            mention(
                url,
                line,
                file=file,
                item_position=1,
                relative=not url.startswith("http"),
                finding=chance.choice([None, Reason.FILE_MISSING]) if url[0] == "o" else None,
            )
            for line, url in enumerate(urls, 1)
        ),
    )


def some_checks(db: Catalog, now: datetime, chance: random.Random) -> list[Check]:
    reasons = [Reason.OK, Reason.NOT_FOUND, Reason.HOST_NOT_FOUND, Reason.TIMEOUT, Reason.BOT_WALL]
    checks = []
    for link_id, url in db.execute("SELECT id, url FROM links WHERE judge = 'page'").fetchall():
        reason = chance.choice(reasons)
        visit = (
            Visit(url=url, status=200, final_url=url)
            if reason is Reason.OK
            else Visit(url=url, failure=reason)
        )
        judgement = Judgement(reason=reason, rule="test")
        at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        checks.append(Check(link_id=link_id, checked_at=at, judgement=judgement, visit=visit))
    return checks


@pytest.mark.parametrize("seed", range(5))
def test_totals_are_the_sum_of_their_rows_whatever_happens(db: Catalog, seed: int) -> None:
    chance = random.Random(seed)
    archive = archive_id(db, "issues")
    for night in range(6):
        now = FIRST_NIGHT + timedelta(days=night)
        run_id = begin_run(db, "nightly", now)
        issues = [some_issue(number, chance) for number in range(chance.randrange(2, 7))]
        for issue in issues:
            save_issue(db, archive, run_id, issue, now)
        take_out_missing(db, archive, run_id, [issue.file for issue in issues])
        drop_unmentioned(db)
        save_checks(db, run_id, some_checks(db, now, chance), now)
        if night == 4:
            distrust(db, run_id, now)
        kept = counted(db)
        count_all_anew(db)
        assert kept == counted(db)
    assert kept["host_totals"]
    assert {"", "ok", "not_found"} <= {row[2] for row in kept["year_totals"]}


REWRITES = [
    ("the standing", "standing = 'broken', reason = 'gone'"),
    ("the reason alone", "reason = 'timeout'"),
    ("the standing of what is no longer present", "present = 0, standing = 'broken'"),
    ("the standing of what came back", "present = 1, standing = 'moved'"),
    ("the year in which it was first mentioned", "first_mentioned = '2019-01-01'"),
    ("standing and year at once", "standing = 'suspect', first_mentioned = NULL"),
    ("the host", "host_id = (SELECT min(id) FROM hosts)"),
    ("standing and host at once", "standing = 'ok', host_id = (SELECT max(id) FROM hosts)"),
    ("standing, of a link that now has no host", "standing = 'broken', host_id = NULL"),
    ("nothing", "standing = standing, reason = reason, present = present"),
]


@pytest.mark.parametrize("change", [pytest.param(sql, id=name) for name, sql in REWRITES])
def test_totals_follow_whatever_writes_a_link_anew(own: Catalog, change: str) -> None:
    own.execute("UPDATE links SET present = 0 WHERE id % 3 = 0")
    own.execute(f"UPDATE links SET {change} WHERE id % 2 = 0")
    for name, counts in (("host_totals", HOST_COUNTS), ("year_totals", YEAR_COUNTS)):
        kept = own.execute(COUNTED[name]).fetchall()
        assert kept == sorted(own.execute(counts).fetchall())


def test_growth_is_measured_over_a_night_a_week_a_month_and_a_year(db: Catalog) -> None:
    run_id = begin_run(db, "enrich", FIRST_NIGHT)
    db["repos"].insert(
        {
            "forge": "github.com",
            "owner": "Tencent",
            "name": "TNN",
            "full_name": "Tencent/TNN",
            "url": "https://github.com/Tencent/TNN",
            "next_look_at": "2026-11-01T04:00:00Z",
        }
    )
    for day, stars in [
        ("2025-10-20", 500),
        ("2026-09-25", 900),
        ("2026-10-24", 980),
        ("2026-10-31", 990),
        ("2026-11-01", 1000),
    ]:
        db["repo_snapshots"].insert(
            {
                "repo_id": 1,
                "taken_on": day,
                "run_id": run_id,
                "taken_at": f"{day}T04:00:00Z",
                "stars": stars,
            }
        )
    assert db.execute(
        "SELECT stars_night, stars_week, stars_month, stars_year FROM repos"
    ).fetchone() == (
        10,
        20,
        100,
        500,
    )


def test_a_gap_in_the_history_is_no_growth(db: Catalog) -> None:
    test_growth_is_measured_over_a_night_a_week_a_month_and_a_year(db)
    db["repo_snapshots"].insert(
        {
            "repo_id": 1,
            "taken_on": "2027-03-01",
            "run_id": 1,
            "taken_at": "2027-03-01T04:00:00Z",
            "stars": 3000,
        }
    )
    assert db.execute(
        "SELECT stars_night, stars_week, stars_month, stars_year FROM repos"
    ).fetchone() == (
        2000,
        None,
        None,
        2500,
    )
