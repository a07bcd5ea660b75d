"""The Internet Archive, as its CDX server answers: copies before the issue, asked for gently."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.suggestions import save_visit, suggest, unvisited_suggestions
from catalog.vocabulary import Reason, SuggestionKind, Verdict
from enrich.options import EnrichOptions
from enrich.transport import MOST_BYTES, connect
from report.candidates import ASK_AGAIN, find_suggestions
from report.findings import Group
from report.wayback import Copy, WaybackError, WaybackOptions, open_wayback
from tests.loopback import Request, Response, serve


@dataclass
class FakeArchive:
    """A CDX server on loopback that keeps captures by address and counts what it is asked."""

    url: str = ""
    captures: dict[str, list[str]] = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str) -> bytes:
        split = urlsplit(path)
        assert split.path == "/cdx/search/cdx"
        question = {name: values[0] for name, values in parse_qs(split.query).items()}
        self.asked.append(question)
        if self.body is not None:
            return self.body
        assert question["output"] == "json"
        assert question["filter"] == "statuscode:200"
        assert question["limit"] == "-1"
        taken = [t for t in self.captures.get(question["url"], []) if t <= question["to"]]
        rows = [["timestamp", "original"], *([t, question["url"]] for t in taken[-1:])]
        return json.dumps(rows if taken else []).encode()


CONNECT = partial(connect, EnrichOptions())


@pytest.fixture
def archive_org() -> Iterator[FakeArchive]:
    fake = FakeArchive()

    def respond(request: Request) -> Response:
        body = fake.answer(request.target)
        return Response(status=fake.status, headers=fake.headers, body=body)

    with serve(respond) as fake.url:
        yield fake


@pytest.fixture
def options(archive_org) -> Callable[..., WaybackOptions]:
    return lambda **changes: WaybackOptions(
        **{"connect": CONNECT, "api": archive_org.url, "delay": 0, **changes}
    )


def test_the_last_copy_before_the_issue(archive_org, options) -> None:
    archive_org.captures["https://a.example/"] = [
        "20180101000000",
        "20191231235959",
        "20210101000000",
    ]
    with open_wayback(options()) as wayback:
        assert wayback.last_before("https://a.example/", "2020-01-01") == Copy(
            address="https://web.archive.org/web/20191231235959/https://a.example/",
            taken_at="2019-12-31T23:59:59Z",
        )
        assert wayback.last_before("https://a.example/", "2017-01-01") is None
        assert wayback.last_before("https://b.example/", "2020-01-01") is None


def test_it_waits_between_questions_and_stops_when_it_is_enough(archive_org, options) -> None:
    pauses: list[float] = []
    with open_wayback(options(delay=7, limit=2), pause=pauses.append) as wayback:
        wayback.last_before("https://a.example/", "2020-01-01")
        assert not wayback.is_exhausted
        wayback.last_before("https://b.example/", "2020-01-01")
        assert wayback.is_exhausted
    assert pauses == [7]


TROUBLE = [
    ("too many questions", 429, {}, b"slow down"),
    ("it is down", 503, {}, b""),
    ("it leads elsewhere", 302, {"Location": "http://127.0.0.1:9/"}, b""),
    ("a page instead of a list", 200, {}, b"<html>hello</html>"),
    ("another kind of list", 200, {}, b'[["a"], "b"]'),
    ("more than anyone needs", 200, {}, b"[" + b" " * MOST_BYTES + b"]"),
    ("brackets without end", 200, {}, b"[" * 100_000),
    ("packed, and in no such packing", 200, {"Content-Encoding": "gzip"}, b"[]"),
    ("no list", 200, {}, b'{"a": 1}'),
]


@pytest.mark.parametrize(
    ("status", "headers", "body"), [pytest.param(*row, id=name) for name, *row in TROUBLE]
)
def test_trouble_is_told_and_not_taken_for_an_answer(
    archive_org, options, two_nights, status: int, headers: dict[str, str], body: bytes
) -> None:
    archive_org.status, archive_org.headers, archive_org.body = status, headers, body
    now = two_nights.morning("2026-11-22")
    found = find_suggestions(two_nights.db, now, wayback=options())
    assert (found.asked, found.archived) == (1, 0)
    assert found.trouble.startswith("the Internet Archive")
    assert two_nights.db["archived_copies"].count == 0


def test_nobody_there(options) -> None:
    with (
        open_wayback(options(api="http://127.0.0.1:9", timeout=2)) as wayback,
        pytest.raises(WaybackError, match="cannot be asked"),
    ):
        wayback.last_before("https://a.example/", "2020-01-01")


def test_half_a_character_can_be_kept_as_none(archive_org, options) -> None:
    archive_org.body = b'[["", ""], ["20191231235959", "https://a.example/\\ud800"]]'
    with open_wayback(options()) as wayback:
        copy = wayback.last_before("https://a.example/", "2020-01-01")
    assert copy is not None
    assert copy.address.endswith("https://a.example/\ufffd")


STORY = "https://mp.weixin.qq.com/s/story"


def test_only_confirmed_breaks_are_asked_for_and_only_once(
    archive_org, options, two_nights
) -> None:
    archive_org.captures[STORY] = ["20260930120000", "20261002120000"]
    now = two_nights.morning("2026-11-22")
    found = find_suggestions(two_nights.db, now, wayback=options())
    asked = {question["url"] for question in archive_org.asked}
    broken = {f.url for f in two_nights.report().of(Group.NEWLY_BROKEN, Group.STILL_BROKEN)}
    assert asked == {url for url in broken if "://" in url}
    assert (found.asked, found.archived) == (len(asked), 1)
    assert {q["to"] for q in archive_org.asked if q["url"] == STORY} == {"20261001235959"}

    archive_org.asked.clear()
    assert find_suggestions(two_nights.db, now, wayback=options()).asked == 0
    later = now + ASK_AGAIN
    again = find_suggestions(two_nights.db, later + (later - now), wayback=options())
    assert again.asked == len(asked) - 1  # the one that was found is not asked for again


def test_who_waits_for_a_visit_to_something_better_is_not_asked_for(
    archive_org, options, two_nights
) -> None:
    now = two_nights.morning("2026-11-22")
    row = two_nights.db.execute("SELECT id FROM links WHERE url = ?", [STORY]).fetchone()
    suggest(two_nights.db, row[0], SuggestionKind.RENAMED, "https://b.example/", now)
    find_suggestions(two_nights.db, now, wayback=options())
    assert STORY not in {question["url"] for question in archive_org.asked}


def test_nothing_is_offered_before_it_was_visited(archive_org, options, two_nights) -> None:
    archive_org.captures[STORY] = ["20260930120000"]
    now = two_nights.morning("2026-11-22")
    find_suggestions(two_nights.db, now, wayback=options())

    def offered() -> object:
        return next(f.suggestion for f in two_nights.report().findings if f.url == STORY)

    (waiting,) = unvisited_suggestions(two_nights.db)
    assert offered() is None
    save_visit(two_nights.db, waiting.suggestion_id, Verdict.UNREACHABLE, now)
    assert offered() is None
    assert unvisited_suggestions(two_nights.db) == (waiting,)
    save_visit(two_nights.db, waiting.suggestion_id, Verdict.OK, now)
    suggestion = offered()
    assert suggestion is not None
    assert suggestion.kind is SuggestionKind.ARCHIVED
    assert suggestion.address == f"https://web.archive.org/web/20260930120000/{STORY}"
    assert unvisited_suggestions(two_nights.db) == ()


def test_a_copy_that_is_dead_is_never_offered(archive_org, options, two_nights) -> None:
    archive_org.captures[STORY] = ["20260930120000"]
    now = two_nights.morning("2026-11-22")
    find_suggestions(two_nights.db, now, wayback=options())
    (waiting,) = unvisited_suggestions(two_nights.db)
    save_visit(two_nights.db, waiting.suggestion_id, Verdict.BROKEN, now)
    assert next(f.suggestion for f in two_nights.report().findings if f.url == STORY) is None
    assert unvisited_suggestions(two_nights.db) == ()


def test_an_address_with_a_password_is_nobodys_business(archive_org, options, ledger) -> None:
    url = "https://user:secret@a.example/"
    ledger.read({"2026-11-01.md": f"- [x]({url})\n"})
    ledger.night("2026-11-21", {url: Reason.NOT_FOUND})
    found = find_suggestions(ledger.db, ledger.morning("2026-11-22"), wayback=options())
    assert (found.asked, archive_org.asked) == (0, [])


def test_a_missing_file_is_looked_for_in_the_folder(two_nights) -> None:
    (two_nights.folder / "Missing.md").write_text("here")
    (two_nights.folder / ".git").mkdir()
    (two_nights.folder / ".git" / "missing.md").write_text("not here")
    found = find_suggestions(two_nights.db, two_nights.morning("2026-11-22"))
    assert found.files == 1
    suggestion = next(f.suggestion for f in two_nights.report().findings if f.url == "missing.md")
    assert suggestion is not None
    assert (suggestion.kind, suggestion.address) == (SuggestionKind.FILE, "Missing.md")


def test_a_file_whose_name_is_not_utf_8_is_not_offered(two_nights) -> None:
    (two_nights.folder / os.fsdecode(b"missing\xff.md")).write_text("here")
    assert find_suggestions(two_nights.db, two_nights.morning("2026-11-22")).files == 0


def test_a_path_below_a_renamed_repository(ledger) -> None:
    url = "https://github.com/old/name/tree/main/docs"
    ledger.read({"2026-11-01.md": f"- [x]({url})\n"})
    ledger.night("2026-11-21", {url: Reason.FORBIDDEN})
    ledger.db.execute("UPDATE repos SET state = 'renamed', renamed_to = 'new/thing'")
    found = find_suggestions(ledger.db, ledger.morning("2026-11-22"))
    assert found.renamed == 1
    (waiting,) = unvisited_suggestions(ledger.db)
    assert waiting.address == "https://github.com/new/thing/tree/main/docs"
