"""Certificates for whatever host a visitor asks for, made on the spot by an authority of ours."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import trustme


class Authority:
    """A certificate authority that lives as long as the little web does."""

    def __init__(self, expired: Callable[[str], bool]) -> None:
        """Make the authority; *expired* says which hosts forgot to renew theirs."""
        self._ca = trustme.CA()
        self._expired = expired
        self._context_of = cache(self._issue)

    def write(self, file: Path) -> None:
        """Write the authority's certificate to *file*, for `--ca-file`."""
        self._ca.cert_pem.write_to_path(str(file))

    def server_context(self) -> ssl.SSLContext:
        """Return a context that shows each visitor the certificate of the host they name."""
        context = self._issue("localhost")
        context.sni_callback = self._choose
        return context

    def _choose(
        self,
        connection: ssl.SSLSocket | ssl.SSLObject,
        name: str | None,
        _context: ssl.SSLContext,
    ) -> None:
        """Switch *connection* to the certificate of the host *name*."""
        if name:
            connection.context = self._context_of(name)

    def _issue(self, host: str) -> ssl.SSLContext:
        """Return a context with a certificate for *host*, expired where it should be."""
        now = datetime.now(UTC)
        begin, end = now - timedelta(days=400), now + timedelta(days=30)
        if self._expired(host):
            end = now - timedelta(days=3)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(host, not_before=begin, not_after=end).configure_cert(context)
        return context
