"""One name for each setting, in three places, and a line number for each mistake."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nightly.config import Settings, load_settings
from nightly.exits import ConfigError
from nightly.stage_options import crawl_options
from nightly.values import LANGUAGES
from report.words import languages

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
    ("authorities that are not there", 'ca_file = "no.pem"', "line 1: no.pem cannot be read: No"),
    ("authorities that are none", 'ca_file = "linkledger.toml"', "toml holds no certificates"),
    ("a night without end", "max_time = inf", "line 1: Input should be a finite number"),
    ("a wait without end", "max_wait = 1e9", "line 1: Input should be less than or equal"),
    ("a pace that is no number", "arxiv_pace = nan", "line 1: Input should be a finite number"),
    ("a mail server with the name of a port", 'mail_server = "a.example:smtp"', "HOST:PORT"),
    ("a mail server as an address", 'mail_server = "smtp://a.example"', "HOST:PORT"),
    ("an address without a port", 'wayback_api = "https://x:abc"', "it is no address to ask at"),
    ("an address of no web", 'github_api = "ftp://a.example/"', "it is no address to ask at"),
    ("a forge that has none", 'forge_apis = {"a.example" = ""}', "it is no address to ask at"),
    ("a ping to a name alone", 'ping_url = "hc.example"', "it is no address to ask at"),
    ("a limit that no host has", '[hosts."a.example"]\npace = 2', "a host has concurrency and"),
    ("a host that is none", '[hosts."https://a.example/"]\ndelay = 2', "write a host, such as"),
    ("a host in a great hurry", '[hosts."a.example"]\ndelay = -2', "a delay is 0 to 3600"),
    ("a language that nobody translated", 'language = "fr"', "no reports in fr; write en or zh"),
    ("a contact that no header holds", 'contact = "https://例.example"', "characters of ASCII"),
    ("a sender on two lines", 'mail_from = "a@b\\nBcc: c@d"', "more than printable characters"),
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
    ("variable", "says"),
    [
        pytest.param("LINKLEDGER_WORKER", "did you mean LINKLEDGER_WORKERS?", id="a letter less"),
        pytest.param("LINKLEDGER_DELLAY", "did you mean LINKLEDGER_DELAY?", id="one more"),
        pytest.param("linkledger_delya", "did you mean LINKLEDGER_DELAY?", id="two swapped"),
        pytest.param("LINKLEDGER_SHARED", None, id="another program's, beginning alike"),
        pytest.param("MY_LINKLEDGER_DELAY", None, id="another program's, ending alike"),
    ],
)
def test_a_variable_that_is_nearly_one_of_ours_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, says: str | None
) -> None:
    monkeypatch.setenv(variable, "2")
    if says is None:
        load_settings(None, {})
    else:
        with pytest.raises(ConfigError, match=re.escape(f"{variable}: sets nothing; {says}")):
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


def test_a_regular_expression_in_the_environment_may_begin_with_a_bracket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINKLEDGER_EXCLUDE", "[a-z]+\\.test (?i)Bar")
    assert load_settings(None, {}).exclude == ("[a-z]+\\.test", "(?i)Bar")


def test_a_host_has_limits_of_its_own() -> None:
    write('[hosts]\n"Slow.Example" = {delay = 10}\n"例子.example:8080" = {concurrency = 2}\n')
    options = crawl_options(load_settings(None, {}))
    assert options.limits("slow.example") == (10.0, 1)
    assert options.limits("xn--fsqu00a.example:8080") == (1.0, 2)
    assert options.limits("other.example") == (1.0, 1)


@pytest.mark.parametrize("name", ["ARCHIVE", "FORGE_APIS"])
@pytest.mark.parametrize(
    ("value", "says"),
    [("{", "it is no table in JSON"), ('"x"', "Input should be"), ('{"x": "y"}', "")],
)
def test_a_table_in_the_environment_that_is_none(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"LINKLEDGER_{name}", value)
    with pytest.raises(ConfigError, match=f"LINKLEDGER_{name}: {says}"):
        load_settings(None, {})


def test_a_table_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKLEDGER_ARCHIVE", '{"include": ["a/*"]}')
    monkeypatch.setenv("LINKLEDGER_FORGE_APIS", '{"a.example": "https://b.example/api"}')
    settings = load_settings(None, {})
    assert settings.archive.include == ("a/*",)
    assert settings.forge_apis == {"a.example": "https://b.example/api"}


def test_a_list_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKLEDGER_MAIL_TO", '["a@b.example", ')
    with pytest.raises(ConfigError, match="LINKLEDGER_MAIL_TO: it begins like a list in JSON"):
        load_settings(None, {})


@pytest.mark.parametrize(
    "text",
    [
        'github_token = ["ghp_sample"]',
        'github_token = "ghp_sämple"',
        "mail_password = 12345678",
        'ping_url = "hc.example/ghp_sample"',
        'wayback_api = "https://me:ghp_sample@"',
    ],
)
def test_no_secret_is_told_where_it_is_wrong(text: str) -> None:
    write(text)
    with pytest.raises(ConfigError, match=r"linkledger\.toml, line 1: ") as wrong:
        load_settings(None, {})
    assert "ghp_s" not in str(wrong.value)
    assert "1234" not in str(wrong.value)


@pytest.mark.parametrize("variable", ["GITHUB_TOKEN", "LINKLEDGER_GITHUB_TOKEN"])
def test_a_token_that_is_none_is_named_by_its_variable(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "ghp_\x07sample")
    with pytest.raises(ConfigError, match=f"^{variable}: a token has only") as wrong:
        load_settings(None, {})
    assert "sample" not in str(wrong.value)


@pytest.mark.parametrize("language", ["", "en", "zh", "zh-CN", "en_GB.UTF-8"])
def test_a_language_as_an_environment_names_it(language: str) -> None:
    assert load_settings(None, {"language": language}).language == language


def test_the_languages_are_those_of_the_reports() -> None:
    assert set(LANGUAGES) == set(languages())


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
