"""Where to connect instead of where an address says, as curl's `--connect-to`: pure reading of it.

Every stage that connects to anything takes the same mappings, for tests and private mirrors.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

PORTS: Final = {"http": 80, "https": 443}
"""The port that an address means where it names none, by its scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mapping:
    """One `--connect-to`: connections to host and port go to another address; empty: any."""

    host: str
    port: str
    to_host: str
    to_port: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the mapping that *text* writes as `HOST:PORT:ADDR:PORT`.

        IPv6 addresses stand in brackets. Raises `ValueError` with a sentence for people.
        """
        parts: list[str] = [""]
        in_brackets = False
        for character in text:
            in_brackets = character == "[" or (in_brackets and character != "]")
            if character == ":" and not in_brackets:
                parts.append("")
            else:
                parts[-1] += character
        if len(parts) != 4 or not all(port == "" or is_port(port) for port in parts[1::2]):
            raise ValueError(
                f"{text!r} is no mapping: write HOST:PORT:ADDR:PORT, such as"
                " example.com:443:127.0.0.1:8443 (empty HOST or PORT means any)"
            )
        host, port, to_host, to_port = parts
        return cls(host=_name(host), port=port, to_host=to_host.strip("[]"), to_port=to_port)


class ConnectTo:
    """All mappings of a run; the first that fits is used, as curl does it."""

    def __init__(self, mappings: Iterable[str] = ()) -> None:
        """Raise `ValueError` for a mapping that cannot be read."""
        self._mappings = tuple(_Mapping.parse(text) for text in mappings)

    def target(self, host: str, port: int) -> tuple[str, int] | None:
        """Return the host and port to connect to instead of *host* and *port*, if any."""
        name = _name(host)
        for mapping in self._mappings:
            if mapping.host in ("", name) and mapping.port in ("", str(port)):
                return mapping.to_host or host, int(mapping.to_port or port)
        return None


def _name(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def is_port(text: str) -> bool:
    """Return whether *text* is the number of a port."""
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536
