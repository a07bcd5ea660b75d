"""The page in a real browser: sort, search, filter, dark, narrow, and no foreign script."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.suggestions import save_visit, suggest
from catalog.vocabulary import Reason, SuggestionKind, Verdict
from report.findings import Report
from report.formats import render, style_for
from tests.chromium import chromium, needs_chromium, watched_pages

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


Opener = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Open a report as a file; whatever the page complains of fails the test."""
    with watched_pages(browser) as new_page:

        def opened(report: Report, language: str = "en", *, quiet: bool = True, **options) -> Page:
            path = tmp_path / "report.html"
            path.write_text(render(report, "html", style_for(report, language)), "utf-8")
            page = new_page(console=quiet, offline=True, **options)
            page.goto(path.as_uri())
            return page

        yield opened


def titles(page: Page) -> list[str]:
    return page.locator("tbody tr:visible .title").all_inner_texts()


def test_it_begins_with_what_is_to_be_done(opened, two_nights) -> None:
    page = opened(two_nights.report())
    shown = titles(page)
    assert shown[0].startswith("芯片大会")
    assert "会员专享" not in shown  # blocked: counted, and one click away
    page.get_by_role("button", name="Blocked 1").click()
    assert "会员专享" in titles(page)


def test_search_narrows_by_all_of_its_words(opened, two_nights) -> None:
    page = opened(two_nights.report())
    page.get_by_label("Search").fill("BOARDS again")
    expect(page.locator("tbody tr:visible")).to_have_count(1)
    assert titles(page) == ["A board, again"]
    assert page.get_by_role("status").inner_text() == "1 shown"
    page.get_by_role("button", name="Show all").click()
    assert len(titles(page)) == 13


def test_a_heading_sorts_up_and_down(opened, two_nights) -> None:
    page = opened(two_nights.report())
    heading = page.get_by_role("columnheader", name="Where")
    places = page.locator("tbody tr:visible .place")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    up = places.all_inner_texts()
    assert up[0].startswith("2026-10-01.md:6:3")
    assert up.index("2026-11-01.md:9:3") < up.index("2026-11-01.md:10:3")  # numbers as numbers
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert places.all_inner_texts()[0].startswith("2026-11-01.md:13:3")


def test_a_bar_shows_one_issue(opened, two_nights) -> None:
    page = opened(two_nights.report())
    bar = page.get_by_role("button", name="2026-10-01.md: 3 broken")
    bar.click()
    assert bar.get_attribute("aria-pressed") == "true"
    places = page.locator("tbody tr:visible .place").all_inner_texts()
    assert places
    assert all("2026-10-01.md" in place for place in places)
    bar.click()
    assert len(titles(page)) == 12


def test_it_is_dark_where_that_is_wished(opened, two_nights) -> None:
    report = two_nights.report()
    paper = "getComputedStyle(document.body).backgroundColor"
    light = opened(report, color_scheme="light").evaluate(paper)
    dark = opened(report, color_scheme="dark").evaluate(paper)
    assert (light, dark) == ("rgb(251, 250, 248)", "rgb(22, 24, 28)")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_wider_than_the_window(opened, two_nights, width, language) -> None:
    page = opened(two_nights.report(), language, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 800, 1280])
def test_long_addresses_break_and_are_shown_whole_when_asked(opened, ledger, width) -> None:
    url = f"https://a.example/{'long' * 100}"
    ledger.read({f"{'folder/' * 6}2026-11-01.md": f"- [{'Title' * 30}]({url})\n"})
    copy = f"https://web.archive.org/web/20261030000000/{url}"
    gone = ledger.seen(reason=Reason.NOT_FOUND, evidence="evidence" * 20)
    ledger.night("2026-11-21", {url: gone})
    suggest(ledger.db, 1, SuggestionKind.ARCHIVED, copy, ledger.morning("2026-11-21"))
    save_visit(ledger.db, 1, Verdict.OK, ledger.morning("2026-11-21"))
    page = opened(ledger.report(), viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    address = page.locator("td .address")
    small = address.bounding_box()["height"]
    address.hover()
    assert address.bounding_box()["height"] > small
    page.emulate_media(media="print")
    assert address.bounding_box()["height"] > small


def test_on_paper_there_are_no_buttons_and_all_of_the_address(opened, two_nights) -> None:
    page = opened(two_nights.report())
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert not page.locator(".chips").is_visible()
    assert len(titles(page)) == 12


def test_without_its_script_the_page_shows_everything(opened, two_nights) -> None:
    page = opened(two_nights.report(), java_script_enabled=False)
    assert page.locator("tbody tr").count() == 13
    assert page.locator("tbody tr:visible").count() == 13
    assert not page.locator(".tools").is_visible()


def test_no_title_runs_a_script(opened, ledger) -> None:
    attacks = [
        "<script>window.pwned=1</script>",
        "<img src=x onerror=window.pwned=1>",
        '"><svg onload=window.pwned=1>',
        "' onmouseover='window.pwned=1",
        "</script><script>window.pwned=1</script>",
        "</style><script>window.pwned=1</script>",
        "{{constructor.constructor('window.pwned=1')()}}",
    ]
    lines = "".join(f"- [{title}](https://a{n}.example/)\n" for n, title in enumerate(attacks))
    lines += "- [script](javascript:window.pwned=1)\n"
    ledger.read({"2026-11-01.md": f"## <b>News</b>\n\n{lines}"})
    urls = [f"https://a{number}.example/" for number in range(len(attacks))]
    ledger.night("2026-11-21", dict.fromkeys(urls, Reason.NOT_FOUND))
    page = opened(ledger.report(), quiet=False)
    for row in page.locator("tbody tr").all():
        row.hover()
    for heading in page.get_by_role("columnheader").get_by_role("button").all():
        heading.click()
    assert page.evaluate("window.pwned") is None
    shown = page.locator("tbody .title").all_inner_texts()
    assert page.locator("tbody a[href^='javascript']").count() == 0
    assert page.locator("script").count() == 1
    assert set(attacks) <= set(shown)


def test_the_policy_stops_a_script_that_would_come_through(opened, two_nights) -> None:
    page = opened(two_nights.report(), quiet=False)
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.pwned=1>');"
        "const s = document.createElement('script'); s.textContent = 'window.pwned=1';"
        "document.body.append(s)"
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
