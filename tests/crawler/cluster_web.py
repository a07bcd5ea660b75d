"""A web of many hosts in a process of its own, which writes down when it was asked for what.

Run as `python -m tests.crawler.cluster_web LOG LATENCY`; it prints its port. Every line of the
log is the host, the path, and when the request reached this machine and was answered.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TextIO

import psutil

from tests.crawler.arrivals import arrived, listener
from tests.crawler.deadly import end_who_asks_from

# Whichever process asks for it is dead before it has the answer.
DEADLY = "/deadly"

_PAGE = "<!doctype html><title>{0}</title><p>" + "This is what stands at {0} alone. " * 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it."""

    host: str
    path: str
    came: float
    answered: float


class Record:
    """What the web was asked for, from its log."""

    def __init__(self, log: Path) -> None:
        lines = log.read_text(encoding="utf-8").splitlines()
        self.requests = sorted(
            (Asked(*json.loads(line)) for line in lines), key=lambda asked: asked.came
        )

    @property
    def fetched(self) -> Counter[str]:
        """How often each page was asked for; `robots.txt` is none, nor what nobody made."""
        pages = (r for r in self.requests if r.path[1:].isdigit())
        return Counter(f"http://{r.host}{r.path}" for r in pages)

    @property
    def overlaps(self) -> list[tuple[Asked, Asked]]:
        """The requests that came while another one to the same host was open."""
        return [(a, b) for a, b in self._neighbours() if b.came < a.answered]

    def shortest_gap(self) -> float:
        """Return the least time from one request to the next on the same host."""
        return min(b.came - a.came for a, b in self._neighbours())

    def _neighbours(self) -> list[tuple[Asked, Asked]]:
        by_host = defaultdict(list)
        for asked in self.requests:
            by_host[asked.host].append(asked)
        return [pair for one in by_host.values() for pair in pairwise(one)]


async def _serve(log: TextIO, latency: float) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            came = arrived(writer)
            lines = head.split("\r\n")
            fields = dict(line.split(": ", 1) for line in lines[1:] if line)
            host, path = fields["Host"], lines[0].split()[1]
            await asyncio.sleep(latency)
            if path == DEADLY:
                relatives = psutil.Process(os.getppid()).children(recursive=True)
                others = (process for process in relatives if process.pid != os.getpid())
                port = writer.get_extra_info("peername")[1]
                end_who_asks_from(port, others, psutil.Process.kill)
            missing = path == "/robots.txt" or path.startswith("/linkledger-")
            body = b"" if missing else _PAGE.format(host + path).encode()
            status = "404 Not Found" if missing else "200 OK"
            log.write(json.dumps((host, path, came, time.time())) + "\n")
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, sock=listener("127.0.0.1"))
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


if __name__ == "__main__":
    with Path(sys.argv[1]).open("a", buffering=1, encoding="utf-8") as log:
        asyncio.run(_serve(log, float(sys.argv[2])))
