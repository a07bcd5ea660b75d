"""Scrapy's download handler for ordinary requests: the crawl's own transport, and its guard.

The spider `issues` leaves robots.txt, redirects and retries to Scrapy's middlewares. Whatever
they ask for comes through here, so that each hop is checked like those of a visit.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import ada_url
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes

from catalog.address import host_of
from catalog.vocabulary import Reason, Verdict
from crawler.visiting.egress import named_refusal
from crawler.visiting.exchange import Answer, Asked
from crawler.visiting.failures import FetchError
from crawler.visiting.transport import Transport

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.options import CrawlOptions

_PATIENCE: Final = 60.0  # seconds for one answer


class GuardedHandler(BaseDownloadHandler):
    """Asks where the guard allows, and on the host that the setting `PRIVATE_SOURCE` names."""

    lazy = True

    def __init__(self, crawler: "Crawler") -> None:
        super().__init__(crawler)
        options: CrawlOptions = crawler.settings["CRAWL_OPTIONS"]
        self._body_size = options.body_size
        self._private_source: str = crawler.settings["PRIVATE_SOURCE"]
        self._guarded = Transport(crawler, options)
        self._unguarded = Transport(crawler, replace(options, allow_private=True))

    async def download_request(self, request: Request) -> Response:
        """Return the answer to *request*, all of it.

        Raises `FetchError` where there was none, and `IgnoreRequest` where it would be of no
        use to ask again.
        """
        try:
            url = str(ada_url.URL(request.url).href)
        except ValueError as error:
            raise IgnoreRequest(f"{request.url} is no address") from error
        headers = {
            name.decode("latin-1"): b", ".join(values).decode("latin-1")
            for name, values in request.headers.items()
        }
        headers["Accept-Encoding"] = "gzip, deflate"  # what the transport unpacks
        asked = Asked(seconds=_PATIENCE, headers=headers, any_type=True)
        sent = Request(url, meta={"asked": asked, "verbatim_url": True})
        is_own = bool(self._private_source) and host_of(url) == self._private_source
        try:
            answer = await (self._unguarded if is_own else self._guarded).download_request(sent)
        except FetchError as error:
            if error.reason.verdict is Verdict.SKIPPED:
                raise IgnoreRequest(f"{error.detail}; --allow-private asks it") from error
            raise
        if answer.truncated:
            if max(len(answer.body), answer.received) >= self._body_size:
                raise IgnoreRequest(f"it is larger than {self._body_size >> 20} MiB")
            raise FetchError(Reason.CONNECTION_RESET, "the answer broke off")
        return _response(answer, request)

    async def close(self) -> None:
        """Close all connections."""
        await self._guarded.close()
        await self._unguarded.close()


def private_source(source: str) -> str:
    """Return the host of *source* if its very name says that it is private; else nothing.

    Whoever writes `localhost` or `10.0.0.5` has chosen it. A name that only leads there has
    been chosen by whoever answers for the name.
    """
    parsed = ada_url.URL(source)
    return host_of(source) if named_refusal(str(parsed.hostname)) else ""


def _response(answer: Answer, request: Request) -> Response:
    """Return *answer* as Scrapy's middlewares want it."""
    headers = Headers(answer.said)
    if answer.location is not None:
        headers["Location"] = answer.location
    headers.setlist("Set-Cookie", answer.cookies)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=answer.body)
    return kind(
        request.url, status=answer.status, headers=headers, body=answer.body, request=request
    )
