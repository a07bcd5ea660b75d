"""Visits judged again, in a real catalog: what was seen stays, what it means may change."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from catalog.archives import archive_id
from catalog.checks import save_checks
from catalog.clock import stamp
from catalog.database import Database
from catalog.issues import save_issue
from catalog.judgements import kept_checks
from catalog.records import Check, Hop, HostEvidence, Issue, Item, Judgement, Visit
from catalog.runs import begin_run, end_run
from catalog.vocabulary import Reason
from crawler.hindsight import look_again, note_drift
from crawler.pages.page import read_page
from crawler.rejudge import rejudge
from crawler.verdict import judge
from tests.issues import mention

NIGHT = datetime(2026, 11, 22, 4, tzinfo=UTC)
ARTICLE = "<p>The board runs a small network that hears spoken digits all day long.</p>" * 30
ITEM = "Small networks on small boards"
NEWS = f"<title>News</title><body><h1>News</h1>{ARTICLE}</body>"
DELETED = "<title></title><body><div class='weui-msg'>该内容已被发布者删除</div></body>"
SHRUG = "<title>Example</title><body><p>Well, let us take you back to our home page.</p></body>"


def links(db: Database, *urls: str) -> dict[str, int]:
    """Read an issue that mentions *urls*, and return the numbers of their links."""
    run_id = begin_run(db, "read", NIGHT)
    mentions = tuple(
        mention(url, line, file="1.md", item_position=1) for line, url in enumerate(urls, 1)
    )
    issue = Issue(
        file="1.md", sha256="0", items=(Item(position=1, line=1, section="", title=ITEM),),
        mentions=mentions,
    )  # fmt: skip
    save_issue(db, archive_id(db, "here"), run_id, issue, NIGHT)
    end_run(db, run_id, NIGHT, state="done")
    return {url: link_id for link_id, url in db.execute("SELECT id, url FROM links")}


def seen(url: str, body: str, *ends: str) -> Visit:
    at, hops = url, []
    for end in ends:
        hops.append(Hop(url=at, status=302, location=end))
        at = end
    page = read_page(body.encode(), {"content-type": "text/html"}, at, truncated=False)
    return Visit(url=url, status=200, final_url=at, hops=tuple(hops), page=page, size=len(body))


def settle(
    db: Database,
    visits: list[Visit],
    judgement: Judgement | None = None,
    neighbours: HostEvidence | None = None,
) -> int:
    """Write *visits* of one night, with what is said of them now or the given *judgement*."""
    ids = links(db, *(visit.url for visit in visits))
    run_id = begin_run(db, "crawl", NIGHT)
    checks = [
        Check(
            link_id=ids[visit.url],
            checked_at=stamp(NIGHT),
            judgement=judgement or judge(visit),
            visit=visit,
            neighbours=neighbours,
        )
        for visit in visits
    ]
    save_checks(db, run_id, checks, NIGHT)
    return run_id


def standings(db: Database) -> dict[str, str]:
    return dict(db.execute("SELECT url, standing FROM links").fetchall())


FINE = Judgement(reason=Reason.OK, rule="an older rule")
WECHAT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"


def test_a_newer_rule_changes_what_an_old_visit_means(db: Database) -> None:
    settle(db, [seen(WECHAT, DELETED)], FINE)
    assert standings(db) == {WECHAT: "ok"}
    before = db.execute("SELECT status, hops, seen, checked_at FROM checks").fetchall()

    summary = rejudge(db, NIGHT)

    assert summary.figures == {
        "looked_at": 1,
        "changed": 1,
        "reasons": {"ok -> deleted_by_publisher": 1},
    }
    assert standings(db) == {WECHAT: "broken"}
    assert db.execute("SELECT status, hops, seen, checked_at FROM checks").fetchall() == before
    assert db.execute("SELECT verdict, rule FROM checks").fetchone() == (
        "broken",
        "says so, wechat: 该内容已被发布者删除",
    )


def test_a_page_that_was_none_is_no_longer_shown_to_readers(db: Database) -> None:
    linked = DELETED.replace("</body>", "<a href='https://github.com/a/b'>b</a></body>")
    settle(db, [replace(seen(WECHAT, linked), headers={"etag": '"1"'})], FINE)
    assert db["pages"].count == 1
    assert db["repo_mentions"].count == 1

    rejudge(db, NIGHT)

    assert db["pages"].count == 0
    assert db["repo_mentions"].count == 0
    assert db.execute("SELECT etag FROM links").fetchone() == ("",)


def test_not_modified_says_once_more_what_the_page_said(db: Database) -> None:
    settle(db, [replace(seen(WECHAT, DELETED), headers={"etag": '"1"'})], FINE)
    unchanged = Visit(url=WECHAT, status=304, final_url=WECHAT)
    settle(db, [unchanged])
    assert standings(db) == {WECHAT: "ok"}

    rejudge(db, NIGHT)

    assert standings(db) == {WECHAT: "broken"}
    assert db.execute("SELECT DISTINCT reason FROM checks").fetchall() == [
        ("deleted_by_publisher",)
    ]
    assert db.execute("SELECT etag FROM links").fetchone() == ("",)
    assert not rejudge(db, NIGHT).changed
    settle(db, [seen(WECHAT, NEWS), unchanged])
    assert not rejudge(db, NIGHT).changed, "and of a page that came back, good news"
    assert standings(db) == {WECHAT: "ok"}


def test_judging_again_by_the_same_rules_changes_nothing(db: Database) -> None:
    visits = [
        seen("https://example.com/a", NEWS),
        seen("https://example.com/b", NEWS, "https://example.com/"),
        Visit(url="https://example.com/c", failure=Reason.TIMEOUT, detail="no answer in time"),
        Visit(url="https://example.com/d", status=404, final_url="https://example.com/d"),
    ]
    settle(db, visits)
    before = list(db.query("SELECT * FROM checks"))
    summary = rejudge(db, NIGHT)
    assert summary.looked_at == 4
    assert not summary.changed
    assert list(db.query("SELECT * FROM checks")) == before


def test_what_a_forge_said_is_not_judged_again(db: Database) -> None:
    url = "https://github.com/lab42/oldnet"
    gone = Judgement(reason=Reason.REPO_GONE, rule="forge: not found")
    settle(db, [Visit(url=url, status=200, final_url=url)], gone)
    assert rejudge(db, NIGHT).looked_at == 0


def test_the_third_link_that_ends_at_one_page_tells_on_the_first_two(db: Database) -> None:
    paths = [f"https://example.com/{name}" for name in "abc"]
    run_id = settle(db, [seen(url, NEWS, "https://example.com/news") for url in paths])
    assert set(standings(db).values()) == {"ok"}

    summary = look_again(db, run_id, NIGHT)

    assert summary.changed == {(Reason.OK, Reason.SOFT_404): 3}
    assert set(standings(db).values()) == {"suspect"}
    assert not look_again(db, run_id, NIGHT).changed, "once is enough"
    assert not rejudge(db, NIGHT).changed, "what the host showed is kept with the check"


def test_what_the_probe_brought_is_kept_beside_what_others_showed(db: Database) -> None:
    probe = Visit(url="https://example.com/nobody", status=404)
    visits = [seen(f"https://example.com/{name}", SHRUG) for name in "abc"]
    run_id = settle(db, visits, FINE, HostEvidence(probe=probe))
    look_again(db, run_id, NIGHT)
    kept = [kept.neighbours for batch in kept_checks(db) for kept in batch]
    assert [(known.same_text, known.probe.url) for known in kept if known and known.probe] == [
        (3, probe.url)
    ] * 3


def test_links_that_show_the_same_words_tell_on_each_other(db: Database) -> None:
    run_id = settle(db, [seen(f"https://example.com/{name}", SHRUG) for name in "abc"])
    assert look_again(db, run_id, NIGHT).changed == {(Reason.OK, Reason.SOFT_404): 3}


def test_a_crowd_of_more_than_a_batch_is_told_on_to_the_last(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.judgements._BATCH", 3)
    run_id = settle(db, [seen(f"https://example.com/{name}", SHRUG) for name in "abcdefgh"])
    assert look_again(db, run_id, NIGHT).changed == {(Reason.OK, Reason.SOFT_404): 8}


def test_different_hosts_do_not_tell_on_each_other(db: Database) -> None:
    visits = [
        seen(f"https://{name}.example/x", NEWS, "https://example.com/news") for name in "abc"
    ]
    run_id = settle(db, visits)
    assert not look_again(db, run_id, NIGHT).changed


def test_two_links_and_the_page_itself_are_no_crowd(db: Database) -> None:
    visits = [
        seen("https://example.com/a", NEWS, "https://example.com/news"),
        seen("https://example.com/b", NEWS, "https://example.com/news"),
        seen("https://example.com/news", NEWS),
    ]
    run_id = settle(db, visits)
    assert not look_again(db, run_id, NIGHT).changed


def test_more_visits_than_a_batch_are_all_judged_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.judgements._BATCH", 2)
    settle(db, [seen(f"{WECHAT}{n}", DELETED) for n in range(5)], FINE)
    assert rejudge(db, NIGHT).changed.total() == 5


def test_a_page_with_nothing_of_its_item_is_noted(db: Database) -> None:
    hotel = "<title>Hotel by the sea</title><h1>Rooms and rates</h1><p>Breakfast included.</p>"
    url = "https://example.com/boards"
    run_id = settle(db, [seen(url, hotel), seen("https://example.com/b", f"<h1>{ITEM}</h1>")])
    assert note_drift(db, run_id) == 1
    drifts = db.execute("SELECT url, drift FROM pages JOIN links ON links.id = link_id").fetchall()
    assert dict(drifts) == {
        url: f"its title «Hotel by the sea» has nothing of «{ITEM}»",
        "https://example.com/b": "",
    }


def test_a_page_that_came_back_is_noted_no_longer(db: Database) -> None:
    url = "https://example.com/boards"
    hotel = "<title>Hotel by the sea</title><h1>Rooms and rates</h1><p>Breakfast included.</p>"
    note_drift(db, settle(db, [seen(url, hotel)]))
    assert note_drift(db, settle(db, [seen(url, f"<h1>{ITEM}</h1>")])) == 0
    assert db.execute("SELECT drift FROM pages").fetchall() == [("",)]
