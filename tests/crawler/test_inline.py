"""What a reader can click in a piece of text, as a table: the text, and the links in it."""

import pytest

from catalog.vocabulary import MentionKind
from crawler.reading.blocks import BlockKind, document
from crawler.reading.inline import read_inline
from crawler.reading.link import Link
from crawler.reading.rendered import link_text

A, B = "https://a.example/x", "https://b.example/y"


def found(text: str) -> list[tuple[Link, str]]:
    """Return the links of the first block of *text*, each with its text as shown."""
    page = document(text)
    block = page.blocks[0]
    inline = read_inline(block.text, page.definitions, is_html=block.kind is BlockKind.HTML)
    return [(link, link_text(block.text, link, inline)) for link in inline.links]


MARKDOWN = [
    ("an inline link", f"see [t]({A}).", [("inline", A, "t")]),
    ("with a title", f'[t]({A} "title")', [("inline", A, "t")]),
    ("in angle brackets", "[t](<my file.md>)", [("inline", "my file.md", "t")]),
    (
        "parentheses in it",
        "[t](https://e.example/A_(b))",
        [("inline", "https://e.example/A_(b)", "t")],
    ),
    ("escapes and entities in it", r"[t](x\_y?a=1&amp;b=2)", [("inline", "x_y?a=1&b=2", "t")]),
    ("text over two lines", f"[one\ntwo]({A})", [("inline", A, "one two")]),
    (
        "markup in its text",
        f"[**bold** `code` &amp; *it*]({A})",
        [("inline", A, "bold code & it")],
    ),
    ("double brackets", f"[[t]]({A})", [("inline", A, "[t]")]),
    ("brackets before it", f"[2101.00001] [t]({A})", [("inline", A, "t")]),
    (
        "a link in a link is the inner one",
        f"[a [b]({A}) c]({B})",
        [("inline", A, "b"), ("bare", B, B)],
    ),
    ("a reference", f"[t][r]\n\n[r]: {A}", [("reference", A, "t")]),
    ("a short one, without regard to case", f"[R]\n\n[r]: <{A}> 'title'", [("reference", A, "R")]),
    ("a collapsed one", f"[r][]\n\n[r]: {A}", [("reference", A, "r")]),
    ("one that is not defined", "[t][r] and [x]", []),
    ("a footnote is no link", "text[^1]", []),
    ("an address in angle brackets", f"<{A}>", [("autolink", A, A)]),
    (
        "mail in angle brackets",
        "<me@a.example>",
        [("autolink", "mailto:me@a.example", "me@a.example")],
    ),
    ("a C++ type is no address", "vector<std::string>", []),
    ("an image", f"![alt *text*]({A})", [("image", A, "alt text")]),
    ("an image that is a link", f"[![alt]({A})]({B})", [("inline", B, ""), ("image", A, "alt")]),
    ("a link in an image's text is not shown", f"![a [b]({A})]({B})", [("image", B, "a b")]),
    ("an escaped bracket", rf"\[t]({A})", [("bare", A, A)]),
    ("a code span", f"`[t]({A})` ``{B}``", []),
    ("a backtick that nothing closes", f"`[t]({A})", [("inline", A, "t")]),
    ("a comment", f"<!-- [t]({A})\n{B} --> after", []),
    ("two in a row", f"[t]({A})({A})", [("inline", A, "t"), ("bare", A, A)]),
    ("its own address as text", f"[{A}]({A})", [("inline", A, A)]),
    (
        "the same without a scheme",
        "[a.example/x](https://a.example/x#y)",
        [("inline", "https://a.example/x#y", "a.example/x")],
    ),
]

BROKEN = [
    ("no target, but an address for text", f"[{A}]()", [("empty", A, A)]),
    ("a worthless one", f"[{A}](#)", [("empty", A, A)]),
    ("no target at all", "[t]( )", [("empty", "", "t")]),
    ("a note to oneself", "[t](TODO)", [("empty", "", "t")]),
    ("a lambda of C++", "auto f = [](int x) { }; g([]());", []),
    ("parentheses twice", f"[t](({A}))", [("inline", A, "t")]),
    ("twice, closed once", f"[t](({A})", [("inline", A, "t")]),
    ("an unclosed parenthesis", f"[t]({A}", [("inline", A, "t")]),
    ("an unclosed one, and prose", f"[t]({A}. And so on", [("inline", A, "t")]),
    ("closed on the next line", f"[t]({A}\n)", [("inline", A, "t")]),
    ("a full-width closing", f"[t]({A}）。", [("inline", A, "t")]),
    ("full-width parentheses", f"[t]（{A}）", [("inline", A, "t")]),
    ("full-width brackets", f"［t］（{A}）", [("inline", A, "t")]),
    ("a space before it", f"[t] ({A})", [("inline", A, "t")]),
    (
        "a space in it",
        "[t](https://a.example/x y.html)",
        [("inline", "https://a.example/x y.html", "t")],
    ),
    (
        "a space after the scheme",
        "[t](https:// a.example/x)",
        [("inline", "https:// a.example/x", "t")],
    ),
    ("a remark after it", f"[t]({A} 见下)", [("inline", A, "t")]),
    ("a scheme, and an address later", f"[t](https:// 见 {B})", [("bare", B, B)]),
    ("curly quotes around it", f"[t](“{A}”)", [("inline", A, "t")]),
    ("a title glued to it", f'[t]({A}"title")', [("inline", A, "t")]),
    ("two targets glued together", f"[t]({A}{B})", [("inline", A, "t"), ("inline", B, "t")]),
    ("two with a space between", f"[t]({A} {B})", [("inline", A, "t"), ("inline", B, "t")]),
    (
        "an archived address is one",
        "[t](https://web.example/2020/https://a.example)",
        [("inline", "https://web.example/2020/https://a.example", "t")],
    ),
    ("a slash short", "[t](http:/a.example)", [("inline", "http:/a.example", "t")]),
    ("a colon short", "[t](https//a.example)", [("inline", "https//a.example", "t")]),
    ("debris of copying", f"[t](\x02{A}\u200b)", [("inline", A, "t")]),
    ("a bracket that nothing closes", f"[t | source, {A}", [("bare", A, A)]),
    (
        "what a site generator fills in",
        "[t]({{ site.pull }})",
        [("inline", "{{ site.pull }}", "t")],
    ),
    ("brackets in prose", "ShuffleNet] （+3.5％） [-t N](default 10)", []),
]

HTML = [
    (
        "a link",
        f'<a class=x href="{A}?a=1&amp;b=2">t <b>u</b></a>',
        [("html", f"{A}?a=1&b=2", "t u")],
    ),
    (
        "quotes of either kind or none",
        f"<a href='{A}'>t</a> <a href={B}>u</a>",
        [("html", A, "t"), ("html", B, "u")],
    ),
    ("an image", f'<p><img alt="q" src="{A}"/></p>', [("image", A, "q")]),
    (
        "an image in a link",
        f'<a href="{A}"><img src="i.png"></a>',
        [("html", A, ""), ("image", "i.png", "")],
    ),
    ("a link that nothing closes", f'<a href="{A}">t', [("html", A, "")]),
    ("an embedded film", f'<iframe src="{A}"></iframe>', [("html", A, "")]),
    ("code in HTML", f"<code>{A}</code> <pre>[t]({B})</pre>", []),
    ("a tag over two lines", f'<a\n href="{A}">t</a>', [("html", A, "t")]),
    ("a bare address between tags", f"<br>{A}<br/>", [("bare", A, A)]),
]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        pytest.param(text, links, id=name)
        for table in (MARKDOWN, BROKEN, HTML)
        for name, text, links in table
    ],
)
def test_links(text: str, links: list[tuple[str, str, str]]) -> None:
    assert [(str(link.kind), link.url, shown) for link, shown in found(text)] == links


@pytest.mark.parametrize(
    ("text", "optional"),
    [
        pytest.param("[t]()", True, id="no address"),
        pytest.param(f'<iframe src="{A}">', True, id="a film"),
        pytest.param("see a.example.com/js", True, id="a site without a scheme"),
        pytest.param(f"[{B} too]({A})", True, id="another address in a link's text"),
        pytest.param("see www.example.com", False, id="www"),
    ],
)
def test_what_may_be_left_out(text: str, optional: bool) -> None:
    assert found(text)[-1][0].optional is optional


@pytest.mark.parametrize("table", [MARKDOWN, BROKEN, HTML])
def test_every_address_stands_where_it_is_said_to_stand(
    table: list[tuple[str, str, list[tuple[str, str, str]]]],
) -> None:
    for name, text, _ in table:
        for link, _ in found(text):
            if link.url_start is None or "&amp;" in text or "\\" in text or not link.url:
                continue
            written = link.url.removeprefix("mailto:")
            assert document(text).blocks[0].text.startswith(written, link.url_start), name


def test_every_kind_of_link_has_a_row() -> None:
    rows = (row for table in (MARKDOWN, BROKEN, HTML) for _, _, links in table for row in links)
    assert {kind for kind, _, _ in rows} == set(MentionKind) - {MentionKind.TITLE_REPO}
