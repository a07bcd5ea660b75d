"""The settings as each stage wants them: its own options, filled field by field."""

from dataclasses import fields
from typing import Any

from crawler.options import CrawlOptions
from enrich.options import EnrichOptions
from nightly.config import Settings
from nightly.exits import ConfigError


def crawl_options(settings: Settings, *, everything: bool = False) -> CrawlOptions:
    """Return how to crawl; raises `ConfigError` where the settings make no sense together."""
    try:
        return CrawlOptions(everything=everything, **_same_names(CrawlOptions, settings))
    except ValueError as error:
        raise ConfigError(str(error)) from None


def enrich_options(settings: Settings, *, everything: bool = False) -> EnrichOptions:
    """Return how to ask forges and arXiv; raises `ConfigError` likewise."""
    token = settings.github_token.get_secret_value()
    tokens = tuple(token.replace(",", " ").split())
    given = _same_names(EnrichOptions, settings)
    try:
        return EnrichOptions(
            everything=everything,
            github_tokens=tokens,
            pace=settings.forge_pace,
            user_agent=CrawlOptions(contact=settings.contact).user_agent,
            **given,
        )
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _same_names(options: type[Any], settings: Settings) -> dict[str, Any]:
    """Return the settings that go by the same name as a field of *options*."""
    names = {field.name for field in fields(options)} & set(Settings.model_fields)
    return {name: getattr(settings, name) for name in names}
