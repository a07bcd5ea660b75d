"""What the coordinator makes of leases that never come back."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.connection import Catalog
from catalog.runs import begin_run
from crawler.coordinator import Coordinator
from crawler.messages import HostBatch, HostDone
from crawler.options import CrawlOptions
from tests.crawler.crawling import catalog_of

BRIEF = CrawlOptions(lease=0.6, whole_visit=0.4, second_pass=0, retry_after_cap=0)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with catalog_of(tmp_path / "catalog.db", ["http://a.test/1", "http://a.test/2"]) as db:
        yield db


def coordinator(catalog: Catalog, holder: str = "dask") -> Coordinator:
    return Coordinator(catalog, begin_run(catalog, "crawl", now()), BRIEF, now, holder=holder)


def next_lease(one: Coordinator) -> list[HostBatch]:
    """Return the next lease, once the last one is over."""
    while not (batches := one.lease(1)):
        wait = one.wait()
        assert wait is not None
        time.sleep(min(wait, 0.1))
    return batches


def test_a_lease_that_is_given_up_is_waited_out(catalog: Catalog) -> None:
    one = coordinator(catalog)
    (lost,) = one.lease(1)
    one.abandon([lost], died=True)
    assert one.lease(1) == []

    (again,) = next_lease(one)

    assert time.time() >= lost.until - 1  # the catalog counts whole seconds
    assert again.lease_id != lost.lease_id
    assert again.tasks == lost.tasks


@pytest.mark.parametrize(
    ("died", "in_between", "is_set_aside"),
    [
        pytest.param(True, False, True, id="three workers died of it"),
        pytest.param(True, True, False, id="it was visited in between"),
        pytest.param(False, False, False, id="three workers were only lost sight of"),
    ],
)
def test_what_kills_workers_is_left_alone(
    catalog: Catalog, died: bool, in_between: bool, is_set_aside: bool
) -> None:
    one = coordinator(catalog)
    for number in range(3):
        (batch,) = next_lease(one)
        if in_between and number == 1:
            done = HostDone(lease_id=batch.lease_id, host=batch.host, ready_at=0.0)
            one.take([done])
        else:
            one.abandon([batch], died=died)
    assert set(one.summary.set_aside) == ({"a.test"} if is_set_aside else set())
    assert (one.wait() is None) == is_set_aside


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
