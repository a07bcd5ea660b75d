"""Where a cluster may meet, and what is said where it may not or cannot."""

import sys
from pathlib import Path

import pytest

from catalog.runs import begin_run
from crawler.cluster.address import ClusterError, scheduler_address
from crawler.crawl import crawl
from crawler.options import CrawlOptions
from tests.crawler.crawling import FIRST_NIGHT, catalog_of

SAFE = [
    ("this machine alone", "tcp://127.0.0.1:18786", ("tcp", "127.0.0.1", 18786)),
    ("a protocol that goes without saying", "127.0.0.1:18786", ("tcp", "127.0.0.1", 18786)),
    ("any address of the loopback", "tcp://127.8.8.8:1", ("tcp", "127.8.8.8", 1)),
    ("the loopback of IPv6", "tcp://[::1]:1", ("tcp", "::1", 1)),
    ("this machine by name", "tcp://localhost:1", ("tcp", "localhost", 1)),
    ("encrypted, wherever it is", "tls://10.0.0.1:8786", ("tls", "10.0.0.1", 8786)),
    ("Dask's own port if none is said", "tls://crawl.example", ("tls", "crawl.example", 8786)),
    ("any port that is free", "tcp://127.0.0.1:0", ("tcp", "127.0.0.1", 0)),
]

UNSAFE = [
    ("a private network", "tcp://10.0.0.1:8786", "tls://"),
    ("every network there is", "tcp://0.0.0.0:8786", "tls://"),
    ("every network, without a protocol", "0.0.0.0", "tls://"),
    ("every network of IPv6", "tcp://[::]:8786", "tls://"),
    ("a name that only looks local", "tcp://localhost.example:8786", "tls://"),
    ("a number that is no loopback", "tcp://127.0.0.1.example:1", "tls://"),
    ("another protocol", "http://127.0.0.1:8786", "no address"),
    ("a port that is none", "tls://a:99999", "no address"),
    ("a port in words", "tls://a:b", "no address"),
    ("a path", "tls://a:1/status", "no address"),
    ("nothing but a protocol", "tls://", "no address"),
]


@pytest.mark.parametrize(
    ("address", "place"), [pytest.param(*row, id=name) for name, *row in SAFE]
)
def test_a_cluster_may_meet_at(address: str, place: tuple[str, str, int]) -> None:
    found = scheduler_address(address)
    assert (found.protocol, found.host, found.port) == place


@pytest.mark.parametrize(
    ("address", "advice"), [pytest.param(*row, id=name) for name, *row in UNSAFE]
)
def test_no_cluster_meets_at(address: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        CrawlOptions(dask=address)


def test_without_dask_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("crawler.cluster.crawl", "crawler.cluster.engine", "crawler.cluster.worker"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name in ("dask", "distributed"):
        monkeypatch.setitem(sys.modules, name, None)
    with catalog_of(tmp_path / "catalog.db", ["http://a.test/"]) as db:
        run_id = begin_run(db, "crawl", FIRST_NIGHT)
        with pytest.raises(ClusterError, match=r"\.\[cluster\]"):
            crawl(db, run_id, CrawlOptions(dask="127.0.0.1:0"), lambda: FIRST_NIGHT)
