"""Connections by real sockets: when one is used again, and what a server may do to it."""

import asyncio
import gc
import os
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from threading import Thread
from typing import Any

import pytest
import uvloop

from catalog.connect_to import ConnectTo
from crawler.visiting.connections import Connection, Connections, Origin
from crawler.visiting.exchange import Asked, StaleConnectionError
from crawler.visiting.failures import FetchError
from crawler.visiting.incoming import Incoming
from crawler.visiting.resolver import GuardedResolver

REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(speak: Speak) -> AsyncIterator[tuple[Connections, Origin, Connection]]:
    """Serve connections by *speak*; yield ours, what they lead to, and one that is open."""

    async def spoken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await speak(reader, writer)
        writer.close()
        over.set()

    over = asyncio.Event()
    resolver = GuardedResolver(ConnectTo(), allow_private=True, patience=5)
    connections = Connections(resolver, ssl.create_default_context(), patience=5)
    server = await asyncio.start_server(spoken, "127.0.0.1", 0)
    origin = Origin("127.0.0.1", server.sockets[0].getsockname()[1], is_tls=False)
    connection = await connections.open(origin)
    yield connections, origin, connection
    connections.close()
    connection.close()
    await over.wait()
    resolver.close()
    server.close()
    await server.wait_closed()


async def ask(connection: Connection, *, patience: float = 5, seconds: float = 5) -> Incoming:
    incoming = Incoming(1_000)
    asked = Asked(seconds=seconds)
    await connection.ask(REQUEST, incoming, asked, patience=patience, seconds=seconds)
    return incoming


async def closed(connection: Connection) -> None:
    while connection.is_open:  # noqa: ASYNC110 (it has no event, as nobody else waits for it)
        await asyncio.sleep(0.01)


async def always(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readuntil(b"\r\n\r\n"):
        writer.write(ANSWER)


def once(after: bytes = b"", *, hang_up: bool = False, first: bytes = ANSWER) -> Speak:
    """Answer one request by *first*; a moment later send *after*, or hang up."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        await asyncio.sleep(0.05)
        writer.write(after)
        if hang_up:
            writer.close()
        else:
            await reader.read()

    return speak


async def test_a_connection_that_is_kept_is_taken_again() -> None:
    async with served(always) as (connections, origin, connection):
        assert (await ask(connection)).body.data == b"hi"
        connections.keep(connection)
        assert connections.take(origin) is connection
        assert (await ask(connection)).body.data == b"hi"
        assert connections.take(origin) is None


@pytest.mark.parametrize(
    "speak",
    [
        pytest.param(once(hang_up=True), id="it is closed meanwhile"),
        pytest.param(once(ANSWER), id="it has said something unasked"),
    ],
)
async def test_a_connection_is_not_taken_again(speak: Speak) -> None:
    async with served(speak) as (connections, origin, connection):
        await ask(connection)
        connections.keep(connection)
        await closed(connection)
        assert connections.take(origin) is None


async def test_a_connection_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.visiting.connections._KEPT_FOR", 0.05)
    async with served(always) as (connections, origin, connection):
        await ask(connection)
        connections.keep(connection)
        await closed(connection)
        assert connections.take(origin) is None


async def test_a_request_on_a_connection_that_is_being_closed_was_perhaps_not_seen() -> None:
    async with served(once(hang_up=True)) as (_, _, connection):
        await ask(connection)
        with pytest.raises(StaleConnectionError):
            await ask(connection)


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(b"0\r\n\r\n" + ANSWER, id="the end of the answer before"),
        pytest.param(b"HTTP/1.1 200 O", id="half a word"),
        pytest.param(b"HTTP/1.1 408 Request Timeout\r\n\r\n", id="that it has given up waiting"),
    ],
)
async def test_what_comes_first_on_a_used_connection_may_be_no_answer(second: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (ANSWER, second):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)

    async with served(speak) as (_, _, connection):
        await ask(connection)
        with pytest.raises(StaleConnectionError):
            await ask(connection)


async def test_all_connections_to_a_server_can_be_forgotten() -> None:
    async with served(always) as (connections, origin, connection):
        connections.keep(connection)
        connections.forget(origin)
        assert connections.take(origin) is None
        assert not connection.is_open


async def test_a_server_that_hangs_up_on_the_first_request_has_seen_it() -> None:
    async with served(once(hang_up=True, first=b"")) as (_, _, connection):
        with pytest.raises(FetchError, match="closed without an answer"):
            await ask(connection)


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"


@pytest.mark.parametrize(
    "speak",
    [
        pytest.param(once(hang_up=True, first=HALF), id="the server hangs up"),
        pytest.param(once(first=HALF), id="the server falls silent"),
    ],
)
async def test_a_body_that_is_cut_off_is_an_answer(speak: Speak) -> None:
    async with served(speak) as (_, _, connection):
        incoming = await ask(connection, seconds=0.5)
        assert incoming.body.data == b"half"
        assert not incoming.is_complete
        assert not incoming.keeps_open


@pytest.mark.parametrize(
    ("first", "limits"),
    [
        pytest.param(b"", {"patience": 0.05}, id="nothing comes in time"),
        pytest.param(HALF[:30], {"patience": 0.05}, id="half a head comes in time"),
        pytest.param(b"", {"seconds": 0.05}, id="the visit has no time left"),
    ],
)
async def test_without_a_head_in_time_there_is_no_answer(
    first: bytes, limits: dict[str, float]
) -> None:
    async with served(once(first=first)) as (_, _, connection):
        with pytest.raises(TimeoutError):
            await ask(connection, **limits)


async def test_a_server_that_speaks_first_speaks_another_protocol() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await reader.read()

    async with served(greet) as (_, _, connection):
        await closed(connection)
        with pytest.raises(FetchError, match="spoke before it was asked"):
            await ask(connection)


async def test_a_server_that_hangs_up_before_it_is_asked_gives_no_answer() -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with served(refuse) as (_, _, connection):
        await closed(connection)
        with pytest.raises(FetchError, match="closed without an answer"):
            await ask(connection)


RESET = struct.pack("ii", 1, 0)  # what is closed so is not said goodbye to


def reset_all(server: socket.socket) -> None:
    """Reset every connection to *server* as soon as there is one."""
    with suppress(OSError):
        while True:
            connection = server.accept()[0]
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            connection.close()


async def opened_by_others_meanwhile(origin: Origin) -> list[socket.socket]:
    """Fail to connect to *origin*; return what was closed of others' who got its descriptor."""
    resolver = GuardedResolver(ConnectTo(), allow_private=True, patience=5)
    connections = Connections(resolver, ssl.create_default_context(), patience=5)

    async def keep_busy() -> None:
        while True:  # what comes from the server is seen when we have begun to speak
            time.sleep(0.003)  # noqa: ASYNC251 (nothing else may run meanwhile)
            await asyncio.sleep(0)

    busy = asyncio.create_task(keep_busy())
    lost = []
    for _ in range(30):
        with suppress(OSError):
            await connections.open(origin)
        others = [*socket.socketpair(), *socket.socketpair()]
        await asyncio.sleep(0.01)
        gc.collect()
        for other in others:
            try:
                os.fstat(other.fileno())
            except OSError:
                lost.append(other)
                other.detach()
            else:
                other.close()
    busy.cancel()
    resolver.close()
    return lost


@pytest.mark.parametrize(
    "run", [pytest.param(asyncio.run, id="asyncio"), pytest.param(uvloop.run, id="uvloop")]
)
def test_a_server_that_resets_before_tls_costs_nobody_else_a_connection(
    run: Callable[[Any], list[socket.socket]],
) -> None:
    with ExitStack() as over:
        server = over.enter_context(socket.create_server(("127.0.0.1", 0)))
        over.callback(server.shutdown, socket.SHUT_RDWR)
        Thread(target=reset_all, args=(server,), daemon=True).start()
        origin = Origin("127.0.0.1", server.getsockname()[1], is_tls=True)
        assert run(opened_by_others_meanwhile(origin)) == []
