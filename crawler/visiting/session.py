"""aiohttp's session as a crawl needs it: guarded, bounded, and telling when a request is sent."""

import asyncio
import ssl
import time
from contextvars import ContextVar
from typing import Final

import aiohttp

from crawler.options import CrawlOptions
from crawler.steady import steady_time
from crawler.visiting.exchange import Asked, LeaseEndedError, StaleConnectionError
from crawler.visiting.resolver import GuardedResolver

# Chrome takes 256 kB of headers in all, so a page that a reader gets may have as many.
_HEADER_SIZE: Final = 256 * 1024
_HEADERS: Final = 512


def open_session(
    options: CrawlOptions, resolver: GuardedResolver, context: ssl.SSLContext
) -> aiohttp.ClientSession:
    """Return a session that connects to where *resolver* allows, and believes *context*.

    Whoever asks it for something puts the `Phase` of that into `PHASE` before.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0,  # politeness is the spider's business, which knows whose turn it is
            resolver=resolver,
            socket_factory=resolver.guarded_socket,
            ssl=context,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=options.connect),
        auto_decompress=False,
        skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
        max_line_size=_HEADER_SIZE,
        max_field_size=_HEADER_SIZE,
        max_headers=_HEADERS,
        request_class=_Request,
        response_class=_Response,
    )


class Phase:
    """Which time limit holds: that of connecting until the request is sent, then the other."""

    def __init__(self, options: CrawlOptions, asked: Asked, started: float) -> None:
        self._first_byte = options.first_byte
        self.asked = asked
        self._end = started + asked.seconds
        self.is_sent = False
        # A name server may take its time before the connection can even begin.
        self.connecting = min(2 * options.connect, asked.seconds)
        self.limit: asyncio.Timeout | None = None

    def check_lease(self) -> None:
        """Raise `LeaseEndedError` past the lease."""
        if steady_time() > self.asked.not_after:
            raise LeaseEndedError

    def sent(self) -> None:
        """Take in that the request has left: from now on the server has to answer in time."""
        self.is_sent = True
        self.asked.on_sent()
        if self.limit is not None:
            loop = asyncio.get_running_loop()
            left = min(self._first_byte, self._end - time.monotonic())
            self.limit.reschedule(loop.time() + max(left, 0.0))

    @property
    def complaint(self) -> str:
        """What to say of the time limit that was hit."""
        return "no answer in time" if self.is_sent else "no connection in time"


PHASE: ContextVar[Phase] = ContextVar("phase of the request of this task")


class _Request(aiohttp.ClientRequest):
    """A request that is not sent past the lease, however long it took to get connected.

    A process that was stopped while it connected goes on as if nothing had happened. Nor is it
    sent twice in one turn, as aiohttp would where a connection turns out to be closed.
    """

    async def send(self, conn: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        phase = PHASE.get()
        phase.check_lease()
        if phase.is_sent:
            raise StaleConnectionError
        return await super().send(conn)


class _Response(aiohttp.ClientResponse):
    """An answer that tells when the wait for it begins: the request is on its way then."""

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        PHASE.get().sent()
        return await super().start(connection)
