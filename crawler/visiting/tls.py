"""Whom the crawl trusts to say that a server is who it claims to be."""

import ssl

from crawler.options import CrawlOptions


def tls_context(options: CrawlOptions) -> ssl.SSLContext:
    """Return what certificates are verified with: the system's authorities, and the user's own.

    Raises `ValueError`, in words for a person, where those cannot be read.
    """
    context = ssl.create_default_context()
    try:
        if options.ca_file is not None:
            context.load_verify_locations(options.ca_file)
        if options.ca_data:
            context.load_verify_locations(cadata=options.ca_data)
    except OSError as error:  # ssl.SSLError is one
        source = options.ca_file or "what was sent along"
        raise ValueError(f"cannot read certificates from {source}: {error}") from error
    return context
