"""Ask the Internet Archive for a page as it was when the issue came out. Gently, and once.

Its CDX server lists the captures of an address: `to` bounds them, `limit=-1` takes the last,
`filter` leaves out captures of error pages and redirects.
https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from time import sleep
from urllib.parse import urlencode

from catalog.address import is_web
from catalog.json_text import said_in_json

_TIMESTAMP = re.compile(r"[0-9]{14}")

# Asks at an address, for so many seconds at most: status and text. Raises `OSError` for none.
Fetch = Callable[[str, float], tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaybackOptions:
    """How to ask: *api* is who answers, *copies* where readers find the copies.

    Times are in seconds. At most *limit* addresses are asked about in one night. *connect*
    opens what requests are sent by.
    """

    connect: Callable[[], AbstractContextManager[Fetch]]
    api: str = "https://web.archive.org"
    copies: str = "https://web.archive.org"
    delay: float = 2.0
    timeout: float = 30.0
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A page as the Internet Archive keeps it; `taken_at` as the catalog writes times."""

    address: str
    taken_at: str


class WaybackError(Exception):
    """The Internet Archive does not answer, or asks us to come later."""


class Wayback:
    """A conversation with the Internet Archive that never asks faster than it should."""

    def __init__(
        self, options: WaybackOptions, fetch: Fetch, pause: Callable[[float], None]
    ) -> None:
        self._options = options
        self._fetch = fetch
        self._pause = pause
        self._asked = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether enough was asked for one night."""
        return self._asked >= self._options.limit

    def last_before(self, url: str, day: str) -> Copy | None:
        """Return the last good copy of *url* taken up to the end of *day* (`2021-01-19`).

        None where there is none. Raises `WaybackError` where nobody can tell today.
        """
        if self._asked:
            self._pause(self._options.delay)
        self._asked += 1
        rows = self._answer(url, day.replace("-", "") + "235959")
        return self._copy(rows) if rows else None

    def _answer(self, url: str, until: str) -> list[list[str]]:
        """Return the captures that the server lists, without the head of the list."""
        question = {
            "url": url,
            "to": until,
            "limit": "-1",
            "filter": "statuscode:200",
            "fl": "timestamp,original",
            "output": "json",
        }
        address = f"{self._options.api.rstrip('/')}/cdx/search/cdx?{urlencode(question)}"
        try:
            status, text = self._fetch(address, self._options.timeout)
            if status != 200:
                raise WaybackError(f"the Internet Archive answers {status}")
            return _rows(said_in_json(text or "[]"))
        except (OSError, ValueError) as error:
            raise WaybackError(f"the Internet Archive cannot be asked: {error}") from error

    def _copy(self, rows: list[list[str]]) -> Copy | None:
        taken, original = rows[-1]
        if not _TIMESTAMP.fullmatch(taken) or not is_web(original):
            return None
        when = f"{taken[:4]}-{taken[4:6]}-{taken[6:8]}T{taken[8:10]}:{taken[10:12]}:{taken[12:]}Z"
        address = f"{self._options.copies.rstrip('/')}/web/{taken}/{original}"
        return Copy(address=address, taken_at=when)


@contextmanager
def open_wayback(
    options: WaybackOptions, *, pause: Callable[[float], None] = sleep
) -> Iterator[Wayback]:
    """Give a conversation as *options* say, to the end of the block."""
    with options.connect() as fetch:
        yield Wayback(options, fetch, pause)


def _rows(answer: object) -> list[list[str]]:
    """Return the rows of a list of pairs, or raise `ValueError` for any other answer."""
    if not isinstance(answer, list) or not all(
        isinstance(row, list) and len(row) == 2 and all(isinstance(cell, str) for cell in row)
        for row in answer
    ):
        raise ValueError("it is not a list of captures")
    return answer[1:]
