"""A process that has imported all that a worker needs, and forks whenever one is wanted.

To import Scrapy takes as long as to visit hundreds of links. It is done once, however many
workers there are, and while their parent looks into the catalog. multiprocessing has a fork
server as well, but each of its workers would begin by running the parent's own script.
"""

import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import AbstractContextManager, ExitStack, nullcontext
from multiprocessing.connection import Connection
from typing import Final, Self

from catalog import own_modules

# A worker leaves at once when its wire is closed, unless it cannot. Both in seconds.
_PATIENCE: Final = 5.0
_GLANCE: Final = 0.01

# Nor does its parent wait for ever for the other half of a message, or until one of its own is
# taken in. Seconds and microseconds, as C has them.
_ON_THE_WAY: Final = struct.pack("@ll", 30, 0)


def cores() -> int:
    """Return how many cores of the machine this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ForkServer:
    """That process, as its parent sees it. It ends with the parent, and so do its workers."""

    def __init__(self) -> None:
        self._wires: list[Connection[object, object]] = []
        self._start()

    @classmethod
    def for_crawl(cls, workers: int | None) -> "AbstractContextManager[ForkServer | None]":
        """Return one, if a crawl with as many *workers* may want it; None: as many as it takes.

        Begun before all else that a crawl needs, it is ready when the crawl is.
        """
        return cls() if (workers or cores()) > 1 else nullcontext()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the wires, and wait until the workers are gone, and the process itself."""
        if not self._wires:  # nobody needs what it may still be loading
            self._process.kill()
        for wire in self._wires:
            wire.close()
        self._end()

    def fork(self) -> "Connection[object, object]":
        """Return the wire to a new worker. It is closed at the other end when that one dies."""
        ours, theirs = socket.socketpair()
        for way in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            ours.setsockopt(socket.SOL_SOCKET, way, _ON_THE_WAY)
        with theirs:
            wire: Connection[object, object] = Connection(ours.detach())
            self._wires.append(wire)
            try:
                self._ask_for_worker(theirs)
            except OSError:  # the process itself has died
                self._end()
                self._start()
                self._ask_for_worker(theirs)
        return wire

    def _end(self) -> None:
        self._control.close()
        self._process.wait()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with ExitStack() as undone, theirs:
            undone.callback(self._control.close)
            self._process = subprocess.Popen(  # noqa: S603 (our own module, in our own Python)
                own_modules.command(__spec__.name, str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                env=own_modules.environment(),
                process_group=0,  # Ctrl-C is the parent's, who decides what it means
            )
            undone.pop_all()

    def _ask_for_worker(self, wire: socket.socket) -> None:
        socket.send_fds(self._control, [b"\0"], [wire.fileno()])


def _serve(control: socket.socket) -> int | None:
    """Fork for each wire that comes in by *control*.

    Returns its wire in each worker, and None in this process once *control* is closed and
    all workers have ended.
    """
    workers: set[int] = set()
    while wires := socket.recv_fds(control, 1, 1)[1]:
        if (worker := os.fork()) == 0:
            control.close()
            return wires[0]
        workers.add(worker)
        os.close(wires[0])
        _reap(workers)
    deadline = time.monotonic() + _PATIENCE
    while workers:
        _reap(workers)
        if time.monotonic() > deadline:  # stopped, or busy with what never ends
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
        time.sleep(_GLANCE)
    return None


def _reap(workers: set[int]) -> None:
    """Take note of the ends of *workers*."""
    for worker in tuple(workers):
        if os.waitpid(worker, os.WNOHANG)[0]:
            workers.remove(worker)


def main() -> None:
    """Be that process, on the control socket whose number is the only argument."""
    gc.disable()  # loading makes a hundred thousand objects and no garbage
    # Not in the parent, which imports this module, too, and visits nothing itself.
    import uvloop

    from crawler.runner import prepare
    from crawler.wire import visit_for_parent

    prepare()
    gc.freeze()  # a search for garbage would copy what is shared with the workers
    gc.enable()
    wire = _serve(socket.socket(fileno=int(sys.argv[1])))
    if wire is not None:
        # A tenth less of the processor than asyncio's own loop, which the parent needs: uvloop
        # lets nothing through that is raised where a signal is handled.
        uvloop.run(visit_for_parent(Connection(wire)))


if __name__ == "__main__":
    main()
