"""The settings as each stage wants them: its own options, filled field by field."""

from dataclasses import fields
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from catalog.connect_to import PORTS, ConnectTo
from crawler.options import CrawlOptions
from enrich.options import EnrichOptions
from nightly.config import Settings
from nightly.exits import ConfigError
from nightly.notices.mail import MailServer
from report.wayback import WaybackOptions


def crawl_options(settings: Settings, *, everything: bool = False) -> CrawlOptions:
    """Return how to crawl; raises `ConfigError` where the settings make no sense together."""
    try:
        return CrawlOptions(everything=everything, **_same_names(CrawlOptions, settings))
    except ValueError as error:
        raise ConfigError(str(error)) from None


def enrich_options(settings: Settings, *, everything: bool = False) -> EnrichOptions:
    """Return how to ask forges and arXiv; raises `ConfigError` likewise."""
    given = _same_names(EnrichOptions, settings)
    try:
        return EnrichOptions(
            everything=everything,
            github_tokens=settings.github_tokens,
            pace=settings.forge_pace,
            user_agent=CrawlOptions(contact=settings.contact).user_agent,
            **given,
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None


def wayback_options(settings: Settings) -> WaybackOptions | None:
    """Return how to ask the Internet Archive; None where it is not to be asked.

    Where `connect_to` leads its host elsewhere, that is a web of its own, without an archive.
    """
    from enrich.transport import connect  # takes long to load, and few need it

    api = urlsplit(settings.wayback_api)
    port = api.port or PORTS.get(api.scheme)
    if not api.hostname or port is None:
        return None
    if ConnectTo(settings.connect_to).target(api.hostname, port) is not None:
        return None
    return WaybackOptions(
        api=settings.wayback_api,
        connect=partial(connect, enrich_options(settings)),
        delay=settings.wayback_pace,
    )


def mail_server(settings: Settings) -> MailServer:
    """Return the server that sends mail."""
    return MailServer(
        address=settings.mail_server,
        ca_file=settings.ca_file,
        user=settings.mail_user,
        password=settings.mail_password.get_secret_value(),
    )


def _same_names(options: type[Any], settings: Settings) -> dict[str, Any]:
    """Return the settings that go by the same name as a field of *options*."""
    names = {field.name for field in fields(options)} & set(Settings.model_fields)
    return {name: getattr(settings, name) for name in names}
