"""Say what an answer of a forge means. Pure: status, headers and body in, one word out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog.http_times import http_date, retry_after
from catalog.json_text import said_in_json


class Kind(StrEnum):
    """What to do with an answer.

    `SPLIT` means that too much was asked at once, `PRIMARY` that the quota of the hour is
    used up, `SECONDARY` that we were too fast, `AUTH` that the token is no good. Nothing may
    be concluded about a repository from these, nor from `TRANSIENT` and `UNCLEAR`.
    """

    OK = "ok"
    NOT_MODIFIED = "not modified"
    MOVED = "moved"
    GONE = "gone"
    BLOCKED = "blocked"
    AUTH = "auth"
    PRIMARY = "primary limit"
    SECONDARY = "secondary limit"
    SPLIT = "split"
    TRANSIENT = "transient"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer and what it means.

    `data` is the JSON that came, `headers` have lower-case names. `until` is when the quota
    is filled again, in seconds since 1970; `wait` the seconds that the forge asks for. Both
    are None where it does not say. `message` is what it said, in one line.
    """

    kind: Kind
    status: int | None = None
    message: str = ""
    data: Any = None
    headers: Mapping[str, str] | None = None
    until: float | None = None
    wait: float | None = None

    def header(self, name: str) -> str:
        """Return the header *name*, in lower case; empty where there is none."""
        return (self.headers or {}).get(name, "")


# What GitHub says with 403 or 429, in lower case; the phrases have changed over the years.
_SECONDARY = ("secondary rate limit", "abuse detection", "wait a few minutes before you try")
_PRIMARY = ("api rate limit exceeded", "api rate limit already exceeded", "rate limit exceeded")
_BAD_TOKEN = ("bad credentials", "max number of login attempt")

# GraphQL's words for «less at a time, please».
_TOO_MUCH = frozenset(
    {"RESOURCE_LIMITS_EXCEEDED", "ARGUMENT_LIMIT", "MAX_NODE_LIMIT_EXCEEDED", "TIMEOUT"}
)
_HICCUP = "something went wrong while executing your query"


def classify(status: int, headers: Mapping[str, str], body: str) -> Answer:
    """Return what an answer to one question about one repository means.

    *headers* have lower-case names. A page of HTML, or JSON that stops in the middle, is
    trouble on the way, whatever the status: only words of the forge itself count.
    """
    data, is_json = _parse(body)
    message = _message(data, body)
    wait, until = _wait(headers), _reset(headers)

    def answer(kind: Kind, text: str = message) -> Answer:
        return Answer(
            kind=kind,
            status=status,
            message=text,
            data=data,
            headers=headers,
            until=until,
            wait=wait,
        )

    if status == 304:
        return answer(Kind.NOT_MODIFIED)
    if status in (301, 302, 303, 307, 308):
        return answer(Kind.MOVED)
    if status >= 500:
        return answer(Kind.TRANSIENT)
    if status in (403, 429):
        return answer(*_refusal(status, headers, data, message))
    if status == 451:
        return answer(Kind.BLOCKED, _notice(data, message))
    if not is_json:
        return answer(Kind.TRANSIENT, "an answer that is not JSON")
    if status == 401:
        return answer(Kind.AUTH)
    if status in (404, 410):
        return answer(Kind.GONE)
    if status == 200:
        return answer(Kind.OK)
    return answer(Kind.UNCLEAR)


def classify_batch(status: int, headers: Mapping[str, str], body: str) -> Answer:
    """Return what an answer to a GraphQL query about many repositories means.

    `OK` has `data` with at least some of what was asked; its errors are the caller's to
    read, alias by alias. What came with a limit is in `data` too.
    """
    answer = classify(status, headers, body)
    if status in (502, 504):
        return _as(answer, Kind.SPLIT)
    if answer.kind is not Kind.OK:
        return answer
    errors = graphql_errors(answer.data)
    if not errors:
        has_data = isinstance(answer.data, dict) and isinstance(answer.data.get("data"), dict)
        return answer if has_data else _as(answer, Kind.UNCLEAR)
    if any(_is_limit(error) for error in errors):
        return _as(answer, Kind.PRIMARY, errors)
    if answer.data.get("data"):
        return answer
    if any(is_too_much(error) for error in errors):
        return _as(answer, Kind.SPLIT, errors)
    return _as(answer, Kind.UNCLEAR, errors)


def graphql_errors(body: Any) -> list[dict[str, Any]]:
    """Return the errors in a GraphQL answer's *body*, whatever its shape."""
    errors = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(errors, list):
        return []
    return [error for error in errors if isinstance(error, dict)]


def is_too_much(error: Mapping[str, Any]) -> bool:
    """Return whether a GraphQL *error* would not come for a smaller question, or a second time."""
    untyped = _HICCUP in str(error.get("message", "")).lower()
    return error.get("type") in _TOO_MUCH or untyped


def unreachable(message: str) -> Answer:
    """Return the answer that stands for none: the network failed, in the words of *message*."""
    return Answer(kind=Kind.TRANSIENT, message=message)


def _as(answer: Answer, kind: Kind, errors: list[dict[str, Any]] | None = None) -> Answer:
    message = str(errors[0].get("message", "")) if errors else answer.message
    return Answer(
        kind=kind,
        status=answer.status,
        message=message[:300],
        data=answer.data,
        headers=answer.headers,
        until=answer.until,
        wait=answer.wait,
    )


def _is_limit(error: Mapping[str, Any]) -> bool:
    extensions = error.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else error.get("code")
    words = (str(error.get("type") or ""), str(code or ""))
    return any("RATE_LIMIT" in word.upper() for word in words)


def _refusal(status: int, headers: Mapping[str, str], data: Any, message: str) -> tuple[Kind, str]:
    """Return what a 403 or 429 means; GitHub uses both for limits, and 403 for much else."""
    text = message.lower()
    if isinstance(data, dict) and isinstance(data.get("block"), dict):
        return Kind.BLOCKED, _notice(data, message)
    if any(phrase in text for phrase in _SECONDARY):
        return Kind.SECONDARY, message
    if headers.get("x-ratelimit-remaining") == "0" or any(p in text for p in _PRIMARY):
        return Kind.PRIMARY, message
    if status == 429 or "retry-after" in headers:
        return Kind.SECONDARY, message
    if any(phrase in text for phrase in _BAD_TOKEN):
        return Kind.AUTH, message
    return Kind.UNCLEAR, message


def _notice(data: Any, message: str) -> str:
    """Return why something is blocked, with the address of the notice where there is one."""
    block = data.get("block") if isinstance(data, dict) else None
    if not isinstance(block, dict):
        return message
    words = (message, str(block.get("reason") or ""), str(block.get("html_url") or ""))
    return ": ".join(word for word in words if word)


def _parse(body: str) -> tuple[Any, bool]:
    try:
        return said_in_json(body), True
    except ValueError:
        return None, False


def _message(data: Any, body: str) -> str:
    """Return what the forge said in words, on one line and not too long."""
    if isinstance(data, dict):
        for name in ("message", "error", "error_description"):
            if isinstance(data.get(name), str):
                return " ".join(data[name].split())[:300]
        return ""
    return " ".join(body[:300].split()) if data is None else ""


def _wait(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds we are to wait; dates are the server's, by its own clock."""
    return retry_after(headers.get("retry-after", ""), http_date(headers.get("date", "")))


def _reset(headers: Mapping[str, str]) -> float | None:
    text = headers.get("x-ratelimit-reset", "")
    return float(text[:12]) if text.isascii() and text.isdigit() else None
