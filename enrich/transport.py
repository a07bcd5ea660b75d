"""Where requests go: `--connect-to` and `--ca-file` for every client that enrichment uses."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import certifi
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ReadTimeout, RequestException
from urllib3.exceptions import HTTPError, ReadTimeoutError

from catalog.connect_to import PORTS, ConnectTo
from enrich.options import EnrichOptions

# Longer than anything that a forge has to say.
MOST_BYTES = 8 * 1024 * 1024


class ConnectToAdapter(HTTPAdapter):
    """Connects elsewhere, with the names that were meant in Host, SNI and certificate."""

    def __init__(self, connect_to: ConnectTo, ca_file: Path | None = None) -> None:
        self._connect_to = connect_to
        self._ca_file = ca_file
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Trust the authorities of `--ca-file` beside the usual ones."""
        if self._ca_file is not None:
            context = ssl.create_default_context(cafile=certifi.where())
            context.load_verify_locations(cafile=self._ca_file)
            more["ssl_context"] = context
        super().init_poolmanager(*args, **more)

    def build_connection_pool_key_attributes(  # type: ignore[override]  # its types are private
        self,
        request: PreparedRequest,
        verify: bool | str,
        cert: Any = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Turn the pool's host and port to where we connect instead."""
        to: dict[str, Any]
        pool: dict[str, Any]
        to, pool = super().build_connection_pool_key_attributes(request, verify, cert)  # type: ignore[assignment]  # typed dicts
        if self._ca_file is not None and verify is True:
            pool.pop("ca_certs", None)  # the context has them all
        host, port = str(to["host"]), to.get("port") or PORTS[str(to["scheme"])]
        if target := self._connect_to.target(host, port):
            if to["scheme"] == "https":
                pool |= {"server_hostname": host, "assert_hostname": host}
            to["host"], to["port"] = target
        return to, pool

    def send(self, request: PreparedRequest, *args: Any, **more: Any) -> Response:
        """Send *request*; one that is led elsewhere, or stays on this machine, takes no proxy."""
        parts = urlsplit(request.url or "")
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
        if is_loopback(host) or self._connect_to.target(host, port):
            more["proxies"] = {}
        return super().send(request, *args, **more)

    def add_headers(self, request: PreparedRequest, **_more: Any) -> None:
        """Name the host that was meant, not the one that we connect to."""
        host = (request.url or "").partition("//")[2].partition("/")[0].rpartition("@")[2]
        request.headers.setdefault("Host", host)


def is_loopback(host: str) -> bool:
    """Return whether *host* is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Session(Session):
    """A session that leaves redirects to us.

    Also where it is not to follow one, requests would parse its address, which fails on what
    is none, and read its body to the end, however long that takes.
    """

    def get_redirect_target(self, resp: Response) -> str | None:
        """Return that there is nothing to follow."""
        return None


def open_session(options: EnrichOptions) -> Session:
    """Return a session that connects as *options* say, and takes no passwords from files."""
    session = _Session()
    session.auth = _no_auth  # else requests would look into ~/.netrc
    session.headers["User-Agent"] = options.user_agent
    adapter = ConnectToAdapter(ConnectTo(options.connect_to), options.ca_file)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _no_auth(request: PreparedRequest) -> PreparedRequest:
    return request


class UnreadableError(RequestException):
    """An answer that breaks off, or is too long to be read to its end."""


def read_body(response: Response, seconds: float) -> str:
    """Return the body of *response* as text, if it comes within *seconds* and `MOST_BYTES`.

    The time-outs of requests start anew with each byte; this one does not. Raises
    `UnreadableError`, or `ReadTimeout` as requests does.
    """
    end = monotonic() + seconds
    body = bytearray()
    try:
        # What is there, and at most so much at once: a full buffer is not waited for.
        while part := response.raw.read1(64 * 1024, decode_content=True):
            body += part
            if len(body) > MOST_BYTES:
                raise UnreadableError(f"an answer of more than {MOST_BYTES:,} bytes")
            if monotonic() > end:
                raise ReadTimeout("an answer that does not end")
    except ReadTimeoutError as error:
        raise ReadTimeout("an answer that stopped") from error
    except HTTPError as error:
        raise UnreadableError("an answer that breaks off") from error
    return body.decode("utf-8", "replace")


def fetch(
    session: Session, url: str, seconds: float, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Return status, headers in lower case, and text of the answer to GET *url*.

    Redirects are not followed. Raises `RequestException`, for a body that does not end within
    *seconds*, too.
    """
    with session.get(
        url, headers=headers, timeout=seconds, allow_redirects=False, stream=True
    ) as response:
        return response.status_code, lower(response.headers), read_body(response, seconds)


@contextmanager
def connect(options: EnrichOptions) -> Iterator[Callable[[str, float], tuple[int, str]]]:
    """Give a function from an address, and how many seconds it may take, to status and text."""
    with open_session(options) as session:

        def ask(url: str, seconds: float) -> tuple[int, str]:
            status, _, text = fetch(session, url, seconds)
            return status, text

        yield ask


def lower(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return *headers* with names in lower case and values as text."""
    return {name.lower(): str(value) for name, value in headers.items()}
