"""PyGithub's connections, over a session of ours: what it is told, it can read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from github.Requester import HTTPRequestsConnectionClass, Requester, RequestsResponse
from requests import Response, Session
from requests.exceptions import InvalidJSONError

from catalog.address import joined
from catalog.connect_to import PORTS
from catalog.json_text import said_in_json
from enrich.facts import table
from enrich.transport import read_body

_MOST_REDIRECTS = 5

# PyGithub makes numbers of these, and fails on what is none.
_QUOTA = re.compile(r"x-ratelimit-(?:limit|remaining|reset)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")


class _Reply(RequestsResponse):
    """An answer as PyGithub wants it, already read.

    PyGithub would ask again for ever where the status is 202, «not ready yet»; here that is
    a 503, which our own retries know. A redirect that is left is none that it would follow.
    """

    def __init__(self, response: Response, body: str) -> None:
        super().__init__(response)
        self.status = {202: 503, 301: 302}.get(response.status_code, response.status_code)
        self.body = body

    def getheaders(self) -> Any:
        """Return the headers without quotas that are no numbers."""
        return [
            (name, value)
            for name, value in self.headers.items()
            if not _QUOTA.fullmatch(name) or _NUMBER.fullmatch(value)
        ]

    def read(self) -> str:
        return self.body


class _Plain(HTTPRequestsConnectionClass):
    """PyGithub's connection, over a session of ours that outlives it."""

    protocol, port = "http", 80
    session: Session
    only_github = False

    def __init__(self, host: str, port: int | None = None, **more: Any) -> None:
        self.host = host
        self.port = port or self.port
        self.timeout = more.get("timeout")
        self.verify = more.get("verify", True)

    def getresponse(self) -> RequestsResponse:
        """Return the answer, behind lasting redirects on the same server.

        Renamed repositories answer with one. Raises `RequestException`.
        """
        url = f"{self.protocol}://{self.host}:{self.port}{self.url}"
        reply = self._reply(url)
        for _ in range(_MOST_REDIRECTS):
            target = joined(url, reply.headers.get("location", ""))
            if reply.response.status_code != 301 or _server(target) != _server(url):
                break
            url, reply = target, self._reply(target)
        if self.only_github and reply.status >= 500:
            reply.body = ""  # a page for people, by whatever stands before GitHub
        elif self.only_github and not _is_githubs(reply):
            raise InvalidJSONError("this is nothing that GitHub would say")
        return reply

    def _reply(self, url: str) -> _Reply:
        with self.session.request(
            self.verb,
            url,
            headers=self.headers,
            data=self.input,
            timeout=self.timeout,
            verify=self.verify,
            allow_redirects=False,
            stream=True,
        ) as response:
            return _Reply(response, read_body(response, self.timeout or 60.0))

    def close(self) -> None:
        """Leave the session open: the next connection uses it, too."""


def _server(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)
    except ValueError:  # a port that is no number
        return "", "", None


def _is_githubs(reply: _Reply) -> bool:
    """Return whether PyGithub can make an object, or an error, of *reply*."""
    if reply.status < 200 or 300 <= reply.status < 400:
        return False
    try:
        said = said_in_json(reply.body or "{}")
    except ValueError:
        return False
    return isinstance(said, list) or (
        isinstance(said, dict) and isinstance(table(said).get("message", ""), str)
    )


@contextmanager
def pygithub_over(session: Session, *, only_github: bool = False) -> Iterator[None]:
    """Let PyGithub connect by *session* in the block; it has one door for it, the process's.

    With *only_github* an answer that is not of the shape of GitHub's raises
    `InvalidJSONError`: for who uses PyGithub's objects, which trust what they are told.
    """
    more = {"session": session, "only_github": only_github}
    plain = type("Plain", (_Plain,), more)
    secure = type("Secure", (_Plain,), more | {"protocol": "https", "port": 443})
    Requester.injectConnectionClasses(plain, secure)
    try:
        yield
    finally:
        Requester.resetConnectionClasses()
