"""Tell the outside of a night: a ping when it begins and ends, metrics, and mail with the news."""

import logging
from collections.abc import Callable

from catalog.connection import open_catalog
from nightly.clock import Clock
from nightly.config import Settings
from nightly.exits import Exit, explained, fault, one_line
from nightly.notices.mail import send
from nightly.notices.metrics import write_metrics
from nightly.notices.ping import ping_end, ping_start
from nightly.selecting import selected
from nightly.stage_options import mail_server
from nightly.summary import NightSummary
from report.findings import Group, Report
from report.formats import render, style_for

_log = logging.getLogger("linkledger")

_MOST_LINKS = 20  # in a section of a mail


def told(settings: Settings, clock: Clock, night: Callable[[], NightSummary]) -> NightSummary:
    """Run *night* and return its summary; whoever is to hear of it hears of it.

    A ping, a file of metrics or a mail that does not arrive is a warning in the log, and
    changes nothing about the night.
    """
    if settings.ping_url:
        ping_start(settings.ping_url, settings.ca_file)
    try:
        summary = night()
    except BaseException as error:
        words, status = explained(error) or (str(error), Exit.FAILED)
        if settings.ping_url:
            ping_end(settings.ping_url, status, words, settings.ca_file)
        raise
    for tell in (_metrics, _mail):
        try:
            tell(settings, clock, summary)
        except Exception as error:  # noqa: BLE001 - the ping is still waited for
            words, _ = explained(error) or (fault(error), Exit.FAILED)
            _log.warning("%s", words)
    if settings.ping_url:
        ping_end(settings.ping_url, summary.exit, _lines(summary), settings.ca_file)
    return summary


def _lines(summary: NightSummary) -> str:
    return "\n".join(f"{phase.name}: {one_line(phase.words)}" for phase in summary.phases)


def _metrics(settings: Settings, _clock: Clock, summary: NightSummary) -> None:
    if settings.metrics_file:
        db = open_catalog(settings.catalog, read_only=True)
        write_metrics(settings.metrics_file, db, summary)
        db.close()


def _mail(settings: Settings, clock: Clock, summary: NightSummary) -> None:
    """Send the short report where there is news in it, or where the night went wrong."""
    if not settings.mail_to:
        return
    db = open_catalog(settings.catalog, read_only=True)
    found = selected(db, clock())
    db.close()
    subject = _subject(found, summary)
    if not subject:
        return
    style = style_for(found, settings.language, limit=_MOST_LINKS)
    send(
        mail_server(settings),
        sender=settings.mail_from,
        to=settings.mail_to,
        subject=f"linkledger: {subject}",
        text=f"{_lines(summary)}\n\n{render(found, 'terminal', style)}",
    )


def _subject(found: Report, summary: NightSummary) -> str:
    """Return the news in a few words, empty where there is none."""
    if summary.exit is not Exit.DONE:
        return summary.untrusted or "the night did not come to its end"
    new, fixed = len(found.of(Group.NEWLY_BROKEN)), len(found.fixed)
    parts = [f"{new} newly broken"] if new else []
    return ", ".join([*parts, f"{fixed} fixed"] if fixed else parts)
