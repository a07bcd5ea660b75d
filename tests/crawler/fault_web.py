"""The fault web: real sockets that play servers, by scripts of bytes and worse."""

import asyncio
import contextlib
import datetime
import random
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import trustme

from tests.crawler.arrivals import arrived, listener

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server read it, and the connection to answer on."""

    host: str
    path: str
    headers: dict[str, str]
    number: int  # counts from 1 for each path of a host
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


Act = Callable[[Request], Awaitable[None]]
Step = bytes | Act


@dataclass(slots=True)
class Seen:
    """What the server noted of one request: when it reached this machine, when it was answered."""

    host: str
    path: str
    began: float
    ended: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


# How an answer is written down.

_BEGINNINGS = ("bo", "ka", "lu", "me", "ni", "pa", "ro", "si", "tu", "va")
_ENDINGS = ("bar", "den", "fol", "gim", "hes", "jun", "kal", "lor", "mit", "nep")
_WORDS = [beginning + ending for beginning in _BEGINNINGS for ending in _ENDINGS]


def answer(status: str, *headers: str, body: str | bytes = b"") -> bytes:
    """Return an answer with the length that its body has."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", *headers]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + data


def article(title: str = "How to prune a network", *, words: int = 400) -> bytes:
    """Return the answer of a server that has the page: an article, another for each title."""
    text = " ".join(random.Random(title).choices(_WORDS, k=words))
    body = (
        f"<!doctype html><html lang=en><head><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1><p>{text}.</p></article></body></html>"
    )
    return answer("200 OK", "Content-Type: text/html; charset=utf-8", body=body)


def html(body: str, status: str = "200 OK", *headers: str) -> bytes:
    """Return a page of which *body* is all the markup there is."""
    return answer(status, "Content-Type: text/html; charset=utf-8", *headers, body=body)


def redirect(location: str, status: int = 301, *headers: str) -> bytes:
    """Return a redirect to *location*, which is sent as UTF-8."""
    return answer(f"{status} Elsewhere", f"Location: {location}", *headers)


# What cannot be written down as bytes.


async def reset(request: Request) -> None:
    """Cut the connection as a crashed machine does: RST, nothing else."""
    reset_now(request.writer)


def reset_now(writer: asyncio.StreamWriter) -> None:
    """Close the socket of *writer* with a reset."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def close(request: Request) -> None:
    """Hang up without a word."""


async def silence(_: Request) -> None:
    """Say nothing for longer than anybody waits."""
    await asyncio.sleep(60)


def after(seconds: float, step: bytes) -> Act:
    """Return a step that thinks before it answers."""

    async def act(request: Request) -> None:
        await asyncio.sleep(seconds)
        request.writer.write(step)

    return act


def drip(start: bytes, drop: bytes, seconds: float) -> Act:
    """Return a step that sends a little at a time, for ever."""

    async def act(request: Request) -> None:
        request.writer.write(start)
        while True:
            request.writer.write(drop)
            await request.writer.drain()
            await asyncio.sleep(seconds)

    return act


def flood(start: bytes, wave: bytes) -> Act:
    """Return a step that sends as fast as it is read, for ever."""
    return drip(start, wave, 0)


@dataclass(slots=True)
class Behaviour:
    """What a host does: a script per path, one step per request, the last one again and again."""

    scripts: dict[str, Sequence[Step]]
    robots: Step = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    elsewhere: Step = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class FaultWeb:
    """Servers on loopback, plain and TLS, in a thread of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.behaviours: dict[str, Behaviour] = {}
        self.seen: list[Seen] = []
        self.open_now: Counter[str] = Counter()
        self.most_open: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self._connect_to: list[str] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._sockets: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._certificates()

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._serve(self._plain)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        for sock in self._sockets:
            sock.close()

    # What a test says.

    def add(self, host: str, *steps: Step, path: str = "/page", robots: Step | None = None) -> str:
        """Let *host* play *steps* at *path*; return the address."""
        behaviour = self.behaviours.setdefault(host, Behaviour({}))
        behaviour.scripts[path] = steps
        if robots is not None:
            behaviour.robots = robots
        return f"http://{host}{path}"

    def lead(self, host: str, port: int, to_port: int) -> None:
        """Let connections to *host* and *port* go to *to_port* here."""
        self._connect_to.append(f"{host}:{port}:{LOOPBACK}:{to_port}")

    @property
    def connect_to(self) -> tuple[str, ...]:
        """The mappings that lead every host here."""
        return (*self._connect_to, f"::{LOOPBACK}:{self.port}")

    def requests(self, host: str) -> list[Seen]:
        """Return what was asked of *host*, robots.txt aside."""
        return [seen for seen in self.seen if seen.host == host and seen.path != "/robots.txt"]

    # Ports where something is wrong before a word is said.

    def closed_port(self) -> int:
        """Return a port on which nobody listens."""
        with socket.socket() as sock:
            sock.bind((LOOPBACK, 0))
            return int(sock.getsockname()[1])

    def black_hole(self) -> int:
        """Return a port that swallows every attempt to connect: its queue is full."""
        server = socket.socket()
        server.bind((LOOPBACK, 0))
        server.listen(0)
        self._sockets.append(server)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(server.getsockname())
            self._sockets.append(filler)
        return int(server.getsockname()[1])

    def tls_port(self, kind: str, *, resets: int = 0, host_suffix: str = "") -> int:
        """Return a port that speaks TLS with the certificate called *kind*.

        The first *resets* connections are cut during the handshake. With *host_suffix* a
        host does something else here than without TLS.
        """
        left = [resets]

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if left[0] > 0:
                left[0] -= 1
                reset_now(writer)
                return
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.start_tls(self._contexts[kind])
                await self._talk(reader, writer, host_suffix)
            writer.close()

        return self._serve(connected)

    def gibberish_port(self) -> int:
        """Return a port that answers a TLS greeting with something else."""

        async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example ESMTP ready\r\n")
            await writer.drain()
            await asyncio.sleep(0.2)
            writer.close()

        return self._serve(connected)

    # The servers.

    def _serve(self, connected: Callable[..., Awaitable[None]]) -> int:
        async def start() -> asyncio.Server:
            sock = listener(LOOPBACK)
            return await asyncio.start_server(connected, sock=sock, backlog=512, limit=2**20)

        server = asyncio.run_coroutine_threadsafe(start(), self._loop).result(10)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, suffix: str = ""
    ) -> None:
        while (request := await self._hear(reader, writer, suffix)) is not None:
            seen = Seen(request.host, request.path, arrived(writer), headers=request.headers)
            self.seen.append(seen)
            self.open_now[request.host] += 1
            self.most_open[request.host] = max(
                self.most_open[request.host], self.open_now[request.host]
            )
            try:
                if not await self._play(request):
                    return
            finally:
                self.open_now[request.host] -= 1
                seen.ended = time.time()

    async def _hear(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, suffix: str
    ) -> Request | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, OSError):
            return None
        first, *lines = head.decode("utf-8", "surrogateescape").split("\r\n")
        pairs = (line.partition(": ")[::2] for line in lines if line)
        headers = {name.lower(): value for name, value in pairs}
        host, path = headers.get("host", "") + suffix, first.split(" ")[1]
        self._counts[host, path] += 1
        return Request(host, path, headers, self._counts[host, path], reader, writer)

    async def _play(self, request: Request) -> bool:
        """Play the step whose turn it is; return whether the connection may be used again."""
        behaviour = self.behaviours.get(request.host, Behaviour({}))
        if request.path == "/robots.txt":
            steps: Sequence[Step] = [behaviour.robots]
        else:
            steps = behaviour.scripts.get(request.path, [behaviour.elsewhere])
        step = steps[min(request.number, len(steps)) - 1]
        if isinstance(step, bytes):
            request.writer.write(step)
            self.sent[request.host] += len(step)
            await request.writer.drain()
            return b"content-length" in step[:2000].lower()
        await step(request)
        with contextlib.suppress(OSError):
            await request.writer.drain()
        return False

    def _certificates(self) -> None:
        authority, stranger = trustme.CA(), trustme.CA(organization_name="A stranger")
        self.ca_file = self.folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca_file)
        long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
        intermediate = authority.create_child_ca()
        leaf = intermediate.issue_cert("*.web.test")
        self._contexts = {
            "good": self._context(authority.issue_cert("*.web.test")),
            "expired": self._context(authority.issue_cert("*.web.test", not_after=long_ago)),
            "other": self._context(authority.issue_cert("somebody-else.example")),
            "self-signed": self._context_of(stranger.cert_pem, stranger.private_key_pem),
            "incomplete": self._context_of(leaf.cert_chain_pems[0], leaf.private_key_pem),
        }

    def _context(self, certificate: trustme.LeafCert) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context

    def _context_of(self, certificate: trustme.Blob, key: trustme.Blob) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        name = f"{len(list(self.folder.iterdir()))}.pem"
        path = self.folder / name
        path.write_bytes(key.bytes() + certificate.bytes())
        context.load_cert_chain(path)
        return context
