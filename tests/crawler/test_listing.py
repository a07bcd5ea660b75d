"""Pages that list issues, and feeds, as a person sees what the issues are."""

import pytest

from crawler.reading.listing import entries, is_feed, issue_links
from crawler.reading.profile import ArchiveProfile

SITE = "https://news.example"
WHOLE = "<p>" + "so much text " * 40 + f"<a href='{SITE}/x'>x</a></p>"


def page(*links: str) -> str:
    return "<html><body>" + "".join(f"<a href='{link}'>{link}</a>" for link in links)


@pytest.mark.parametrize(
    ("links", "found"),
    [
        pytest.param(
            ["/", "/about", "/issues/1", "/issues/2", "/issues/3", "/2020/"],
            ["/issues/1", "/issues/2", "/issues/3"],
            id="numbered pages, and a menu",
        ),
        pytest.param(
            ["/2020/05/06/news-1/", "/2020/05/13/news-2/", "/2020/05/20/news-3/", "/tag/1"],
            ["/2020/05/06/news-1/", "/2020/05/13/news-2/", "/2020/05/20/news-3/"],
            id="dated pages",
        ),
        pytest.param(
            ["/i/1", "/i/1#top", "/i/1?utm_source=x", "/i/2", "https://other.example/i/3", "/i/4"],
            ["/i/1", "/i/2", "/i/4"],
            id="each once, and none of another site",
        ),
        pytest.param(["/i/1", "/i/2", "/about"], [], id="too few to be an archive"),
    ],
)
def test_issue_links(links: list[str], found: list[str]) -> None:
    listed = issue_links(page(*links), f"{SITE}/", ArchiveProfile())
    assert listed == [SITE + path for path in found]


def test_links_lead_where_a_browser_would_go() -> None:
    shown = (
        f"<head><base href='{SITE}/archive/'></head>"
        "<map><area href=' 1 '></map><a href='2'>two</a><a href='//[half'>no</a><a href=3>three</a>"
    )
    listed = issue_links(shown, f"{SITE}/", ArchiveProfile())
    assert listed == [f"{SITE}/archive/{number}" for number in (1, 2, 3)]


def test_a_base_that_is_no_address_leaves_links_where_the_page_is() -> None:
    shown = "<base href='//[half'><a href='/1'>one</a><a href='/2'>two</a><a href='/3'>three</a>"
    assert issue_links(shown, f"{SITE}/", ArchiveProfile()) == [f"{SITE}/{n}" for n in (1, 2, 3)]


def test_a_profile_says_which_pages_are_issues() -> None:
    profile = ArchiveProfile(include=("/letters/*",), exclude=("*/draft",))
    listed = issue_links(page("/letters/a", "/letters/draft", "/i/1"), f"{SITE}/", profile)
    assert listed == [f"{SITE}/letters/a"]


RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Two</title><link>/2</link><pubDate>Fri, 04 Mar 2022 10:00:00 GMT</pubDate>
<description><![CDATA[{WHOLE}]]></description></item>
<item><title>One</title><link>{SITE}/1</link><description>soon</description></item>
</channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry>
<title>Two</title><link href="{SITE}/2"/><updated>2022-03-04T10:00:00Z</updated>
<summary>short</summary><content type="html"><![CDATA[{WHOLE}]]></content></entry></feed>"""


@pytest.mark.parametrize("feed", [RSS, ATOM], ids=["RSS", "Atom"])
def test_an_entry_with_its_content(feed: str) -> None:
    assert is_feed(feed.encode())
    first = next(entries(feed.encode(), f"{SITE}/feed"))
    assert (first.url, first.title, first.date) == (f"{SITE}/2", "Two", "2022-03-04")
    assert first.content == WHOLE


def test_an_entry_that_only_announces_its_issue() -> None:
    second = list(entries(RSS.encode(), f"{SITE}/feed"))[1]
    assert (second.url, second.date, second.content) == (f"{SITE}/1", "", "")


@pytest.mark.parametrize("body", [b"<html><rss>", b"# rss", b"", b"<?xml version='1.0'?><svg/>"])
def test_what_is_no_feed(body: bytes) -> None:
    assert not is_feed(body)
