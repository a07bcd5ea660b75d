"""A small catalog of an archive of our own, after three nights: what the catalog's tests read.

Every row is written by the functions that a real night uses.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.archives import archive_id
from catalog.checks import save_checks
from catalog.clock import stamp
from catalog.connection import Catalog, open_catalog
from catalog.issues import drop_unmentioned, save_issue, take_out_missing
from catalog.papers import due_papers, save_papers
from catalog.records import (
    Check,
    Hop,
    Issue,
    Item,
    Judgement,
    Mention,
    Page,
    PaperLook,
    RepoFacts,
    RepoLook,
    RepoName,
    StarHistory,
    Visit,
)
from catalog.repositories import due_repos, save_history, save_looks
from catalog.runs import begin_run, end_run
from catalog.vocabulary import MentionKind, Reason, RepoState, Verdict

FIRST_NIGHT = datetime(2026, 11, 20, 4, tzinfo=UTC)
NIGHTS = [FIRST_NIGHT + timedelta(days=day) for day in range(3)]

TNN = "https://github.com/Tencent/TNN"
PRUNING = "https://github.com/VainF/Torch-Pruning"
TINYRT = "https://github.com/tinyedge/tinyrt"
OLDNET = "https://github.com/lab42/oldnet"
VANISHED = "https://github.com/someone/vanished"
PAPER = "https://arxiv.org/abs/1812.00332"

# File, and its items: section, title, source, summary, addresses.
ISSUES = [
    (
        "2019-03-31.md",
        [
            (
                "业界新闻",
                "边缘芯片新品发布",
                "芯闻",
                "低功耗推理。",
                ["https://news.example/chip"],
            ),
            ("论文", "直接在目标硬件上搜索网络", "arXiv", "网络结构搜索。", [PAPER]),
            ("开源项目", "lab42/oldnet：早期的推理框架", "GitHub", "移动端部署。", [OLDNET]),
            (
                "博文",
                "神经网络剪枝综述",
                "旧博客",
                "剪枝方法的整理。",
                ["https://gone-host.example/a"],
            ),
        ],
    ),
    (
        "2020-06-17.md",
        [
            ("开源项目", "Tencent/TNN：移动端推理框架", "GitHub", "支持TNN量化与转换。", [TNN]),
            (
                "博文",
                "模型量化入门",
                "边缘手记",
                "从八位整数讲起。",
                ["https://blog.example/quant"],
            ),
            ("博文", "部署实践", "旧博客", "模型部署到开发板。", ["https://gone-host.example/b"]),
            (
                "业界新闻",
                "Edge boards compared",
                "News",
                "A table of boards.",
                ["https://news.example/boards"],
            ),
        ],
    ),
    (
        "2021-01-19.md",
        [
            ("开源项目", "VainF/Torch-Pruning：结构化剪枝", "GitHub", "剪枝工具。", [PRUNING]),
            ("开源项目", "someone/vanished：一个消失的项目", "GitHub", "已经不见了。", [VANISHED]),
            (
                "博文",
                "TNN 量化实战",
                "边缘手记",
                "量化之后再部署。",
                ["https://blog.example/tnn", TNN],
            ),
            ("论文", "再谈结构搜索", "arXiv", "同一篇论文。", [PAPER]),
        ],
    ),
    (
        "2024-08-01.md",
        [
            (
                "开源项目",
                "tinyedge/tinyrt: a tiny runtime",
                "GitHub",
                "Runs in 64 kB.",
                [TINYRT, TNN],
            ),
            (
                "博文",
                "Pruning in practice",
                "Blog",
                "With Torch-Pruning.",
                ["https://blog.example/prune", PRUNING],
            ),
            (
                "业界新闻",
                "会议预告",
                "芯闻",
                "边缘计算会议。",
                ["https://news.example/conf", "https://wall.example/x"],
            ),
        ],
    ),
]

# What becomes of an address, night after night.
FATES = {
    "https://news.example/chip": "ok ok ok",
    "https://gone-host.example/a": "host_not_found host_not_found host_not_found",
    "https://gone-host.example/b": "host_not_found host_not_found host_not_found",
    "https://blog.example/quant": "ok ok not_found",
    "https://blog.example/tnn": "not_found not_found ok",
    "https://blog.example/prune": "moved_permanently moved_permanently moved_permanently",
    "https://news.example/boards": "timeout timeout ok",
    "https://news.example/conf": "ok ok timeout",
    "https://wall.example/x": "bot_wall bot_wall bot_wall",
}

TITLES = {
    "https://news.example/chip": "低功耗推理芯片发布",
    "https://blog.example/quant": "模型量化入门 - 边缘手记",
    "https://blog.example/tnn": "TNN量化实战 - 边缘手记",
    "https://blog.example/prune": "Pruning in practice",
}

# Number at the forge, stars by night, language, license, description, archived, last push.
REPOS = {
    "Tencent/TNN": (
        "264",
        [4400, 4405, 4412],
        "C++",
        "NOASSERTION",
        "高性能、轻量级推理框架",
        False,
        "2026-11-01",
    ),
    "VainF/Torch-Pruning": (
        "221",
        [2600, 2610, 2640],
        "Python",
        "MIT",
        "Structural pruning of any network",
        False,
        "2026-11-19",
    ),
    "tinyedge/tinyrt": (
        "777",
        [90, 95, 120],
        "C",
        "Apache-2.0",
        "A runtime for microcontrollers",
        False,
        "2026-10-02",
    ),
    "lab42/oldnet": (
        "101",
        [310, 310, 309],
        "C++",
        None,
        "An early framework, no longer kept",
        True,
        "2020-02-02",
    ),
}


def issues() -> list[Issue]:
    return [_issue(file, items) for file, items in ISSUES]


def _issue(file: str, rows: list[tuple[str, str, str, str, list[str]]]) -> Issue:
    items, mentions = [], []
    for position, (section, title, source, summary, urls) in enumerate(rows, 1):
        line = 10 * position
        items.append(
            Item(
                position=position,
                line=line,
                section=section,
                title=title,
                source=source,
                summary=summary,
            )
        )
        mentions += [
            Mention(
                file=file,
                line=line + number,
                column=3,
                url=url,
                url_line=line + number,
                url_column=9,
                kind=MentionKind.INLINE,
                text=title.partition("：")[0],
                target=url,
                section=section,
                item=title,
                item_position=position,
            )
            for number, url in enumerate(urls)
        ]
    return Issue(
        file=file,
        sha256=file.encode().hex()[:64],
        date=file[:10],
        title="边缘智能周报",
        declared=len(items),
        items=tuple(items),
        mentions=tuple(mentions),
    )


def _check(link_id: int, url: str, reason: Reason, at: str) -> Check:
    final_url, hops = url, ()
    if reason is Reason.MOVED_PERMANENTLY:
        final_url = url.replace("blog.example", "blog.example/archive")
        hops = (Hop(url=url, status=301, location=final_url),)
    if reason.verdict in (Verdict.UNREACHABLE, Verdict.SKIPPED) or reason is Reason.HOST_NOT_FOUND:
        visit = Visit(url=url, failure=reason)
    else:
        status = {Reason.NOT_FOUND: 404, Reason.BOT_WALL: 403}.get(reason, 200)
        page = Page(content_type="text/html", title=TITLES.get(url, ""), language="zh")
        visit = Visit(url=url, status=status, final_url=final_url, hops=hops, page=page, size=4096)
    suggestion = final_url if hops else ""
    judgement = Judgement(reason=reason, rule=f"status {visit.status}", suggestion=suggestion)
    return Check(link_id=link_id, checked_at=at, judgement=judgement, visit=visit)


def crawl(db: Catalog, run_id: int, night: int) -> None:
    """Visit every link, each night, whatever is due: the night is what a test speaks of."""
    now = NIGHTS[night]
    checks = [
        _check(link_id, url, Reason(FATES[url].split()[night]), stamp(now))
        for link_id, url in db.execute("SELECT id, url FROM links WHERE judge = 'page'").fetchall()
    ]
    save_checks(db, run_id, checks, now)


def _look(repo_id: int, asked: RepoName, night: int) -> RepoLook:
    at = stamp(NIGHTS[night])
    known = REPOS.get(asked.full_name)
    if known is None:
        return RepoLook(
            repo_id=repo_id,
            asked=asked,
            state=RepoState.GONE,
            looked_at=at,
            status=404,
            message="Not Found",
        )
    number, stars, language, license_spdx, description, archived, pushed = known
    facts = RepoFacts(
        name=asked,
        url=f"https://{asked}",
        forge_id=number,
        stars=stars[night],
        forks=stars[night] // 5,
        open_issues=3,
        language=language,
        license_spdx=license_spdx,
        description=description,
        topics=("edge", "inference"),
        archived=archived,
        created_at="2018-01-01T00:00:00Z",
        pushed_at=f"{pushed}T00:00:00Z",
    )
    return RepoLook(
        repo_id=repo_id, asked=asked, state=RepoState.OK, looked_at=at, facts=facts, status=200
    )


def enrich(db: Catalog, run_id: int, night: int) -> None:
    now = NIGHTS[night]
    due = due_repos(db, run_id, now, everything=True)
    save_looks(db, run_id, [_look(each.repo_id, each.repo, night) for each in due], now)
    if night == 0:
        for each in due:
            if each.repo.full_name == "Tencent/TNN":
                stars = (("2025-11-20", 4000), ("2026-10-20", 4350), ("2026-11-10", 4390))
                history = StarHistory(repo_id=each.repo_id, read_at=stamp(now), stars=stars)
                save_history(db, run_id, history)
    papers = [
        PaperLook(
            paper_id=each.paper_id,
            arxiv_id=each.arxiv_id,
            looked_at=stamp(now),
            found=True,
            title="Direct Neural Architecture Search on Target Task and Hardware",
            authors=("A. Author", "B. Author"),
            categories=("cs.LG",),
            version=2,
        )
        for each in due_papers(db, run_id, now)
    ]
    save_papers(db, run_id, papers, now)


def build(path: Path) -> None:
    """Write the small catalog to *path*."""
    db = open_catalog(path)
    archive = archive_id(db, "issues", title="边缘智能周报", language="zh")
    for night, now in enumerate(NIGHTS):
        run_id = begin_run(db, "nightly", now)
        if night == 0:
            for issue in issues():
                save_issue(db, archive, run_id, issue, now)
            take_out_missing(db, archive, run_id, [issue.file for issue in issues()])
            drop_unmentioned(db)
        crawl(db, run_id, night)
        enrich(db, run_id, night)
        end_run(db, run_id, now + timedelta(minutes=30), state="done")
    db.close()


@pytest.fixture(scope="session")
def small_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small catalog, to read only."""
    path = tmp_path_factory.mktemp("small") / "catalog.db"
    build(path)
    return path


@pytest.fixture
def own_catalog(small_catalog: Path, tmp_path: Path) -> Path:
    """A copy of the small catalog for a test to write to."""
    return Path(shutil.copy(small_catalog, tmp_path / "catalog.db"))


@pytest.fixture(scope="session")
def small(small_catalog: Path) -> Iterator[Catalog]:
    """The small catalog, open to read."""
    db = open_catalog(small_catalog, read_only=True)
    yield db
    db.close()


@pytest.fixture
def own(own_catalog: Path) -> Iterator[Catalog]:
    """A copy of the small catalog, open to write."""
    db = open_catalog(own_catalog)
    yield db
    db.close()
