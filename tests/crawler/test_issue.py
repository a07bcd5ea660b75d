"""Issues as a person reads them: head, sections, items, footer, and what is no issue."""

from typing import Any

import pytest

from catalog.records import Issue, Item, Mention, UnreadIssue
from crawler.reading.issue import fragments_in, read_issue
from crawler.reading.profile import ArchiveProfile

WEEKLY = """\
---
layout: default
---

# 芯片周报 (2022-03-04)：存算一体

> 导读：本次3条。

先来几条短讯：

- 甲公司：发布新芯片，[说明](https://a.example/1)见官网；
- [乙公司：融资](https://g.example/7)三亿；

> 注：打不开请用浏览器

## 论文

- [2203.01234v2] [ICLR] [一种方法: 又快又好 | 某某之心](https://b.example/2)
标题：A Method | Some University
链接：https://arxiv.org/abs/2203.01234
摘要：先说**背景**，
再说方法。

## 开源

- [someone/thing.py: 做事情 | 知乎](https://c.example/3)
摘要：见 https://github.com/someone/thing.py 的说明。
  1. 第一
  2. 第二 https://d.example/4
1. 不是新条目
- [someone/other 没有冒号](https://github.com/someone/other/)

## [往期回顾](https://e.example/5)

- [2022-02-01](2022-02-01.md)

----

- Editor: https://f.example/6
"""


def issue(text: str, file: str = "2022-03-04.md", **profile: Any) -> Issue:
    read = read_issue(text.encode(), file, ArchiveProfile(**profile))
    assert isinstance(read, Issue)
    return read


def titles(read: Issue) -> list[tuple[str, str, str]]:
    return [(item.section, item.title, item.source) for item in read.items]


def mention(read: Issue, url: str) -> Mention:
    return next(one for one in read.mentions if one.url == url)


def test_the_head() -> None:
    read = issue(WEEKLY)
    assert (read.date, read.title, read.subtitle, read.declared) == (
        *("2022-03-04", "芯片周报", "存算一体", 3),
    )


def test_the_items() -> None:
    assert titles(issue(WEEKLY)) == [
        ("热身新闻", "甲公司：发布新芯片，说明见官网", ""),
        ("热身新闻", "乙公司：融资三亿", ""),
        ("论文", "一种方法: 又快又好", "某某之心"),
        ("开源", "someone/thing.py: 做事情", "知乎"),
        ("开源", "someone/other 没有冒号", ""),
    ]


def test_all_of_an_item() -> None:
    paper = issue(WEEKLY).items[2]
    assert paper == Item(
        position=3,
        line=18,
        section="论文",
        title="一种方法: 又快又好",
        source="某某之心",
        summary="先说背景，\n再说方法。",
        prefixes=("2203.01234v2", "ICLR"),
        papers=("arXiv:2203.01234",),
        fields=(
            ("标题", "A Method | Some University"),
            ("链接", "https://arxiv.org/abs/2203.01234"),
        ),
    )


def test_what_stands_around_a_mention() -> None:
    read = issue(WEEKLY)
    hot, nested = mention(read, "https://a.example/1"), mention(read, "https://d.example/4")
    assert (hot.section, hot.item, hot.item_position) == (
        *("热身新闻", "甲公司：发布新芯片，说明见官网", 1),
    )
    assert (nested.item, nested.line, nested.column) == ("someone/thing.py: 做事情", 29, 9)


def test_repositories_by_link_and_by_title() -> None:
    named = [(str(m.kind), str(m.repo)) for m in issue(WEEKLY).mentions if m.repo]
    assert named == [
        ("title-repo", "github.com/someone/thing.py"),
        ("bare", "github.com/someone/thing.py"),
        ("inline", "github.com/someone/other"),
    ]


def test_the_footer_is_kept_and_flagged() -> None:
    read = issue(WEEKLY)
    flagged = [one.url for one in read.mentions if one.footer]
    assert flagged == ["https://e.example/5", "2022-02-01.md", "https://f.example/6"]
    assert not any(one.item for one in read.mentions if one.footer)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        pytest.param(
            "## A\n\n1、[t](https://a.example)：d\n\n![](i.png)\n\n2、u https://b.example\n",
            [("A", "t", ""), ("A", "u", "")],
            id="numbered paragraphs",
        ),
        pytest.param(
            "## A\n\n1. t https://a.example\n2. u（https://b.example）\n\n- by me\n",
            [("A", "t", ""), ("A", "u", ""), ("A", "by me", "")],
            id="a numbered list, and another list with a line between",
        ),
        pytest.param(
            "# A\n\n* [book] [t](https://a.example) by me\n\n# B\n\n* [u](https://b.example).\n",
            [("A", "t", ""), ("B", "u", "")],
            id="sections of the highest level, and no title",
        ),
        pytest.param(
            "Title: Weekly 1\nDate: 2015-08-03\n\n# A\n\n- [t](https://a.example)\n",
            [("A", "t", "")],
            id="a head as Pelican writes it",
        ),
        pytest.param(
            "## A\n\n- [t | s\n\nmore\n\n](https://a.example)\n\n- [u](https://b.example)\n",
            [("A", "t", "s"), ("A", "u", "")],
            id="a title that a blank line tears from its target",
        ),
        pytest.param(
            "## A\n\n- [t |\n\nmore\n", [("A", "t", "")], id="a title that nothing closes"
        ),
        pytest.param(
            "## A\n\n- [2021] [甲｜乙丨某刊]()\n",
            [("A", "甲｜乙", "某刊")],
            id="bars of three kinds",
        ),
        pytest.param(
            "– 甲：一\n- 乙：二\n\n## A\n\n- [t](x.md)\n",
            [("热身新闻", "甲：一", ""), ("热身新闻", "乙：二", ""), ("A", "t", "")],
            id="a bullet that is none in Markdown",
        ),
        pytest.param(
            "## A\n\n1、[t](a.md)\n\n- b\n- c\n\n（1）d\n\n2、[u](b.md)\n",
            [("A", "t", ""), ("A", "u", "")],
            id="lists and other numbers within numbered paragraphs",
        ),
        pytest.param(
            "## A\n\n1、[t](a.md)\n2、[u](b.md)\n",
            [("A", "t", ""), ("A", "u", "")],
            id="numbered lines without a blank one",
        ),
        pytest.param(
            "## A\n\n1、\n\n一句话。\n\n-- [某某](a.md)\n",
            [("A", "一句话。", "")],
            id="a number that stands alone",
        ),
        pytest.param("## A\n\n> - b\n> - c\n", [], id="a list within a quote"),
        pytest.param("just prose, https://a.example\n", [], id="no entries at all"),
    ],
)
def test_entries_of_other_newsletters(text: str, entries: list[tuple[str, str, str]]) -> None:
    assert titles(issue(text, "a.md")) == entries


@pytest.mark.parametrize(
    ("text", "footer"),
    [
        pytest.param(
            "## A\n\n[t](1)\n\n----\n\n[u](2)\n\n----\n\n[v](3)", "23", id="the last rules"
        ),
        pytest.param("## A\n\n[t](1)\n\n----\n\n## B\n\n[u](2)", "", id="a rule between sections"),
        pytest.param(
            "[t](1)\n\n## Previous issues\n\n[u](2)\n\n## C\n\n[v](3)", "23", id="a heading"
        ),
    ],
)
def test_where_the_footer_starts(text: str, footer: str) -> None:
    assert "".join(one.url for one in issue(text).mentions if one.footer) == footer


@pytest.mark.parametrize("text", ["---\n\n[a](b)\n\n---\n", "---\n见 [a](b)\n---\n\nx: y\n"])
def test_a_rule_that_only_looks_like_front_matter_hides_nothing(text: str) -> None:
    assert [one.url for one in issue(text).mentions] == ["b"]


def test_a_link_that_a_blank_line_has_torn() -> None:
    (one, other) = issue("- [t |\n\nx](https://a.example/1) y\n\n- [u](b)\n").mentions
    assert (one.url, str(one.kind), one.text, one.item) == (
        *("https://a.example/1", "inline", "t |", "t"),
    )
    assert (one.line, one.column, one.url_line, one.url_column) == (1, 3, 3, 4)
    assert other.url == "b"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\n   [t](x)", id="a line that is indented"),
        pytest.param("> a\n> [t](x)", id="a quote"),
        pytest.param("- a\n\n\t[t](x)", id="a tab in a list"),
        pytest.param("| a |\n|---|\n| b [t](x) |", id="a table"),
        pytest.param("#  [t](x) ##", id="a heading"),
        pytest.param("\u3000\n\n\u3000 [t](x)", id="full-width spaces"),
        pytest.param("1. a\n   - b\n     > c [t](x)", id="a quote in a list in a list"),
        pytest.param("[^1]: b [t](x)\n\na[^1]", id="a footnote"),
    ],
)
def test_every_place_is_that_of_the_file(text: str) -> None:
    (one,) = issue(text).mentions
    line = text.split("\n")[one.line - 1]
    assert line[one.column - 1 :].startswith("[t](x)")
    assert line[one.url_column - 1 :].startswith("x)")


@pytest.mark.parametrize(
    ("title", "repo"),
    [
        ("owner/name: what", "owner/name"),
        ("owner/name：什么", "owner/name"),
        ("[new] owner/name.js: what", "owner/name.js"),
        ("owner/name what", None),
        ("TCP/IP: what", None),
        ("topics/x: what", None),
        ("https://a.example/x: what", None),
    ],
)
def test_repositories_that_a_title_names(title: str, repo: str | None) -> None:
    read = issue(f"## A\n\n- {title}\n")
    named = [m.repo.full_name for m in read.mentions if m.repo and m.kind == "title-repo"]
    assert named == ([repo] if repo else [])


@pytest.mark.parametrize(
    ("file", "text", "date"),
    [
        ("2022-03-04.md", "x", "2022-03-04"),
        ("news-20220304.md", "x", "2022-03-04"),
        ("12.md", "---\ntitle: t\ndate: 2022-03-04 10:00\n---\nx", "2022-03-04"),
        ("12.md", "# 周报（2022年3月4日）\n\nx", "2022-03-04"),
        ("12.md", "# 周报 12\n\n2022/3/4\n", "2022-03-04"),
        ("2022-13-45.md", "x", ""),
    ],
)
def test_dates(file: str, text: str, date: str) -> None:
    assert issue(text, file).date == date


def test_a_page_of_html() -> None:
    read = issue(
        "<!doctype html><title>Weekly</title><nav><a href='/'>home</a></nav>"
        "<h2>A</h2>\n<ul><li><a href='https://a.example'>t</a> [x](y)</ul>"
        "<footer>https://b.example</footer>",
        "1.html",
    )
    assert read.title == "Weekly"
    assert [(m.url, m.footer, m.section, m.line) for m in read.mentions] == [
        ("/", True, "", 1),
        ("https://a.example", False, "A", 2),
        ("https://b.example", True, "A", 2),
    ]


def test_a_profile_overrides_what_is_guessed() -> None:
    text = "## Alpha\n\n- [t](a.md)\n\n## Imprint\n\n- [u](b.md)\n\n```\nhttps://c.example\n```\n"
    plain, told = issue(text), issue(text, footer_pattern="imprint", include_code=True)
    assert [m.footer for m in plain.mentions] == [False, False]
    assert [(m.url, m.footer) for m in told.mentions] == [
        *(("a.md", False), ("b.md", True), ("https://c.example", True)),
    ]


@pytest.mark.parametrize(
    ("profile", "complaint"),
    [({"footer_pattern": "("}, "no regular expression"), ({"date_pattern": "x"}, "year, month")],
)
def test_a_profile_that_makes_no_sense(profile: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        ArchiveProfile(**profile)


NOT_UTF8 = "it is not UTF-8 (line 1); the setting archive.encoding says what else it is"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"", "it is empty", id="nothing"),
        pytest.param(b" \n\t\n", "it is empty", id="nothing but white space"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0", "it is binary", id="a picture"),
        pytest.param("# 周报".encode("gb18030"), NOT_UTF8, id="GB 18030"),
        pytest.param(b"# a\n" * 3_000_000, "it is larger than 8 MiB, as no issue is", id="12 MB"),
        pytest.param(b"\xff\xfea", "it is not UTF-16-LE (line 1)", id="half of UTF-16"),
        pytest.param(
            b"<html><meta charset=klingon>",
            "it says that it is in klingon, which nobody knows",
            id="an unknown encoding",
        ),
        pytest.param(
            b"encoding: undefined\n",
            "it says that it is in undefined, which nobody knows",
            id="an encoding that decodes nothing",
        ),
        pytest.param(
            b"<html><meta charset=unicode_escape><a href='a\\x2ecom'>x</a>",
            "it says that it is in unicode_escape, which nobody knows",
            id="an encoding of programs",
        ),
    ],
)
def test_what_is_no_text_says_why(data: bytes, problem: str) -> None:
    assert read_issue(data, "a.md") == UnreadIssue(file="a.md", problem=problem)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        pytest.param("\ufeff[題](x)".encode(), "", id="UTF-8 with a mark"),
        pytest.param("\ufeff[題](x)".encode("utf-16-le"), "", id="UTF-16"),
        pytest.param("\ufeff[題](x)".encode("utf-16-be"), "", id="UTF-16, the other way round"),
        pytest.param(
            "<html><meta charset=gb2312>\n<a href=x>題</a>".encode("gbk"), "", id="declared"
        ),
        pytest.param("[題](x)".encode("gb18030"), "gb18030", id="told"),
        pytest.param("[題](x)".encode(), "gb18030", id="UTF-8 among others"),
        pytest.param("[題](x)".encode("iso2022_jp"), "iso-2022-jp", id="of seven bits"),
    ],
)
def test_other_encodings_when_they_are_certain(data: bytes, encoding: str) -> None:
    read = read_issue(data, "a", ArchiveProfile(encoding=encoding))
    assert isinstance(read, Issue)
    assert [(one.text, one.column) for one in read.mentions] == [("題", 1)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_like(end: str) -> None:
    read = issue(end.join(["# t", "", "[a](b)", "", "- [c](d)"]))
    assert [(one.line, one.column) for one in read.mentions] == [(3, 1), (5, 3)]


def test_fragments() -> None:
    text = '# Hello, 世界!\n\n## A b\n\n## A b\n\n<a name="Top-1"></a>\n'
    assert fragments_in(text.encode(), "a.md") == {
        *("hello-世界", "hello-", "a-b", "a-b-1", "top-1"),
    }
