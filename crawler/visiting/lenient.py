"""A second look at servers whose answers are not quite HTTP, as forgiving as a browser's.

aiohttp refuses an answer with two lengths, a header line without a colon, or a status line
in lower case; readers never notice any of these. Where it refuses, the page is asked for
once more, on a connection of its own, and read by what it must have meant.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from yarl import URL

from catalog.vocabulary import Reason
from crawler.visiting.egress import is_literal
from crawler.visiting.failures import FetchError
from crawler.visiting.resolver import GuardedResolver, mapped_name

_LONGEST_HEAD: Final = 256 * 1024
_STATUS: Final = re.compile(rb"\s*(?:HTTP/\d(?:\.\d)?|ICY)[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_CHUNK: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[^\r\n]*\r?\n")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was meant: header names in lower case, the body as it was sent."""

    status: int
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    is_complete: bool

    def header(self, name: str) -> bytes | None:
        """Return the first header *name*, None where it was not sent."""
        return next((value for known, value in self.headers if known == name), None)


def reply_of(data: bytes, *, is_complete: bool) -> Reply | None:
    """Return the reply that *data* starts with, hints before it left out; None for no HTTP."""
    while (status := _STATUS.match(data)) and (end := _END_OF_HEAD.search(data)):
        head, rest = data[: end.start()], data[end.end() :]
        if 100 <= int(status[1]) < 200 and int(status[1]) != 101:
            data = rest
            continue
        headers = tuple(_headers(head))
        body, is_whole = _body(dict(headers), rest)
        return Reply(int(status[1]), headers, body, is_complete or is_whole)
    return None


def _headers(head: bytes) -> list[tuple[str, bytes]]:
    lines = head.replace(b"\r\n", b"\n").split(b"\n")[1:]
    pairs = (line.partition(b":") for line in lines if b":" in line)
    return [
        (name.strip().decode("latin-1").lower(), value.strip(b" \t\r\0"))
        for name, _, value in pairs
    ]


def _body(headers: Mapping[str, bytes], rest: bytes) -> tuple[bytes, bool]:
    """Return the body in *rest*, and whether all of it is there.

    Chunks go before a length, as RFC 9112, 6.3, has it; a length that is none is ignored.
    """
    if b"chunked" in headers.get("transfer-encoding", b"").lower():
        return _unchunked(rest)
    length = headers.get("content-length", b"")
    if length.isdigit():
        return rest[: int(length[:12])], len(rest) >= int(length[:12])
    return rest, False


def _unchunked(rest: bytes) -> tuple[bytes, bool]:
    """Return what the chunks in *rest* hold; raises `FetchError` where the first has no length."""
    if b"\n" in rest and not _CHUNK.match(rest):
        raise FetchError(Reason.PROTOCOL_ERROR, f"a chunk without a length: {rest[:20]!r}")
    parts: list[bytes] = []
    at = 0
    while chunk := _CHUNK.match(rest, at):
        size = int(chunk[1], 16)
        if size == 0:
            return b"".join(parts), True
        parts.append(rest[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        while rest[at : at + 1] in (b"\r", b"\n"):
            at += 1
    return b"".join(parts), False


class LenientClient:
    """Asks once, on a new connection that the same guard looks at."""

    def __init__(self, resolver: GuardedResolver, context: ssl.SSLContext) -> None:
        self._resolver = resolver
        self._context = context

    async def ask(
        self,
        url: URL,
        headers: Mapping[str, str],
        *,
        before_sending: Callable[[], None],
        on_sent: Callable[[], None],
        seconds: float,
        limit: int,
    ) -> Reply:
        """Return the reply to a request, of whose body no more than *limit* bytes are read.

        *before_sending* is called when there is a connection, and may raise.
        Raises `FetchError` where it is no HTTP at all, `TimeoutError` and `OSError` as the
        network has it.
        """
        host = url.raw_authority.rpartition("@")[2]
        lines = [f"GET {url.raw_path_qs} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        request = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1", "replace")
        data = bytearray()
        is_complete = False
        try:
            async with asyncio.timeout(seconds), self._connection(url) as (reader, writer):
                before_sending()
                writer.write(request)
                on_sent()
                while len(data) < limit + _LONGEST_HEAD and not _is_enough(data):
                    chunk = await reader.read(65536)
                    if not chunk:
                        is_complete = True
                        break
                    data += chunk
        except (TimeoutError, OSError):
            if not _END_OF_HEAD.search(data):
                raise
        reply = reply_of(bytes(data), is_complete=is_complete)
        if reply is None:
            first = bytes(data[:60]).decode("latin-1").split("\n")[0]
            raise FetchError(Reason.PROTOCOL_ERROR, f"no HTTP: {first.strip()!r}")
        return reply

    @asynccontextmanager
    async def _connection(
        self, url: URL
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        host, port = url.host or "", url.port or 80
        is_mapped = is_literal(host) and self._resolver.target(host, port) is not None
        found = (await self._resolver.resolve(mapped_name(host) if is_mapped else host, port))[0]
        address = (found["host"], found["port"])
        sock = self._resolver.guarded_socket(
            (found["family"], socket.SOCK_STREAM, found["proto"], "", address)
        )
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, address)
            is_tls = url.scheme == "https"
            reader, writer = await asyncio.open_connection(
                sock=sock,
                ssl=self._context if is_tls else None,
                server_hostname=host.rstrip(".") if is_tls else None,
            )
        except BaseException:
            sock.close()
            raise
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


def _is_enough(data: bytearray) -> bool:
    """Whether a whole reply is in *data*, so that nobody has to wait for the server to hang up."""
    if len(data) > _LONGEST_HEAD and not _END_OF_HEAD.search(data, 0, _LONGEST_HEAD):
        return True
    reply = reply_of(bytes(data), is_complete=False)
    return reply is not None and reply.is_complete
