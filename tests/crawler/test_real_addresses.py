"""The real archive's addresses: no living page behind one is called broken, and rot is found."""

from pathlib import Path

import pytest

from catalog.records import HostEvidence, Issue, Visit
from catalog.vocabulary import Reason, Verdict
from crawler.pages.addresses import FILE, Address
from crawler.reading.archive import read_archive
from crawler.reading.profile import ArchiveProfile
from crawler.verdict import judge
from tests.crawler.verdict_cases.visits import LANGTEXT, MENU, POST, SATZ, html, visit

WECHAT = "mp.weixin.qq.com"
LIVING = {
    "an article": POST,
    "an article in Chinese": html("剪枝 - 某站", "剪枝", LANGTEXT),
    "a short page": html("Example", "Two lines", "<p>Two lines on small networks.</p>"),
    "a page without a title": f"<p>{SATZ * 3}</p>",
    "a list": html("Example", "Posts", MENU),
    "an application": "<title>App</title><div id=root></div><script src=/m.js></script>",
}
ROTTEN = {
    "an error page": html("Page not found", "Page not found", "<p>It may have been removed.</p>"),
    "an error page in Chinese": html("出错了", "", "<p>您访问的页面不存在或已被删除</p>"),
    "a domain for sale": html("For sale", "", "<p>This domain is for sale</p>"),
}


@pytest.fixture(scope="module")
def addresses(shared: Path) -> list[str]:
    archive = shared / "archives/embedded-ai-report"
    issues = [i for i in read_archive(archive, ArchiveProfile()) if isinstance(i, Issue)]
    urls = {mention.url.strip() for issue in issues for mention in issue.mentions}
    found = sorted(url for url in urls if url.startswith(("http://", "https://")))
    assert len(found) > 700
    return found


def shows(url: str, body: str) -> Visit:
    """Return a visit to *url* that shows *body*: as an article where the host is WeChat's."""
    if Address.of(url).host == WECHAT:
        body = f'<title>剪枝</title><div id="js_content">{body}</div>'
    return visit(200, body, url=url)


@pytest.mark.parametrize("body", [pytest.param(body, id=what) for what, body in LIVING.items()])
def test_a_living_page_is_never_called_broken(addresses: list[str], body: str) -> None:
    nobody = HostEvidence(probe=visit(404, None))
    pages = [url for url in addresses if not FILE.search(Address.of(url).path)]
    judged = {url: judge(shows(url, body), nobody) for url in pages}
    assert {u: j for u, j in judged.items() if j.verdict is not Verdict.OK} == {}


@pytest.mark.parametrize("body", [pytest.param(body, id=what) for what, body in ROTTEN.items()])
def test_rot_is_found_behind_each(addresses: list[str], body: str) -> None:
    judged = {url: judge(visit(200, body, url=url)) for url in addresses}
    assert {u: j for u, j in judged.items() if j.verdict is not Verdict.BROKEN} == {}


def test_home_instead_of_the_page_is_found_behind_each(addresses: list[str]) -> None:
    judged = {
        url: judge(visit(200, POST, "302 /", url=url))
        for url in addresses
        if not Address.of(url).is_home and Address.of(url).host != "youtu.be"
    }
    reasons = {judgement.reason for judgement in judged.values()}
    assert reasons == {Reason.REDIRECTED_HOME}
