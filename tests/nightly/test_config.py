"""One name for each setting, in three places, and a line number for each mistake."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nightly.config import Settings, load_settings
from nightly.exits import ConfigError

MISTAKES = [
    (
        "a misspelt name is named with its line and its likely meaning",
        'catalog = "a.db"\ndealy = 3\n',
        "linkledger.toml, line 2: no setting is called dealy; did you mean delay?",
    ),
    (
        "a name like nothing we know",
        "[zzz]\n",
        "linkledger.toml, line 1: no setting is called zzz",
    ),
    ("a value of the wrong type", '\ndelay = "soon"\n', "line 2: Input should be a valid number"),
    ("an impossible value", "delay = -2\n", "line 1: Input should be greater than or equal to 0"),
    ("a quoted name", '"workers" = 0\n', "line 1: Input should be greater than or equal to 1"),
    ("a canary without a port", 'canaries = ["example.org"]\n', "line 1: write HOST:PORT"),
    ("a mapping that is none", 'connect_to = ["a:b"]\n', "line 1: 'a:b' is no mapping"),
    ("an expression that is none", '\nexclude = ["("]\n', "line 2: ( is no regular expression"),
    ("a field that no archive has", "[archive]\nincluds = []\n", "line 1: an archive has no"),
    ("text that is no TOML", "delay = \n", "not valid TOML"),
]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LINKLEDGER_{name.upper()}", raising=False)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)


def write(text: str) -> None:
    Path("linkledger.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "says"), [pytest.param(*row, id=name) for name, *row in MISTAKES]
)
def test_a_mistake_in_the_file_is_named_with_its_line(text: str, says: str) -> None:
    write(text)
    with pytest.raises(ConfigError) as wrong:
        load_settings(None, {})
    assert says in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_flag_beats_the_environment_and_that_beats_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("delay = 3\nworkers = 3\nconcurrency_per_host = 3\n")
    monkeypatch.setenv("LINKLEDGER_DELAY", "2")
    monkeypatch.setenv("LINKLEDGER_WORKERS", "2")
    settings = load_settings(None, {"delay": "1", "workers": None})
    assert (settings.delay, settings.workers, settings.concurrency_per_host) == (1, 2, 3)


def test_a_mistake_in_the_environment_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINKLEDGER_DELAY", "soon")
    with pytest.raises(ConfigError, match="LINKLEDGER_DELAY: Input should be a valid number"):
        load_settings(None, {})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(":80:127.0.0.1:8080 :443:127.0.0.1:8443", id="words"),
        pytest.param('[":80:127.0.0.1:8080", ":443:127.0.0.1:8443"]', id="JSON"),
    ],
)
def test_a_list_in_the_environment(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKLEDGER_CONNECT_TO", value)
    settings = load_settings(None, {})
    assert settings.connect_to == (":80:127.0.0.1:8080", ":443:127.0.0.1:8443")


@pytest.mark.parametrize("variable", ["GITHUB_TOKEN", "LINKLEDGER_GITHUB_TOKEN"])
def test_the_token_comes_by_either_name_and_is_never_shown(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "ghp_sample")
    settings = load_settings(None, {})
    assert settings.github_token.get_secret_value() == "ghp_sample"
    assert "ghp_sample" not in repr(settings)


def test_a_moment_without_a_zone_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKLEDGER_NOW", "2026-11-22T04:00:00")
    assert load_settings(None, {}).now == datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
