"""What the network's errors mean, as a table."""

import errno
import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey, RequestInfo
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from catalog.vocabulary import Reason
from crawler.visiting.failures import FetchError, failure_of
from crawler.visiting.resolver import LookupTimeoutError, PrivateAddressError

KEY = ConnectionKey("example.com", 443, True, True, None, None, None)
ASKED = RequestInfo(URL("https://example.com"), "GET", CIMultiDictProxy(CIMultiDict()))


def connecting(error: OSError) -> Exception:
    return aiohttp.ClientConnectorError(KEY, error)


def certificate(code: int) -> Exception:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    error.verify_message = "something else"
    return aiohttp.ClientConnectorCertificateError(KEY, error)


CASES = [
    ("no such name", connecting(socket.gaierror(socket.EAI_NONAME, "Name unknown")), Reason.HOST_NOT_FOUND),
    ("a name without an address", connecting(socket.gaierror(socket.EAI_NODATA, "No address")), Reason.HOST_NOT_FOUND),
    ("the name servers are in trouble", connecting(socket.gaierror(socket.EAI_AGAIN, "Try again")), Reason.DNS_FAILURE),
    ("the name servers failed", connecting(socket.gaierror(socket.EAI_FAIL, "Failed")), Reason.DNS_FAILURE),
    ("the name servers are silent", connecting(LookupTimeoutError("no name server answered")), Reason.DNS_FAILURE),
    ("a name that leads inside", connecting(PrivateAddressError("10.0.0.1 is private")), Reason.PRIVATE_ADDRESS),
    ("nobody listens", connecting(OSError(errno.ECONNREFUSED, "Connection refused")), Reason.CONNECTION_REFUSED),
    ("no way there", connecting(OSError(errno.EHOSTUNREACH, "No route to host")), Reason.CONNECTION_REFUSED),
    ("no network", connecting(OSError(errno.ENETUNREACH, "Network is unreachable")), Reason.CONNECTION_REFUSED),
    ("the system gave up waiting", connecting(TimeoutError(errno.ETIMEDOUT, "Timed out")), Reason.TIMEOUT),
    ("cut while connecting", connecting(ConnectionResetError(errno.ECONNRESET, "Reset")), Reason.CONNECTION_RESET),
    ("cut in the handshake", connecting(ssl.SSLEOFError(8, "EOF occurred")), Reason.CONNECTION_RESET),
    ("no common protocol", connecting(ssl.SSLError(1, "[SSL: UNSUPPORTED_PROTOCOL]")), Reason.TLS_ERROR),
    ("cut later", aiohttp.ClientOSError(errno.ECONNRESET, "Reset"), Reason.CONNECTION_RESET),
    ("hung up", aiohttp.ServerDisconnectedError(), Reason.CONNECTION_RESET),
    ("gibberish", aiohttp.ClientResponseError(ASKED, (), status=400, message="Bad status line"), Reason.PROTOCOL_ERROR),
    ("a certificate that is over", certificate(10), Reason.TLS_INVALID),
    ("no address at all", aiohttp.InvalidURL("http://"), Reason.BAD_URL),
    ("a failure that has been understood", FetchError(Reason.LEGAL, "as told"), Reason.LEGAL),
]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "reason"), [pytest.param(*row, id=name) for name, *row in CASES]
)
def test_failure(error: Exception, reason: Reason) -> None:
    assert failure_of(error).reason is reason


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (9, "not valid yet"),
        (10, "expired"),
        (18, "self-signed"),
        (20, "incomplete chain"),
        (21, "incomplete chain"),
        (62, "for another host"),
        (7, "something else"),
    ],
)
def test_certificates_are_told_apart(code: int, words: str) -> None:
    assert words in failure_of(certificate(code)).detail


def test_what_the_network_says_is_one_short_line() -> None:
    detail = failure_of(aiohttp.ClientPayloadError("many\nlines " + "x" * 1000)).detail
    assert "\n" not in detail
    assert len(detail) <= 200
