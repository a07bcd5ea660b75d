"""Titles, addresses and evidence from outside come through every format as text, never as more."""

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import html5lib
import pytest
from lxml import etree
from markdown_it import MarkdownIt

from catalog.vocabulary import Reason, Standing, SuggestionKind, Verdict
from report.escaping import csv_cell, markdown, markdown_code, plain, web_address
from report.findings import (
    Archive,
    DeadHost,
    Finding,
    Group,
    IssueRot,
    Night,
    Place,
    RepoChange,
    RepoEvent,
    Report,
    Suggestion,
    UnreadFile,
)
from report.formats import FORMATS, render, style_for

ATTACKS = [
    ("a script", "<script>window.pwned=1</script>"),
    ("a script after an attribute", "\"><script>window.pwned=1</script>"),
    ("an image that runs", "<img src=x onerror=window.pwned=1>"),
    ("an attribute that runs", "' onmouseover='window.pwned=1' x='"),
    ("the end of the style", "</style><script>window.pwned=1</script>"),
    ("the end of the page's own script", "</script><script>window.pwned=1</script>"),
    ("a template", "{{ 7*7 }}{% for x in y %}${7*7}#{7*7}"),
    ("a blank to fill in", "{0} {name} {self.words}"),
    ("a Markdown link", "[click](https://evil.example/)"),
    ("a Markdown image", "![x](https://evil.example/pixel.png)"),
    ("a Markdown reference", "[a]: https://evil.example/ \"x\""),
    ("a Markdown heading", "# Owned"),
    ("a Markdown list in one", "1. one"),
    ("backquotes", "``` `code` ``` ```"),
    ("a table", "a | b | c"),
    ("a mention", "@octocat please look, and @org/team"),
    ("an issue's number", "fixes #1, GH-2 and owner/repo#3"),
    ("a bare address", "see https://evil.example/ and www.evil.example and a@evil.example"),
    ("a comment", "<!-- linkledger:report --> -->"),
    ("a character reference", "&lt;b&gt; &#60; &nbsp;"),
    ("a formula", "=HYPERLINK(\"https://evil.example/\",\"x\")"),
    ("a formula of another kind", "@SUM(1+1)*cmd|' /C calc'!A0"),
    ("a formula behind white space", "\t=1+1"),
    ("a formula in full width", "＝1+1"),
    ("the colour red", "\x1b[31mred\x1b[0m"),
    ("a terminal's title", "\x1b]0;owned\x07"),
    ("a terminal's link", "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\"),
    ("control characters of eight bits", "\x9b31m\x9d0;owned\x9c"),
    ("characters that XML cannot write", "a\x00b\x0bc\x1fd\ufffee\uffff"),
    ("half a character", "a\ud800b"),
    ("reversed writing", "\u202egnp.exe\u202c \u2066x\u2069"),
    ("invisible letters", "a\u200bb\u2060c\ufeffd\U000e0041e"),
    ("the end of a CDATA section", "]]><x>"),
    ("a workflow command", "x\n::set-env name=X::y\r\n::error::z"),
    ("a workflow property", "a,line=1::b%0A::error::c"),
    ("new lines of other kinds", "a\u2028b\u2029c\x85d"),
    ("rich markup", "[bold red]x[/] [link=https://evil.example]y[/link]"),
    ("white space only", " \t\n "),
    ("very long", "长" * 5_000),
]  # fmt: skip

ADDRESSES = [
    ("a script's address", "javascript:window.pwned=1"),
    ("a script's address with a host", "javascript://a.example/%0awindow.pwned=1"),
    ("the same in disguise", " JaVa\tScRiPt:window.pwned=1"),
    ("data", "data:text/html,<script>window.pwned=1</script>"),
    ("a host with markup", 'https://a.example/"><script>window.pwned=1</script>'),
    ("an address that ends a Markdown link", "https://a.example/)>](https://evil.example/"),
    ("an address with backquotes", "https://a.example/`x`"),
    ("an address with a space", "https://a.example/a b"),
    ("an address with Chinese", "https://例子.example/路径?键=值#片段"),
    ("an address that is none", "http://[half"),
    ("an address with controls", "https://a.example/\x1b[31m\r\n::error::x"),
    ("a port that is none", "https://a.example:99999999999/"),
]


def report_of(text: str, url: str) -> Report:
    """Return a report in which *text* and *url* stand wherever something from outside may."""
    place = Place(
        archive_id=1, file=f"{plain(text, limit=40)}.md", line=1, column=1, text=text,
        section=text, item=text, url=url, url_line=1, url_column=1, kind="inline",
        issue_date="2026-11-01",
    )  # fmt: skip
    broken = Finding(
        link_id=1, url=url, host=text, group=Group.NEWLY_BROKEN, standing=Standing.BROKEN,
        standing_since="2026-11-22T04:00:00Z", verdict=Verdict.BROKEN, reason=Reason.SOFT_404,
        status=404, final_url=url, rule=text, evidence=text, detail=text,
        first_seen_broken="2026-11-22T04:00:00Z", last_ok="2026-11-21T04:00:00Z",
        repository=text, drift=text,
        suggestion=Suggestion(kind=SuggestionKind.ARCHIVED, address=url),
        places=(place, replace(place, line=2)),
    )  # fmt: skip
    moved = replace(
        broken, group=Group.MOVED, standing=Standing.MOVED, suggestion=None,
        reason=Reason.ACCOUNT_MIGRATED, verdict=Verdict.MOVED,
    )  # fmt: skip
    return Report(
        generated_at="2026-11-22T08:00:00Z",
        archives=(Archive(archive_id=1, source=text, kind="folder", title=text, language="en"),),
        night=Night(
            run_id=1, started_at="2026-11-22T04:00:00Z", finished_at=None, state="untrusted",
            note=text, news_since="2026-11-22T04:00:00Z",
        ),
        findings=(broken, moved),
        fixed=(broken,),
        empty=(replace(broken, link_id=2, group=Group.EMPTY),),
        drifted=(broken,),
        dead_hosts=(DeadHost(name=text, links=3, mentions=3, since=None, reason=None),),
        repositories=tuple(
            RepoChange(
                event=event, repository=text, url=url, since="2026-11-22T04:00:00Z",
                before="1", places=(place,), message=text,
                now="2" if event is RepoEvent.STARS else text,
            )
            for event in RepoEvent
        ),
        unread=(UnreadFile(file=text, problem=text),),
        rot=(IssueRot(file=text, date=text, title=text, standings={Standing.BROKEN: 1}),),
        counts=dict.fromkeys(Group, 1),
    )  # fmt: skip


def hostile(name: str, text: str, url: str, **settings: Any) -> str:
    report = report_of(text, url)
    return render(report, name, style_for(report, **settings))


TEXTS = [pytest.param(text, "https://a.example/page", id=name) for name, text in ATTACKS]
LINKS = [pytest.param("Title", url, id=name) for name, url in ADDRESSES]
ALL = TEXTS + LINKS

CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What rich itself writes: colours, and links to what may be linked.
OURS = re.compile(r"\x1b\[[\d;]*m|\x1b]8;[^;]*;(https?://[!-~]*)?\x1b\\")


@pytest.mark.parametrize(("text", "url"), ALL)
@pytest.mark.parametrize("colour", [False, True], ids=["piped", "in colour"])
def test_the_terminal_gets_no_control_characters(text: str, url: str, colour: bool) -> None:
    shown = hostile("terminal", text, url, colour=colour)
    assert not CONTROLS.search(OURS.sub("", shown) if colour else shown)
    assert "evil" not in "".join(OURS.findall(shown)) or "evil" in url


@pytest.mark.parametrize(("text", "url"), ALL)
def test_the_page_has_one_script_and_web_links_only(text: str, url: str) -> None:
    page = hostile("html", text, url)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    assert len(list(tree.iter("script"))) == 1
    assert not list(tree.iter("img"))
    for element in tree.iter():
        assert not [name for name in element.attrib if str(name).startswith("on")]
        assert re.match(r"https?://[!-~]+$", element.get("href", "https://-"))


GITHUB = MarkdownIt("commonmark", {"linkify": True, "html": True}).enable(["table", "linkify"])


@pytest.mark.parametrize(("text", "url"), ALL)
def test_markdown_gets_no_markup_from_outside(text: str, url: str) -> None:
    source = hostile("markdown", text, url)
    clean = hostile("markdown", "Title", "https://a.example/page")
    assert [t.type for t in GITHUB.parse(source) if t.type.startswith("heading")] == [
        t.type for t in GITHUB.parse(clean) if t.type.startswith("heading")
    ]
    inside_link = 0
    for token in (child for t in GITHUB.parse(source) for child in t.children or ()):
        assert token.type not in ("image", "html_inline")
        inside_link += token.nesting if token.type.startswith("link") else 0
        if token.type == "link_open":
            assert token.attrs["href"] == _linked(url)
        if token.type == "text" and not inside_link:
            assert not re.search(r"(?<!\w)@\w|#\d|https?://(?!\u200b)|www\.", token.content)
    assert not [
        token for token in GITHUB.parse(source) if token.type.startswith(("html", "table"))
    ]


def _linked(url: str) -> str:
    tokens = GITHUB.parseInline(f"[x](<{web_address(url)}>)")[0].children or []
    return str(tokens[0].attrs["href"])


@pytest.mark.parametrize(("text", "url"), ALL)
def test_no_cell_is_a_formula(text: str, url: str) -> None:
    rows = list(csv.reader(io.StringIO(hostile("csv", text, url), newline="")))
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
        assert "\x1b" not in cell


@pytest.mark.parametrize(("text", "url"), ALL)
@pytest.mark.parametrize("name", ["junit", "atom"])
def test_xml_stays_well_formed(name: str, text: str, url: str) -> None:
    root = etree.fromstring(hostile(name, text, url).encode())
    for link in root.iter("{http://www.w3.org/2005/Atom}link"):
        assert re.match(r"https?://[!-~]+$", link.get("href"))
    assert not [e for e in root.iter() if "script" in str(e.tag) or str(e.tag).endswith("}x")]


@pytest.mark.parametrize(("text", "url"), ALL)
@pytest.mark.parametrize("name", ["json", "sarif"])
def test_json_keeps_what_was_said(name: str, text: str, url: str) -> None:
    document = hostile(name, text, url).encode("utf-8", "surrogatepass")
    told = json.loads(document.decode("utf-8", "surrogatepass"))
    if name == "json":
        assert told["links"][0]["url"] == url
        assert told["links"][0]["mentions"][0]["item"] == text


@pytest.mark.parametrize(("text", "url"), ALL)
def test_a_workflow_gets_one_command_a_mention(text: str, url: str) -> None:
    lines = hostile("github", text, url).splitlines()
    assert len(lines) == 6  # two places each of what broke, what moved and what leads nowhere
    for line in lines:
        assert re.match(r"::(error|warning|notice) file=[^,]*,line=\d,col=1,title=[^,:]*::", line)


@pytest.mark.parametrize(("text", "url"), ALL)
@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"json", "sarif"}))
def test_every_format_can_be_written_as_utf_8(name: str, text: str, url: str) -> None:
    # JSON gives text as the catalog holds it, and SQLite holds no half characters.
    hostile(name, text, url).encode("utf-8")


ESCAPES = [
    ("a formula in CSV", csv_cell("=1+1"), "'=1+1"),
    ("a formula on a second line of CSV", csv_cell("\n=1+1"), "'\n=1+1"),
    ("no formula in CSV", csv_cell("1=1"), "1=1"),
    ("a mention in Markdown", markdown("@octocat"), "@\u200boctocat"),
    ("stars in Markdown", markdown("*x*"), r"\*x\*"),
    ("backquotes in code", markdown_code("a``b`"), "``` a``b` ```"),
    ("a plain line", plain(" a\n\tb\x00 "), "a b"),
    ("a long line", plain("abcdef", limit=4), "abc…"),
    ("a web address", web_address("https://a.example/x?y=1#z"), "https://a.example/x?y=1#z"),
    ("a script is no web address", web_address("javascript:alert(1)"), ""),
    ("neither is a path", web_address("/etc/passwd"), ""),
]


@pytest.mark.parametrize(
    ("escaped", "expected"), [pytest.param(*row, id=name) for name, *row in ESCAPES]
)
def test_escaping(escaped: str, expected: str) -> None:
    assert escaped == expected
