"""What the coordinator makes of leases that never come back."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.checks import hosts_visited_since
from catalog.clock import stamp
from catalog.connection import Catalog
from catalog.records import Hop, Judgement, Visit
from catalog.runs import begin_run
from catalog.vocabulary import Reason
from crawler.coordinator import Coordinator
from crawler.messages import HostBatch, HostDone, LinkTask, Visited
from crawler.options import CrawlOptions
from crawler.steady import steady_time
from tests.crawler.crawling import catalog_of

BRIEF = CrawlOptions(delay=0.1, lease=0.6, whole_visit=0.1, second_pass=0, retry_after_cap=0)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with catalog_of(tmp_path / "catalog.db", ["http://a.test/1", "http://a.test/2"]) as db:
        yield db


def coordinator(
    catalog: Catalog, holder: str = "dask", options: CrawlOptions = BRIEF
) -> Coordinator:
    return Coordinator(catalog, begin_run(catalog, "crawl", now()), options, now, holder=holder)


def next_lease(one: Coordinator) -> list[HostBatch]:
    """Return the next lease, once the last one is over."""
    while not (batches := one.lease(1)):
        wait = one.wait()
        assert wait is not None
        time.sleep(min(wait, 0.1))
    return batches


def test_a_lease_that_is_given_up_is_waited_out(catalog: Catalog) -> None:
    one = coordinator(catalog, options=replace(BRIEF, lease=2))
    (lost,) = one.lease(1)
    one.abandon([lost], died=False)
    assert one.lease(1) == []

    (again,) = next_lease(one)

    assert steady_time() >= lost.until
    assert again.lease_id != lost.lease_id
    assert again.tasks == lost.tasks


def visited(batch: HostBatch, task: LinkTask) -> Visited:
    """Return the report that the page was there."""
    return Visited(
        lease_id=batch.lease_id,
        host=batch.host,
        task=task,
        visit=Visit(url=task.link.url, status=200, final_url=task.link.url),
        judgement=Judgement(reason=Reason.OK, rule="test"),
    )


def done(batch: HostBatch) -> HostDone:
    return HostDone(lease_id=batch.lease_id, host=batch.host, ready_at=0.0)


def urls(catalog: Catalog, where: str) -> list[str]:
    return [url for (url,) in catalog.execute(f"SELECT url FROM links WHERE {where}").fetchall()]


def crawl_beside_a_killer(one: Coordinator, killer: str) -> int:
    """Let one worker after the other visit what is leased; return how many die of *killer*.

    A worker visits a link of each of its hosts at a time, as real ones do.
    """
    deaths = 0
    while (wait := one.wait()) is not None:
        time.sleep(min(wait, 0.1))
        batches = one.lease(10)
        for number in range(max((len(batch.tasks) for batch in batches), default=0)):
            in_flight = [(b, b.tasks[number]) for b in batches if number < len(b.tasks)]
            if any(task.link.url == killer for _, task in in_flight):
                one.release(batches)
                deaths += 1
                break
            one.take([visited(batch, task) for batch, task in in_flight])
            one.take([done(batch) for batch, _ in in_flight if number + 1 == len(batch.tasks)])
    one.flush()
    return deaths


@pytest.mark.parametrize(
    "killer",
    [
        pytest.param("http://h0.test/0", id="the first link of a host"),
        pytest.param("http://h1.test/2", id="a link in the middle"),
        pytest.param("http://h2.test/4", id="the last link"),
    ],
)
def test_of_all_that_a_worker_died_with_only_the_killer_is_set_aside(
    tmp_path: Path, killer: str
) -> None:
    pages = [f"http://h{host}.test/{n}" for host in range(4) for n in range(5)]
    with catalog_of(tmp_path / "catalog.db", pages) as db:
        one = coordinator(db, "local")
        deaths = crawl_beside_a_killer(one, killer)
        assert urls(db, "standing <> 'ok'") == [killer]
    assert one.summary.set_aside == {killer.removeprefix("http://").partition("/")[0]: 1}
    assert one.summary.notes == [
        f"{killer} was not visited: whichever process tried to died or got stuck"
    ]
    assert deaths == 3


@pytest.mark.parametrize(
    ("died", "in_between", "is_set_aside"),
    [
        pytest.param(True, False, True, id="three workers died of it"),
        pytest.param(True, True, False, id="it was visited in between"),
        pytest.param(False, False, False, id="three workers were only lost sight of"),
    ],
)
def test_what_is_lost_again_and_again(
    catalog: Catalog, died: bool, in_between: bool, is_set_aside: bool
) -> None:
    one = coordinator(catalog)
    sizes = []
    for number in range(3):
        (batch,) = next_lease(one)
        sizes.append(len(batch.tasks))
        if in_between and number == 1:
            one.take([done(batch)])
        else:
            one.abandon([batch], died=died)
    assert sizes == [2, 1 if died else 2, 1 if died and not in_between else 2]
    assert one.summary.set_aside == ({"a.test": 1} if is_set_aside else {})
    (rest,) = next_lease(one)
    assert len(rest.tasks) == (1 if is_set_aside or in_between else 2)


def test_what_comes_late_of_an_abandoned_lease_changes_nothing(catalog: Catalog) -> None:
    one = coordinator(catalog, options=replace(BRIEF, lease=2))
    (lost,) = one.lease(1)
    one.abandon([lost], died=False)
    (again,) = next_lease(one)

    one.take([visited(lost, lost.tasks[0]), done(lost)])
    one.flush()
    assert (one.summary.visited, one.is_busy, one.lease(1)) == (0, True, [])

    one.take([*(visited(again, task) for task in again.tasks), done(again)])
    one.flush()
    assert (one.summary.visited, one.is_busy, one.wait()) == (2, False, None)
    assert catalog.execute("SELECT count(*) FROM checks").fetchone() == (2,)


@pytest.mark.parametrize(
    ("holder", "is_free"),
    [
        pytest.param("local", True, id="its workers died with it"),
        pytest.param("dask", False, id="its workers may be at it still"),
    ],
)
def test_the_leases_of_a_coordinator_that_was_killed(
    catalog: Catalog, holder: str, is_free: bool
) -> None:
    coordinator(catalog, holder).lease(1)
    assert bool(coordinator(catalog).lease(1)) == is_free


def asked_by_a_worker_that_died(catalog: Catalog) -> Coordinator:
    one = coordinator(catalog, "local")
    one.release(one.lease(1))
    return one


def asked_by_a_run_that_was_killed(catalog: Catalog) -> Coordinator:
    coordinator(catalog, "local").lease(1)
    return coordinator(catalog, "local")


def asked_by_a_run_that_is_over(catalog: Catalog) -> Coordinator:
    one = coordinator(catalog, "local")
    (batch,) = one.lease(1)
    one.take([visited(batch, batch.tasks[0]), done(batch)])
    one.close()
    return coordinator(catalog, "local")


@pytest.mark.parametrize(
    ("robots_txt", "owed"),
    [
        pytest.param("", BRIEF.delay, id="our own delay"),
        pytest.param("User-agent: *\nCrawl-delay: 7", 7.0, id="its Crawl-delay"),
        pytest.param("User-agent: *\nCrawl-delay: 0.01", BRIEF.delay, id="the longer of the two"),
    ],
)
@pytest.mark.parametrize(
    "asked",
    [asked_by_a_worker_that_died, asked_by_a_run_that_was_killed, asked_by_a_run_that_is_over],
)
def test_a_host_that_was_just_asked_is_owed_its_rest(
    catalog: Catalog, asked: Callable[[Catalog], Coordinator], robots_txt: str, owed: float
) -> None:
    catalog.execute(
        "UPDATE hosts SET robots_txt = ?, robots_status = 200, robots_fetched_at = ?",
        [robots_txt, stamp(now())],
    )
    began = steady_time()
    (batch,) = asked(catalog).lease(1)
    assert batch.not_before >= began + owed


def test_a_host_that_a_link_led_to_is_owed_its_rest_as_well(catalog: Catalog) -> None:
    one = coordinator(catalog, "local")
    (batch,) = one.lease(1)
    seen = visited(batch, batch.tasks[0])
    way = (
        Hop(url="http://a.test/1", status=302, location="http://b.test/"),
        Hop(url="http://b.test/", status=302, location="http://c.test/"),
    )
    one.take([replace(seen, visit=replace(seen.visit, final_url="http://c.test/", hops=way))])
    one.close()
    hosts = hosts_visited_since(catalog, now() - timedelta(minutes=1))
    assert hosts == {"a.test", "b.test", "c.test"}


def test_a_host_that_was_asked_long_ago_is_owed_nothing(catalog: Catalog) -> None:
    asked_by_a_run_that_is_over(catalog)
    catalog.execute("UPDATE checks SET checked_at = ?", [stamp(now() - timedelta(minutes=1))])
    (batch,) = coordinator(catalog, "local").lease(1)
    assert batch.not_before == 0.0
