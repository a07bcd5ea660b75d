"""The settings: one name each in the configuration file, the environment and the flags."""

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.sources import InitSettingsSource

from crawler.options import CONTACT
from crawler.reading.profile import GUESSING, ArchiveProfile
from nightly.exits import ConfigError
from nightly.values import (
    Archive,
    Authorities,
    ClusterAddress,
    Contact,
    CountIfAny,
    Expressions,
    FileIfAny,
    HostTables,
    Language,
    MailPlace,
    Mappings,
    MomentIfAny,
    Person,
    Places,
    Token,
    WebAddress,
    WebAddresses,
    WebAddressIfAny,
    Words,
)

PREFIX = "LINKLEDGER_"
DEFAULT_FILE = Path("linkledger.toml")

# The settings as people look for them, in the file that `linkledger init` writes.
GROUPS = {
    "What is read, and where it is kept": ("sources", "archive", "catalog"),
    "How links are followed": (
        "delay",
        "concurrency_per_host",
        "hosts",
        "workers",
        "dask",
        "exclude",
        "contact",
        "second_pass",
        "connect_to",
        "ca_file",
        "allow_private",
    ),
    "Whom to ask": (
        "github_api",
        "github_token",
        "github_way",
        "forge_apis",
        "forge_pace",
        "arxiv_api",
        "arxiv_pace",
        "max_wait",
        "wayback_api",
        "wayback_pace",
    ),
    "The night": ("max_time", "canaries", "published", "language", "log_format", "now"),
    "Who is told": (
        "ping_url",
        "metrics_file",
        "mail_to",
        "mail_from",
        "mail_server",
        "mail_user",
        "mail_password",
    ),
}


class Settings(BaseSettings):
    """Everything that can be set, with its default; the descriptions are the documentation."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, allow_inf_nan=False
    )

    catalog: Path = Field(Path("data/catalog.db"), description="The catalog, one SQLite file.")
    sources: Words = Field(
        (),
        description="The archives to read: folders, single issues, git repositories, or the "
        "addresses of these, of feeds, and of pages that list issues.",
    )

    archive: Archive = Field(
        GUESSING,
        description="How the archive is laid out, where guessing is not enough: a table with "
        f"{', '.join(field.name for field in fields(ArchiveProfile))}.",
    )

    delay: float = Field(
        1.0, ge=0, le=3600, description="Seconds between two requests to the same host."
    )
    concurrency_per_host: int = Field(
        1, ge=1, le=16, description="Requests that may be open to one host at the same time."
    )
    hosts: HostTables = Field(
        {},
        description="How single hosts are treated: a table from host to a table with `delay`, "
        "`concurrency`, or both.",
    )
    workers: CountIfAny = Field(
        None, ge=1, le=64, description="Processes that crawl side by side; as many as it takes."
    )
    dask: ClusterAddress = Field(
        "",
        description="Let workers of other machines crawl, which join by Dask at this address: "
        "tls://HOST:PORT, or tcp://127.0.0.1:PORT on this machine alone.",
    )
    exclude: Expressions = Field(
        (), description="Addresses never to visit: regular expressions, found anywhere in them."
    )
    contact: Contact = Field(CONTACT, description="Where a server's owner learns who visits them.")
    connect_to: Mappings = Field(
        (),
        description="Connect to ADDR:PORT instead of HOST:PORT, as curl does; "
        "an empty HOST or PORT means any.",
    )
    ca_file: Authorities = Field(
        None, description="Trust the certificate authorities in this PEM file, too."
    )
    allow_private: bool = Field(
        default=False,
        description="Follow links, and read sources, on loopback and in private networks.",
    )
    second_pass: float = Field(
        120.0, ge=0, le=3600, description="Seconds until a link that failed is tried again."
    )

    github_api: WebAddress = Field(
        "https://api.github.com", description="The base of GitHub's REST API."
    )
    github_token: Token = Field(
        SecretStr(""),
        validation_alias=AliasChoices("linkledger_github_token", "github_token"),
        description="A token for GitHub's API; best given as GITHUB_TOKEN in the environment.",
    )

    github_way: Literal["auto", "graphql", "rest"] = Field(
        "auto",
        description="How GitHub is asked: many repositories a query, which takes a token, or a "
        "request for each.",
    )
    forge_apis: WebAddresses = Field(
        {}, description="Other bases of other forges' APIs: a table from host to URL."
    )
    forge_pace: float = Field(
        0.25, ge=0, le=60, description="Seconds between two requests to one forge's API."
    )
    arxiv_api: WebAddress = Field(
        "https://export.arxiv.org/api/query", description="Where papers are asked for."
    )
    arxiv_pace: float = Field(
        3.0,
        ge=0,
        le=60,
        description="Seconds between two requests to arXiv, which asks for three.",
    )

    max_wait: float = Field(
        600.0,
        ge=0,
        le=86_400,
        description="Seconds that a run may wait for one forge, for its limits and its troubles.",
    )

    wayback_api: WebAddressIfAny = Field(
        "https://web.archive.org",
        description="Where copies of dead pages are asked for; empty: nowhere.",
    )
    wayback_pace: float = Field(
        2.0, ge=0, le=60, description="Seconds between two questions about copies."
    )

    max_time: float = Field(
        0,
        ge=0,
        le=10_080,
        description="Minutes after which a night asks no more and reports what it has; 0: never.",
    )
    canaries: Places = Field(
        ("github.com:443", "mp.weixin.qq.com:443", "arxiv.org:443"),
        description="Servers (HOST:PORT) that answer wherever there is a network. When none of "
        "them does, the fault is ours, and nothing is concluded about any link.",
    )
    published: Path = Field(
        Path("data/published"), description="The folder where a night leaves its reports."
    )

    language: Language = Field(
        "", description="The language of reports, `en` or `zh`; that of the archive if empty."
    )

    ping_url: WebAddressIfAny = Field(
        "",
        description="Tell this address when a night begins and how it ends, as healthchecks.io "
        "and its like want it.",
    )
    metrics_file: FileIfAny = Field(
        None, description="Write metrics here, for node_exporter's textfile collector."
    )
    mail_to: Words = Field((), description="Send a short report to these addresses.")
    mail_from: Person = Field(
        "linkledger@localhost", description="Whose name a report is sent in."
    )
    mail_server: MailPlace = Field(
        "localhost:25", description="The server (HOST:PORT) that sends mail."
    )
    mail_user: str = Field("", description="The name to log in with there, if it wants one.")
    mail_password: SecretStr = Field(
        SecretStr(""), description="Its password; best given as LINKLEDGER_MAIL_PASSWORD."
    )

    log_format: Literal["text", "json"] = Field(
        "text", description="How the log is written where nobody looks at it."
    )
    now: MomentIfAny = Field(
        None, description="Start the clock at this moment (ISO 8601) instead of now; for tests."
    )

    @property
    def github_tokens(self) -> tuple[str, ...]:
        """The tokens that take turns."""
        return tuple(self.github_token.get_secret_value().replace(",", " ").split())

    @property
    def github_quota(self) -> str:
        """Where GitHub says what is left of a quota, and what time it is; asking costs nothing."""
        return f"{self.github_api.rstrip('/')}/rate_limit"


def load_settings(file: Path | None, flags: Mapping[str, Any]) -> Settings:
    """Return the settings from *flags*, the environment and *file*, the first that says wins.

    *file* None means `linkledger.toml` in the working directory, where there is one. Raises
    `ConfigError` with one line that names the place of the first mistake.
    """
    path, text = _read(file)
    return _settings(flags, path, text)


def given_settings(flags: Mapping[str, Any]) -> Settings:
    """Return the settings from *flags* alone, whatever the environment and the file say."""
    return _settings(flags, None, "")


def idle_variables() -> list[str]:
    """Return the variables of the environment that are named like ours and set nothing."""
    known = _known_variables()
    return sorted(v for v in os.environ if v.upper().startswith(PREFIX) and v.upper() not in known)


def _settings(flags: Mapping[str, Any], path: Path | None, text: str) -> Settings:
    """Return the settings, with the environment and the *text* at *path* if there is a path."""
    table = _parse(path, text) if path else {}

    class Loaded(Settings):
        """`Settings` from these places."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            """Return our sources, the strongest first."""
            if path is None:
                return (init_settings,)
            return init_settings, env_settings, InitSettingsSource(settings_cls, table)

    given = {name: value for name, value in flags.items() if value not in (None, ())}
    if path is not None:
        _refuse_misspelt_variables()
    try:
        return Loaded(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]).removeprefix(PREFIX.lower())
        raise ConfigError(_complaint(name, first, given, path, text)) from None


def _read(file: Path | None) -> tuple[Path, str]:
    """Return the configuration file's path and text, empty where the default is not there."""
    path = file or DEFAULT_FILE
    try:
        return path, path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if file is None:
            return path, ""
        raise ConfigError(
            f"{path}: no such file; `linkledger init` writes one, or leave --config out"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text: {error}") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    """Return the table that *text* holds."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def _complaint(
    name: str, error: Mapping[str, Any], given: Mapping[str, object], path: Path | None, text: str
) -> str:
    """Return one line that says where a wrong setting stands, and what is wrong with it."""
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, Settings.model_fields, n=1)
        hint = f"did you mean {near[0]}?" if near else "`linkledger init` writes every setting."
        return f"{_in_file(path, text, name)}: no setting is called {name}; {hint}"
    if name in given:
        place = "--" + {"language": "lang"}.get(name, name.replace("_", "-"))
    else:
        place = _variable(name) or _in_file(path, text, name)
    if error["type"] == "value_error":  # of our own validators, whose words name the value
        return f"{place}: {error['ctx']['error']}"
    if Settings.model_fields[name].annotation is SecretStr:
        return f"{place}: {error['msg']}"  # and not what was written instead
    return f"{place}: {error['msg']}, not {error['input']!r}"


def _refuse_misspelt_variables() -> None:
    """Raise `ConfigError` for a variable that is nearly one of ours: it would do nothing.

    What is far from all of them may belong to another program.
    """
    for variable in idle_variables():
        near = difflib.get_close_matches(variable.upper(), _known_variables(), 1, cutoff=0.9)
        if near:
            raise ConfigError(f"{variable}: sets nothing; did you mean {near[0]}?")


def _known_variables() -> set[str]:
    """Return the variables of the environment that set something."""
    return {variable for name in Settings.model_fields for variable in _variables(name)}


def _variables(name: str) -> list[str]:
    """Return the variables of the environment that may set *name*."""
    alias = Settings.model_fields[name].validation_alias
    known = alias.choices if isinstance(alias, AliasChoices) else [PREFIX + name]
    return [str(variable).upper() for variable in known]


def _variable(name: str) -> str:
    """Return the variable of the environment that sets *name*, empty where none does."""
    return next((variable for variable in _variables(name) if variable in os.environ), "")


def _in_file(path: Path | None, text: str, name: str) -> str:
    """Return *path* with the line on which *text* sets *name*."""
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*\[*\s*['\"]?{re.escape(name)}['\"]?\s*[\].=]", line):
            return f"{path}, line {number}"
    return str(path)
