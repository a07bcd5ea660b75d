"""Connections to servers: opened where the guard allows, and kept open between two requests."""

import asyncio
import socket
import ssl
from typing import Final, NamedTuple, cast

from aiohappyeyeballs import start_connection

from catalog.vocabulary import Reason
from crawler.visiting.exchange import Asked, StaleConnectionError
from crawler.visiting.failures import FetchError
from crawler.visiting.incoming import Incoming
from crawler.visiting.resolver import GuardedResolver

# Many a server closes a connection after less, and none that is asked every second.
_KEPT_FOR: Final = 15.0

# At most so many bytes are taken at a time, so that a body is cut off soon after its limit,
# however much of it has already arrived.
_PIECE: Final = 64 * 1024

_REQUEST_TIMEOUT: Final = 408

# So long after an address that does not answer the next one is tried beside it (RFC 8305).
_NEXT_ADDRESS: Final = 0.25


class Origin(NamedTuple):
    """What a connection leads to; *host* without the brackets of an IPv6 address."""

    host: str
    port: int
    is_tls: bool


class Connection(asyncio.BufferedProtocol):
    """One connection, which carries one request at a time.

    *buffer* is where the event loop puts what comes in; all connections of a loop may share
    it, as nothing stays there.
    """

    def __init__(self, origin: Origin, buffer: memoryview) -> None:
        self.origin = origin
        self._buffer = buffer
        self._is_used = False
        self._transport: asyncio.Transport
        # Of the request that is being answered:
        self._incoming: Incoming | None = None
        self._asked: Asked
        self._over: asyncio.Future[None]
        self._has_begun = False
        self._timer: asyncio.TimerHandle
        self._ends_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether something can be sent; the server may have gone without our knowing it."""
        return not self._transport.is_closing()

    async def ask(
        self, request: bytes, incoming: Incoming, asked: Asked, *, patience: float, seconds: float
    ) -> None:
        """Send *request*, and return when *incoming* is over, or is cut off and says enough.

        Its head has to come within *patience*, all of it within *seconds*. Raises `FetchError`
        and `OSError`, of which `TimeoutError` is one, where there is no answer to speak of.
        """
        if not self.is_open:
            raise self._unusable()
        loop = asyncio.get_running_loop()
        self._incoming, self._asked, self._has_begun = incoming, asked, False
        self._over = loop.create_future()
        self._ends_at = loop.time() + seconds
        self._transport.write(request)
        asked.on_sent()
        self._timer = loop.call_later(min(patience, seconds), self._time_out)
        try:
            await self._over
        finally:
            self._timer.cancel()
            self._incoming = None
            was_used, self._is_used = self._is_used, True
        # So some servers say that they gave up waiting, before they saw what was sent.
        if was_used and incoming.status == _REQUEST_TIMEOUT:
            raise StaleConnectionError

    def close(self) -> None:
        """Close it at once, whatever may still be on the way."""
        self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take it that there is a connection."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where the next piece is to be put."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take a piece of an answer."""
        if self._incoming is None:  # nobody has asked
            self._has_begun = True
            self.close()
            return
        if not self._has_begun:
            self._has_begun = True
            self._asked.on_answer()
        had_head = self._incoming.has_head
        try:
            self._incoming.feed(bytes(self._buffer[:nbytes]))
        except FetchError as error:
            self._fail_as_heard(error)
            return
        if self._incoming.is_over:
            self._settle()
        elif self._incoming.has_head and not had_head:
            self._timer.cancel()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._ends_at, self._time_out)

    def connection_lost(self, error: Exception | None) -> None:
        """Take it that the server has hung up, or we have."""
        if self._incoming is None:
            return
        if not self._has_begun:
            self._fail(error if error and not self._is_used else self._unusable())
        elif error is None:
            self._end(self._incoming)
        elif self._incoming.says_enough:
            self._settle()
        else:
            self._fail_as_heard(error)

    def _end(self, incoming: Incoming) -> None:
        try:
            incoming.end()
        except FetchError as error:
            self._fail_as_heard(error)
        else:
            self._settle()

    def _unusable(self) -> FetchError:
        """Return what it means that nothing can be asked by this connection."""
        if self._is_used:
            return StaleConnectionError()
        if self._has_begun:
            return FetchError(Reason.PROTOCOL_ERROR, "the server spoke before it was asked")
        return FetchError(Reason.CONNECTION_RESET, "closed without an answer")

    def _time_out(self) -> None:
        if self._incoming is not None and self._incoming.says_enough:
            self._settle()
        else:
            self._fail(TimeoutError("no answer in time"))

    def _fail_as_heard(self, error: Exception) -> None:
        """Fail with *error*, unless what was heard may well be the end of an earlier answer."""
        self._fail(StaleConnectionError() if self._is_used else error)

    def _settle(self) -> None:
        if not self._over.done():
            self._over.set_result(None)

    def _fail(self, error: Exception) -> None:
        if not self._over.done():
            self._over.set_exception(error)


def _let_go(sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
    """Give up *sock*, of which *loop* failed to make a connection, unless it has done so.

    uvloop closes the descriptor itself. Where a server hangs up before TLS has begun, the socket
    does not come to know: sooner or later it would close what has the same number by then.
    """
    if isinstance(loop, asyncio.BaseEventLoop):
        sock.close()
    else:
        sock.detach()


class Connections:
    """All connections of a process."""

    def __init__(
        self, resolver: GuardedResolver, context: ssl.SSLContext, *, patience: float
    ) -> None:
        self._resolver = resolver
        self._context = context
        self._patience = patience
        self._buffer = memoryview(bytearray(_PIECE))
        self._kept: dict[Origin, dict[Connection, asyncio.TimerHandle]] = {}

    def take(self, origin: Origin) -> Connection | None:
        """Return a connection to *origin* that was kept, if there is one."""
        while kept := self._kept.get(origin):
            connection, dropping = kept.popitem()
            dropping.cancel()
            if not kept:
                del self._kept[origin]
            if connection.is_open:
                return connection
        return None

    async def open(self, origin: Origin) -> Connection:
        """Return a new connection to *origin*.

        Raises `TimeoutError` and `OSError`: ssl's and the resolver's errors are such.
        """
        addresses = await self._resolver.resolve(origin.host, origin.port)
        async with asyncio.timeout(self._patience):
            sock = await start_connection(addresses, happy_eyeballs_delay=_NEXT_ADDRESS)
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                lambda: Connection(origin, self._buffer),
                sock=sock,
                ssl=self._context if origin.is_tls else None,
                server_hostname=origin.host.rstrip(".") if origin.is_tls else None,
            )
        except BaseException:
            _let_go(sock, loop)
            raise
        return connection

    def keep(self, connection: Connection) -> None:
        """Keep *connection* for a while, for the next request to where it leads."""
        loop = asyncio.get_running_loop()
        dropping = loop.call_later(_KEPT_FOR, self._drop, connection)
        self._kept.setdefault(connection.origin, {})[connection] = dropping

    def forget(self, origin: Origin) -> None:
        """Close those that are kept for *origin*."""
        for connection, dropping in self._kept.pop(origin, {}).items():
            dropping.cancel()
            connection.close()

    def close(self) -> None:
        """Close those that are kept."""
        for origin in tuple(self._kept):
            self.forget(origin)

    def _drop(self, connection: Connection) -> None:
        connection.close()
        kept = self._kept[connection.origin]
        del kept[connection]
        if not kept:
            del self._kept[connection.origin]
