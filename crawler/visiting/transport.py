"""Scrapy's download handler for http and https: one request, bounded in bytes and seconds.

It stands on aiohttp, the fastest of Scrapy's three HTTP clients (`benchmarks/RESULTS.md`),
and for the sake of which Scrapy's own handler is not used: that one has no way to say where a
connection may go, keeps one time limit for all phases, and gives up on a body that is too
long instead of stopping there.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, Self

import aiohttp
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Request
from yarl import URL

from catalog.connect_to import ConnectTo
from catalog.vocabulary import Reason
from crawler.visiting.body import Body, is_readable
from crawler.visiting.egress import is_literal, named_refusal
from crawler.visiting.exchange import KEPT_HEADERS, Answer, Asked, StaleConnectionError
from crawler.visiting.failures import FetchError, failure_of
from crawler.visiting.lenient import LenientClient
from crawler.visiting.resolver import GuardedResolver, mapped_name
from crawler.visiting.session import PHASE, Phase, open_session
from crawler.visiting.tls import tls_context

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.options import CrawlOptions

# At most so much is taken at a time, so that a body is cut off soon after its limit, however
# much of it has already arrived.
_CHUNK: Final = 65_536

# A body not worth reading is read all the same if it is this short: that is cheaper, for the
# server too, than to open the connection anew.
_DRAIN: Final = 16 * 1024


class Transport(BaseDownloadHandler):
    """The only place of the crawl from which bytes leave."""

    lazy = True  # Scrapy makes one for each scheme; many an archive needs no second

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        self._options: CrawlOptions = crawler.settings["CRAWL_OPTIONS"]
        self._resolver = GuardedResolver(
            ConnectTo(self._options.connect_to),
            allow_private=self._options.allow_private,
            patience=self._options.connect,
        )
        context = tls_context(self._options)
        self._session = open_session(self._options, self._resolver, context)
        self._lenient = LenientClient(self._resolver, context)

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
        phase = Phase(self._options, asked, started)
        phase.check_lease()
        if asked.is_lenient:
            return await self._ask_again(request, phase, started)
        PHASE.set(phase)
        try:
            async with asyncio.timeout(phase.connecting) as phase.limit:
                response = await self._session.get(
                    **self._addressed(request), allow_redirects=False
                )
        except TimeoutError as error:
            raise _failed(FetchError(Reason.TIMEOUT, phase.complaint), started) from error
        except StaleConnectionError as error:
            raise _failed(error, started) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failed(failure_of(error), started) from error
        asked.on_answer()
        try:
            return await self._read(request, response, asked, started)
        finally:
            if asked.is_last:
                response.close()
            response.release()

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    def _addressed(self, request: Request) -> dict[str, Any]:
        """Return address and headers of *request* for aiohttp, once its host is no refused one."""
        asked: Asked = request.meta["asked"]
        url = URL(request.url, encoded=True)
        host = url.host or ""
        if not self._options.allow_private and (why := named_refusal(host)):
            raise FetchError(Reason.PRIVATE_ADDRESS, why)
        addressed: dict[str, Any] = {"url": url, "headers": asked.headers}
        if is_literal(host) and self._resolver.target(host, url.port or 80):
            authority = url.raw_authority.rpartition("@")[2]
            addressed["headers"] = {**asked.headers, "Host": authority}
            addressed["url"] = url.with_host(mapped_name(host))
            addressed["server_hostname"] = host
        return addressed

    async def _ask_again(self, request: Request, phase: Phase, started: float) -> Answer:
        """Return the answer of a server that had one, and did not say it properly."""
        addressed = self._addressed(request)
        try:
            reply = await self._lenient.ask(
                URL(request.url, encoded=True),
                addressed["headers"],
                before_sending=phase.check_lease,
                on_sent=phase.sent,
                seconds=min(phase.asked.seconds, self._options.connect + self._options.first_byte),
                limit=self._options.body_size,
            )
        except TimeoutError as error:
            raise _failed(FetchError(Reason.TIMEOUT, "no answer in time"), started) from error
        except OSError as error:
            raise _failed(failure_of(error), started) from error
        said = {
            name: value.decode("utf-8", "replace")
            for name, value in reply.headers
            if name in KEPT_HEADERS
        }
        body = Body(said.get("content-encoding", ""), self._options.body_size)
        if reply.body and is_readable(said.get("content-type", "")):
            body.add(reply.body)
        answer = Answer(request.url, status=reply.status, body=body.data, request=request)
        answer.said = said
        answer.location = reply.header("location")
        answer.cookies = tuple(
            value.decode("latin-1") for name, value in reply.headers if name == "set-cookie"
        )
        answer.truncated = body.is_full or not reply.is_complete
        answer.received = len(reply.body)
        answer.seconds = time.monotonic() - started
        return answer

    async def _read(
        self, request: Request, response: aiohttp.ClientResponse, asked: Asked, started: float
    ) -> Answer:
        said = {
            name: value
            for name, value in ((n.lower(), v) for n, v in response.headers.items())
            if name in KEPT_HEADERS
        }
        body = Body(response.headers.get("Content-Encoding", ""), self._options.body_size)
        left = asked.seconds - (time.monotonic() - started)
        complete = await self._read_body(response, body, left)
        answer = Answer(request.url, status=response.status, body=body.data, request=request)
        answer.said = said
        answer.location = _raw_header(response, b"location")
        answer.cookies = tuple(response.headers.getall("Set-Cookie", ()))
        answer.truncated = not complete
        answer.received = body.received
        answer.seconds = time.monotonic() - started
        return answer

    async def _read_body(
        self, response: aiohttp.ClientResponse, body: Body, seconds: float
    ) -> bool:
        """Read what is worth reading into *body*; return whether that was all there is."""
        wanted = is_readable(response.headers.get("Content-Type", ""))
        if not wanted and (response.content_length or _DRAIN + 1) > _DRAIN:
            response.close()
            return False
        content = response.content
        try:
            if content.is_eof():  # all of it came with the headers
                if wanted:
                    body.add(content.read_nowait())
                return not body.is_full
            async with asyncio.timeout(max(seconds, 0.1)):
                async for chunk in content.iter_chunked(_CHUNK):
                    if wanted:
                        body.add(chunk)
                    if body.is_full:
                        break
        except (TimeoutError, aiohttp.ClientError, OSError):
            # The server has answered; a body that drips, breaks off or is shorter than
            # promised is as much as a reader gets.
            response.close()
            return False
        if not content.at_eof():
            response.close()
            return False
        return True


def _failed(error: FetchError, started: float) -> FetchError:
    """Return *error* with the time that it took, turns not counted."""
    error.seconds = time.monotonic() - started
    return error


def _raw_header(response: aiohttp.ClientResponse, wanted: bytes) -> bytes | None:
    """Return a header as the bytes that came: what decodes them may not be ours to guess."""
    for name, value in response.raw_headers:
        if name.lower() == wanted:
            return value
    return None
