"""Ask any web API, with retries: redirects only within its host, bodies only up to a size."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from urllib.parse import urlsplit

from requests import Session
from requests.exceptions import RequestException

from catalog.address import joined
from enrich.answers import Answer, Kind, classify, unreachable
from enrich.options import EnrichOptions
from enrich.retries import RetryPolicy
from enrich.transport import fetch

_MOST_REDIRECTS = 5


class WebClient:
    """One API as a function from paths to answers, asked no faster than *pace* allows.

    *read* says what status, headers and body mean.
    """

    def __init__(
        self,
        session: Session,
        base: str,
        options: EnrichOptions,
        clock: Callable[[], datetime],
        show: Callable[[str], None],
        *,
        pace: float,
        read: Callable[[int, dict[str, str], str], Answer] = classify,
    ) -> None:
        self.calls: Counter[str] = Counter()
        self._session = session
        self._base = base.rstrip("/")
        self._options = options
        self._pace = pace
        self._last = -pace
        self._read = read
        self._host = urlsplit(base).netloc
        self._retries = RetryPolicy(self._host, options, clock, show)

    def get(self, path: str) -> Answer:
        """Return the answer to GET *path*, asked again while that may help.

        Raises `LimitReachedError` and `ForgeDownError`.
        """
        return self._retries.ask(lambda: self._follow(self._base + path))

    def _follow(self, url: str) -> Answer:
        """Return the answer at *url*, or where it redirects to on the same host."""
        answer = unreachable("too many redirects")
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._send(url)
            target = joined(url, answer.header("location"))
            if answer.kind is not Kind.MOVED or not target:
                return answer
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                return Answer(
                    kind=Kind.UNCLEAR,
                    status=answer.status,
                    message=f"redirected to another host, {urlsplit(target).netloc}",
                )
            url = target
        return Answer(kind=Kind.UNCLEAR, status=answer.status, message="too many redirects")

    def _send(self, url: str) -> Answer:
        self._keep_pace()
        self.calls[self._host] += 1
        try:
            return self._read(*fetch(self._session, url, self._options.timeout))
        except RequestException as error:
            return unreachable(type(error).__name__)

    def _keep_pace(self) -> None:
        wait = self._last + self._pace - monotonic()
        if wait > 0:
            self._options.sleep(wait)
        self._last = monotonic()
