"""Serve a published snapshot with Datasette, and the next one as soon as it takes its place."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.connection import CatalogError
from catalog.sharing.publish import SNAPSHOT

if TYPE_CHECKING:
    import uvicorn

_LOOK_AGAIN = 2.0  # seconds between looks at whether a new snapshot was published


def serve(
    published: str | Path,
    *,
    ready: Callable[[str], None],
    host: str = "127.0.0.1",
    port: int = 8001,
) -> None:
    """Serve what `publish` wrote to the folder *published*, until a signal ends it.

    *ready* is called with the address once connections are accepted; *port* 0 takes a free
    one. Raises `CatalogError` where nothing is published there, Datasette is not installed,
    or the port is taken.
    """
    snapshot = snapshot_in(published)
    try:
        from catalog.serve.application import application
    except ImportError as error:
        raise CatalogError(
            "the web page needs Datasette: `pip install '.[serve]'` in linkledger's folder has it"
        ) from error
    application(snapshot)  # what cannot be served is refused before anybody connects
    with closing(_listen(host, port)) as listener:
        address, number = listener.getsockname()[:2]
        ready(f"http://{f'[{address}]' if ':' in address else address}:{number}/")
        asyncio.run(_serve(snapshot, listener))


def snapshot_in(published: str | Path) -> Path:
    """Return the snapshot in the folder *published*, which may also be the file itself."""
    path = Path(published)
    snapshot = path / SNAPSHOT if path.is_dir() else path
    if not snapshot.is_file():
        raise CatalogError(
            f"nothing is published in {path}: run `linkledger catalog publish {path}` first"
        )
    return snapshot


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise CatalogError(f"cannot listen on {host}, port {port}: {error.strerror}") from error


async def _serve(snapshot: Path, listener: socket.socket) -> None:
    """Serve until a signal; a new snapshot gets a new Datasette on the same socket."""
    import uvicorn

    from catalog.serve.application import application

    while True:
        served = _identity(snapshot)
        datasette = application(snapshot)
        await datasette.invoke_startup()
        config = uvicorn.Config(datasette.app(), log_level="warning", lifespan="on")
        server = uvicorn.Server(config)
        watch = asyncio.create_task(_end_when_replaced(server, snapshot, served))
        # uvicorn closes what it is given; connections wait in our own in the meantime.
        await server.serve(sockets=[listener.dup()])
        if not watch.done():
            watch.cancel()
            return


async def _end_when_replaced(
    server: "uvicorn.Server", snapshot: Path, served: tuple[int, int] | None
) -> None:
    while _identity(snapshot) in (None, served):  # noqa: ASYNC110 - nobody tells us of a rename
        await asyncio.sleep(_LOOK_AGAIN)
    server.should_exit = True


def _identity(file: Path) -> tuple[int, int] | None:
    """Return what tells *file* from the one that takes its place; None while there is none."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns
