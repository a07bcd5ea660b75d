"""Ask GitHub what one question does not tell: unknown license files, stars of earlier weeks."""

import base64
import binascii
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.clock import stamp
from catalog.database import Database
from catalog.records import DueRepo, LicenseReading, StarHistory
from catalog.repositories import (
    save_history,
    save_license,
    stars_of,
    unread_histories,
    unread_licenses,
)
from enrich.answers import Answer, Kind
from enrich.facts import count, rows, table
from enrich.github.client import GitHubClient
from enrich.github.facts import HOST
from enrich.github.queries import path_of
from enrich.license_files import Finding, read_license
from enrich.licenses import UNRECOGNISED
from enrich.options import EnrichOptions

# GitHub gives at most thirty weeks a page; two pages make more than a year.
_WEEKS = 30
_PAGES = 2

_MOST_BYTES = 1024 * 1024


def read_licenses(
    db: Database, client: GitHubClient, options: EnrichOptions, clock: Callable[[], datetime]
) -> Iterator[int]:
    """Read the license files that GitHub found and did not recognise; yield 1 for each."""
    for due in unread_licenses(db, clock(), forge=HOST, limit=options.licenses):
        answer = client.get(f"{path_of(due.repo)}/license")
        finding = _finding(answer)
        if finding is not None:
            reading = LicenseReading(
                repo_id=due.repo_id,
                read_at=stamp(clock()),
                detected=finding.detected,
                category=finding.category,
            )
            save_license(db, reading)
            yield 1


def _finding(answer: Answer) -> Finding | None:
    """Return what the file in *answer* says; None where nothing may be concluded."""
    if answer.kind is Kind.GONE:  # the file went since, or is behind a link
        return Finding(detected=UNRECOGNISED, category="unrecognised")
    body = table(answer.data)
    content = body.get("content")
    if answer.kind is not Kind.OK or not isinstance(content, str):
        return None
    try:
        data = base64.b64decode(content[: 2 * _MOST_BYTES])
    except binascii.Error:
        return None
    return read_license(data)


def fill_histories(
    db: Database,
    client: GitHubClient,
    options: EnrichOptions,
    clock: Callable[[], datetime],
    run_id: int,
) -> Iterator[int]:
    """Fill in the stars of the year before our first look; yield 1 for each repository."""
    for due in unread_histories(db, forge=HOST, limit=options.histories):
        weeks = _weeks(client, due)
        if weeks is None:
            continue
        stars = stars_of(db, due.repo_id)
        history = StarHistory(
            repo_id=due.repo_id,
            read_at=stamp(clock()),
            stars=tuple(star_totals(weeks, stars)) if stars is not None else (),
        )
        save_history(db, run_id, history)
        yield 1


def _weeks(client: GitHubClient, due: DueRepo) -> list[dict[str, Any]] | None:
    """Return the weeks that GitHub counts, the newest first; None where it did not say."""
    weeks: list[dict[str, Any]] = []
    for page in range(1, _PAGES + 1):
        path = f"{path_of(due.repo)}/stargazers/history"
        answer = client.get(f"{path}?per_page={_WEEKS}&page={page}")
        if answer.kind is Kind.TRANSIENT:
            return None
        if answer.kind is not Kind.OK:  # not for this repository, or not on this server
            break
        found = list(rows(answer.data))
        weeks += found
        if len(found) < _WEEKS:
            break
    return weeks


def star_totals(weeks: list[dict[str, Any]], stars: int) -> Iterator[tuple[str, int]]:
    """Yield the total on the last day before each of *weeks*, newest first, given *stars* now.

    A week says how many stars it brought, so that the totals are counted down from now.
    """
    for week in weeks:
        begin, won = count(week.get("week")), count(week.get("total"))
        if begin is None or won is None or begin > 2**33:
            return
        stars = max(stars - won, 0)
        day = datetime.fromtimestamp(begin, UTC) - timedelta(days=1)
        yield day.strftime("%Y-%m-%d"), stars
