"""arXiv is asked in hundreds at its own pace, and believed only when it is sure."""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest
from aiohttp import web

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">{}</feed>"""


def entry(arxiv_id: str, *, version: int = 1, comment: str = "", summary: str = "") -> str:
    return f"""<entry><id>http://arxiv.org/abs/{arxiv_id}v{version}</id>
      <title>Pruning
         networks</title><summary>{escape(summary)}</summary>
      <author><name>A. One</name></author><author><name>B. Two</name></author>
      <arxiv:comment>{escape(comment)}</arxiv:comment>
      <category term="cs.CV"/><category term="cs.LG"/>
      <published>2018-12-02T01:02:03Z</published><updated>2019-02-23T01:02:03Z</updated></entry>"""


ERROR = (
    "<entry><id>http://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title></entry>"
)


class FakeArxiv:
    """Answers with whatever *say* makes of the identifiers it is asked about."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.say: Callable[[list[str]], web.Response] = lambda ids: feed(*map(entry, ids))

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/api/query", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.Response:
        ids = request.query["id_list"].split(",")
        assert int(request.query["max_results"]) == len(ids)
        assert "linkledger" in request.headers["User-Agent"]
        self.asked.append(ids)
        return self.say(ids)


def feed(*entries: str, status: int = 200) -> web.Response:
    return web.Response(status=status, text=FEED.format("".join(entries)), content_type="text/xml")


@pytest.fixture
def arxiv() -> FakeArxiv:
    return FakeArxiv()


@pytest.fixture
def look(desk: Any, serve: Any, arxiv: FakeArxiv) -> Callable[..., Any]:
    base = serve(arxiv.app())

    def run(*ids: str, **options: Any) -> Any:
        desk.read(*(f"https://arxiv.org/abs/{each}" for each in ids))
        return desk.enrich(arxiv_api=f"{base}/api/query", **options)

    return run


def papers(desk: Any) -> dict[str, str]:
    return {row["arxiv_id"]: row["state"] for row in desk.db["papers"].rows}


def test_a_paper_is_described(look: Any, desk: Any, arxiv: FakeArxiv) -> None:
    arxiv.say = lambda _: feed(entry("1812.00332", version=2))
    look("1812.00332v1")
    (paper,) = desk.db["papers"].rows
    assert (paper["title"], paper["authors"]) == ("Pruning networks", '["A. One", "B. Two"]')
    assert (paper["categories"], paper["version"]) == ('["cs.CV", "cs.LG"]', 2)
    assert (paper["published_at"], paper["withdrawn"]) == ("2018-12-02T01:02:03Z", 0)
    (link,) = desk.db["links"].rows
    assert link["standing"] == "ok"


WITHDRAWN = [
    ("the remark says so", {"comment": "This paper has been withdrawn by the author"}, 1),
    ("the abstract says so", {"summary": "This article has been withdrawn."}, 1),
    ("the remark begins so", {"comment": "Withdrawn due to an error in section 3"}, 1),
    ("it is about withdrawing", {"summary": "We study funds withdrawn from banks."}, 0),
    ("nothing says so", {"comment": "12 pages"}, 0),
]


@pytest.mark.parametrize(
    ("words", "withdrawn"), [pytest.param(*row, id=name) for name, *row in WITHDRAWN]
)
def test_a_withdrawn_paper_stays_and_is_marked(
    look: Any, desk: Any, arxiv: FakeArxiv, words: dict[str, str], withdrawn: int
) -> None:
    arxiv.say = lambda _: feed(entry("1812.00332", **words))
    look("1812.00332")
    (paper,) = desk.db["papers"].rows
    assert (paper["state"], paper["withdrawn"]) == ("ok", withdrawn)


@pytest.mark.parametrize("version", ["9" * 20, "9" * 5000], ids=["20 digits", "5,000 digits"])
def test_a_version_beyond_all_numbers_harms_nobody(
    look: Any, desk: Any, arxiv: FakeArxiv, version: Any
) -> None:
    arxiv.say = lambda _: feed(entry("1812.00332", version=version))
    look("1812.00332")
    assert papers(desk) == {"1812.00332": "ok"}


def test_papers_are_asked_about_in_hundreds(look: Any, arxiv: FakeArxiv, desk: Any) -> None:
    summary = look(*(f"2001.{n:05}" for n in range(250)), arxiv_pace=3.0)
    assert [len(ids) for ids in arxiv.asked] == [100, 100, 50]
    assert (summary.papers, summary.papers_left) == (250, 0)
    assert [2 < seconds <= 3 for seconds in desk.time.slept] == [True, True]


def test_a_paper_missing_from_two_answers_is_gone(look: Any, arxiv: FakeArxiv, desk: Any) -> None:
    arxiv.say = lambda ids: feed(*(entry(each) for each in ids if each != "2001.00002"))
    summary = look("2001.00001", "2001.00002")
    assert papers(desk) == {"2001.00001": "ok", "2001.00002": "gone"}
    assert arxiv.asked == [["2001.00001", "2001.00002"], ["2001.00002"]]
    assert summary.papers_gone == 1


def test_an_answer_that_forgot_papers_is_not_the_last_word(
    look: Any, arxiv: FakeArxiv, desk: Any
) -> None:
    arxiv.say = lambda ids: feed(*map(entry, ids)) if len(arxiv.asked) > 1 else feed()
    look("2001.00001", "2001.00002")
    assert set(papers(desk).values()) == {"ok"}


def test_one_identifier_that_spoils_the_answer_is_found(
    look: Any, arxiv: FakeArxiv, desk: Any
) -> None:
    def say(ids: list[str]) -> web.Response:
        return feed(ERROR, status=400) if "2001.00003" in ids else feed(*map(entry, ids))

    arxiv.say = say
    look(*(f"2001.{n:05}" for n in range(8)))
    assert {each for each, state in papers(desk).items() if state == "gone"} == {"2001.00003"}
    assert len(papers(desk)) == 8


VAIN = "arXiv was asked in vain about 1 of 1 papers ({})"
NO_FEED = VAIN.format("an answer that is no feed")
TROUBLE = [
    ("a server error", lambda _: web.Response(status=500), VAIN.format("status 500")),
    ("nothing at this address", lambda _: web.Response(status=404), VAIN.format("status 404")),
    ("another host",
     lambda _: web.Response(status=302, headers={"Location": "http://a.example/"}),
     VAIN.format("redirected to another host, a.example")),
    ("too fast", lambda _: web.Response(status=503, headers={"Retry-After": "900"}),
     "arXiv: it asks us to slow down for longer than we may wait; the rest waits"),
    ("a page of HTML", lambda _: web.Response(text="<html><p>Rate exceeded.</html>"), NO_FEED),
    ("XML that stops", lambda _: web.Response(text=FEED[:80]), NO_FEED),
    ("a file of ours, by an entity",
     lambda _: web.Response(
         text='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
     ), NO_FEED),
    ("nothing", lambda _: web.Response(text=""), NO_FEED),
    ("too fast, until a year that no clock knows",
     lambda _: web.Response(status=503, headers={"Retry-After": "9" * 400}),
     "arXiv: it asks us to slow down for longer than we may wait; the rest waits"),
]  # fmt: skip


def said(desk: Any) -> str:
    """What came of the last question about the paper instead of an answer."""
    (message,) = desk.db.execute("SELECT message FROM papers").fetchone()
    return str(message)


@pytest.mark.parametrize(("say", "why"), [pytest.param(*row, id=name) for name, *row in TROUBLE])
def test_trouble_leaves_papers_as_they_were_and_due_and_is_told(
    look: Any, arxiv: FakeArxiv, desk: Any, say: Any, why: str
) -> None:
    arxiv.say = say
    summary = look("2001.00001", attempts=2, max_wait=1)
    assert papers(desk) == {"2001.00001": "unknown"}
    assert summary.papers_left == 1
    assert summary.notes == [why]
    assert said(desk)
    assert said(desk) in why
    arxiv.say = lambda ids: feed(*map(entry, ids))
    desk.next_night()
    summary = look("2001.00001")
    assert (summary.papers, summary.notes, said(desk)) == (1, [], "")


def test_trouble_at_the_second_look_is_told_too(look: Any, arxiv: FakeArxiv, desk: Any) -> None:
    arxiv.say = lambda _: web.Response(status=404) if len(arxiv.asked) > 1 else feed()
    summary = look("2001.00001", "2001.00002", attempts=2, max_wait=1)
    assert set(papers(desk).values()) == {"unknown"}
    assert summary.papers_left == 2
    assert summary.notes == ["arXiv was asked in vain about 2 of 2 papers (status 404)"]


def test_entities_that_multiply_are_not_unfolded(look: Any, arxiv: FakeArxiv, desk: Any) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{"&" + a + ";"}{"&" + a + ";"}{"&" + a + ";"}">'
        for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    body = f"{bomb}]>" + FEED.format("&k;" + entry("2001.00001")).partition("?>")[2]
    arxiv.say = lambda _: web.Response(text=body, content_type="text/xml")
    look("2001.00001", attempts=1, max_wait=0)
    assert papers(desk)["2001.00001"] in ("ok", "unknown")
