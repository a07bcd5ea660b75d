"""Whom the crawl trusts to say that a server is who it claims to be."""

import ssl
from functools import cache
from pathlib import Path

from crawler.options import CrawlOptions


def tls_context(options: CrawlOptions) -> ssl.SSLContext:
    """Return what certificates are verified with: the system's authorities, and the user's own.

    Raises `ValueError`, in words for a person, where those cannot be read.
    """
    return _context(options.ca_file, options.ca_data)


@cache  # to load the system's authorities takes as long as to visit a hundred links
def _context(ca_file: Path | None, ca_data: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if ca_file is not None:
            context.load_verify_locations(ca_file)
        if ca_data:
            context.load_verify_locations(cadata=ca_data)
    except OSError as error:  # ssl.SSLError is one
        source = ca_file or "what was sent along"
        raise ValueError(f"cannot read certificates from {source}: {error}") from error
    return context
