"""The configuration file that `linkledger init` writes: every setting, explained."""

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from crawler.reading.profile import ArchiveProfile
from nightly.config import GROUPS, Settings

_WIDTH = 88

_HEAD = """\
# linkledger's settings. A line that begins with # shows a default: take the # away to change it.
# Each setting may also be given in the environment (LINKLEDGER_DELAY=2), and many as a flag
# (--delay 2); a flag beats the environment, and that beats this file.
"""


def configuration(sources: Sequence[str], catalog: Path | None = None) -> str:
    """Return a configuration file for an archive at *sources*, and for *catalog* if given."""
    given: dict[str, Any] = {"sources": list(sources)} | ({"catalog": catalog} if catalog else {})
    lines = [_HEAD]
    for title, names in GROUPS.items():
        lines.append(f"# --- {title} {'-' * (_WIDTH - len(title) - 7)}\n")
        for name in names:
            field = Settings.model_fields[name]
            lines += [f"# {line}" for line in textwrap.wrap(field.description or "", _WIDTH - 2)]
            if name in given:
                lines.append(f"{name} = {as_toml(given[name])}\n")
            else:
                lines.append(f"# {name} = {as_toml(field.get_default())}\n")
    return "\n".join(lines)


def as_toml(value: Any) -> str:
    """Return *value* as TOML writes it; strings, numbers and lists are the same in JSON."""
    if isinstance(value, Path):
        value = value.as_posix()
    elif isinstance(value, ArchiveProfile):
        return "{}"
    elif value is None or isinstance(value, SecretStr):
        value = ""
    return json.dumps(value, ensure_ascii=False)
