"""The end of whichever process asks a test's web for a page."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

import psutil


def kill_who_asks_from(port: int, processes: Iterable[psutil.Process]) -> None:
    """Kill those of *processes* that have a connection from *port*."""
    for process in _at(port, processes):
        process.kill()


def stop_who_asks_from(port: int, processes: Iterable[psutil.Process]) -> None:
    """Let those of *processes* that have a connection from *port* do nothing any more."""
    for process in _at(port, processes):
        process.suspend()


def _at(port: int, processes: Iterable[psutil.Process]) -> Iterator[psutil.Process]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # one that has been killed before
            if any(connection.laddr.port == port for connection in process.net_connections()):
                yield process
