"""The frontier over a real catalog: what is due, who holds it, what a settled lease leaves."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.backlog import links_left, next_opening
from catalog.clock import stamp
from catalog.connection import open_catalog
from catalog.database import Database
from catalog.frontier import count_due, lease, open_frontier, put_off, settle
from catalog.records import Check, Judgement, Lease, Page, RepoName, Robots, Visit
from catalog.runs import begin_run, distrust, end_run
from catalog.vocabulary import Reason

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=2)


# What the frontier keeps of each host's own links and of those that wait, and the same counted.
KEPT = "SELECT host_id, own FROM temp.backlog WHERE own > 0"
COUNTED = """
    SELECT host_id, count(*) FROM links WHERE next_check_at <= (SELECT at FROM temp.opening)
    AND id NOT IN (SELECT link_id FROM temp.waiting) GROUP BY host_id"""


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_catalog(tmp_path / "catalog.db")
    add_links(db, {"big.example": 5, "small.example": 2, "tiny.example": 1})
    return db


def add_links(db: Database, backlog: dict[str, int]) -> None:
    for host, count in backlog.items():
        host_id = db["hosts"].insert({"name": host}).last_pk
        for n in range(count):
            url = f"https://{host}/{n}"
            db["links"].insert(
                {
                    "key": url,
                    "url": url,
                    "host_id": host_id,
                    "first_seen_at": stamp(NOW),
                    "next_check_at": stamp(NOW),
                }
            )


def take(db: Database, now: datetime = NOW, hosts: int = 10, links: int = 10) -> Lease:
    leased = lease(db, now, until=now + timedelta(minutes=2), hosts=hosts, links_per_host=links)
    assert leased is not None
    return leased


def check(
    link_id: int, reason: Reason = Reason.OK, at: datetime = NOW, page: Page | None = None
) -> Check:
    answered = reason in (Reason.OK, Reason.MOVED_PERMANENTLY)
    return Check(
        link_id=link_id,
        checked_at=stamp(at),
        judgement=Judgement(reason=reason, rule="as told"),
        visit=Visit(
            url="https://example.com",
            status=200 if answered else None,
            failure=None if answered else reason,
            headers={"etag": '"one"'},
            page=page,
        ),
    )


def links(leased: Lease) -> list[int]:
    return [link.link_id for link in leased.links]


def held(leased: Lease) -> set[tuple[str, str]]:
    """Return what *leased* holds, to be released."""
    return {(leased.lease_id, link.host) for link in leased.links}


def standing(db: Database, link_id: int) -> str:
    return str(db["links"].get(link_id)["standing"])


def test_chosen_links_are_leased_due_or_not_and_no_others(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    settle(db, run, [check(1)], [], NOW)
    open_frontier(db, NOW, only=(1, 2))
    leased = take(db)
    assert sorted(links(leased)) == [1, 2]
    settle(db, run, [check(n) for n in (1, 2)], [], NOW, released=held(leased))
    assert next_opening(db) is None


def test_chosen_links_of_a_killed_run_are_due_in_the_next_one(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    settle(db, run, [check(n) for n in range(1, 9)], [], NOW)
    open_frontier(db, NOW, only=(3,))
    open_frontier(db, NOW)
    assert links(take(db)) == [3]


def test_the_longest_backlog_goes_first(db: Database) -> None:
    open_frontier(db, NOW)
    assert {link.host for link in take(db, hosts=1).links} == {"big.example"}
    assert {link.host for link in take(db, hosts=1).links} == {"small.example"}


def test_a_host_is_in_one_lease_only_until_it_is_settled(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    first = take(db, links=2)
    assert lease(db, NOW, until=SOON, hosts=10, links_per_host=2) is None
    settle(db, run, [check(n) for n in links(first)], [], NOW, released=held(first))
    assert {link.host for link in take(db, links=2).links} == {"big.example"}


def test_every_link_is_leased_exactly_once(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    seen: list[int] = []
    while leased := lease(db, NOW, until=SOON, hosts=2, links_per_host=2):
        seen += links(leased)
        settle(db, run, [check(n) for n in links(leased)], [], NOW, released=held(leased))
    assert sorted(seen) == list(range(1, 9))
    assert count_due(db, NOW) == 0


def test_a_lease_that_was_lost_is_given_out_again_after_its_end(db: Database) -> None:
    open_frontier(db, NOW)
    lost = lease(db, NOW, until=SOON, hosts=10, links_per_host=10, holder="cluster")
    assert lost is not None
    open_frontier(db, NOW)
    assert lease(db, NOW, until=SOON, hosts=10, links_per_host=10) is None
    assert next_opening(db) == SOON
    assert set(links(take(db, SOON))) == set(links(lost))


def test_what_a_killed_run_held_on_this_machine_is_free_at_once(db: Database) -> None:
    open_frontier(db, NOW)
    killed = take(db)
    open_frontier(db, NOW)
    assert links(take(db)) == links(killed)


def test_a_late_result_is_written_and_frees_nobody_elses_host(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    late = take(db, hosts=1)
    later = SOON + timedelta(seconds=1)
    second = take(db, later, hosts=1)
    assert links(second) == links(late)
    assert settle(db, run, [check(links(late)[0], at=later)], [], later, released=held(late)) == 1
    assert db["hosts"].get(1)["lease"] == second.lease_id
    done = [check(n, at=later) for n in links(second)]
    assert settle(db, run, done, [], later, released=held(second)) == len(done) - 1
    assert db["checks"].count == len(done)


@pytest.mark.parametrize(
    "batches",
    [
        pytest.param([[Reason.NOT_FOUND, Reason.OK]], id="in one batch"),
        pytest.param([[Reason.NOT_FOUND], [Reason.OK]], id="in two"),
    ],
)
def test_of_two_checks_of_a_link_in_one_run_the_first_is_kept(
    db: Database, batches: list[list[Reason]]
) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    for reasons in batches:
        settle(db, run, [check(1, reason) for reason in reasons], [], NOW)
    assert [row["reason"] for row in db["checks"].rows] == ["not_found"]
    assert standing(db, 1) == "broken"


def test_only_the_named_hosts_are_released(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    settle(db, run, [], [], NOW, released=[(leased.lease_id, "tiny.example")])
    assert {link.host for link in take(db).links} == {"tiny.example"}


def test_a_host_may_ask_not_to_be_visited_before_a_time(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    wait = {"big.example": NOW + timedelta(seconds=30, microseconds=1)}
    settle(db, run, [], [], NOW, released=held(leased), not_before=wait)
    assert {link.host for link in take(db).links} == {"small.example", "tiny.example"}
    assert lease(db, NOW + timedelta(seconds=30), until=SOON, hosts=9, links_per_host=9) is None
    assert {link.host for link in take(db, NOW + timedelta(seconds=31)).links} == {"big.example"}


def test_a_rest_is_not_cut_short_by_a_shorter_one_that_is_asked_for_later(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    for seconds in (30, 10):
        wait = {"big.example": NOW + timedelta(seconds=seconds)}
        settle(db, run, [], [], NOW, released=held(leased), not_before=wait)
    assert {link.host for link in take(db, NOW + timedelta(seconds=29)).links} == {
        "small.example",
        "tiny.example",
    }


@pytest.mark.parametrize(
    ("rest", "is_free"),
    [
        pytest.param(timedelta(hours=20), False, id="a night, as a server asked"),
        pytest.param(timedelta(days=400), True, id="longer, by a clock that was ahead"),
    ],
)
def test_a_rest_that_another_run_has_begun(db: Database, rest: timedelta, is_free: bool) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    settle(db, run, [], [], NOW, not_before={"big.example": NOW + rest})
    open_frontier(db, NOW)
    assert ("big.example" in {link.host for link in take(db).links}) == is_free


@pytest.mark.parametrize(
    ("length", "is_free"),
    [
        pytest.param(timedelta(hours=1), False, id="an hour, by a cluster that may live on"),
        pytest.param(timedelta(days=400), True, id="longer than a night, by a clock ahead"),
    ],
)
def test_a_lease_that_another_run_has_begun(
    db: Database, length: timedelta, is_free: bool
) -> None:
    open_frontier(db, NOW)
    lease(db, NOW, until=NOW + length, hosts=9, links_per_host=9, holder="dask")
    open_frontier(db, NOW)
    assert bool(lease(db, NOW, until=SOON, hosts=9, links_per_host=9)) == is_free


def test_what_is_left_is_counted_by_host(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    put_off(db, [(links(leased)[0], "elsewhere.example", SOON)], NOW)
    settle(db, run, [check(n) for n in links(leased)[1:6]], [], NOW, released=held(leased))
    assert links_left(db) == {"elsewhere.example": 1, "small.example": 1, "tiny.example": 1}


def test_a_host_that_turns_out_to_have_nothing_to_visit_is_not_held(db: Database) -> None:
    open_frontier(db, NOW)
    db.execute("UPDATE links SET present = 0 WHERE url LIKE 'https://big%'")
    assert {link.host for link in take(db).links} == {"small.example", "tiny.example"}
    held = db.execute("SELECT name FROM hosts WHERE lease IS NOT NULL ORDER BY name").fetchall()
    assert held == [("small.example",), ("tiny.example",)]
    assert lease(db, NOW, until=SOON, hosts=10, links_per_host=10) is None
    assert next_opening(db) == SOON, "the others are free then"


def test_robots_are_kept_and_come_with_the_next_lease(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    file = Robots(host="big.example", fetched_at=stamp(NOW), status=200, text="User-agent: *")
    settle(db, run, [], [file], NOW, released=held(leased))
    assert take(db, hosts=1).robots == (file,)


def test_a_link_that_waits_is_leased_with_the_host_it_waits_for(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    waiting = links(leased)[0]
    put_off(db, [(waiting, "elsewhere.example", NOW + timedelta(seconds=10))], NOW)
    done = [check(n) for n in links(leased) if n != waiting]
    settle(db, run, done, [], NOW, released=held(leased))
    assert lease(db, NOW, until=SOON, hosts=10, links_per_host=10) is None
    assert next_opening(db) == NOW + timedelta(seconds=10)
    onward = take(db, NOW + timedelta(seconds=10))
    assert [(link.link_id, link.host) for link in onward.links] == [(waiting, "elsewhere.example")]
    # While it is in flight there, its own host must not give it out a second time.
    assert lease(db, SOON, until=SOON, hosts=10, links_per_host=10) is None
    settle(db, run, [check(waiting)], [], NOW, released=held(onward))
    assert next_opening(db) is None


def test_what_was_chosen_for_a_run_that_was_killed_is_not_visited_by_the_next_choice(
    db: Database,
) -> None:
    open_frontier(db, NOW, only=(1, 2))
    open_frontier(db, NOW, only=(3,))
    assert links(take(db)) == [3]
    open_frontier(db, NOW)
    assert count_due(db, NOW) == 8


def test_everything_makes_every_page_due_for_good(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    settle(db, run, [check(n) for n in links(leased)], [], NOW, released=held(leased))
    assert (count_due(db, NOW), count_due(db, NOW, everything=True)) == (0, 8)
    open_frontier(db, NOW, everything=True)
    assert count_due(db, NOW) == 8


def test_dropped_links_and_those_that_others_judge_are_not_due(db: Database) -> None:
    db.execute("UPDATE links SET present = 0 WHERE id = 1")
    db.execute("UPDATE links SET judge = 'forge' WHERE id = 2")
    open_frontier(db, NOW)
    assert count_due(db, NOW) == 6
    assert not {1, 2} & set(links(take(db)))


def test_a_night_that_is_not_trusted_changes_nothing(db: Database) -> None:
    for night, reason in enumerate((Reason.OK, Reason.NOT_FOUND)):
        at = NOW + timedelta(days=night)
        run = begin_run(db, "crawl", at)
        open_frontier(db, at, everything=True)
        leased = take(db, at)
        settle(
            db, run, [check(n, reason, at) for n in links(leased)], [], at, released=held(leased)
        )
        end_run(db, run, at, state="done")
    assert standing(db, 1) == "broken"
    assert distrust(db, run, at) == 8
    assert standing(db, 1) == "ok"
    assert db["links"].get(1)["first_seen_broken"] is None


def test_links_seen_only_on_a_distrusted_night_are_due_again(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    settle(
        db, run, [check(n, Reason.TIMEOUT) for n in links(leased)], [], NOW, released=held(leased)
    )
    distrust(db, run, NOW)
    assert (standing(db, 1), count_due(db, NOW)) == ("unchecked", 8)


def test_a_page_is_kept_with_its_repositories_but_a_wall_is_no_page(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    repo = RepoName(host="github.com", owner="Tencent", name="TNN")
    good = Page(title="An article", repos=(repo,))
    wall = Page(title="Just a moment...")
    checks = [check(1, page=good), check(2, Reason.BOT_WALL, page=wall)]
    settle(db, run, checks, [], NOW, released=held(leased))
    assert [(row["link_id"], row["title"]) for row in db["pages"].rows] == [(1, "An article")]
    assert [row["full_name"] for row in db["repos"].rows] == ["Tencent/TNN"]
    assert [(row["via"], row["link_id"]) for row in db["repo_mentions"].rows] == [("page", 1)]


def test_validators_are_kept_only_where_not_modified_would_be_good_news(db: Database) -> None:
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    leased = take(db)
    settle(db, run, [check(1), check(2, Reason.SOFT_404)], [], NOW, released=held(leased))
    assert [db["links"].get(n)["etag"] for n in (1, 2)] == ['"one"', ""]


@pytest.mark.parametrize("seed", range(8))
def test_the_backlog_is_what_there_is_to_visit_whatever_happens(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    run = begin_run(db, "crawl", NOW)
    open_frontier(db, NOW)
    now, late, waited = NOW, list[tuple[Lease, list[Check]]](), set[int]()
    while next_opening(db) is not None:
        now += timedelta(seconds=chance.randrange(60))
        leased = lease(db, now, until=now + timedelta(minutes=1), hosts=2, links_per_host=3)
        if leased is not None:
            if chance.random() < 0.3:  # it is lost; who leased it out puts off what waited before
                again = [(link, "tiny.example", now) for link in links(leased) if link in waited]
                put_off(db, again, now)
                continue
            host = chance.choice(["big.example", "tiny.example", "elsewhere.example"])
            onward = {link for link in links(leased) if chance.random() < 0.3}
            put_off(db, [(link, host, now + timedelta(seconds=20)) for link in onward], now)
            seen = [check(link, at=now) for link in links(leased) if link not in onward]
            settle(db, run, seen, [], now, released=held(leased))
            waited |= onward
            late.append((leased, seen))
        if late and chance.random() < 0.2:  # brought twice
            leased, seen = chance.choice(late)
            settle(db, run, seen, [], now, released=held(leased))
        assert dict(db.execute(KEPT).fetchall()) == dict(db.execute(COUNTED).fetchall())
    assert db["checks"].count == 8
    assert count_due(db, NOW) == 0
