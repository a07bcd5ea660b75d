"""The rules of `judge`, as a table: what happened, and what we say of it."""

import pytest

from catalog.records import Hop, Page, Visit
from catalog.vocabulary import Reason
from crawler.verdict import judge

URL = "https://example.com/2021/some-post.html"


def seen(status: int, *hops: tuple[int, str], url: str = URL, page: Page | None = None) -> Visit:
    chain, at = [], url
    for how, location in hops:
        chain.append(Hop(url=at, status=how, location=location))
        at = location
    page = page or Page(content_type="text/html", title="A post", lead="Words", text_length=5)
    return Visit(url=url, status=status, final_url=at, hops=tuple(chain), page=page, size=100)


CASES = [
    ("the page is there", seen(200), Reason.OK),
    ("not found", seen(404), Reason.NOT_FOUND),
    ("gone", seen(410), Reason.GONE),
    ("moved", seen(200, (301, "https://example.org/post")), Reason.MOVED_PERMANENTLY),
    ("lent", seen(200, (302, "https://example.org/post")), Reason.OK),
    ("home", seen(200, (301, "https://example.com/")), Reason.REDIRECTED_HOME),
    ("login", seen(200, (302, "https://example.com/login?next=x")), Reason.LOGIN_REQUIRED),
    ("error page", seen(200, (302, "https://example.com/404.html")), Reason.SOFT_404),
]


@pytest.mark.parametrize(("visit", "reason"), [pytest.param(*row, id=n) for n, *row in CASES])
def test_judge(visit: Visit, reason: Reason) -> None:
    assert judge(visit).reason is reason
