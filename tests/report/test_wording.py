"""Everything that may be said has its words, in every language."""

import re

import pytest

from catalog.vocabulary import Reason, Standing, SuggestionKind
from crawler.verdict.drift import Expected, Shown, drift
from report.escaping import plain
from report.findings import Finding, Group, Place, RepoChange, RepoEvent, Suggestion
from report.reasons import DRIFTS, REASONS, advice_in_words, reason_in_words
from report.wording import REPOSITORY_TITLES, Rendering, Wording
from report.words import Words, languages


def wording(language: str) -> Wording:
    rendering = Rendering(text=plain, address=plain, place=str)
    return Wording(words=Words(language), rendering=rendering)


def finding(**what: object) -> Finding:
    values = {
        "link_id": 1, "url": "https://a.example/", "host": "a.example",
        "group": Group.STILL_BROKEN, "standing": Standing.BROKEN, **what,
    }  # fmt: skip
    return Finding(**values)  # type: ignore[arg-type]


def test_every_reason_is_in_words() -> None:
    assert REASONS.keys() == set(Reason)
    assert REPOSITORY_TITLES.keys() == set(RepoEvent)


@pytest.mark.parametrize("group", Group)
@pytest.mark.parametrize("reason", [None, *Reason])
def test_there_is_always_a_reason_and_something_to_do(group: Group, reason: Reason | None) -> None:
    one = finding(group=group, reason=reason)
    for language in languages():
        assert wording(language).why(one)
        assert wording(language).advice(one)
    assert reason_in_words(one)
    assert advice_in_words(one)


@pytest.mark.parametrize("kind", SuggestionKind)
def test_every_suggestion_can_be_offered(kind: SuggestionKind) -> None:
    one = finding(suggestion=Suggestion(kind=kind, address="https://b.example/"))
    told = wording("en").advice(one)
    assert ("https://b.example/" in told) != (kind is SuggestionKind.EMPTY)


STORIES = [
    (
        "broken tonight",
        {
            "first_seen_broken": "2026-11-22T04:00:00Z",
            "last_ok": "2026-11-21T04:00:00Z",
            "nights": 1,
        },
        "since 2026-11-22, failed on 1 night, last seen alive 2026-11-21",
    ),
    (
        "broken for long, and never alive",
        {"first_seen_broken": "2026-10-01T04:00:00Z", "nights": 50},
        "since 2026-10-01, failed on 50 nights, never seen alive",
    ),
    (
        "up and down",
        {"first_seen_broken": "2026-11-20T04:00:00Z", "nights": 2, "flapping": True},
        "since 2026-11-20, failed on 2 nights, never seen alive, comes and goes",
    ),
    ("nothing to tell", {"group": Group.BLOCKED}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("what", "told"), [pytest.param(*row, id=name) for name, *row in STORIES])
def test_the_story_of_a_link(what: dict[str, object], told: str) -> None:
    assert wording("en").history(finding(**what)) == told


WHYS = [
    ("only a reason", {"reason": Reason.TIMEOUT}, "the server does not answer"),
    ("a status", {"reason": Reason.NOT_FOUND, "status": 404}, "the page does not exist (404)"),
    (
        "evidence that only repeats the status",
        {"reason": Reason.NOT_FOUND, "status": 404, "evidence": "status 404"},
        "the page does not exist (404)",
    ),
    (
        "the words that decided",
        {"reason": Reason.SOFT_404, "status": 200, "evidence": "Page not found"},
        "the page says that it does not exist: “Page not found”",
    ),
    (
        "what the network said",
        {"reason": Reason.TLS_ERROR, "detail": "handshake failed"},
        "no secure connection comes about: “handshake failed”",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "told"), [pytest.param(*row, id=name) for name, *row in WHYS])
def test_why(what: dict[str, object], told: str) -> None:
    assert wording("en").why(finding(**what)) == told


DRIFTED = [
    (
        "another owner",
        Expected(texts=("Neural networks on microcontrollers",)),
        Shown(names=("Best casino bonus",)),
    ),
    (
        "another title",
        Expected(
            texts=("Neural networks on microcontrollers",),
            first_title="Neural networks on microcontrollers",
            first_fingerprint="0" * 16,
        ),
        Shown(names=("Holiday flats by the sea",), fingerprint="f" * 16),
    ),
    (
        "nothing in common",
        Expected(texts=("Neural networks on microcontrollers",)),
        Shown(names=("Holiday flats near sandy beaches",)),
    ),
]


@pytest.mark.parametrize(
    ("expected", "shown"), [pytest.param(*row, id=name) for name, *row in DRIFTED]
)
def test_what_the_crawl_says_of_drift_is_said_in_chinese(expected: Expected, shown: Shown) -> None:
    told = drift(expected, shown)
    assert any(pattern.fullmatch(told) for pattern, _ in DRIFTS), told
    english, chinese = (wording(language).drift(finding(drift=told)) for language in ("en", "zh"))
    assert english == told
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert "title" not in chinese


def place(line: int, kind: str = "inline") -> Place:
    return Place(
        archive_id=1, file="a.md", line=line, column=3, text="", section="", item="", url="",
        url_line=line, url_column=3, kind=kind,
    )  # fmt: skip


def test_other_places_leave_out_titles_that_say_what_is_linked_beside_them() -> None:
    places = (place(1), place(1, "title-repo"), place(2), place(3), place(4), place(5))
    assert (
        wording("en").other_places(finding(places=places))
        == "also a.md:2:3, a.md:3:3, a.md:4:3 and 1 more"
    )
    assert wording("en").other_places(finding(places=places[:2])) == ""


def test_a_repository_is_told_with_its_places() -> None:
    change = RepoChange(
        event=RepoEvent.RENAMED, repository="github.com/a/b", url="",
        since="2026-11-22T04:00:00Z", now="github.com/c/d",
        places=(place(1), place(1, "title-repo")),
    )  # fmt: skip
    assert (
        wording("en").repository(change)
        == "github.com/a/b is called github.com/c/d now (a.md:1:3)"
    )
