"""What is searched for is found, in either language, and nothing else is."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.archives import archive_id
from catalog.connection import Catalog
from catalog.issues import save_issue
from catalog.records import Issue, Item
from catalog.runs import begin_run
from catalog.search import RANKED_MATCHES, HitKind, extract, search

FOUND = [
    ("a word of two characters, the best match first", "量化", "item",
     ["TNN 量化实战", "模型量化入门", "Tencent/TNN：移动端推理框架"]),
    ("剪枝 in titles and summaries", "剪枝", "item",
     ["VainF/Torch-Pruning：结构化剪枝", "神经网络剪枝综述"]),
    ("a single character", "署", "item",
     ["部署实践", "lab42/oldnet：早期的推理框架", "TNN 量化实战"]),
    ("three characters", "开发板", "item", ["部署实践"]),
    ("characters that do not stand together", "量部", "item", []),
    ("two words", "量化 部署", "item", ["TNN 量化实战"]),
    ("mixed as one word", "TNN量化", "item", ["TNN 量化实战", "Tencent/TNN：移动端推理框架"]),
    ("English in any case", "PRUNING", "item",
     ["Pruning in practice", "VainF/Torch-Pruning：结构化剪枝"]),
    ("a name with a hyphen", "torch-pruning", "item",
     ["VainF/Torch-Pruning：结构化剪枝", "Pruning in practice"]),
    ("nobody wrote this", "区块链", "item", []),
    ("a page's title", "低功耗", "page", ["低功耗推理芯片发布"]),
    ("a page's title, mixed", "tnn量化", "page", ["TNN量化实战 - 边缘手记"]),
    ("a repository by description", "轻量级", "repo", ["Tencent/TNN"]),
    ("a repository by name", "tinyrt", "repo", ["tinyedge/tinyrt"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "kind", "titles"), [pytest.param(*row, id=name) for name, *row in FOUND]
)
def test_search(small: Catalog, words: str, kind: str, titles: list[str]) -> None:
    hits = [hit for hit in search(small, words) if hit.kind == kind]
    assert sorted(hit.title for hit in hits) == sorted(titles)
    if titles:
        assert hits[0].title == titles[0]


def test_a_hit_says_where_it_is(small: Catalog) -> None:
    (hit,) = search(small, "开发板")
    assert (hit.kind, hit.place, hit.date) == (HitKind.ITEM, "2020-06-17.md:30", "2020-06-17")
    assert hit.extract == "模型部署到开发板。"


def test_at_most_as_many_as_asked_for(small: Catalog) -> None:
    assert len([hit for hit in search(small, "量化", 1) if hit.kind is HitKind.ITEM]) == 1


@pytest.mark.parametrize("words", ["", "  ", "、。", '""'])
def test_no_words_find_nothing(small: Catalog, words: str) -> None:
    assert search(small, words) == []


def test_what_very_many_items_hold_is_shown_newest_first(own: Catalog) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    items = tuple(
        Item(position=n, line=n, section="", title=f"芯片 {n}")
        for n in range(1, RANKED_MATCHES + 10)
    )
    run_id = begin_run(own, "read", now)
    issue = Issue(file="2026-11-23.md", sha256="1", date="2026-11-23", items=items)
    save_issue(own, archive_id(own, "issues"), run_id, issue, now)
    assert [hit.title for hit in search(own, "芯片", 2)[:2]] == [
        f"芯片 {RANKED_MATCHES + 9}",
        f"芯片 {RANKED_MATCHES + 8}",
    ]


def test_the_index_follows_what_changes(own: Catalog) -> None:
    own.execute("UPDATE items SET title = '改名' WHERE title = '部署实践'")
    assert [hit.title for hit in search(own, "改名")] == ["改名"]
    assert "部署实践" not in [hit.title for hit in search(own, "部署实践")]
    own.execute("DELETE FROM items WHERE title = '改名'")
    assert search(own, "改名") == []


# What the cookbook tells users of other tools to run: no function of ours is needed.
PLAIN_SQL = """
    WITH RECURSIVE
    characters (place, one) AS (
        SELECT 1, substr(:words, 1, 1)
        UNION ALL SELECT place + 1, substr(:words, place + 1, 1) FROM characters
        WHERE place < length(:words)
    ),
    phrase (text) AS (
        SELECT '"' || group_concat(
            CASE WHEN unicode(one) BETWEEN 11904 AND 55295 THEN ' ' || one || ' '
            ELSE replace(one, '"', ' ') END, '') || '"'
        FROM characters
    )
    SELECT items.title FROM items_fts JOIN items ON items.id = items_fts.rowid
    WHERE items_fts MATCH (SELECT text FROM phrase) ORDER BY rank"""


@pytest.mark.parametrize("words", ["量化", "剪枝", "署", "开发板", "TNN量化", "torch-pruning"])
def test_plain_sqlite_finds_the_same(small_catalog: Path, small: Catalog, words: str) -> None:
    plain = sqlite3.connect(f"file:{small_catalog}?mode=ro", uri=True)
    found = [title for (title,) in plain.execute(PLAIN_SQL, {"words": words})]
    plain.close()
    ours = [hit.title for hit in search(small, words) if hit.kind is HitKind.ITEM]
    assert sorted(found) == sorted(ours)
    assert found


def test_the_extract_is_cut_around_the_word() -> None:
    text = "before " * 20 + "量化\n\nafter " + "after " * 40
    assert extract(text, "量化").startswith("…")
    assert "量化 after" in extract(text, "量化")
    assert len(extract(text, "量化")) <= 125
    assert extract("short", "nothing") == "short"
