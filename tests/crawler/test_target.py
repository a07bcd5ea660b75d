"""Where a written address leads, as a table."""

import pytest

from catalog.vocabulary import Reason
from crawler.reading.target import Resolved, resolve

WEB = "https://a-site.com/x"


def slip(meant: str) -> Resolved:
    return Resolved(finding=Reason.BAD_URL, suggestion=meant)


def path(target: str) -> Resolved:
    return Resolved(target=target, relative=True)


CASES = [
    ("the web", WEB, Resolved(target=WEB)),
    ("white space around it", f" {WEB}\n", Resolved(target=WEB)),
    ("mail", "mailto:me@a-site.com", Resolved(target="mailto:me@a-site.com")),
    ("a scheme nobody visits", "javascript:alert(1)", Resolved(target="javascript:alert(1)")),
    ("whatever scheme the page has", "//a-site.com/x", Resolved(target=WEB)),
    ("nothing", "", slip("")),
    ("half an address", "http://[half", slip("")),
    ("a slash short", "https:/a-site.com/x", slip(WEB)),
    ("a colon short", "https//a-site.com/x", slip(WEB)),
    ("a letter short", "ttps://a-site.com/x", slip(WEB)),
    ("a letter too many", "hhttps://a-site.com/x", slip(WEB)),
    ("a full-width colon", "https：//a-site.com/x", slip(WEB)),
    ("a space after the scheme", "https:// a-site.com/x", slip(WEB)),
    ("no scheme", "a-site.com/x", slip(WEB)),
    ("no scheme and no path", "a-site.com", slip("https://a-site.com")),
    ("mail without its scheme", "me@a-site.com", slip("mailto:me@a-site.com")),
    ("what a site generator fills in", "{{ site.url }}/x", Resolved()),
    ("a file beside", "2020-02.md", path("issues/2020-02.md")),
    ("a file above", "../img/a%20b.png?raw=true", path("img/a b.png")),
    ("a detour", "../issues/2020-02.md#top", path("issues/2020-02.md#top")),
    ("out of the archive", "../../x.png", path("../x.png")),
    ("a place in the same issue", "#news", path("issues/2020-01.md#news")),
    ("from the site's root", "/about/", path("about")),
    ("a file whose ending is a country's", "notes.md", path("issues/notes.md")),
]


@pytest.mark.parametrize(
    ("url", "resolved"), [pytest.param(url, resolved, id=name) for name, url, resolved in CASES]
)
def test_resolve(url: str, resolved: Resolved) -> None:
    assert resolve(url, "issues/2020-01.md") == resolved


def test_an_issue_from_the_web_resolves_against_its_page() -> None:
    found = resolve("../2.html#x", "ignored", "https://a-site.com/issues/1.html")
    assert found == Resolved(target="https://a-site.com/2.html#x", relative=True)
