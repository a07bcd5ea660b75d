"""Whatever an issue holds is read: no exception, no place that is wrong, no work that explodes."""

import sys
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.records import Issue, Mention
from crawler.reading.issue import read_issue

# What Markdown, HTML and broken addresses are made of, so that chance makes all of them.
PIECES = st.sampled_from(
    [
        *"[]()<>!`*_|#-\\:\"'~&;{}\n\t （）［］【】，。：｜丨\u3000\u200b題x",
        *("\n\n", "- ", "1. ", "> ", "](", "]()", "[a](", "![", "<a href=", "</a>", "<!--", "-->"),
        *("```\n", "---\n", "## ", "1、", "http://", "https://a-site.com/x", "https//b.org"),
        *("www.c.cn", "a/b: ", "[r]: ", "<pre>", "{{ x }}", "&amp;", "\r\n", "\0", "\ud800"),
        *("|-|\n", "(#)", "[^1]", "mailto:a@b.cn", "title: x\n", "](http://"),
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200)
FILES = st.sampled_from(["2022-01-02.md", "a.html"])


@settings(max_examples=400)
@given(TEXTS, FILES)
def test_any_text_is_read_and_every_place_is_right(text: str, file: str) -> None:
    data = text.encode("utf-8", "replace")
    read = read_issue(data, file)
    if not isinstance(read, Issue):
        assert read.problem
        return
    lines = data.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for mention in read.mentions:
        assert yields(mention, lines[mention.url_line - 1][mention.url_column - 1 :]), mention
        assert len(lines[mention.line - 1]) >= mention.column, mention


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert read_issue(data, "a.md").file == "a.md"


def yields(mention: Mention, rest: str) -> bool:
    """Return whether the file reads, at the place of the address, as the address or the text."""
    if not mention.url:
        return True
    plain = unescape(rest).replace("\\", "")
    written = (mention.url, mention.url.removeprefix("mailto:"), mention.text)
    shortened = mention.url.removeprefix("https://")  # a scheme that nobody wrote
    return any(plain.startswith(unescape(one).replace("\\", "")) for one in (*written, shortened))


REPEATED = [
    *"[(<>*|`_~!&\\#-:{（［",
    *("[a](", "![", "](", "[](", "[a](<", "[a](b (", '[a](b "', "[a][b]", "[a]()", "[[a]", "[a]]"),
    *("[x](http://a ", "[x] (http://a ", "](http://a", "https://a)", "https://a(", "www.", "a.b/"),
    *(
        "<a ",
        '<a b="',
        "<a b='",
        "<!--",
        "<![CDATA[",
        "</a>",
        "<code>",
        "<!-- -->",
        "<ul><li>",
        "[^a]: b\n",
    ),
    *(
        "> ",
        "- ",
        "1. ",
        "* ",
        "|a|\n",
        "# a\n",
        "- a\n\n",
        "[a]: b\n",
        "1、a\n\n",
        "a：b\n",
        "{{",
    ),
    *("---\na",),
    *("`a`` ", "**a", "_a ", "[*a", "a | b", "&amp;", "10.1234/a ", "2021-1-", "a/b:", "a@b."),
]


def work(read: Callable[[], Any]) -> int:
    """Return how many lines *read* executes; unlike seconds, the same on every machine."""
    lines = 0

    def count(frame: object, event: str, argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        read()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("file", ["a.md", "a.html"])
@pytest.mark.parametrize("piece", REPEATED)
def test_the_work_grows_with_the_text_and_no_faster(piece: str, file: str) -> None:
    def reading(size: int) -> Callable[[], Any]:
        data = (piece * (size // len(piece.encode()))).encode()
        return lambda: read_issue(data, file)

    small, large = work(reading(1_024)), work(reading(4_096))
    assert large <= 6 * small + 1_000


PIECES_OF_64K = ["[", "(", ">", "*", "|", "`", "<", "[a](", "![", "<a ", "](", "- ", "<!-- -->"]
SPACES = " " * 60_000


@pytest.mark.parametrize(
    "text",
    [
        *((piece * 65_536)[:65_536] for piece in PIECES_OF_64K),
        f"# a{SPACES}b",
        f"- [a{SPACES}b](c)",
        f"- a{SPACES}| b",
        f"<img alt='a{SPACES}b' src=c>",
        f"[a]{SPACES}(b)",
        f"[a](b{SPACES}c)",
    ],
    ids=lambda text: text.replace(SPACES, "…")[:12],
)
def test_64_kilobytes_of_nonsense_are_read(text: str) -> None:
    assert isinstance(read_issue(text.encode(), "a.md"), Issue)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- " * 10_000 + "[a](b)", id="on one line"),
        pytest.param(
            "".join(f"{'  ' * (n % 500)}- [a](b)\n" for n in range(10_000)), id="indented"
        ),
        pytest.param("<ul><li>" * 10_000 + "<a href=b>a</a>", id="in HTML"),
    ],
)
def test_ten_thousand_nested_lists_are_read(text: str) -> None:
    read = read_issue(text.encode(), "a.md")
    assert isinstance(read, Issue)
