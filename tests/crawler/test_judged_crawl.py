"""What pages say, and what only their host as a whole shows, in one crawl over real sockets."""

from collections.abc import Iterator
from typing import Any

import pytest

from catalog.vocabulary import Reason
from tests.crawler.crawling import catalog_of, checks, impatient, night
from tests.crawler.fault_web import Behaviour, FaultWeb, Step, answer, article, html, redirect

SHRUG = html("<title>Example</title><h1>Example</h1><p>Well, let us take you back home.</p>")
NOTE = html("<title>Notes</title><h1>Notes</h1><p>Two lines on small networks, no more.</p>")
SHELL = html("<title>App</title><div id=root></div><script src=/m.js></script>")
FRONT = html(
    "<title>Example Corp</title><h1>Solutions for everybody</h1>"
    + "".join(f"<p>We bring solution number {n} to wherever you are.</p>" for n in range(9))
)
WECHAT = "mp.weixin.qq.com"
DELETED = html("<title></title><div class=weui-msg__title>该内容已被发布者删除</div>")
ARTICLE_ON_WECHAT = html('<title></title><div id="js_content">剪枝去掉不重要的权重。</div>')
MIGRATED = html(
    "<title></title><p>该公众号已迁移</p><script>"
    f"var transferTargetLink = 'http://{WECHAT}/s/new';</script>"
)
GBK = answer(
    "200 OK",
    "Content-Type: text/html",
    body="<title>您访问的页面不存在</title><p>返回首页</p>".encode("gbk"),
)


class _Everywhere(dict[str, tuple[Step, ...]]):
    """Scripts of a host that answers any path in one way, but for those that it has."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        self._step = step

    def get(self, path: str, default: object = None) -> Any:
        return super().get(path, (self._step,))


# the host, what it has by path, what it answers for all else, its links with what we say
HOSTS: list[tuple[str, dict[str, Step], Step | None, dict[str, Reason]]] = [
    ("shrugs.test", {}, SHRUG, {"/posts/1": Reason.SOFT_404, "/": Reason.OK}),
    ("notes.test", {"/a": NOTE, "/b": NOTE}, None, {"/a": Reason.OK, "/b": Reason.OK}),
    ("shell.test", {}, SHELL, {"/posts/1": Reason.OK, "/posts/2": Reason.OK}),
    (
        "funnel.test",
        {"/news": article("News"), **{f"/{x}": redirect("/news", 302) for x in "abc"}},
        None,
        {**{f"/{x}": Reason.SOFT_404 for x in "abc"}, "/news": Reason.OK},
    ),
    (
        "bought.test",
        {},
        redirect("http://buyer.test/makers/overview.html", 301),
        {"/docs/instruction-set-guide.html": Reason.SOFT_404, "/": Reason.MOVED_PERMANENTLY},
    ),
    ("buyer.test", {"/makers/overview.html": FRONT}, None, {}),
    (
        "sold-a-page.test",
        {"/docs/instruction-set.html": redirect("http://buyer.test/makers/overview.html", 301)},
        None,
        {"/docs/instruction-set.html": Reason.MOVED_PERMANENTLY},
    ),
    (
        "two.test",
        {"/news": article("News"), **{f"/{x}": redirect("/news", 302) for x in "ab"}},
        None,
        {f"/{x}": Reason.OK for x in "ab"},
    ),
    (
        "sink.test",
        {"/news": article("News")},
        redirect("/news", 302),
        {"/posts/1": Reason.SOFT_404},
    ),
    ("alike.test", {}, NOTE, {f"/posts/{n}": Reason.OK for n in range(4)}),
    ("front.test", {}, FRONT, {"/2021/boards": Reason.SOFT_404, "/": Reason.OK}),
    ("front-and-file.test", {}, FRONT, {"/a/b": Reason.SOFT_404, "/a/guide.pdf": Reason.SOFT_404}),
    ("article.test", {"/a": article("Pruning")}, None, {"/a": Reason.OK}),
    (
        WECHAT,
        {"/s/gone": DELETED, "/s/here": ARTICLE_ON_WECHAT, "/s/old": MIGRATED}
        | {"/s/new": ARTICLE_ON_WECHAT},
        None,
        {
            "/s/gone": Reason.DELETED_BY_PUBLISHER,
            "/s/here": Reason.OK,
            "/s/old": Reason.ACCOUNT_MIGRATED,
        },
    ),
    ("gbk.test", {"/post/1": GBK}, None, {"/post/1": Reason.SOFT_404}),
    ("files.test", {"/guide.pdf": NOTE}, None, {"/guide.pdf": Reason.SOFT_404}),
]
LINKS = {f"http://{host}{path}": r for host, _, _, links in HOSTS for path, r in links.items()}


@pytest.fixture(scope="module")
def results(
    fault_web: FaultWeb, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, Any]]]:
    """The checks of one crawl over all hosts, by address."""
    for host, pages, otherwise, _ in HOSTS:
        if otherwise is not None:
            fault_web.behaviours[host] = Behaviour(_Everywhere(otherwise))
        for path, step in pages.items():
            fault_web.add(host, step, path=path)
    db = catalog_of(tmp_path_factory.mktemp("judged") / "catalog.db", LINKS)
    night(db, impatient(fault_web))
    yield checks(db)
    db.close()


@pytest.mark.parametrize(
    ("url", "reason"), [pytest.param(*row, id=row[0]) for row in LINKS.items()]
)
def test_reason(results: dict[str, dict[str, Any]], url: str, reason: Reason) -> None:
    check = results[url]
    assert check["reason"] == reason, (check["rule"], check["evidence"])


def test_soft_evidence_makes_a_suspect_and_no_more(results: dict[str, dict[str, Any]]) -> None:
    assert results["http://shrugs.test/posts/1"]["standing"] == "suspect"
    assert results["http://funnel.test/a"]["standing"] == "suspect"
    assert results[f"http://{WECHAT}/s/gone"]["standing"] == "broken"


def test_a_migrated_article_is_suggested_by_its_new_address(
    results: dict[str, dict[str, Any]],
) -> None:
    assert results[f"http://{WECHAT}/s/old"]["suggestion"] == f"http://{WECHAT}/s/new"


# the host, and how often it is asked for what nobody ever made
PROBES = [
    *(("notes.test", 0), ("article.test", 0), ("shell.test", 0)),
    *(("bought.test", 1), ("sold-a-page.test", 1)),
    *(("shrugs.test", 1), ("front.test", 1), ("front-and-file.test", 2)),
]


@pytest.mark.parametrize(("host", "times"), [pytest.param(*row, id=row[0]) for row in PROBES])
def test_a_host_is_probed_once_and_only_for_a_reason(
    results: dict[str, dict[str, Any]], fault_web: FaultWeb, host: str, times: int
) -> None:
    known = {path for name, _, _, links in HOSTS for path in links if name == host}
    asked = [seen.path for seen in fault_web.requests(host) if seen.path not in known]
    assert results
    assert len(asked) == times, asked
