"""Look at everything a night needs, before a night needs it, and say what to do."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import requests

from catalog.clock import moment
from catalog.connection import CatalogError, open_catalog
from catalog.sharing.publish import is_own_place
from crawler.reading.source_kind import SourceKind, source_kind, why_missing
from enrich.answers import Answer
from enrich.facts import count, table
from nightly.config import Settings, idle_variables
from nightly.exits import CommandError
from nightly.network import github_quota, look, time_told_by_github
from nightly.notices.mail import log_in
from nightly.stage_options import mail_server

ROOM = 500 * 1024 * 1024  # bytes that should be free: a night's growth, a snapshot, the log
LARGEST_SKEW = timedelta(minutes=5)

# In the environment of tests only; every other LINKLEDGER_ name has to be a setting's.
_OF_OTHERS = frozenset({"LINKLEDGER_SHARED"})


class Health(StrEnum):
    """What a finding means for the next night."""

    GOOD = "good"
    WEAK = "weak"  # the night will run, but not as well as it could
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at, how it is, and where it is not good what to do."""

    about: str
    health: Health
    words: str


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield what there is to say about each thing a night needs, as it is found out."""
    looks: tuple[tuple[str, Callable[[Settings, datetime], tuple[Health, str]]], ...] = (
        ("configuration", _configuration),
        ("archive", _archive),
        ("catalog", _catalog),
        ("disk", _disk),
        ("reports", _reports),
        ("SQLite", _sqlite),
        ("network", _network),
        ("GitHub", _github),
        ("clock", _clock),
        ("mail", _mail),
    )
    for about, examined in looks:
        health, words = examined(settings, now)
        yield Finding(about=about, health=health, words=words)


def _configuration(_settings: Settings, _now: datetime) -> tuple[Health, str]:
    strangers = [name for name in idle_variables() if name not in _OF_OTHERS]
    if strangers:
        return Health.WEAK, f"no setting is called {', '.join(strangers)}; correct or unset it"
    return Health.GOOD, "every setting is understood"


def _archive(settings: Settings, _now: datetime) -> tuple[Health, str]:
    if not settings.sources:
        return Health.WEAK, "no sources are set; `linkledger init FOLDER` writes them down"
    if missing := missing_folders(settings.sources):
        return Health.BAD, f"{'; '.join(map(why_missing, missing))}; correct `sources`"
    return Health.GOOD, ", ".join(settings.sources)


def missing_folders(sources: Iterable[str]) -> list[str]:
    """Return those of *sources* that should be on this machine and are not."""
    return [
        source
        for source in sources
        if source_kind(source) is SourceKind.FOLDER and not Path(source).exists()
    ]


def _catalog(settings: Settings, now: datetime) -> tuple[Health, str]:
    path = settings.catalog
    if not path.exists():
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        if not os.access(folder, os.W_OK):
            return Health.BAD, f"{folder} cannot be written; change `catalog` or its permissions"
        return Health.GOOD, f"{path} will be made by the first night"
    try:
        db = open_catalog(path, read_only=True)
        (sound,) = db.execute("PRAGMA quick_check(1)").fetchone()
        (last,) = db.execute("SELECT max(started_at) FROM runs").fetchone()
        db.close()
    except CatalogError as error:
        return Health.BAD, str(error)
    if sound != "ok":
        return Health.BAD, f"{path} is damaged ({sound}); put a published copy in its place"
    if not os.access(path, os.W_OK):
        return Health.BAD, f"{path} cannot be written; change its permissions"
    if last and moment(last) > now + LARGEST_SKEW:
        return Health.BAD, f"its last run began at {last}, which is yet to come; set the clock"
    return Health.GOOD, f"{path}, last run {last or 'never'}"


def _disk(settings: Settings, _now: datetime) -> tuple[Health, str]:
    folder = next(p for p in settings.catalog.absolute().parents if p.exists())
    free = shutil.disk_usage(folder).free
    size = settings.catalog.stat().st_size if settings.catalog.exists() else 0
    words = f"{free / 1e9:.1f} GB free in {folder}"
    if free < max(ROOM, 2 * size):
        return Health.BAD, f"{words}; a night may need {max(ROOM, 2 * size) / 1e9:.1f} GB"
    return Health.GOOD, words


def _reports(settings: Settings, _now: datetime) -> tuple[Health, str]:
    folder = settings.published
    if folder.exists() and not folder.is_dir():
        return Health.BAD, f"{folder} is a file; move it away, or change `published`"
    if is_own_place(settings.catalog, folder):
        return Health.BAD, f"{folder} is the catalog's own folder; change `published`"
    home = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(home, os.W_OK):
        return Health.BAD, f"{home} cannot be written; change `published` or its permissions"
    return Health.GOOD, f"a night leaves them in {folder}"


def _sqlite(_settings: Settings, _now: datetime) -> tuple[Health, str]:
    if sqlite3.sqlite_version_info < (3, 37):
        return Health.BAD, f"{sqlite3.sqlite_version} is too old; 3.37 brought strict tables"
    return Health.GOOD, sqlite3.sqlite_version


def _network(settings: Settings, _now: datetime) -> tuple[Health, str]:
    outlook = look(settings.canaries, settings.connect_to)
    if outlook.trouble:
        return Health.BAD, f"{outlook.trouble}; check the cable, the proxy and the resolver"
    if outlook.failed:
        lost = ", ".join(canary for canary, _ in outlook.failed)
        return Health.WEAK, f"{lost} cannot be reached; the other canaries can"
    return Health.GOOD, f"{', '.join(outlook.reached)} can be reached"


def _github(settings: Settings, _now: datetime) -> tuple[Health, str]:
    tokens = settings.github_tokens
    if len(tokens) < 2:
        return _quota(settings, "".join(tokens))
    found = [
        (health, f"token {number} of {len(tokens)}: {words}")
        for number, token in enumerate(tokens, start=1)
        for health, words in [_quota(settings, token)]
    ]
    return max(found, key=lambda one: list(Health).index(one[0]))


def _quota(settings: Settings, token: str) -> tuple[Health, str]:
    """Return what GitHub says to *token*, or to nobody in particular."""
    try:
        answer = github_quota(settings, token)
    except requests.RequestException as error:
        return Health.BAD, f"{settings.github_api} cannot be reached ({type(error).__name__})"
    if answer.status == requests.codes.unauthorized:
        return Health.BAD, "the token is refused; make a new one, without any scope"
    if answer.status != requests.codes.ok:
        return Health.WEAK, f"{settings.github_api} answered {answer.status}"
    left = _left(answer)
    if not token:
        return Health.WEAK, f"no token: 60 requests an hour, {left} left; set GITHUB_TOKEN"
    scopes = answer.header("x-oauth-scopes")
    if scopes:
        return Health.WEAK, f"the token may do more than it needs ({scopes}); none is enough"
    return Health.GOOD, f"the token is good, {left} requests left in this hour"


def _left(answer: Answer) -> str:
    """Return how many requests are left in this hour, in words."""
    core = table(table(table(answer.data).get("resources")).get("core"))
    left = count(core.get("remaining"))
    return "an unknown number" if left is None else str(left)


def _clock(settings: Settings, now: datetime) -> tuple[Health, str]:
    told = time_told_by_github(settings)
    if told is None:
        return Health.WEAK, "no server told the time, so that ours could not be compared"
    skew = abs(now - told)
    if skew > LARGEST_SKEW:
        return Health.BAD, f"differs by {skew} from GitHub's; let NTP set it"
    return Health.GOOD, f"within {max(1, round(skew.total_seconds()))} s of GitHub's"


def _mail(settings: Settings, _now: datetime) -> tuple[Health, str]:
    if not settings.mail_to:
        return Health.GOOD, "none is sent; `mail_to` says to whom"
    try:
        log_in(mail_server(settings))
    except CommandError as error:  # which costs nobody the night
        return Health.WEAK, f"{error}; correct `mail_server`, `mail_user` or `mail_password`"
    return Health.GOOD, f"{settings.mail_server} takes it for {', '.join(settings.mail_to)}"
