"""One exchange with a server: what is asked, what is answered, and how else it may end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from scrapy.http import Response

from catalog.vocabulary import Reason
from crawler.steady import steady_time
from crawler.visiting.failures import FetchError

# What the judging reads out of the headers.
KEPT_HEADERS: Final = frozenset(
    {
        "content-type",
        "content-length",
        "content-disposition",
        "content-encoding",
        "content-language",
        "etag",
        "last-modified",
        "retry-after",
        "server",
        "location",
        "refresh",
        "www-authenticate",
        "x-powered-by",
        "via",
        "link",
        "set-cookie",
        "cf-mitigated",
        "cf-ray",
        "x-amzn-waf-action",
        "x-vercel-mitigated",
        "x-sucuri-block",
        "x-datadome",
        "x-iinfo",
        "x-safeline",
        "x-deny-reason",
    }
)


@dataclass(slots=True)
class Asked:
    """What a request carries besides its address, as `request.meta["asked"]`.

    `headers` are here because Scrapy's own would be text to bytes, and bytes to text again.
    `seconds` is what is left of the whole visit; `not_after` the end of the lease, by
    `steady_time()`; `any_type` that the body is wanted whatever it is declared to be;
    `is_last` that the connection will not be needed again; `on_sent` is called when the
    request has left, and `on_answer` when the answer has begun.
    """

    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    not_after: float = float("inf")
    any_type: bool = False
    is_last: bool = False
    on_sent: Callable[[], None] = lambda: None
    on_answer: Callable[[], None] = lambda: None

    def check_lease(self) -> None:
        """Raise `LeaseEndedError` past the lease."""
        if steady_time() > self.not_after:
            raise LeaseEndedError


class Answer(Response):
    """What a server said: lower-case headers that are kept, and its body as far as it was read."""

    said: dict[str, str]
    location: bytes | None
    cookies: tuple[str, ...]
    truncated: bool
    received: int
    seconds: float


class LeaseEndedError(Exception):
    """Nothing may be sent any more: the hosts belong to another worker now."""


class StaleConnectionError(FetchError):
    """The server closed a connection that was open since an earlier request.

    That says nothing of the page, and the server may have seen the request or not: it may be
    asked again, when it is the host's turn again.
    """

    def __init__(self) -> None:
        super().__init__(Reason.CONNECTION_RESET, "an open connection was closed")
