"""When the coordinator writes what has come in: rarely, soon, and before anybody waits for it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import crawler.coordinator
from catalog.connection import Catalog, CatalogError
from catalog.records import Hop, Judgement, Page, Visit
from catalog.runs import begin_run
from catalog.vocabulary import Reason
from crawler.coordinator import WRITE_EVERY, Coordinator
from crawler.messages import Chain, CrossHostRedirect, HostBatch, HostDone, Report, Visited
from crawler.options import CrawlOptions
from tests.crawler.crawling import catalog_of

NIGHT = datetime(2026, 11, 22, 4, tzinfo=UTC)
HOSTS = ("a.test", "b.test", "c.test")


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(crawler.coordinator, "steady_time", clock)
    return clock


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    urls = [f"http://{host}/{page}" for host in HOSTS for page in range(2)]
    with catalog_of(tmp_path / "catalog.db", urls) as db:
        yield db


@pytest.fixture
def coordinator(catalog: Catalog, clock: Clock) -> Coordinator:
    run_id = begin_run(catalog, "crawl", NIGHT)
    return Coordinator(catalog, run_id, CrawlOptions(), lambda: NIGHT)


def visited(batch: HostBatch) -> list[Report]:
    """Return the reports of a batch of which every link is fine."""
    return [
        *(
            Visited(
                lease_id=batch.lease_id,
                host=batch.host,
                task=task,
                visit=Visit(url=task.link.url, status=200, final_url=task.link.url),
                judgement=Judgement(reason=Reason.OK, rule="status 200"),
            )
            for task in batch.tasks
        ),
        HostDone(lease_id=batch.lease_id, host=batch.host, ready_at=0.0),
    ]


def test_what_comes_within_a_moment_is_written_together(
    catalog: Catalog, coordinator: Coordinator, clock: Clock
) -> None:
    first, second, third = coordinator.lease(3)
    coordinator.take(visited(first))
    assert catalog["checks"].count == 2  # nothing had been written for long
    coordinator.take(visited(second))
    assert (catalog["checks"].count, coordinator.has_unwritten) == (2, True)
    clock.seconds += WRITE_EVERY
    coordinator.take(visited(third))
    assert (catalog["checks"].count, coordinator.has_unwritten) == (6, False)


def test_it_is_written_when_its_time_has_come_though_nothing_else_comes(
    catalog: Catalog, coordinator: Coordinator, clock: Clock
) -> None:
    first, second, _ = coordinator.lease(3)
    coordinator.take(visited(first))
    coordinator.take(visited(second))
    coordinator.flush_if_due()
    assert catalog["checks"].count == 2
    clock.seconds += WRITE_EVERY
    coordinator.flush_if_due()
    assert catalog["checks"].count == 4


def test_much_is_written_at_once(
    catalog: Catalog, coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawler.coordinator, "_MOST_UNWRITTEN", 2)
    first, second, _ = coordinator.lease(3)
    coordinator.take(visited(first))
    coordinator.take(visited(second))
    assert catalog["checks"].count == 4


def test_a_check_that_cannot_be_written_takes_no_other_with_it(
    catalog: Catalog, coordinator: Coordinator, caplog: pytest.LogCaptureFixture
) -> None:
    for batch in coordinator.lease(3):
        good, bad, done = visited(batch)
        if batch.host == "b.test" and isinstance(bad, Visited):
            page = Page(title="half a \ud83d character")
            bad = replace(bad, visit=replace(bad.visit, page=page))
        coordinator.take([good, bad, done])
    assert coordinator.wait() is None
    rows = catalog.execute("SELECT url, rule FROM checks JOIN links ON links.id = link_id")
    rules = dict(rows.fetchall())
    assert rules.pop("http://b.test/1") == "our own mistake"
    assert list(rules.values()) == ["status 200"] * 5
    assert coordinator.summary.verdicts == {"ok": 5, "unclear": 1}
    assert coordinator.summary.reasons == {"ok": 5, "unexpected_answer": 1}
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert coordinator.summary.left(in_time=True) == {}


def test_a_catalog_that_cannot_be_written_ends_the_run(
    catalog: Catalog, coordinator: Coordinator, caplog: pytest.LogCaptureFixture
) -> None:
    first, *_ = coordinator.lease(3)
    catalog.execute("PRAGMA query_only = ON")
    with pytest.raises(CatalogError, match="may not be written"):
        coordinator.take(visited(first))
    assert not caplog.records


def test_nobody_waits_for_a_host_that_is_only_not_written_as_free(
    coordinator: Coordinator,
) -> None:
    batches = coordinator.lease(3)
    left = HostDone(
        lease_id=batches[1].lease_id,
        host=batches[1].host,
        ready_at=0.0,
        unvisited=batches[1].tasks,
    )
    coordinator.take(visited(batches[0]))
    coordinator.take([left])
    assert coordinator.has_unwritten
    assert [batch.host for batch in coordinator.lease(3)] == [batches[1].host]


def refused(batch: HostBatch, *asked: float) -> list[Report]:
    """Return the reports of a batch of which one link after the other asks for a rest."""
    refusals = [
        Visited(
            lease_id=batch.lease_id,
            host=batch.host,
            task=task,
            visit=Visit(url=task.link.url, status=503, final_url=task.link.url),
            judgement=Judgement(reason=Reason.SERVER_ERROR, rule="status 503"),
            retry_after=seconds,
        )
        for task, seconds in zip(batch.tasks, asked, strict=True)
    ]
    return [*refusals, HostDone(lease_id=batch.lease_id, host=batch.host, ready_at=0.0)]


RESTS = [
    ("what is asked for is waited for", (60.0, 60.0), 60.0),
    ("the longer of two wishes counts", (60.0, 5.0), 60.0),
    ("in whichever order they come", (5.0, 60.0), 60.0),
    ("as long as the crawl waits", (300.0, 300.0), 300.0),
    ("nobody waits for more than that", (5.0, 3_600.0), None),
    ("nor where a link asks for less later", (3_600.0, 5.0), None),
]


@pytest.mark.parametrize(
    ("asked", "expected"), [pytest.param(*row, id=name) for name, *row in RESTS]
)
def test_for_how_long_a_host_is_waited_for(
    coordinator: Coordinator, clock: Clock, asked: tuple[float, float], expected: float | None
) -> None:
    first, *others = coordinator.lease(3)
    for other in others:
        coordinator.take(visited(other))
    coordinator.flush()
    coordinator.take(refused(first, *asked))  # within a moment: both are written at once
    assert coordinator.wait() == expected
    if expected is not None:
        clock.seconds += expected - 1
        assert coordinator.lease(1) == []
        clock.seconds += 1
        assert [batch.host for batch in coordinator.lease(1)] == [first.host]


def test_a_link_that_leads_to_a_host_at_rest_goes_on_there_when_that_is_over(
    coordinator: Coordinator, clock: Clock
) -> None:
    first, second, third = coordinator.lease(3)
    led, other = first.tasks
    there = f"http://{second.host}/there"
    chain = Chain(url=there, hops=(Hop(url=led.link.url, status=302, location=there),))
    coordinator.take(visited(third))
    coordinator.take(refused(second, 60.0, 60.0))
    coordinator.take(
        [
            CrossHostRedirect(
                lease_id=first.lease_id, task=replace(led, chain=chain), host=second.host
            ),
            *visited(replace(first, tasks=(other,))),
        ]
    )
    clock.seconds += 59
    assert coordinator.lease(3) == []
    clock.seconds += 1
    (batch,) = coordinator.lease(3)
    assert batch.host == second.host
    assert {task.link.url: task.chain for task in batch.tasks} == {
        led.link.url: chain,
        **{task.link.url: None for task in second.tasks},
    }


def test_the_night_is_over_when_the_last_result_has_come(coordinator: Coordinator) -> None:
    for batch in coordinator.lease(3):
        coordinator.take(visited(batch))
    assert not coordinator.is_busy
    assert coordinator.wait() is None


def test_a_late_result_is_written_before_its_host_is_leased_anew(
    catalog: Catalog, coordinator: Coordinator, clock: Clock
) -> None:
    first, second, _ = coordinator.lease(3)
    clock.seconds = second.until
    coordinator.take(visited(first))
    coordinator.take(visited(second))  # in the last moment of its lease
    clock.seconds += WRITE_EVERY / 2
    assert coordinator.lease(3) == []
    assert catalog["checks"].count == 4


def test_a_turn_that_is_still_to_come_is_remembered_among_very_many_hosts(
    catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawler.coordinator, "_FEW_HOSTS", 0)
    run_id = begin_run(catalog, "crawl", NIGHT)
    coordinator = Coordinator(catalog, run_id, CrawlOptions(), lambda: NIGHT)
    turns = dict(
        zip(HOSTS, (clock.seconds + 5, clock.seconds - 5, clock.seconds + 9), strict=True)
    )
    for batch in coordinator.lease(3):
        done = HostDone(
            lease_id=batch.lease_id,
            host=batch.host,
            ready_at=turns[batch.host],
            unvisited=batch.tasks,
        )
        coordinator.take([done])
    coordinator.flush()
    again = {batch.host: batch.not_before for batch in coordinator.lease(3)}
    assert again == turns | {"b.test": 0.0}
