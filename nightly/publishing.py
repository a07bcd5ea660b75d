"""The reports that a night leaves for people and programs, each in whole or as it was."""

from datetime import datetime
from pathlib import Path

from catalog.connection import Catalog
from catalog.sharing.publish import is_own_place
from nightly.config import Settings
from nightly.exits import ConfigError
from nightly.files import write_whole
from nightly.selecting import selected
from report.formats import FORMATS, chunks, style_for

# What a night writes, and under which name. The rest is for `linkledger report --format`.
REPORTS = {
    "report.html": "html",
    "report.md": "markdown",
    "report.json": "json",
    "report.csv": "csv",
    "feed.atom": "atom",
}


def check_published(settings: Settings) -> None:
    """Raise `ConfigError` where what is published would take the place of the catalog itself."""
    if is_own_place(settings.catalog, settings.published):
        raise ConfigError(
            f"published: {settings.published} is the catalog's own folder, where a snapshot would"
            " take its place; name another folder"
        )


def publish_reports(db: Catalog, settings: Settings, now: datetime) -> tuple[Path, ...]:
    """Write every report on *db* into the folder for them, and return their files."""
    found = selected(db, now)
    style = style_for(found, settings.language)
    files = []
    for name, format_name in REPORTS.items():
        assert format_name in FORMATS  # a mistake in the table above
        write_whole(settings.published / name, chunks(found, format_name, style))
        files.append(settings.published / name)
    return tuple(files)
