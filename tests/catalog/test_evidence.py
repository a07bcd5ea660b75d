"""What a check keeps of its visit is enough to judge it again, and small."""

import json

import pytest

from catalog.evidence import neighbours_of, to_hops, to_seen, visit_of
from catalog.records import Hop, HostEvidence, Page, RepoName, Visit
from catalog.vocabulary import Reason

URL = "https://example.com/post"
PAGE = Page(
    content_type="text/html",
    title="Title",
    heading="Heading",
    lead="Words\nMore words",
    text_length=16,
    fingerprint="00ff00ff00ff00ff",
    markers=("article", "script"),
)

VISITS = [
    ("no answer", Visit(url=URL, failure=Reason.TIMEOUT, detail="connect", seconds=10.0)),
    ("a status alone", Visit(url=URL, status=404, final_url=URL)),
    ("a page", Visit(url=URL, status=200, final_url=URL, page=PAGE, size=16)),
    (
        "headers and hops",
        Visit(
            url=URL,
            status=200,
            final_url=f"{URL}/",
            hops=(Hop(url=URL, status=301, location=f"{URL}/"),),
            headers={"content-type": "text/html"},
        ),
    ),
]


def row_of(visit: Visit, neighbours: HostEvidence | None = None) -> dict[str, object]:
    return {
        "status": visit.status,
        "failure": visit.failure,
        "detail": visit.detail,
        "final_url": visit.final_url,
        "hops": to_hops(visit.hops),
        "seen": to_seen(visit, neighbours),
        "seconds": visit.seconds,
        "size": visit.size,
    }


@pytest.mark.parametrize("visit", [pytest.param(visit, id=what) for what, visit in VISITS])
def test_a_visit_comes_back_as_it_was(visit: Visit) -> None:
    assert visit_of(row_of(visit), URL) == visit


def test_what_the_host_said_elsewhere_comes_back() -> None:
    probe = Visit(url=f"{URL}-none", status=200, final_url=URL, page=PAGE)
    known = HostEvidence(same_end=4, same_text=2, probe=probe)
    assert neighbours_of(row_of(Visit(url=URL, status=200), known)) == known


def test_a_silent_probe_comes_back() -> None:
    known = HostEvidence(probe=Visit(url=URL, failure=Reason.TIMEOUT))
    assert neighbours_of(row_of(Visit(url=URL, status=200), known)) == known


def test_nothing_known_of_the_host_is_none() -> None:
    assert neighbours_of(row_of(Visit(url=URL, status=200))) is None


def test_an_article_is_kept_in_few_bytes() -> None:
    page = Page(
        content_type="text/html",
        charset="utf-8",
        title="Title",
        lead="Words. " * 285,
        text_length=40_000,
        prose_length=30_000,
        author="Somebody",
        repos=(RepoName(host="github.com", owner="a", name="b"),) * 9,
    )
    seen = to_seen(Visit(url=URL, status=200, page=page))
    assert len(seen) < 700
    assert set(json.loads(seen)["page"]) == {
        *("content_type", "title", "lead", "text_length", "prose_length")
    }


def test_of_a_cookie_only_its_name_is_kept() -> None:
    headers = {"content-type": "text/html", "set-cookie": "sid=secret; Path=/", "etag": '"1"'}
    seen = json.loads(to_seen(Visit(url=URL, status=403, headers=headers)))
    assert seen["headers"] == {"content-type": "text/html", "set-cookie": "sid"}
