"""What a setting may be: each kind of value is read here, or refused in words for a person."""

import json
import re
import ssl
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from catalog.address import host_of
from catalog.connect_to import PORTS, ConnectTo, is_port
from crawler.cluster.address import scheduler_address
from crawler.options import HostLimits
from crawler.reading.profile import ArchiveProfile

LANGUAGES = ("en", "zh")  # of reports, which are not imported for a look at the settings

_PROFILE = frozenset(field.name for field in fields(ArchiveProfile))
_LIMITS = frozenset(field.name for field in fields(HostLimits))

# What can only be meant as JSON: a regular expression may begin with a bracket, too.
_JSON_LIST = re.compile(r'\s*\[\s*["\]]')


def _words(value: object) -> object:
    """Read a list from the environment: JSON, or words with white space between."""
    if not isinstance(value, str):
        return value
    if not _JSON_LIST.match(value):
        return value.split()
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise ValueError(f"it begins like a list in JSON, and is none: {error}") from None


def _table(value: object) -> object:
    """Read a table from the environment, as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no table in JSON: {error}") from None


def _known_fields(value: object) -> object:
    """Refuse a field that no profile has; pydantic would pass over it."""
    if isinstance(value, dict) and (strangers := value.keys() - _PROFILE):
        raise ValueError(f"an archive has no {', '.join(sorted(strangers))}")
    return value


def _known_limits(value: object) -> object:
    """Refuse a table for a host that says anything but how it is to be treated."""
    tables = value.values() if isinstance(value, dict) else ()
    for strangers in (table.keys() - _LIMITS for table in tables if isinstance(table, dict)):
        if strangers:
            known, unknown = " and ".join(sorted(_LIMITS)), ", ".join(sorted(strangers))
            raise ValueError(f"a host has {known}, and no {unknown}")
    return value


def _host_limits(value: dict[str, HostLimits]) -> dict[str, HostLimits]:
    """Return the limits by the name that the catalog has for each host."""
    found = {}
    for name, limits in value.items():
        host = host_of(f"http://{name}/")
        if not host or set("/?#@") & set(name):
            raise ValueError(f"write a host, such as example.org; {name} is none")
        if not 0 <= (limits.delay or 0) <= 3600 or not 1 <= (limits.concurrency or 1) <= 16:
            raise ValueError(f"{name}: a delay is 0 to 3600 seconds, a concurrency 1 to 16")
        found[host] = limits
    return found


def _unset(value: object) -> object:
    """Take an empty value as none at all: an environment cannot say it otherwise."""
    return None if value == "" else value


def _mappings(value: tuple[str, ...]) -> tuple[str, ...]:
    ConnectTo(value)  # raises
    return value


def _places(value: tuple[str, ...]) -> tuple[str, ...]:
    for place in value:
        host, _, port = place.rpartition(":")
        if not host or not is_port(port):
            raise ValueError(f"write HOST:PORT, such as example.org:443; {place} is none")
    return value


def _mail_place(value: str) -> str:
    """Refuse what is neither HOST:PORT nor HOST."""
    try:
        parts = urlsplit(f"//{value}")
        is_one = bool(parts.hostname) and parts.netloc == value and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        raise ValueError(f"write HOST:PORT, such as mail.example.org:587; {value} is none")
    return value


def _expressions(value: tuple[str, ...]) -> tuple[str, ...]:
    for expression in value:
        try:
            re.compile(expression)
        except re.error as error:
            raise ValueError(f"{expression} is no regular expression: {error}") from None
    return value


def _cluster_address(value: str) -> str:
    """Refuse what is no address, or one where anybody could send our workers programs."""
    if value:
        scheduler_address(value)
    return value


def _authorities(value: Path | None) -> Path | None:
    """Refuse what holds no certificates before anybody is asked."""
    if value is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
        except ssl.SSLError:
            raise ValueError(f"{value} holds no certificates in the PEM format") from None
        except OSError as error:
            raise ValueError(f"{value} cannot be read: {error.strerror}") from None
    return value


def _web_address(value: str) -> str:
    """Refuse what no request can be sent to, without naming it: it may hold a password."""
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if not is_one or not _is_plain(value):
        raise ValueError("it is no address to ask at; write one like https://example.org/")
    return value


def _web_address_if_any(value: str) -> str:
    return _web_address(value) if value else value


def _token(value: SecretStr) -> SecretStr:
    if not _is_plain("".join(value.get_secret_value().split())):
        raise ValueError("a token has only the printable characters of ASCII")
    return value


def _contact(value: str) -> str:
    """Refuse what the header User-Agent cannot hold."""
    if not _is_plain(value):
        raise ValueError(f"{value!a} has more than the printable characters of ASCII")
    return value


def _person(value: str) -> str:
    """Refuse what a mail's headers cannot hold; a name may be in any language."""
    if not value.isprintable():
        raise ValueError(f"{value!r} has more than printable characters")
    return value


def _language(value: str) -> str:
    """Refuse a language that no report comes in; `zh_CN.UTF-8` is `zh`."""
    if value and re.split(r"[-_.]", value.lower())[0] not in LANGUAGES:
        raise ValueError(f"there are no reports in {value}; write {' or '.join(LANGUAGES)}")
    return value


def _utc(value: datetime | None) -> datetime | None:
    """Take a moment without a time zone as UTC."""
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=UTC)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Archive = Annotated[  # the last reads first
    ArchiveProfile, NoDecode, BeforeValidator(_known_fields), BeforeValidator(_table)
]
HostTables = Annotated[
    dict[str, HostLimits],
    NoDecode,
    BeforeValidator(_known_limits),
    BeforeValidator(_table),
    AfterValidator(_host_limits),
]
Expressions = Annotated[Words, AfterValidator(_expressions)]
Mappings = Annotated[Words, AfterValidator(_mappings)]
Places = Annotated[Words, AfterValidator(_places)]
MailPlace = Annotated[str, AfterValidator(_mail_place)]
ClusterAddress = Annotated[str, AfterValidator(_cluster_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebAddresses = Annotated[dict[str, WebAddress], NoDecode, BeforeValidator(_table)]
WebAddressIfAny = Annotated[str, AfterValidator(_web_address_if_any)]
Contact = Annotated[str, AfterValidator(_contact)]
Person = Annotated[str, AfterValidator(_person)]
Token = Annotated[SecretStr, AfterValidator(_token)]
Language = Annotated[str, AfterValidator(_language)]
FileIfAny = Annotated[Path | None, BeforeValidator(_unset)]
Authorities = Annotated[FileIfAny, AfterValidator(_authorities)]
CountIfAny = Annotated[int | None, BeforeValidator(_unset)]
MomentIfAny = Annotated[datetime | None, BeforeValidator(_unset), AfterValidator(_utc)]
