"""A web on loopback that answers any host with a page of its own, late by a given latency.

`python -m benchmarks._web LATENCY` prints its port, and serves until its input ends. The
page at `/--counters` says how many requests there were and how many bytes went out.
"""

import asyncio
import json
import random
import sys
import zlib

_SYLLABLES = ("bar", "den", "fol", "gim", "hes", "jun", "kal", "lor", "mit", "nep", "ros", "tuv")
_WORDS = [first + second for first in _SYLLABLES for second in _SYLLABLES]
_CHANCE = random.Random(2026)
_PARAGRAPHS = [
    f"<p>{' '.join(_CHANCE.choices(_WORDS, k=60))} "
    f"<a href='https://example.com/{n}'>{_CHANCE.choice(_WORDS)}</a> "
    f"{' '.join(_CHANCE.choices(_WORDS, k=20))}.</p>\n"
    for n in range(400)
]


_BODIES = ["".join(_CHANCE.choices(_PARAGRAPHS, k=31)) for _ in range(1_000)]


def page(name: str) -> bytes:
    """Return an article of about 19 kB, another one for each *name*."""
    chosen = zlib.crc32(name.encode())
    title = " ".join(_WORDS[chosen // len(_WORDS) ** n % len(_WORDS)] for n in range(4))
    body = _BODIES[chosen % len(_BODIES)]
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>"
        f"<meta name=description content='{title}'></head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


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
            self._loop.call_later(self.latency, self._send, answer)

    def _answer(self, head: bytes) -> bytes:
        first, *lines = head.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        if path == "/--counters":
            return _answer("200 OK", json.dumps([Server.requests, Server.sent]).encode())
        Server.requests += 1
        if path == "/robots.txt":
            return _answer("404 Not Found", b"")
        if "if-none-match" in headers:
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"
        return _answer("200 OK", page(headers.get("host", "") + path), 'ETag: "as-before"')

    def _send(self, answer: bytes) -> None:
        Server.sent += len(answer)
        self._transport.write(answer)  # type: ignore[attr-defined]  (a transport that can write)


def _answer(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


async def main(latency: float) -> None:
    """Serve until standard input ends."""
    Server.latency = latency
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
