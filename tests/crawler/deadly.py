"""The end of whichever process asks a test's web for a page."""

from collections.abc import Iterable
from contextlib import suppress

import psutil


def kill_who_asks_from(port: int, processes: Iterable[psutil.Process]) -> None:
    """Kill those of *processes* that have a connection from *port*."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # one that has been killed before
            if any(connection.laddr.port == port for connection in process.net_connections()):
                process.kill()
