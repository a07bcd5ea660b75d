"""The end of whichever process asks a test's web for a page."""

from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil


def end_who_asks_from(
    port: int, processes: Iterable[psutil.Process], way: Callable[[psutil.Process], None]
) -> None:
    """End those of *processes* that have a connection from *port*, in this *way*."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # one that has been killed before
            if any(connection.laddr.port == port for connection in process.net_connections()):
                way(process)
