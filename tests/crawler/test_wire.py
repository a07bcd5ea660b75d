"""What a worker process and its parent tell each other, over a real socket."""

import asyncio
import multiprocessing
import time
from threading import Event, Thread
from typing import TYPE_CHECKING

from catalog.records import DueLink
from crawler.messages import HostBatch, HostDone, LinkTask
from crawler.wire import WireSource

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# More than a socket holds: whoever sends it waits until the other end reads.
LONG = "x" * 4_000_000
LINK = DueLink(link_id=1, url=f"http://a.test/{LONG}", host="a.test")
BATCH = HostBatch(lease_id="local:1", host="a.test", until=0.0, tasks=(LinkTask(link=LINK),))
DONE = HostDone(lease_id="local:1", host="a.test", ready_at=0.0, unvisited=BATCH.tasks)


def be_a_worker(wire: "Connection[object, object]") -> None:
    async def tell_and_ask() -> None:
        source = WireSource(wire, delay=0.0)
        source.take([DONE])
        for batch in await source.more(1):
            source.take([HostDone(lease_id=batch.lease_id, host=batch.host, ready_at=1.0)])

    asyncio.run(tell_and_ask())
    Event().wait()  # until it is killed: a worker does not end by itself


def test_both_ends_may_say_at_once_more_than_the_wire_holds() -> None:
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=be_a_worker, args=(theirs,))
    worker.start()
    theirs.close()
    heard: list[object] = []

    answer = HostDone(lease_id="local:1", host="a.test", ready_at=1.0)

    def send_before_listening() -> None:
        ours.send((BATCH,))
        while (answer,) not in heard:
            heard.append(ours.recv())

    parent = Thread(target=send_before_listening, daemon=True)
    parent.start()
    parent.join(timeout=60)
    worker.kill()
    worker.join()

    # Whether it asked depends on whether the batch had come by then.
    assert [said for said in heard if said != 1] == [(DONE,), (answer,)]


def be_a_busy_worker(wire: "Connection[object, object]") -> None:
    async def be_busy_and_ask() -> None:
        asking = asyncio.create_task(WireSource(wire, delay=0.0).more(256))
        for _ in range(20):
            time.sleep(0.02)  # noqa: ASYNC251 (a page that takes long to read does the same)
            await asyncio.sleep(0)
        wire.send("at rest")
        await asking

    asyncio.run(be_busy_and_ask())


def test_a_busy_worker_asks_for_more_hosts_once_it_has_time_and_for_a_few() -> None:
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=be_a_busy_worker, args=(theirs,))
    worker.start()
    theirs.close()
    assert [ours.recv(), ours.recv()] == ["at rest", 32]
    worker.kill()
    worker.join()


def be_a_worker_that_is_not_heard(
    wire: "Connection[object, object]", aside: "Connection[object, object]"
) -> None:
    async def tell_and_go_on() -> None:
        WireSource(wire, delay=0.0).take([DONE])
        aside.send("goes on")

    asyncio.run(tell_and_go_on())
    Event().wait()  # until it is killed


def test_a_worker_goes_on_while_its_parent_does_not_listen() -> None:
    (ours, theirs), (aside, from_aside) = multiprocessing.Pipe(), multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(
        target=be_a_worker_that_is_not_heard, args=(theirs, from_aside)
    )
    worker.start()
    theirs.close()
    assert aside.poll(60)
    assert (aside.recv(), ours.recv()) == ("goes on", (DONE,))
    worker.kill()
    worker.join()
