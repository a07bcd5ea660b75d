"""Nights of a real cluster: processes are killed and frozen, and the web says what it saw."""

import resource
import subprocess
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from tests.crawler.cluster_field import (
    DELAY,
    HOSTS,
    LINKS,
    SHORT,
    Field,
    family,
    kill,
    new_field,
    state,
)
from tests.crawler.cluster_web import DEADLY, Record
from tests.crawler.crawling import catalog_of

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What the catalog holds after a night in one process, without any cluster."""
    with new_field(tmp_path_factory.mktemp("undisturbed")) as alone:
        alone.address = ""
        alone.options = {"workers": 1}
        alone.begin()
        assert alone.finish()["visited"] == HOSTS * LINKS
        return state(alone.catalog)


def visitor(nanny: subprocess.Popen[Any]) -> psutil.Process:
    """Return the process that visits, among those of a nanny."""
    children = psutil.Process(nanny.pid).children()
    return max(children, key=lambda child: child.memory_info().rss)


def kill_workers(cluster: Field) -> None:
    """Kill one that visits, one that looks after such, and a whole machine of both."""
    kill(visitor(cluster.workers[0]))
    kill(psutil.Process(cluster.workers[1].pid))
    kill(*family(cluster.workers[2]))


def kill_the_coordinator(cluster: Field) -> None:
    """Kill the coordinator with its scheduler, and start it again with new workers.

    The old ones end in their own time: nobody waits for that, since their leases hold.
    """
    assert cluster.night is not None
    kill(*family(cluster.night))
    cluster.night.communicate()
    cluster.begin()
    cluster.join(2)


def kill_everything(cluster: Field) -> None:
    """Kill all at once, and start all of it again."""
    assert cluster.night is not None
    for process in (cluster.night, *cluster.workers):
        kill(*family(process))
    cluster.night.communicate()
    cluster.begin()
    cluster.join(2)


def freeze_a_worker(cluster: Field) -> None:
    """Stop a worker for longer than its leases last, and let it go on; fill another's disk."""
    full = (0, resource.RLIM_INFINITY)
    resource.prlimit(cluster.workers[1].pid, resource.RLIMIT_FSIZE, full)
    frozen = psutil.Process(cluster.workers[0].pid)
    frozen.suspend()
    time.sleep(SHORT["lease"] + SHORT["whole_visit"] + 1.0)
    frozen.resume()


def do_nothing(_cluster: Field) -> None:
    """Let the night be."""


FAULTS = [
    ("nothing happens, but the writer is slow", 2, {"slow_writer": 0.5}, do_nothing),
    ("a worker, a nanny and a machine are killed", 4, {}, kill_workers),
    ("the coordinator is killed, and with it the scheduler", 2, {}, kill_the_coordinator),
    ("everything is killed at once", 2, {}, kill_everything),
    (
        "one worker is frozen beyond its leases, the disk of another is full",
        2,
        {},
        freeze_a_worker,
    ),
]


@pytest.mark.parametrize(
    ("workers", "options", "fault"), [pytest.param(*row, id=name) for name, *row in FAULTS]
)
def test_a_night_loses_no_link_and_hurts_no_host(
    workers: int,
    options: dict[str, Any],
    fault: Callable[[Field], None],
    cluster: Field,
    undisturbed: dict[str, list[tuple[Any, ...]]],
) -> None:
    cluster.options = options
    cluster.begin(wait_for=workers)
    cluster.join(workers, "--nanny" if fault is kill_workers else "--no-nanny")
    cluster.wait_for(HOSTS * LINKS // 4)
    fault(cluster)

    figures = cluster.finish()

    record = Record(cluster.log)
    assert figures["set_aside"] == {}
    assert len(record.fetched) == HOSTS * LINKS
    assert record.overlaps == []
    assert record.shortest_gap() >= DELAY
    assert state(cluster.catalog) == undisturbed


def test_a_link_that_kills_workers_is_left_out_and_all_others_are_visited(cluster: Field) -> None:
    catalog_of(cluster.catalog, [f"http://h0.test{DEADLY}"]).close()
    cluster.begin(wait_for=2)
    cluster.join(2, "--nanny")

    figures = cluster.finish()

    record = Record(cluster.log)
    assert figures["set_aside"] == {"h0.test": 1}
    assert [note for note in figures["notes"] if DEADLY in note]
    assert len(record.fetched) == HOSTS * LINKS
    assert record.overlaps == []
    assert record.shortest_gap() >= DELAY
