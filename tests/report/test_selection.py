"""What the report chooses from two nights, and what filters and ignore files leave of it."""

from contextlib import closing
from datetime import date
from itertools import permutations

import pytest

from catalog.connection import open_catalog
from catalog.papers import save_unanswered
from catalog.suggestions import suggest
from catalog.vocabulary import Reason, Standing, SuggestionKind
from report.filters import Filters
from report.findings import Group, Report
from report.formats.machine import message
from report.ignore import read_rules
from report.nights import last_night
from report.selection import select


def urls(report: Report, *groups: Group) -> list[str]:
    return [finding.url.removeprefix("https://") for finding in report.of(*groups)]


def test_links_are_grouped_by_urgency_and_newest_issue_first(two_nights) -> None:
    report = two_nights.report()
    assert urls(report, Group.NEWLY_BROKEN) == [
        "dead.example/a",
        "dead.example/b",
        "dead.example/c",
        "boards.example/pi",
    ]
    assert urls(report, Group.STILL_BROKEN) == ["mp.weixin.qq.com/s/story", "missing.md"]
    assert urls(report, Group.MOVED) == ["temp.example/x", "docs.example/v1"]
    assert urls(report, Group.SUSPECT) == ["shaky.example/x"]
    assert urls(report, Group.BLOCKED) == ["wall.example/vip"]
    assert urls(report, Group.UNCLEAR) == ["odd.example/teapot"]
    assert [f.url for f in report.fixed] == ["https://back.example/page"]
    assert [f.group for f in report.findings] == sorted(
        (f.group for f in report.findings), key=list(Group).index
    )


def test_a_finding_knows_its_story_and_all_its_places(two_nights) -> None:
    board = next(f for f in two_nights.report().findings if f.url.endswith("/pi"))
    assert (board.standing, board.reason, board.status) == (
        Standing.BROKEN,
        Reason.NOT_FOUND,
        404,
    )
    assert board.evidence == "404 Not Found"
    assert board.first_seen_broken == "2026-11-22T04:00:00Z"
    assert board.last_ok == "2026-11-21T04:00:00Z"
    assert (board.checks, board.nights) == (2, 1)
    assert [str(place) for place in board.places] == [
        "2026-11-01.md:11:3",
        "2026-10-01.md:5:3",
    ]
    assert (board.places[0].section, board.places[0].item) == ("业界新闻", "A board, again")


def test_only_a_move_for_good_comes_with_an_address(two_nights) -> None:
    temporary, lasting = two_nights.report().of(Group.MOVED)
    assert temporary.suggestion is None
    assert lasting.suggestion is not None
    assert lasting.suggestion.kind is SuggestionKind.MOVED
    assert lasting.suggestion.address == "https://docs.example/v2/"


def test_a_page_that_came_back_needs_no_copy(two_nights) -> None:
    (fixed,) = two_nights.report().fixed
    broken = two_nights.report().findings[0]
    now = two_nights.morning("2026-11-22")
    for link_id in (fixed.link_id, broken.link_id):
        suggest(two_nights.db, link_id, SuggestionKind.ARCHIVED, "https://web.archive.org/x", now)
    two_nights.db.execute("UPDATE suggestions SET verdict = 'ok', visited_at = '2026'")
    report = two_nights.report()
    assert report.findings[0].suggestion is not None
    assert [finding.suggestion for finding in report.fixed] == [None]


def test_an_empty_link_whose_address_works_is_told_apart(two_nights) -> None:
    (empty,) = two_nights.report().empty
    assert empty.suggestion is not None
    assert empty.suggestion.kind is SuggestionKind.EMPTY
    assert empty.suggestion.address == "https://github.com/ml-gde/tutorials"


def test_a_paper_that_arxiv_was_asked_about_in_vain_is_told_as_that(ledger) -> None:
    ledger.read({"2026-11-01.md": "- [One](https://arxiv.org/abs/2401.00001)\n"})
    (never_asked,) = ledger.report().findings
    assert message(never_asked).startswith("it has not had its turn yet.")
    save_unanswered(ledger.db, {1: "status 503"})
    (asked,) = ledger.report().findings
    assert message(asked) == (
        "we asked, and got no answer that tells: “status 503”."
        " To do: nothing: we ask again with the next night"
    )


ADDRESS = "https://a.example/page"
LEFT_EMPTY = f"- [{ADDRESS}]()\n"
WRITTEN_OUT = f"- [a page]({ADDRESS})\n"

# What became of the address, how the issue links to it, the counts that are not 0, and what
# may be written.
NOWHERE = [
    ("its address works", Reason.OK, LEFT_EMPTY, {Group.EMPTY: 1}, ADDRESS),
    ("its site refuses robots", Reason.FORBIDDEN, LEFT_EMPTY, {Group.EMPTY: 1}, None),
    ("its address is silent", Reason.TIMEOUT, LEFT_EMPTY, {Group.EMPTY: 1}, None),
    ("its address is broken", Reason.NOT_FOUND, LEFT_EMPTY, {Group.NEWLY_BROKEN: 1}, None),
    (
        "it is written out elsewhere, and works",
        Reason.OK,
        LEFT_EMPTY + WRITTEN_OUT,
        {Group.EMPTY: 1, Group.OK: 1},
        ADDRESS,
    ),
    (
        "it is written out elsewhere, and refuses robots",
        Reason.FORBIDDEN,
        LEFT_EMPTY + WRITTEN_OUT,
        {Group.EMPTY: 1, Group.BLOCKED: 1},
        None,
    ),
]


@pytest.mark.parametrize(
    ("reason", "issue", "counts", "address"),
    [pytest.param(*row, id=name) for name, *row in NOWHERE],
)
def test_a_link_that_leads_nowhere_counts_as_that(ledger, reason, issue, counts, address) -> None:
    ledger.read({"2026-11-01.md": issue}, day="2026-11-22")
    ledger.night("2026-11-22", {ADDRESS: reason})
    report = ledger.report()
    assert {group: number for group, number in report.counts.items() if number} == counts
    assert [f.suggestion and f.suggestion.address for f in report.empty] == (
        [address] if Group.EMPTY in counts else []
    )
    assert report.broken == 1
    rules = read_rules("^https://a\\.example/")
    assert (told := ledger.report(rules=rules)).ignored == 1
    assert (told.broken, told.counts[Group.EMPTY]) == (0, 0)


def test_a_host_is_dead_when_nothing_on_it_lives(two_nights) -> None:
    (host,) = two_nights.report().dead_hosts
    assert (host.name, host.links, host.reason) == ("dead.example", 3, Reason.HOST_NOT_FOUND)


def test_a_host_with_one_living_link_is_not_dead(ledger) -> None:
    urls = [f"https://a.example/{number}" for number in range(4)]
    ledger.read({"2026-11-01.md": "".join(f"- [x]({url})\n" for url in urls)})
    ledger.night("2026-11-21", dict.fromkeys(urls[:3], Reason.NOT_FOUND))
    assert ledger.report().dead_hosts == ()
    ledger.night("2026-11-22", dict.fromkeys(urls, Reason.NOT_FOUND))
    (host,) = ledger.report().dead_hosts
    assert (host.name, host.links) == ("a.example", 4)


def test_counts_add_up_to_all_links(two_nights) -> None:
    report = two_nights.report()
    (links,) = two_nights.db.execute("SELECT count(*) FROM links").fetchone()
    assert sum(report.counts.values()) == links
    everything = two_nights.report(everything=True)
    assert len(everything.findings) == links
    assert everything.counts == report.counts


def test_rot_counts_each_link_of_an_issue_once(two_nights) -> None:
    october, november = two_nights.report().rot
    assert (october.file, october.links) == ("2026-10-01.md", 6)
    assert november.standings[Standing.BROKEN] == 4


ROT = [
    ("all issues", Filters(), {"2026-10-01.md": 6, "2026-11-01.md": 9}),
    ("one issue", Filters(issues=("2026-10-01",)), {"2026-10-01.md": 6}),
    ("no issue", Filters(issues=("nosuch",)), {}),
    (
        "a host that both name",
        Filters(hosts=("boards.example",)),
        {"2026-10-01.md": 1, "2026-11-01.md": 1},
    ),
    ("a host that none names", Filters(hosts=("nosuch.example",)), {}),
    ("a section", Filters(sections=("open source",)), {"2026-10-01.md": 3}),
    ("a standing", Filters(standings=frozenset({Standing.SUSPECT})), {"2026-11-01.md": 1}),
    ("a day", Filters(since=date(2026, 11, 22)), {"2026-10-01.md": 1, "2026-11-01.md": 6}),
    ("a day to come", Filters(since=date(2030, 1, 1)), {}),
]


@pytest.mark.parametrize(("filters", "links"), [pytest.param(*row, id=name) for name, *row in ROT])
def test_the_chart_counts_what_the_filters_let_through(
    two_nights, filters: Filters, links: dict[str, int]
) -> None:
    assert {rot.file: rot.links for rot in two_nights.report(filters=filters).rot} == links


UNREAD = [
    ("no filter", Filters(), True),
    ("its name", Filters(issues=("2026-12-*",)), True),
    ("another name", Filters(issues=("2026-10-*",)), False),
    ("a host, which it may or may not name", Filters(hosts=("a.example",)), False),
    ("a day, on which it may or may not have been the same", Filters(since=date.min), False),
]


@pytest.mark.parametrize(
    ("filters", "told"), [pytest.param(*row, id=name) for name, *row in UNREAD]
)
def test_an_issue_that_could_not_be_read_has_a_name_only(
    ledger, filters: Filters, told: bool
) -> None:
    ledger.read({"2026-12-01.md": "- [x](https://a.example/)\n"})
    ledger.db.execute("UPDATE issues SET problem = 'it is binary'")
    assert [unread.file for unread in ledger.report(filters=filters).unread] == (
        ["2026-12-01.md"] if told else []
    )


FILTERS = [
    ("one standing", Filters(standings=frozenset({Standing.SUSPECT})), ["shaky.example/x"]),
    (
        "one issue by its date",
        Filters(issues=("2026-10-01",), hosts=("example",)),
        ["boards.example/pi", "docs.example/v1"],
    ),
    (
        "issues by a pattern",
        Filters(issues=("2026-1?-01.md",), standings=frozenset({Standing.BLOCKED})),
        ["wall.example/vip"],
    ),
    ("a host and what is below it", Filters(hosts=("qq.com",)), ["mp.weixin.qq.com/s/story"]),
    ("a host does not match in the middle of a name", Filters(hosts=("oards.example",)), []),
    (
        "a part of a section's title",
        Filters(sections=("NEWS",)),
        ["boards.example/pi", "mp.weixin.qq.com/s/story", "docs.example/v1"],
    ),
    (
        "what changed since a day",
        Filters(since=date(2026, 11, 22)),
        [
            "dead.example/a",
            "dead.example/b",
            "dead.example/c",
            "boards.example/pi",
            "shaky.example/x",
        ],
    ),
    (
        "what changed since a day before all of it",
        Filters(since=date(2026, 11, 21), standings=frozenset({Standing.BROKEN})),
        [
            "dead.example/a",
            "dead.example/b",
            "dead.example/c",
            "boards.example/pi",
            "mp.weixin.qq.com/s/story",
        ],
    ),
]


@pytest.mark.parametrize(
    ("filters", "left"), [pytest.param(*row, id=name) for name, *row in FILTERS]
)
def test_filters(two_nights, filters: Filters, left: list[str]) -> None:
    report = two_nights.report(filters=filters)
    assert [finding.url.removeprefix("https://") for finding in report.findings] == left
    assert report.is_filtered


def test_a_filter_by_issue_leaves_out_other_mentions(two_nights) -> None:
    (board,) = two_nights.report(
        filters=Filters(
            issues=("2026-10-01.md",),
            standings=frozenset({Standing.BROKEN}),
            hosts=("boards.example",),
        )
    ).findings
    assert [place.file for place in board.places] == ["2026-10-01.md"]


def test_links_that_are_fine_are_not_counted_where_they_were_not_asked_for(two_nights) -> None:
    asked = Filters(hosts=("back.example",))
    assert two_nights.report(filters=asked).counts[Group.OK] == 0
    assert two_nights.report(filters=asked, everything=True).counts[Group.OK] == 1


def test_a_new_name_is_nothing_to_update_where_the_old_one_is_but_a_title(two_nights) -> None:
    url = "https://docs.example/v1"
    before = two_nights.report()
    two_nights.db.execute(
        "UPDATE mentions SET kind = 'title-repo' WHERE link_id = (SELECT id FROM links"
        " WHERE url = ?)", [url],
    )  # fmt: skip
    after = two_nights.report()
    assert urls(after, Group.MOVED) == ["temp.example/x"]
    assert url not in {finding.url for finding in after.findings}
    assert after.counts[Group.MOVED] == before.counts[Group.MOVED] - 1
    assert after.counts[Group.OK] == before.counts[Group.OK] + 1


def test_what_is_ignored_is_counted_by_itself_and_not_shouted(two_nights) -> None:
    rules = read_rules("^https://dead\\.example/  # its owner knows, until 2026-11-22")
    report = two_nights.report(rules=rules)
    assert urls(report, Group.NEWLY_BROKEN) == ["boards.example/pi"]
    assert (report.ignored, report.counts[Group.NEWLY_BROKEN], report.broken) == (3, 1, 4)
    assert not report.dead_hosts
    assert [f.ignored.reason for f in report.findings if f.ignored] == ["its owner knows"] * 3
    later = two_nights.report("2026-11-23", rules=rules)
    assert (later.ignored, later.broken) == (0, 7)


def test_an_untrusted_night_is_told_and_changes_no_news(two_nights) -> None:
    before = two_nights.report()
    two_nights.night(
        "2026-11-23",
        dict.fromkeys(["https://boards.example/pi"], Reason.TIMEOUT),
        state="untrusted",
        note="nothing could be reached",
    )
    after = two_nights.report("2026-11-23")
    assert after.night is not None
    assert not after.night.trusted
    assert urls(after, Group.NEWLY_BROKEN) == urls(before, Group.NEWLY_BROKEN)


def test_a_link_that_was_only_suspected_is_not_fixed(two_nights) -> None:
    two_nights.night("2026-11-23", {"https://boards.example/pi": Reason.NOT_FOUND})
    report = two_nights.report("2026-11-23")
    fixed = {finding.url for finding in report.fixed}
    assert "https://dead.example/a" in fixed
    assert "https://shaky.example/x" not in fixed


NIGHTS = [
    ("two nights are two", [("nightly", "done"), ("nightly", "done")], "2026-11-02"),
    ("a night that was killed goes on", [("nightly", "done"), ("nightly", "cut_short"),
        ("nightly", "done")], "2026-11-02"),
    ("commands one by one are one night", [("crawl", "done"), ("enrich", "done"),
        ("crawl", "done"), ("enrich", "done")], "2026-11-03"),
    ("issues that are read again by day are no night", [("nightly", "done"),
        ("nightly", "done"), ("read", "done"), ("read", "done")], "2026-11-02"),
    ("links that are looked at again by day are no night", [("nightly", "done"),
        ("nightly", "done"), ("crawl chosen", "done"), ("crawl chosen", "done")], "2026-11-02"),
    ("the next night begins with what it reads", [("read", "done"), ("crawl", "done"),
        ("read", "done"), ("read", "done"), ("crawl", "done")], "2026-11-03"),
    ("an untrusted night does not count", [("nightly", "done"), ("nightly", "done"),
        ("nightly", "untrusted")], "2026-11-02"),
    ("the first night", [("nightly", "done")], "2026-11-01"),
    ("only an untrusted night", [("nightly", "untrusted")], "2026-11-01"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("runs", "news_since"), [pytest.param(*row, id=name) for name, *row in NIGHTS]
)
def test_the_last_night(ledger, runs: list[tuple[str, str]], news_since: str) -> None:
    ledger.read({"2026-10-01.md": "- [x](https://a.example/)\n"}, day="2026-10-31")
    for number, (command, state) in enumerate(runs, start=1):
        ledger.night(f"2026-11-0{number}", command=command, state=state)
    night = last_night(ledger.db)
    assert night is not None
    assert night.news_since == f"{news_since}T04:00:00Z"


def test_no_night_yet(ledger) -> None:
    report = ledger.report()
    assert report.night is None
    assert report.findings == ()


def test_a_report_is_of_one_moment_though_a_night_writes(two_nights) -> None:
    path = two_nights.db.path
    with closing(open_catalog(path)) as night, closing(open_catalog(path, read_only=True)) as db:

        def write(statement: str) -> None:
            if "FROM archives" in statement:  # when the links are read, and the chart is not
                night.execute("UPDATE links SET standing = 'ok'")

        db.conn.set_trace_callback(write)
        report = select(db, two_nights.morning("2026-11-22"))
        assert not db.conn.in_transaction
        db.conn.set_trace_callback(None)
        later = select(db, two_nights.morning("2026-11-22"))
    broken = {
        f.url: len({p.file for p in f.places}) for f in report.findings if f.standing == "broken"
    }
    assert sum(rot.standings.get(Standing.BROKEN, 0) for rot in report.rot) == sum(broken.values())
    assert sum(rot.standings.get(Standing.BROKEN, 0) for rot in later.rot) == 0


KINDS = [SuggestionKind.FILE, SuggestionKind.ARCHIVED, SuggestionKind.RENAMED]


@pytest.mark.parametrize("kinds", list(permutations(KINDS)))
def test_report_and_views_suggest_the_same(ledger, kinds: tuple[SuggestionKind, ...]) -> None:
    ledger.read({"2026-10-01.md": "- [x](https://a.example/)\n"})
    ledger.night("2026-11-21", {"https://a.example/": Reason.NOT_FOUND})
    for kind in kinds:
        suggest(ledger.db, 1, kind, f"https://{kind}.example/", ledger.morning("2026-11-21"))
    ledger.db.execute("UPDATE suggestions SET verdict = 'ok', visited_at = found_at")
    (finding,) = ledger.report().findings
    assert finding.suggestion is not None
    assert finding.suggestion.kind is SuggestionKind.RENAMED
    (row,) = ledger.db.execute("SELECT suggestion FROM broken_links")
    assert row == (finding.suggestion.address,)
    ledger.db.execute("DELETE FROM suggestions WHERE kind = 'renamed'")
    (finding,) = ledger.report().findings
    (row,) = ledger.db.execute("SELECT suggestion FROM broken_links")
    assert row == (finding.suggestion and finding.suggestion.address,)
