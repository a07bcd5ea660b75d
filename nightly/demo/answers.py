"""What goes over the wire in the little web, and when."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, *wait* seconds after it was asked for; `fault` is what happens instead."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    wait: float = 0.0
    fault: str = ""


def answer(status: int, content_type: str, text: str) -> Answer:
    """Return *text* as an answer of the given type."""
    return Answer(status=status, headers={"Content-Type": content_type}, body=text.encode())
