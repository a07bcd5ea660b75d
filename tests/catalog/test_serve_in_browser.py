"""The served catalog in a real browser: charts, search, filters, links; phone, dark, keyboard."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.connection import open_catalog
from catalog.sharing.publish import publish
from tests.chromium import chromium, needs_chromium, watched_pages

pytest.importorskip("datasette")
pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

DESK = {"width": 1200, "height": 900}
PHONE = {"width": 390, "height": 844}

pytestmark = needs_chromium

_PROGRAM = """
import sys
from catalog.serve.server import serve
serve(sys.argv[1], port=0, ready=lambda address: print(address, flush=True))
"""

EVIL = "</script><script>document.title = 'owned'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def base(small_catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over the small catalog, in which a hostile issue has left its marks."""
    folder = tmp_path_factory.mktemp("published")
    path = Path(shutil.copy(small_catalog, folder / "source.db"))
    db = open_catalog(path)
    db.execute("UPDATE repos SET language = ? WHERE full_name = 'tinyedge/tinyrt'", (EVIL,))
    db.execute("UPDATE links SET url = ? WHERE url = 'https://blog.example/quant'", (EVIL,))
    db.close()
    publish(path, folder / "site")
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, folder / "site"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rstrip("/")
        process.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


Opened = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, base: str) -> Iterator[Opened]:
    """Open a page; what it complains of, or asks of another host, fails the test."""
    with watched_pages(browser) as new_page:

        def opened(path: str, viewport: dict[str, int] = DESK, scheme: str = "light") -> Any:
            page = new_page(only=base, viewport=viewport, color_scheme=scheme)
            page.goto(f"{base}{path}")
            return page

        yield opened


def titles(page: Any) -> list[str]:
    return [cell.inner_text() for cell in page.locator("td.col-title").all()]


def test_the_home_page_shows_figures_and_charts(opened: Opened) -> None:
    page = opened("/")
    figures = page.locator(".figures").inner_text()
    assert "15 links" in " ".join(figures.split())
    assert "4 broken, 26.7 %" in " ".join(figures.split())
    for name in ("rot", "standings", "stars", "languages", "licenses", "hosts"):
        page.locator(f"[data-chart={name}] svg[role=img]").wait_for()
    assert "gone-host.example" in page.locator("[data-chart=hosts] svg").text_content()


def test_nothing_hostile_runs(opened: Opened) -> None:
    page = opened("/")
    page.locator("[data-chart=languages] svg[role=img]").wait_for()
    assert page.title() == "Link ledger of 边缘智能周报"
    assert "</script>" in page.locator(".news").inner_text()
    assert page.locator("img").count() == 0


def test_each_chart_says_the_same_in_a_table(opened: Opened) -> None:
    page = opened("/")
    worst = page.locator("figure", has_text="Worst hosts").last
    worst.locator("summary").click()
    worst.get_by_role("link", name="gone-host.example").click()
    page.wait_for_url("**/links_of_host?host=gone-host.example")
    assert page.locator("tbody tr").count() == 2


def test_searching_from_the_home_page(opened: Opened) -> None:
    page = opened("/")
    page.get_by_label("Search the items").fill("量化")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search_items?words=*")
    assert "模型量化入门" in titles(page)


def test_searching_with_datasettes_own_box(opened: Opened) -> None:
    page = opened("/catalog/items")
    page.get_by_label("Search:").fill("量化")
    page.keyboard.press("Enter")
    page.wait_for_url("**_search=*")
    assert sorted(titles(page)) == sorted(
        ["Tencent/TNN：移动端推理框架", "模型量化入门", "TNN 量化实战"]
    )


def test_narrowing_down_by_a_facet_and_by_a_filter(opened: Opened) -> None:
    page = opened("/catalog/broken_links")
    assert page.locator("tbody tr").count() == 4
    page.get_by_role("link", name="host_not_found").first.click()
    page.wait_for_url("**reason=host_not_found**")
    assert page.locator("tbody tr").count() == 2
    page.locator("select[name=_filter_column]").select_option("file")
    page.locator("input[name=_filter_value]").fill("2019-03-31.md")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**file*2019-03-31.md**")
    assert page.locator("tbody tr").count() == 1


def test_a_foreign_key_shows_the_name_of_what_it_leads_to(opened: Opened) -> None:
    page = opened("/catalog/mentions")
    page.locator("td.col-issue_id a").first.click()
    page.wait_for_url("**/catalog/issues/*")
    assert "2019-03-31.md" in page.locator("table").first.inner_text()


def test_choosing_repositories_by_keyboard(opened: Opened) -> None:
    page = opened("/")
    box = page.get_by_label("lab42/oldnet")
    box.focus()
    page.keyboard.press("Space")
    page.get_by_label("Another one").fill("nobody/nothing")
    page.keyboard.press("Enter")
    page.wait_for_url("**repo=lab42%2Foldnet**")
    stars = page.locator("#stars")
    assert "Nothing is known of the stars of nobody/nothing." in stars.inner_text()
    stars.locator("summary").click()
    assert "lab42/oldnet" in stars.locator("table").inner_text()


def test_the_first_tab_skips_to_the_figures(opened: Opened) -> None:
    page = opened("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.figures') !== null")


PAGES = [
    "/",
    "/catalog",
    "/catalog/items?_search=量化",
    "/catalog/broken_links",
    "/catalog/links/1",
    "/catalog/search_items?words=量化",
]


@pytest.mark.parametrize(
    ("path", "scheme"),
    [(path, "light") for path in PAGES] + [(path, "dark") for path in PAGES[:3]],
)
def test_no_page_keeps_anybody_out(opened: Opened, path: str, scheme: str) -> None:
    page = opened(path, scheme=scheme)
    page.wait_for_load_state("networkidle")
    found = axe.Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_all_of_it_without_scrolling_sideways(opened: Opened, path: str) -> None:
    page = opened(path, PHONE)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("path", PAGES)
def test_the_dark_is_dark(opened: Opened, path: str) -> None:
    page = opened(path, scheme="dark")
    (red, green, blue) = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert max(red, green, blue) < 64
