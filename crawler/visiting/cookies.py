"""The cookies of one visit: those that its redirects set go with its later requests."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from catalog.address import is_web

if TYPE_CHECKING:
    from aiohttp import CookieJar


class Cookies:
    """Cookies as a browser keeps them while it follows one link.

    `lines` are the `Set-Cookie` lines met so far, each with the address that sent it; bytes
    beyond ASCII are in them as Latin-1, so that they can be sent back as they came.
    """

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        self.lines = list(lines)
        self._jar: CookieJar | None = None
        self._in_jar = 0

    def take(self, sender: str, lines: Iterable[str]) -> None:
        """Take in what *sender*, an address, has set."""
        self.lines += [(sender, line) for line in lines]

    def header(self, url: str) -> str:
        """Return what goes with a request to *url* as `Cookie`; empty for nothing."""
        if not self.lines or not is_web(url):
            return ""
        # Here, since few links set a cookie on the way, and every worker would wait for it.
        from aiohttp import CookieJar
        from yarl import URL

        if self._jar is None:
            self._jar = CookieJar(unsafe=True)  # also of hosts that are addresses
        for sender, line in self.lines[self._in_jar :]:
            self._jar.update_cookies_from_headers([line], URL(sender, encoded=True))
        self._in_jar = len(self.lines)
        cookies = self._jar.filter_cookies(URL(url, encoded=True))
        return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
