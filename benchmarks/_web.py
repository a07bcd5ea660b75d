"""A web on loopback that answers any host with a page of its own, late by a given latency.

`python -m benchmarks._web LATENCY` prints its port, and serves until its input ends. The
page at `/--counters` says how many requests there were and how many bytes went out.
"""

import asyncio
import json
import random
import re
import sys
import zlib

import uvloop

_SYLLABLES = ("bar", "den", "fol", "gim", "hes", "jun", "kal", "lor", "mit", "nep", "ros", "tuv")
_WORDS = [(first + second).encode() for first in _SYLLABLES for second in _SYLLABLES]
_CHANCE = random.Random(2026)
_PARAGRAPHS = [
    b"<p>%b <a href='https://example.com/%d'>%b</a> %b.</p>\n"
    % (
        b" ".join(_CHANCE.choices(_WORDS, k=60)),
        n,
        _CHANCE.choice(_WORDS),
        b" ".join(_CHANCE.choices(_WORDS, k=20)),
    )
    for n in range(400)
]


_BODIES = [b"".join(_CHANCE.choices(_PARAGRAPHS, k=31)) for _ in range(1_000)]
_HOST = re.compile(rb"\r\nhost: *([^\r]*)", re.IGNORECASE)
_KNOWN = re.compile(rb"\r\nif-none-match:", re.IGNORECASE)


def page(name: bytes) -> bytes:
    """Return an article of about 19 kB, another one for each *name*."""
    chosen = zlib.crc32(name)
    title = b" ".join(_WORDS[chosen // len(_WORDS) ** n % len(_WORDS)] for n in range(4))
    return (
        b"<!doctype html><html lang=en><head><meta charset=utf-8><title>%b</title>"
        b"<meta name=description content='%b'></head>"
        b"<body><article><h1>%b</h1>%b</article></body></html>"
    ) % (title, title, title, _BODIES[chosen % len(_BODIES)])


class Server(asyncio.Protocol):
    """One connection: as little work as possible, so that the clients are what is measured."""

    latency = 0.0
    requests = 0
    sent = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._read = b""
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            answer = self._answer(head)
            if self.latency:
                self._loop.call_later(self.latency, self._send, answer)
            else:
                self._send(answer)

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        if path == b"/--counters":
            return _answer(b"200 OK", json.dumps([Server.requests, Server.sent]).encode())
        Server.requests += 1
        if path == b"/robots.txt":
            return _answer(b"404 Not Found", b"")
        if _KNOWN.search(head):
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"
        host = _HOST.search(head)
        return _answer(b'200 OK\r\nETag: "as-before"', page((host[1] if host else b"") + path))

    def _send(self, answer: bytes) -> None:
        Server.sent += len(answer)
        self._transport.write(answer)  # type: ignore[attr-defined]  (a transport that can write)


def _answer(status: bytes, body: bytes) -> bytes:
    return (
        b"HTTP/1.1 %b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b"
    ) % (status, len(body), body)


async def main(latency: float) -> None:
    """Serve until standard input ends."""
    Server.latency = latency
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1])))
