"""A real browser for tests: Chromium, where there is one, and pages that may not complain."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

needs_chromium = pytest.mark.skipif(_PROGRAM is None, reason="there is no Chromium here")


@contextmanager
def chromium() -> Iterator[Any]:
    """Run the browser until the end of the block."""
    from playwright.sync_api import sync_playwright  # here, so that its absence can be a skip

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_PROGRAM, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched_pages(browser: Any) -> Iterator[Callable[..., Any]]:
    """Give a function that makes an empty page, each in a context of its own with its options.

    What a page complains of fails the test at the end of the block: errors of scripts, with
    *console* whatever it writes there, and with *only* requests to any other address.
    """
    complaints: list[str] = []
    contexts = []

    def new_page(*, console: bool = True, only: str = "", **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if console:
            page.on("console", lambda message: complaints.append(message.text))
        if only:
            page.on(
                "request",
                lambda request: (
                    request.url.startswith((only, "data:")) or complaints.append(request.url)
                ),
            )
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []
