"""Scrapy's download handler for http and https: one request, bounded in bytes and seconds.

None of Scrapy's own handlers is used: they have no say in where a connection goes, keep one
time limit for all phases, and give up on a body that is too long instead of stopping there.
`benchmarks/RESULTS.md` compares what a request costs.
"""

import asyncio
import base64
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self
from urllib.parse import ParseResult, unquote_to_bytes

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Request
from scrapy.utils.httpobj import urlparse_cached

from catalog.connect_to import PORTS, ConnectTo
from catalog.vocabulary import Reason
from crawler.visiting.connections import Connection, Connections, Origin
from crawler.visiting.egress import named_refusal
from crawler.visiting.exchange import Answer, Asked, StaleConnectionError
from crawler.visiting.failures import FetchError, failure_of
from crawler.visiting.incoming import Incoming
from crawler.visiting.resolver import GuardedResolver
from crawler.visiting.tls import tls_context

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.options import CrawlOptions


class Transport(BaseDownloadHandler):
    """The only place of the crawl from which bytes leave."""

    lazy = True  # Scrapy makes one for each scheme; many an archive needs no second

    def __init__(self, crawler: "Crawler", options: "CrawlOptions | None" = None) -> None:
        super().__init__(crawler)
        self._options: CrawlOptions = options or crawler.settings["CRAWL_OPTIONS"]
        self._resolver = GuardedResolver(
            ConnectTo(self._options.connect_to),
            allow_private=self._options.allow_private,
            patience=self._options.connect,
        )
        self._connections = Connections(
            self._resolver, tls_context(self._options), patience=self._options.connect
        )

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Return the handler of *crawler*, as Scrapy makes it."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Answer:
        """Return the answer to *request*.

        Raises `FetchError` where there was none, and `LeaseEndedError` past the lease.
        """
        asked: Asked = request.meta["asked"]
        started = time.monotonic()
        try:
            incoming = await self._ask(request, asked, started)
        except FetchError as error:
            error.seconds = time.monotonic() - started
            raise
        answer = Answer(request.url, incoming.status, body=incoming.body.data, request=request)
        answer.said = incoming.said
        answer.location = incoming.location
        answer.cookies = incoming.cookies
        answer.truncated = not incoming.is_complete
        answer.received = incoming.body.received
        answer.seconds = time.monotonic() - started
        return answer

    async def close(self) -> None:
        """Close all connections."""
        self._connections.close()
        self._resolver.close()

    async def _ask(self, request: Request, asked: Asked, started: float) -> Incoming:
        try:
            # Scrapy has taken the address apart already. It is spelled as the URL standard has
            # it, so that no two readers of it can differ.
            origin = self._origin(urlparse_cached(request))
            sent = request_head(request.url, asked.headers)
            connection = self._connections.take(origin) or await self._open(origin, asked)
            return await self._exchange(sent, connection, asked, started)
        except OSError as error:
            raise failure_of(error) from error

    def _origin(self, address: ParseResult) -> Origin:
        """Return what to connect to for *address*, once its host is no refused one."""
        host = address.hostname or ""
        if not self._options.allow_private and (why := named_refusal(host)):
            raise FetchError(Reason.PRIVATE_ADDRESS, why)
        port = PORTS[address.scheme] if address.port is None else address.port
        return Origin(host, port, address.scheme == "https")

    async def _exchange(
        self, sent: bytes, connection: Connection, asked: Asked, started: float
    ) -> Incoming:
        incoming = Incoming(self._options.body_size, any_type=asked.any_type)
        try:
            # It may have taken long to get here, for a process that was stopped meanwhile.
            asked.check_lease()
            await connection.ask(
                sent,
                incoming,
                asked,
                patience=self._options.first_byte,
                seconds=asked.seconds - (time.monotonic() - started),
            )
        except StaleConnectionError:
            # Others that were kept are no better, and the next request would be lost as well.
            self._connections.forget(connection.origin)
            raise
        finally:
            if incoming.keeps_open and not asked.is_last:
                self._connections.keep(connection)
            else:
                connection.close()
        return incoming

    async def _open(self, origin: Origin, asked: Asked) -> Connection:
        asked.check_lease()
        try:
            # A name server may take its time before the connection can even begin.
            async with asyncio.timeout(min(2 * self._options.connect, asked.seconds)):
                return await self._connections.open(origin)
        except TimeoutError as error:
            raise FetchError(Reason.TIMEOUT, "no connection in time") from error


def request_head(url: str, headers: Mapping[str, str]) -> bytes:
    """Return what is sent to ask for *url*, with *headers* beside our own."""
    authority, _, target = url.partition("://")[2].partition("#")[0].partition("/")
    user, _, host = authority.rpartition("@")
    lines = [f"GET /{target} HTTP/1.1", f"Host: {host}"]
    if user:
        name, _, password = user.partition(":")
        credentials = unquote_to_bytes(name) + b":" + unquote_to_bytes(password)
        lines.append(f"Authorization: Basic {base64.b64encode(credentials).decode()}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
