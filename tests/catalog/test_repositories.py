"""Who a repository is, what became of it, and what that means for the links to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog.clock import stamp
from catalog.connection import Catalog
from catalog.issues import drop_unmentioned
from catalog.names import name_repository
from catalog.records import (
    LicenseReading,
    RepoFacts,
    RepoLook,
    RepoName,
    StarHistory,
)
from catalog.repositories import (
    due_repos,
    save_history,
    save_license,
    save_looks,
    unread_histories,
    unread_licenses,
)
from catalog.runs import begin_run
from catalog.vocabulary import RepoState
from tests.issues import read_links

NIGHT_1 = datetime(2026, 11, 22, 4, tzinfo=UTC)
NIGHT_2 = NIGHT_1 + timedelta(days=1)
NIGHT_3 = NIGHT_1 + timedelta(days=2)
NIGHT_4 = NIGHT_1 + timedelta(days=3)


def name(full_name: str) -> RepoName:
    return RepoName.parse(f"github.com/{full_name}")


def read(db: Catalog, *full_names: str) -> None:
    """Read an issue that links to each of the repositories."""
    read_links(db, [f"https://github.com/{full_name}" for full_name in full_names], NIGHT_1)


def facts(full_name: str, number: str = "1", **more: Any) -> RepoFacts:
    given: dict[str, Any] = {"stars": 10, "license_spdx": "MIT", "node_id": f"R_{number}"}
    return RepoFacts(
        name=name(full_name),
        url=f"https://github.com/{full_name}",
        forge_id=number,
        **(given | more),
    )


def look(
    db: Catalog, night: datetime, asked: str, answer: RepoFacts | RepoState, **more: Any
) -> int:
    """Save what came back for *asked*, in a run of its own."""
    run_id = begin_run(db, "enrich", night)
    found = isinstance(answer, RepoFacts)
    save_looks(
        db,
        run_id,
        [
            RepoLook(
                repo_id=row(db, asked)["id"],
                asked=name(asked),
                state=RepoState.OK if found else answer,
                looked_at=stamp(night),
                facts=answer if found else None,
                **more,
            )
        ],
        night,
    )
    return run_id


def row(db: Catalog, full_name: str) -> dict[str, Any]:
    (found,) = db.query("SELECT * FROM repos WHERE full_name = ?", [full_name])
    return found


def link(db: Catalog, full_name: str) -> dict[str, Any]:
    (found,) = db.query("SELECT * FROM links WHERE url = ?", [f"https://github.com/{full_name}"])
    return found


def names(db: Catalog, full_name: str) -> set[str]:
    return {
        each["full_name"]
        for each in db["repo_names"].rows_where("repo_id = ?", [row(db, full_name)["id"]])
    }


def snapshots(db: Catalog, full_name: str) -> list[tuple[str, int]]:
    rows = db["repo_snapshots"].rows_where(
        "repo_id = ?", [row(db, full_name)["id"]], order_by="taken_on"
    )
    return [(each["taken_on"], each["stars"]) for each in rows]


def test_a_repository_that_was_found_is_described_and_its_link_is_ok(db: Catalog) -> None:
    read(db, "tencent/tnn")
    look(db, NIGHT_1, "tencent/tnn", facts("Tencent/TNN", language="C++", topics=("ai",)))
    found = row(db, "Tencent/TNN")
    assert (found["state"], found["stars"], found["language"]) == ("ok", 10, "C++")
    assert (found["full_name"], found["owner"], found["topics"]) == (
        "Tencent/TNN",
        "Tencent",
        '["ai"]',
    )
    assert link(db, "tencent/tnn")["standing"] == "ok"
    assert snapshots(db, "Tencent/TNN") == [("2026-11-22", 10)]


def test_a_look_that_failed_changes_nothing_and_stays_due(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", facts("o/a"))
    before = row(db, "o/a")
    run_id = look(db, NIGHT_2, "o/a", RepoState.UNKNOWN, message="502")
    assert row(db, "o/a") == before | {"run_id": run_id}
    assert link(db, "o/a")["standing"] == "ok"
    assert due_repos(db, run_id, NIGHT_2) == []
    assert [due.repo for due in due_repos(db, run_id + 1, NIGHT_2)] == [name("o/a")]


def test_what_was_said_of_a_repository_that_nobody_knows_is_kept_until_somebody_does(
    db: Catalog,
) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", RepoState.UNKNOWN, status=502)
    assert (row(db, "o/a")["message"], link(db, "o/a")["standing"]) == ("status 502", "unchecked")
    look(db, NIGHT_2, "o/a", facts("o/a"))
    assert row(db, "o/a")["message"] == ""


def test_a_repository_that_is_gone_keeps_its_values_and_breaks_its_link(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", facts("o/a", stars=77))
    look(db, NIGHT_2, "o/a", RepoState.GONE, status=404, message="Not Found")
    gone = row(db, "o/a")
    assert (gone["state"], gone["stars"], gone["state_since"]) == ("gone", 77, stamp(NIGHT_2))
    assert gone["fetched_at"] == stamp(NIGHT_1)
    assert (link(db, "o/a")["standing"], link(db, "o/a")["reason"]) == ("broken", "repo_gone")
    assert snapshots(db, "o/a") == [("2026-11-22", 77)]


def test_a_repository_that_comes_back_is_ok_again(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", RepoState.GONE, status=404)
    look(db, NIGHT_2, "o/a", facts("o/a"))
    assert (row(db, "o/a")["state"], row(db, "o/a")["message"]) == ("ok", "")
    assert link(db, "o/a")["standing"] == "ok"


def test_a_blocked_repository_is_no_break(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", RepoState.BLOCKED, status=451, message="dmca: https://…")
    assert (row(db, "o/a")["state"], row(db, "o/a")["message"]) == ("blocked", "dmca: https://…")
    assert (link(db, "o/a")["standing"], link(db, "o/a")["reason"]) == ("blocked", "legal")


def test_a_renamed_repository_keeps_both_names_and_suggests_the_new_address(db: Catalog) -> None:
    read(db, "old/a")
    look(db, NIGHT_1, "old/a", facts("old/a"))
    look(db, NIGHT_2, "old/a", facts("young/a", stars=11))
    renamed = row(db, "old/a")
    assert (renamed["state"], renamed["renamed_to"], renamed["stars"]) == (
        "renamed",
        "young/a",
        11,
    )
    assert names(db, "old/a") == {"old/a", "young/a"}
    broken = link(db, "old/a")
    assert (broken["standing"], broken["suggestion"]) == ("moved", "https://github.com/young/a")
    assert snapshots(db, "old/a") == [("2026-11-22", 10), ("2026-11-23", 11)]


def test_a_repository_that_gets_its_name_back_is_ok(db: Catalog) -> None:
    read(db, "old/a")
    look(db, NIGHT_1, "old/a", facts("young/a"))
    look(db, NIGHT_2, "old/a", facts("old/a"))
    assert (row(db, "old/a")["state"], row(db, "old/a")["renamed_to"]) == ("ok", None)
    assert link(db, "old/a")["standing"] == "ok"


def test_another_spelling_is_no_rename(db: Catalog) -> None:
    read(db, "OLD/a")
    look(db, NIGHT_1, "OLD/a", facts("old/A"))
    assert row(db, "old/a")["state"] == "ok"
    assert link(db, "OLD/a")["standing"] == "ok"


@pytest.mark.parametrize(
    "first", ["old/a", "young/a"], ids=["the old name answers first", "the new name answers first"]
)
def test_two_names_of_one_repository_are_told_apart_by_their_id(db: Catalog, first: str) -> None:
    read(db, "old/a", "young/a")
    for asked in (first, ({"old/a", "young/a"} - {first}).pop()):
        look(db, NIGHT_1, asked, facts("young/a"))
    old, new = row(db, "old/a"), row(db, "young/a")
    assert (old["state"], old["renamed_to"], old["successor_id"]) == (
        "renamed",
        "young/a",
        new["id"],
    )
    assert (new["state"], new["forge_id"], old["forge_id"]) == ("ok", "1", None)
    assert (link(db, "old/a")["standing"], link(db, "young/a")["standing"]) == ("moved", "ok")
    assert link(db, "old/a")["suggestion"] == "https://github.com/young/a"


def test_a_link_to_an_older_name_breaks_with_its_repository(db: Catalog) -> None:
    read(db, "old/a", "young/a")
    look(db, NIGHT_1, "old/a", facts("young/a"))
    look(db, NIGHT_2, "young/a", RepoState.GONE, status=404)
    assert (link(db, "old/a")["reason"], link(db, "young/a")["reason"]) == (
        "repo_gone",
        "repo_gone",
    )
    assert row(db, "old/a")["state"] == "renamed"


def test_a_repository_renamed_twice_points_to_where_it_is(db: Catalog) -> None:
    read(db, "first/a", "second/a", "third/a")
    for night, asked, now in (
        (NIGHT_1, "first/a", "second/a"),
        (NIGHT_2, "second/a", "third/a"),
    ):
        look(db, night, asked, facts(now))
    last = row(db, "third/a")["id"]
    for older in ("first/a", "second/a"):
        assert (row(db, older)["successor_id"], row(db, older)["renamed_to"]) == (last, "third/a")
        assert link(db, older)["suggestion"] == "https://github.com/third/a"


def test_a_name_that_changed_hands_is_flagged_and_keeps_the_old_values(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", facts("o/a", number="1", stars=500))
    look(db, NIGHT_2, "o/a", facts("o/a", number="2", stars=3))
    taken = row(db, "o/a")
    assert (taken["name_taken_by"], taken["forge_id"], taken["stars"]) == ("2", "1", 500)
    assert snapshots(db, "o/a") == [("2026-11-22", 500)]


def test_since_when_a_name_is_another_s_is_known(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", facts("o/a", number="1"))
    look(db, NIGHT_2, "o/a", facts("o/a", number="2"))
    look(db, NIGHT_3, "o/a", facts("o/a", number="2"))
    assert row(db, "o/a")["name_taken_since"] == stamp(NIGHT_2)
    look(db, NIGHT_4, "o/a", facts("o/a", number="1"))
    assert (row(db, "o/a")["name_taken_by"], row(db, "o/a")["name_taken_since"]) == (None, None)


def test_since_when_a_repository_is_archived_is_known(db: Catalog) -> None:
    read(db, "o/a")
    nights = (
        (NIGHT_1, True, stamp(NIGHT_1)),
        (NIGHT_2, True, stamp(NIGHT_1)),
        (NIGHT_3, False, None),
        (NIGHT_4, True, stamp(NIGHT_4)),
    )
    for night, archived, since in nights:
        look(db, night, "o/a", facts("o/a", archived=archived))
        assert row(db, "o/a")["archived_since"] == since


def test_a_gone_repository_whose_name_was_taken_says_so(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", facts("o/a"))
    look(db, NIGHT_2, "o/a", RepoState.GONE, status=404, message="Not Found", taken_by="2")
    assert (row(db, "o/a")["state"], row(db, "o/a")["name_taken_by"]) == ("gone", "2")
    (check,) = db.query("SELECT evidence FROM checks WHERE reason = 'repo_gone'")
    assert "another repository" in check["evidence"]


def test_the_old_name_of_a_followed_repository_may_be_taken_too(db: Catalog) -> None:
    read(db, "old/a", "young/a")
    look(db, NIGHT_1, "old/a", facts("young/a"))
    look(db, NIGHT_2, "old/a", facts("old/a", number="9"))
    assert (row(db, "old/a")["state"], row(db, "old/a")["name_taken_by"]) == ("renamed", "9")


def test_saving_twice_in_a_night_makes_one_snapshot_and_one_check(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", facts("o/a", stars=1))
    look(db, NIGHT_1 + timedelta(hours=1), "o/a", facts("o/a", stars=2))
    assert snapshots(db, "o/a") == [("2026-11-22", 2)]


def test_not_modified_is_a_snapshot_of_the_same_values(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", facts("o/a", stars=4))
    run_id = begin_run(db, "enrich", NIGHT_2)
    same = RepoLook(
        repo_id=row(db, "o/a")["id"],
        asked=name("o/a"),
        state=RepoState.OK,
        looked_at=stamp(NIGHT_2),
        status=304,
        unchanged=True,
    )
    save_looks(db, run_id, [same], NIGHT_2)
    assert snapshots(db, "o/a") == [("2026-11-22", 4), ("2026-11-23", 4)]
    assert link(db, "o/a")["last_ok"] == stamp(NIGHT_2)


def test_what_an_answer_does_not_speak_about_stands(db: Catalog) -> None:
    read(db, "o/a")
    look(db, NIGHT_1, "o/a", facts("o/a", latest_release="v1", languages={"C": 5}))
    unasked = frozenset({"latest_release", "languages"})
    look(db, NIGHT_2, "o/a", facts("o/a", language=None, unasked=unasked))
    kept = row(db, "o/a")
    assert (kept["latest_release"], kept["languages"]) == ("v1", '{"C": 5}')


def test_a_license_file_is_read_once_and_what_it_says_stays(db: Catalog) -> None:
    read(db, "o/a")
    unknown = facts("o/a", license_spdx="NOASSERTION", license_category="unrecognised")
    look(db, NIGHT_1, "o/a", unknown)
    (due,) = unread_licenses(db, NIGHT_1, forge="github.com")
    save_license(
        db,
        LicenseReading(
            repo_id=due.repo_id,
            read_at=stamp(NIGHT_1),
            detected="BSD-3-Clause",
            category="permissive",
        ),
    )
    assert unread_licenses(db, NIGHT_1, forge="github.com") == []
    look(db, NIGHT_2, "o/a", unknown)
    kept = row(db, "o/a")
    assert (kept["license_spdx"], kept["license_detected"], kept["license_category"]) == (
        "NOASSERTION",
        "BSD-3-Clause",
        "permissive",
    )
    look(db, NIGHT_3, "o/a", facts("o/a", license_spdx="MIT", license_category="permissive"))
    assert row(db, "o/a")["license_detected"] is None


def test_history_fills_the_days_before_our_own_snapshots(db: Catalog) -> None:
    read(db, "o/a")
    run_id = look(db, NIGHT_1, "o/a", facts("o/a", stars=10))
    (due,) = unread_histories(db, forge="github.com")
    past = StarHistory(
        repo_id=due.repo_id,
        read_at=stamp(NIGHT_1),
        stars=(("2026-11-15", 8), ("2026-11-22", 9)),
    )
    save_history(db, run_id, past)
    save_history(db, run_id, past)
    assert snapshots(db, "o/a") == [("2026-11-15", 8), ("2026-11-22", 10)]
    assert unread_histories(db, forge="github.com") == []


def test_never_seen_ones_go_first_then_the_often_mentioned_and_long_unseen(db: Catalog) -> None:
    read(db, "o/seen", "o/often", "o/often?x=1", "o/long", "o/new")
    look(db, NIGHT_1 - timedelta(days=9), "o/long", facts("o/long", "1"))
    look(db, NIGHT_1, "o/seen", facts("o/seen", "2"))
    look(db, NIGHT_1, "o/often", facts("o/often", "3"))
    due = due_repos(db, 99, NIGHT_2)
    assert [each.repo.name for each in due] == ["new", "long", "often", "seen"]
    assert [each.repo.name for each in due_repos(db, 99, NIGHT_2, limit=2)] == ["new", "long"]


def test_a_new_link_makes_its_repository_due(db: Catalog) -> None:
    read(db, "o/a")
    run_id = look(db, NIGHT_1, "o/a", RepoState.GONE, status=404)
    soon = NIGHT_1 + timedelta(hours=2)
    assert due_repos(db, run_id + 1, soon) == []
    read(db, "o/a", "o/a?x=1")
    (due,) = due_repos(db, run_id + 1, soon)
    assert due.repo == name("o/a")
    look(db, soon, "o/a", RepoState.GONE, status=404)
    assert link(db, "o/a?x=1")["reason"] == "repo_gone"


def test_only_what_is_due_is_asked_unless_everything_is(db: Catalog) -> None:
    read(db, "o/a")
    run_id = look(db, NIGHT_1, "o/a", facts("o/a"))
    soon = NIGHT_1 + timedelta(hours=2)
    assert due_repos(db, run_id + 1, soon) == []
    assert len(due_repos(db, run_id + 1, soon, everything=True)) == 1
    assert due_repos(db, run_id, soon, everything=True) == []
    assert due_repos(db, run_id + 1, soon, everything=True, forges=["gitee.com"]) == []


def test_what_nothing_names_any_more_is_kept_but_neither_asked_about_nor_listed(
    db: Catalog,
) -> None:
    read(db, "o/a", "o/b")
    look(db, NIGHT_1, "o/a", facts("o/a", "1", license_spdx="NOASSERTION", archived=True))
    run_id = look(db, NIGHT_1, "o/b", facts("o/b", "2"))
    read(db, "o/b")

    def asked() -> list[str]:
        return [each.repo.name for each in due_repos(db, run_id + 9, NIGHT_4, everything=True)]

    def listed(view: str) -> int:
        return sum(1 for _ in db.query(f"SELECT * FROM {view}"))

    views = ("repo_overview", "license_overview", "stale_repos")
    assert (asked(), [listed(view) for view in views]) == (["b"], [1, 1, 0])
    assert unread_licenses(db, NIGHT_4, forge="github.com") == []
    assert [each.repo.name for each in unread_histories(db, forge="github.com")] == ["b"]
    read(db, "o/a", "o/b")
    assert (asked(), [listed(view) for view in views]) == (["a", "b"], [2, 2, 1])
    assert snapshots(db, "o/a") == [("2026-11-22", 10)]


def test_a_page_names_a_repository_as_long_as_its_link_is_there(db: Catalog) -> None:
    read_links(db, ["https://a.test/article"], NIGHT_1)
    (article,) = db["links"].rows
    repo_id = name_repository(db, name("o/a"), stamp(NIGHT_1))
    with db.atomic():
        db["repo_mentions"].insert({"repo_id": repo_id, "via": "page", "link_id": article["id"]})
    assert [each.repo for each in due_repos(db, 99, NIGHT_2)] == [name("o/a")]
    read_links(db, ["https://a.test/other"], NIGHT_2)
    drop_unmentioned(db)
    assert due_repos(db, 99, NIGHT_3) == []


def test_a_repository_is_named_by_its_older_names(db: Catalog) -> None:
    read(db, "old/a", "young/a")
    look(db, NIGHT_1, "young/a", facts("young/a"))
    run_id = look(db, NIGHT_1, "old/a", facts("young/a"))
    read(db, "old/a")
    due = due_repos(db, run_id + 9, NIGHT_4, everything=True)
    assert {each.repo_id for each in due} == {row(db, "old/a")["id"], row(db, "young/a")["id"]}
