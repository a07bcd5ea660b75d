"""What the network's errors mean, as a table."""

import errno
import socket
import ssl

import pytest

from catalog.vocabulary import Reason
from crawler.visiting.failures import failure_of
from crawler.visiting.resolver import LookupTimeoutError, PrivateAddressError


def certificate(code: int) -> OSError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    error.verify_message = "something else"
    return error


CASES = [
    ("no such name", socket.gaierror(socket.EAI_NONAME, "Name unknown"), Reason.HOST_NOT_FOUND),
    ("a name without an address", socket.gaierror(socket.EAI_NODATA, "No address"), Reason.HOST_NOT_FOUND),
    ("the name servers are in trouble", socket.gaierror(socket.EAI_AGAIN, "Try again"), Reason.DNS_FAILURE),
    ("the name servers failed", socket.gaierror(socket.EAI_FAIL, "Failed"), Reason.DNS_FAILURE),
    ("the name servers are silent", LookupTimeoutError("no name server answered"), Reason.DNS_FAILURE),
    ("a name that leads inside", PrivateAddressError("10.0.0.1 is private"), Reason.PRIVATE_ADDRESS),
    ("nobody listens", OSError(errno.ECONNREFUSED, "Connection refused"), Reason.CONNECTION_REFUSED),
    ("no way there", OSError(errno.EHOSTUNREACH, "No route to host"), Reason.CONNECTION_REFUSED),
    ("no network", OSError(errno.ENETUNREACH, "Network is unreachable"), Reason.CONNECTION_REFUSED),
    ("the system gave up waiting", TimeoutError(errno.ETIMEDOUT, "Timed out"), Reason.TIMEOUT),
    ("cut while connecting", ConnectionResetError(errno.ECONNRESET, "Reset"), Reason.CONNECTION_RESET),
    ("cut in the handshake", ssl.SSLEOFError(8, "EOF occurred"), Reason.CONNECTION_RESET),
    ("no common protocol", ssl.SSLError(1, "[SSL: UNSUPPORTED_PROTOCOL]"), Reason.TLS_ERROR),
    ("cut later", BrokenPipeError(errno.EPIPE, "Broken pipe"), Reason.CONNECTION_RESET),
    ("something else", OSError("nobody knows"), Reason.CONNECTION_RESET),
    ("a certificate that is over", certificate(10), Reason.TLS_INVALID),
]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "reason"), [pytest.param(*row, id=name) for name, *row in CASES]
)
def test_failure(error: OSError, reason: Reason) -> None:
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
    detail = failure_of(OSError("many\nlines " + "x" * 1000)).detail
    assert "\n" not in detail
    assert len(detail) <= 200
