"""Ten real issues, read link by link and item by item, against what a person found in them."""

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from catalog.records import Issue, Mention
from crawler.reading.blocks import BlockKind, document
from crawler.reading.inline import read_inline
from crawler.reading.issue import read_issue

# An issue's place in the shared folder, and what is known of it there.
ISSUES = "archives/embedded-ai-report"


@lru_cache
def issue_at(path: Path) -> Issue:
    read = read_issue(path.read_bytes(), path.name)
    assert isinstance(read, Issue)
    return read


def gold_links(shared: Path) -> dict[str, list[dict[str, Any]]]:
    by_file = defaultdict(list)
    for line in (shared / "gold/links.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        by_file[row["file"]].append(row)
    assert len(by_file) == 10
    return by_file


def ours(mention: Mention) -> tuple[Any, ...]:
    return (
        *(mention.line, mention.column, mention.url, str(mention.kind), mention.text),
        *(mention.section, mention.item),
        *(mention.footer, mention.relative, mention.optional),
    )


def theirs(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        *(row["line"], row["col"], row["url"], row["kind"], row["text"]),
        *(row["section"] or "", row["item"] or ""),
        *(row["footer"], row.get("relative", False), row.get("optional", False)),
    )


def test_every_mention_and_no_other(shared: Path) -> None:
    for file, rows in gold_links(shared).items():
        mentions = [m for m in issue_at(shared / ISSUES / file).mentions if m.url]
        assert sorted(map(ours, mentions)) == sorted(map(theirs, rows)), file


def test_every_repository_and_no_other(shared: Path) -> None:
    for file, rows in gold_links(shared).items():
        found = {m.repo.key for m in issue_at(shared / ISSUES / file).mentions if m.repo}
        urls = (row["url"].partition("#")[0] for row in rows)
        paths = (url.split("github.com/")[1] for url in urls if "//github.com/" in url)
        named = {"/".join(path.split("/")[:2]).lower() for path in paths if "/" in path}
        assert found == {f"github.com/{name}" for name in named}, file


def test_items_with_title_source_and_section(shared: Path) -> None:
    known = json.loads((shared / "gold/items.json").read_text("utf-8"))
    assert len(known) == 3
    for gold in known:
        issue = issue_at(shared / ISSUES / gold["file"])
        assert (issue.date, issue.title, issue.declared) == (
            *(gold["date"], gold["title"], gold["declared_items"]),
        )
        found = [
            (
                i.line,
                i.section,
                i.title,
                i.source,
                list(i.prefixes),
                i.hot,
                i.summary.split("\n")[0][:30],
            )
            for i in issue.items
            if not i.footer
        ]
        assert found == [(*_title(i), i["prefixes"], *_rest(i)) for i in gold["items"]]


def _title(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["line"], item["section"], item["title"], item["source"] or ""


def _rest(item: dict[str, Any]) -> tuple[Any, ...]:
    return item["kind"] == "news", item["summary30"]


def tricky(shared: Path) -> Iterator[dict[str, Any]]:
    for line in (shared / "gold/tricky.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)


def test_hard_spots_of_many_newsletters(shared: Path) -> None:
    for spot in tricky(shared):
        page = document(spot["input"])
        links = [
            link
            for block in page.blocks
            if block.kind is not BlockKind.CODE
            for link in read_inline(block.text, page.definitions, is_html=False).links
        ]
        required = [link.url for link in links if not link.optional]
        for url in spot["expect"]:
            assert required.count(url) == spot["expect"].count(url), (spot["id"], url)
        assert not {link.url for link in links} & set(spot["reject"]), spot["id"]
        # One spot holds a second, healthy link that its row does not speak of.
        extra = set(required) - set(spot["expect"]) - set(spot["optional"])
        assert all(f"]({url})" in spot["input"] for url in extra), spot["id"]


@pytest.mark.parametrize(
    ("figure", "expected"),
    [("issues", 40), ("relative", 465), ("repositories", 161), ("by title only", 25)],
)
def test_the_whole_archive(shared: Path, figure: str, expected: int) -> None:
    issues = [issue_at(path) for path in sorted((shared / ISSUES).glob("*.md"))]
    mentions = [mention for issue in issues for mention in issue.mentions]
    github = [m for m in mentions if m.repo and m.repo.host == "github.com"]
    linked = {m.repo.key for m in github if m.repo and m.kind != "title-repo"}
    figures = {
        "issues": len(issues),
        "relative": sum(mention.relative for mention in mentions),
        "repositories": len({m.repo.key for m in github if m.repo}),
        "by title only": len({m.repo.key for m in github if m.repo} - linked),
    }
    assert figures[figure] == expected
