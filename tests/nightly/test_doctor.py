"""What `linkledger doctor` finds, and what it says to do about it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.connection import open_catalog
from catalog.runs import begin_run
from nightly.demo.internet import DemoInternet
from nightly.exits import Exit

Linkledger = Callable[..., subprocess.CompletedProcess[str]]


def nothing(_folder: Path) -> None:
    """Leave everything as it is."""


def no_catalog(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/catalog.db").write_text("years of nights")


def file_for_reports(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/published").write_text("in the way")


def a_password_for_github(folder: Path) -> None:
    (folder / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")


def a_run_of_tomorrow(folder: Path) -> None:
    (folder / "data").mkdir()
    db = open_catalog(folder / "data/catalog.db")
    begin_run(db, "nightly", datetime.now(UTC) + timedelta(days=400))
    db.close()


CASES = [
    ("a setting that is none", nothing, {"LINKLEDGER_MUSIC": "2"}, "configuration", "weak",
     "no setting is called LINKLEDGER_MUSIC"),
    ("an archive that is not there", nothing, {"LINKLEDGER_SOURCES": "nowhere"}, "archive", "bad",
     "correct `sources`"),
    ("an archive on the web", nothing, {"LINKLEDGER_SOURCES": "https://a.example/feed.xml"},
     "archive", "good", "https://a.example/feed.xml"),
    ("a catalog that is none", no_catalog, {}, "catalog", "bad", "is not an SQLite database"),
    ("a catalog from the future", a_run_of_tomorrow, {}, "catalog", "bad", "set the clock"),
    ("a file where the reports go", file_for_reports, {}, "reports", "bad", "move it away"),
    ("reports beside the catalog", nothing, {"LINKLEDGER_PUBLISHED": "data"}, "reports", "bad",
     "the catalog's own folder"),
    ("no network", nothing, {"LINKLEDGER_CANARIES": "127.0.0.1:9"}, "network", "bad",
     "check the cable, the proxy and the resolver"),
    ("half a network", nothing, {"LINKLEDGER_CANARIES": "127.0.0.1:9 github.com:443"}, "network",
     "weak", "127.0.0.1:9 cannot be reached"),
    ("a token that is refused", nothing, {"LINKLEDGER_GITHUB_TOKEN": "old"}, "GitHub", "bad",
     "make a new one, without any scope"),
    ("a token of two that is refused", nothing, {"LINKLEDGER_GITHUB_TOKEN": "demo,old"}, "GitHub",
     "bad", "token 2 of 2: the token is refused"),
    ("tokens that take turns", nothing, {"LINKLEDGER_GITHUB_TOKEN": "demo,demo"}, "GitHub", "good",
     "token 1 of 2: the token is good"),
    ("a password for GitHub in ~/.netrc", a_password_for_github, {"NETRC": ".netrc"}, "GitHub",
     "good", "the token is good"),
    ("a mail server that is not there", nothing,
     {"LINKLEDGER_MAIL_TO": "a@b.example", "LINKLEDGER_MAIL_SERVER": "127.0.0.1:9"},
     "mail", "weak", "127.0.0.1:9 takes no mail from us:"),
    ("no token", nothing, {"LINKLEDGER_GITHUB_TOKEN": ""}, "GitHub", "weak",
     "60 requests an hour, 60 left; set GITHUB_TOKEN"),
    ("no GitHub", nothing, {"LINKLEDGER_GITHUB_API": "http://127.0.0.1:9"}, "GitHub", "bad",
     "cannot be reached"),
    ("a clock that is wrong", nothing, {"LINKLEDGER_NOW": "2020-01-01T00:00:00Z"}, "clock", "bad",
     "let NTP set it"),
]  # fmt: skip


@pytest.fixture
def well(internet: DemoInternet, led_there: dict[str, str]) -> Iterator[dict[str, str]]:
    """Settings with which nothing is wrong."""
    internet.github.forge.tokens = frozenset({"demo"})
    yield led_there | {"LINKLEDGER_SOURCES": "."}
    internet.github.forge.tokens = frozenset()


@pytest.mark.parametrize(
    ("damage", "settings", "about", "health", "says"),
    [pytest.param(*row, id=name) for name, *row in CASES],
)
def test_what_is_wrong_is_found(
    damage: Callable[[Path], None],
    settings: dict[str, str],
    about: str,
    health: str,
    says: str,
    linkledger: Linkledger,
    well: dict[str, str],
    tmp_path: Path,
) -> None:
    damage(tmp_path)
    ran = linkledger("doctor", "--json", **well | settings)
    found = {finding["about"]: finding for finding in json.loads(ran.stdout)}
    assert found[about]["health"] == health
    assert says in found[about]["words"]
    assert {name for name, one in found.items() if one["health"] == "bad"} <= {about}
    assert ran.returncode == (Exit.FAILED if health == "bad" else Exit.DONE)


def test_where_all_is_well_it_says_so(linkledger: Linkledger, well: dict[str, str]) -> None:
    ran = linkledger("doctor", **well)
    assert ran.returncode == Exit.DONE, ran.stdout
    assert ran.stdout.count("✓") == len(ran.stdout.splitlines())
    assert "the token is good, 5000 requests left in this hour" in ran.stdout
