"""What a worker does with a lease by itself: it visits it, returns it as it came, or refuses."""

import asyncio
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.records import DueLink
from crawler.messages import HostBatch, HostDone, LinkTask, Visited
from crawler.visiting.tls import tls_context
from tests.crawler.crawling import impatient
from tests.crawler.fault_web import Act, FaultWeb, Request, Step, answer

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

from distributed import Client, LocalCluster

from crawler.cluster.crawl import portable
from crawler.cluster.worker import Assignment, handshake, own_build, visit


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A worker with one thread, in this process."""
    with (
        LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


NOTHING = answer("204 No Content")


def test_what_a_worker_trusts_may_have_remarks_in_any_script(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    remarked = tmp_path / "ca.pem"
    remarked.write_bytes("# 我们自己的\n".encode("gb18030") + fault_web.ca_file.read_bytes())
    sent = portable(impatient(fault_web, ca_file=remarked))
    own = tls_context(sent).get_ca_certs(binary_form=True)
    assert ssl.PEM_cert_to_DER_cert(fault_web.ca_file.read_text()) in own


def lease(
    web: FaultWeb, host: str, *, seconds: float, worker: str = "", step: Step = NOTHING
) -> Assignment:
    web.add(host, step)
    link = DueLink(link_id=1, url=f"http://{host}/page", host=host)
    batch = HostBatch(
        lease_id=f"dask:{host}",
        host=host,
        until=time.time() + seconds,
        tasks=(LinkTask(link=link),),
    )
    name = worker or handshake(own_build()).name
    options = impatient(web, first_byte=60, whole_visit=90)
    return Assignment(worker=name, batches=(batch,), options=options)


def when_all_have_asked(count: int) -> Act:
    """Return a step that answers nobody before so many have asked."""
    asked = 0
    all_have_asked = asyncio.Event()

    async def act(request: Request) -> None:
        nonlocal asked
        asked += 1
        if asked == count:
            all_have_asked.set()
        await all_have_asked.wait()
        request.writer.write(NOTHING)

    return act


def test_leases_do_not_wait_for_one_another(client: Client, fault_web: FaultWeb) -> None:
    hosts = [f"side{number}.test" for number in range(4)]
    step = when_all_have_asked(len(hosts))
    leases = [lease(fault_web, host, seconds=300, step=step) for host in hosts]

    returned = client.gather([client.submit(visit, one, pure=False) for one in leases])

    for reports in returned:
        visited, done = reports
        assert isinstance(visited, Visited)
        assert visited.visit.status == 204
        assert isinstance(done, HostDone)


def test_a_lease_that_comes_too_late_goes_back_as_it_came(
    client: Client, fault_web: FaultWeb
) -> None:
    # A whole visit may take a minute and a half: none fits into two seconds.
    late = lease(fault_web, "late.test", seconds=2)

    (done,) = client.submit(visit, late, pure=False).result()

    assert done.unvisited == late.batches[0].tasks
    assert fault_web.requests("late.test") == []


def test_a_lease_of_a_worker_that_is_no_more_is_refused(
    client: Client, fault_web: FaultWeb
) -> None:
    inherited = lease(fault_web, "heir.test", seconds=300, worker="the one before")

    with pytest.raises(ValueError, match="another worker"):
        client.submit(visit, inherited, pure=False).result()

    assert fault_web.requests("heir.test") == []
