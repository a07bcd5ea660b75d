"""What an answer means, as a table: what GitHub said, and what follows."""

import json
from typing import Any

import pytest

from enrich.answers import Answer, Kind, classify, classify_batch

RESET = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800003600"}
LEFT = {"x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1800003600"}


def said(message: str, **more: Any) -> str:
    return json.dumps({"message": message, **more})


SECONDARY = said(
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
BLOCK = {"reason": "dmca", "html_url": "https://github.com/github/dmca"}

CASES = [
    ("a repository", 200, LEFT, '{"id": 1}', Kind.OK),
    ("nothing new", 304, LEFT, "", Kind.NOT_MODIFIED),
    ("moved", 301, {"location": "/repositories/1"}, said("Moved Permanently"), Kind.MOVED),
    ("not found", 404, LEFT, said("Not Found"), Kind.GONE),
    ("a 404 that GitHub did not write", 404, {}, "<html>nginx</html>", Kind.TRANSIENT),
    ("a takedown", 451, LEFT, said("Repository access blocked", block=BLOCK), Kind.BLOCKED),
    ("against the terms", 403, LEFT, said("blocked", block={"reason": "tos"}), Kind.BLOCKED),
    ("a bad token", 401, {}, said("Bad credentials"), Kind.AUTH),
    ("too many bad tokens", 403, {}, said("Max number of login attempts exceeded"), Kind.AUTH),
    ("the quota is used up, 403", 403, RESET, said("API rate limit exceeded"), Kind.PRIMARY),
    ("the quota is used up, 429", 429, RESET, said("API rate limit exceeded"), Kind.PRIMARY),
    ("it was used up before", 403, {}, said("API rate limit already exceeded"), Kind.PRIMARY),
    ("used up, says only a header", 403, RESET, "", Kind.PRIMARY),
    ("too fast, 403", 403, LEFT, SECONDARY, Kind.SECONDARY),
    ("too fast, 429", 429, LEFT, SECONDARY, Kind.SECONDARY),
    ("too fast, with the quota at zero", 403, RESET, SECONDARY, Kind.SECONDARY),
    ("too fast, older words", 403, {}, said("triggered an abuse detection"), Kind.SECONDARY),
    ("too fast, without a word", 429, {}, "", Kind.SECONDARY),
    ("wait, and no reason", 403, {"retry-after": "5"}, "", Kind.SECONDARY),
    ("not for this token", 403, LEFT, said("Resource not accessible by token"), Kind.UNCLEAR),
    ("a server error in JSON", 500, {}, '{"error": "Server Error"}', Kind.TRANSIENT),
    ("a server error in HTML", 502, {}, "<html>Unicorn!</html>", Kind.TRANSIENT),
    ("HTML in place of JSON", 200, {}, "<html>Welcome!</html>", Kind.TRANSIENT),
    ("JSON that stops in the middle", 200, {}, '{"id": 1, "na', Kind.TRANSIENT),
    ("brackets without end", 200, {}, "[" * 100_000, Kind.TRANSIENT),
    ("nothing at all", 200, {}, "", Kind.TRANSIENT),
    ("a status without a rule", 418, {}, said("I am a teapot"), Kind.UNCLEAR),
]


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"), [pytest.param(*row, id=name) for name, *row in CASES]
)
def test_classify(status: int, headers: dict[str, str], body: str, kind: Kind) -> None:
    assert classify(status, headers, body).kind is kind


def errors(*each: dict[str, Any], data: Any = None) -> str:
    return json.dumps({"data": data, "errors": list(each)})


HICCUP = {"message": "Something went wrong while executing your query. This may be the result …"}

BATCHES = [
    ("all of it", 200, '{"data": {"r0": {"id": "R_1"}}}', Kind.OK),
    (
        "one is missing",
        200,
        errors({"type": "NOT_FOUND", "path": ["r1"]}, data={"r0": {}}),
        Kind.OK,
    ),
    ("the quota, by type", 200, errors({"type": "RATE_LIMITED"}), Kind.PRIMARY),
    (
        "the quota, by code",
        200,
        errors({"extensions": {"code": "graphql_rate_limit"}}),
        Kind.PRIMARY,
    ),
    (
        "the quota in the middle",
        200,
        errors({"type": "RATE_LIMITED"}, data={"r0": {}}),
        Kind.PRIMARY,
    ),
    (
        "too much at once, some came",
        200,
        errors({"type": "RESOURCE_LIMITS_EXCEEDED", "path": ["r1"]}, data={"r0": {}}),
        Kind.OK,
    ),
    ("too much at once", 200, errors({"type": "RESOURCE_LIMITS_EXCEEDED"}), Kind.SPLIT),
    ("too many ids", 200, errors({"type": "ARGUMENT_LIMIT", "path": ["nodes"]}), Kind.SPLIT),
    ("something went wrong, untyped", 200, errors(HICCUP), Kind.SPLIT),
    (
        "a field it does not know",
        200,
        errors({"message": "Field 'x' doesn't exist"}),
        Kind.UNCLEAR,
    ),
    ("no data and no errors", 200, '{"data": null}', Kind.UNCLEAR),
    ("errors of no shape", 200, '{"data": {"r0": {}}, "errors": "none"}', Kind.OK),
    ("it took too long", 502, "<html>Unicorn!</html>", Kind.SPLIT),
    ("it took too long, 504", 504, '{"message": "in time"}', Kind.SPLIT),
    ("another server error", 500, "", Kind.TRANSIENT),
    ("too fast", 403, SECONDARY, Kind.SECONDARY),
    ("a bad token", 401, said("Bad credentials"), Kind.AUTH),
]


@pytest.mark.parametrize(
    ("status", "body", "kind"), [pytest.param(*row, id=name) for name, *row in BATCHES]
)
def test_classify_batch(status: int, body: str, kind: Kind) -> None:
    assert classify_batch(status, {}, body).kind is kind


def test_every_kind_has_a_case() -> None:
    assert {row[-1] for row in CASES} | {row[-1] for row in BATCHES} == set(Kind)


DATE = {"date": "Sun, 22 Nov 2026 04:00:00 GMT"}
WAITS = [
    ("seconds", {"retry-after": "30"}, 30.0),
    ("a date", {"retry-after": "Sun, 22 Nov 2026 04:01:00 GMT", **DATE}, 60.0),
    ("a date that is over", {"retry-after": "Sun, 22 Nov 2026 03:00:00 GMT", **DATE}, 0.0),
    ("a date without the server's own", {"retry-after": "Sun, 22 Nov 2026 04:01:00 GMT"}, None),
    ("nonsense", {"retry-after": "soon"}, None),
    ("a year of twenty digits", {"retry-after": f"Sun, 22 Nov {'9' * 20} 04:00:00 GMT"}, None),
    ("digits of another script", {"retry-after": "٣"}, None),
    ("nothing", {}, None),
]


@pytest.mark.parametrize(
    ("headers", "wait"), [pytest.param(*row, id=name) for name, *row in WAITS]
)
def test_how_long_the_forge_asks_to_wait(headers: dict[str, str], wait: float | None) -> None:
    assert classify(429, headers, SECONDARY).wait == wait


def test_when_the_quota_comes_back() -> None:
    assert classify(403, RESET, "").until == 1_800_003_600
    assert classify(403, {"x-ratelimit-reset": "later"}, "").until is None
    assert classify(403, {"x-ratelimit-reset": "9" * 400}, "").until == 999_999_999_999


def test_a_block_says_why_and_where_the_notice_is() -> None:
    answer = classify(451, {}, said("Repository access blocked", block=BLOCK))
    assert answer.message == "Repository access blocked: dmca: https://github.com/github/dmca"


def test_what_a_forge_says_is_one_short_line() -> None:
    answer = classify(418, {}, said("a\nb\r\n" + "c" * 1000))
    assert answer.message.startswith("a b c")
    assert len(answer.message) <= 300


def test_a_header_that_is_not_there_is_empty() -> None:
    assert Answer(kind=Kind.OK).header("etag") == ""


def test_what_a_forge_says_can_be_stored() -> None:
    answer = classify(451, {}, said("blocked \ud800", block={"reason": "\udfff"}))
    assert answer.message == "blocked \ufffd: \ufffd"
