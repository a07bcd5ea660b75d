"""Why there was no answer: what the network's errors mean, in the ledger's words."""

import errno
import socket
import ssl

from catalog.vocabulary import Reason
from crawler.visiting.resolver import LookupTimeoutError, PrivateAddressError


class FetchError(Exception):
    """A request that brought no answer: its reason, what the network said, how long it took."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.seconds = 0.0


_BY_ERRNO = {
    errno.ECONNREFUSED: Reason.CONNECTION_REFUSED,
    errno.EHOSTUNREACH: Reason.CONNECTION_REFUSED,
    errno.ENETUNREACH: Reason.CONNECTION_REFUSED,
    errno.EADDRNOTAVAIL: Reason.CONNECTION_REFUSED,
    errno.ETIMEDOUT: Reason.TIMEOUT,
    errno.ECONNRESET: Reason.CONNECTION_RESET,
    errno.ECONNABORTED: Reason.CONNECTION_RESET,
    errno.EPIPE: Reason.CONNECTION_RESET,
}

# The name servers' word that there is no such host; any other error is their own trouble.
# EAI_NODATA (a name without any address) is not in Python's `socket` on every system.
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})

# OpenSSL's X509_V_ERR_… numbers, in words that a maintainer can act on.
_CERTIFICATE = {
    9: "not valid yet",
    10: "expired",
    18: "self-signed",
    19: "self-signed root",
    20: "incomplete chain: its issuer's certificate is missing or not trusted",
    21: "incomplete chain: its issuer's certificate is missing or not trusted",
    23: "revoked",
    62: "for another host",
    64: "for another address",
}


def failure_of(error: OSError) -> FetchError:
    """Return what *error*, met with on the way to a server and back, means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        what = _CERTIFICATE.get(error.verify_code, error.verify_message)
        return FetchError(Reason.TLS_INVALID, f"certificate {what}")
    if isinstance(error, PrivateAddressError):
        return FetchError(Reason.PRIVATE_ADDRESS, str(error))
    if isinstance(error, LookupTimeoutError):
        return FetchError(Reason.DNS_FAILURE, str(error))
    if isinstance(error, socket.gaierror):
        known = error.errno in _NO_SUCH_HOST
        return FetchError(Reason.HOST_NOT_FOUND if known else Reason.DNS_FAILURE, _words(error))
    if isinstance(error, ssl.SSLEOFError):
        return FetchError(Reason.CONNECTION_RESET, "closed during the TLS handshake")
    if isinstance(error, ssl.SSLError):
        return FetchError(Reason.TLS_ERROR, getattr(error, "reason", None) or _words(error))
    if isinstance(error, TimeoutError):
        return FetchError(Reason.TIMEOUT, _words(error))
    reason = _BY_ERRNO.get(error.errno or 0, Reason.CONNECTION_RESET)
    return FetchError(reason, _words(error))


def _words(error: OSError) -> str:
    """Return what *error* says, on one line and not too long; our own paths are not in it."""
    text = error.strerror or str(error) or type(error).__name__
    return " ".join(text.split())[:200]
