"""What happened to repositories between two nights, from the forge's own answers."""

from datetime import date

import pytest

from catalog.issues import drop_unmentioned, take_out_missing
from catalog.records import RepoFacts, RepoLook, RepoName
from catalog.repositories import save_looks
from catalog.runs import begin_run, end_run
from catalog.vocabulary import RepoState, Standing
from report.filters import Filters
from report.findings import RepoChange, RepoEvent

TEXT = """## 开源

- [Tencent/TNN](https://github.com/Tencent/TNN)
- [old/name](https://github.com/old/name)
- [dead/beef](https://github.com/dead/beef)
- [still/there](https://github.com/still/there)
- [law/suit](https://github.com/law/suit)
"""


def look(ledger, day: str, **answers: object) -> None:
    """One night of enrichment; *answers* are stars, new names or states by owner."""
    now = ledger.morning(day)
    run = begin_run(ledger.db, "nightly", now)
    looks = []
    for row in list(ledger.db.query("SELECT * FROM repos WHERE renamed_to IS NULL")):
        asked = RepoName(host=row["forge"], owner=row["owner"], name=row["name"])
        answer = answers.get(row["owner"], {})
        looks.append(_look(row["id"], asked, f"{day}T08:00:00Z", answer))
    save_looks(ledger.db, run, looks, now)
    end_run(ledger.db, run, now, state="done")


def _look(repo_id: int, asked: RepoName, at: str, answer: object) -> RepoLook:
    if isinstance(answer, RepoState):
        return RepoLook(
            repo_id=repo_id, asked=asked, state=answer, looked_at=at, status=404, message="gone"
        )
    assert isinstance(answer, dict)
    name = RepoName.parse(answer.get("name", str(asked)))
    facts = RepoFacts(
        name=name,
        url=f"https://{name}",
        forge_id=answer.get("forge_id", str(repo_id)),
        stars=answer.get("stars", 100),
        archived=answer.get("archived", False),
        pushed_at="2024-01-02T03:04:05Z",
    )
    return RepoLook(repo_id=repo_id, asked=asked, state=RepoState.OK, looked_at=at, facts=facts)


def look_at_changes(ledger) -> None:
    """Look on a second night at what became of each repository since the first."""
    look(
        ledger,
        "2026-11-22",
        Tencent={"stars": 4012},
        old={"name": "github.com/new/name"},
        dead=RepoState.GONE,
        law=RepoState.BLOCKED,
        still={"archived": True},
    )


def told(ledger, event: RepoEvent) -> list[RepoChange]:
    report = ledger.report("2026-11-22")
    return [change for change in report.repositories if change.event is event]


def test_what_happened_between_two_nights(ledger) -> None:
    ledger.read({"2026-11-01.md": TEXT})
    look(ledger, "2026-11-21", Tencent={"stars": 4000})
    assert ledger.report("2026-11-21").repositories == ()
    look_at_changes(ledger)
    (renamed,) = told(ledger, RepoEvent.RENAMED)
    assert (renamed.before, renamed.now) == ("github.com/old/name", "github.com/new/name")
    assert [str(place) for place in renamed.places] == ["2026-11-01.md:4:3"]
    (gone,) = told(ledger, RepoEvent.GONE)
    assert (gone.repository, gone.since) == ("github.com/dead/beef", "2026-11-22T08:00:00Z")
    (blocked,) = told(ledger, RepoEvent.BLOCKED)
    assert blocked.repository == "github.com/law/suit"
    (archived,) = told(ledger, RepoEvent.ARCHIVED)
    assert (archived.repository, archived.now) == ("github.com/still/there", "2024-01-02")
    assert archived.since == "2026-11-22T08:00:00Z"
    (stars,) = told(ledger, RepoEvent.STARS)
    assert (stars.repository, stars.before, stars.now, stars.delta) == (
        "github.com/Tencent/TNN",
        "4000",
        "4012",
        12,
    )


def test_stars_of_before_our_first_look_are_no_change_of_tonight(ledger) -> None:
    ledger.read({"2026-11-01.md": TEXT})
    look(ledger, "2026-11-21")
    ledger.db.execute(
        "INSERT INTO repo_snapshots (repo_id, taken_on, run_id, taken_at, source, stars)"
        " VALUES (1, '2020-01-01', 1, '2026-11-20T00:00:00Z', 'history', 5)"
    )
    assert told(ledger, RepoEvent.STARS) == []


def test_a_repository_that_only_a_page_names_is_told_when_it_goes(ledger) -> None:
    ledger.read({"2026-11-01.md": "- [x](https://a.example/)\n"})
    seen = ledger.seen(title="About old/name")
    ledger.night("2026-11-21", {"https://a.example/": seen})
    ledger.db.execute(
        "INSERT INTO repos (forge, owner, name, full_name, url, state, state_since, next_look_at)"
        " VALUES ('github.com', 'a', 'b', 'a/b', 'https://github.com/a/b', 'gone', '2026', '2026')"
    )
    assert told(ledger, RepoEvent.GONE) == []  # nobody names it
    ledger.db.execute("INSERT INTO repo_mentions (repo_id, via, link_id) VALUES (1, 'page', 1)")
    (gone,) = told(ledger, RepoEvent.GONE)
    assert gone.places == ()


def test_a_name_that_changed_hands_is_told_first(ledger) -> None:
    ledger.read({"2026-11-01.md": TEXT})
    look(ledger, "2026-11-21")
    look(ledger, "2026-11-22", old={"forge_id": "4711"}, still={"archived": True})
    first = ledger.report("2026-11-22").repositories[0]
    assert (first.event, first.repository) == (RepoEvent.TAKEN, "github.com/old/name")
    assert first.since == "2026-11-22T08:00:00Z"
    assert [str(place) for place in first.places] == ["2026-11-01.md:4:3"]


ALL = {"renamed", "gone", "blocked", "archived", "stars"}
FILTERS = [
    ("no filter", Filters(), ALL),
    ("its issue", Filters(issues=("2026-11-*",)), ALL),
    ("another issue", Filters(issues=("nosuch",)), set()),
    ("its section", Filters(sections=("开源",)), ALL),
    ("another section", Filters(sections=("新闻",)), set()),
    ("its forge", Filters(hosts=("github.com",)), ALL),
    ("another host", Filters(hosts=("nosuch.example",)), set()),
    ("the day of the change", Filters(since=date(2026, 11, 22)), ALL),
    ("a day to come", Filters(since=date(2030, 1, 1)), set()),
    ("a standing, which is a link's", Filters(standings=frozenset({Standing.BROKEN})), set()),
]


@pytest.mark.parametrize(
    ("filters", "events"), [pytest.param(*row, id=name) for name, *row in FILTERS]
)
def test_only_what_the_filters_let_through(ledger, filters: Filters, events: set[str]) -> None:
    ledger.read({"2026-11-01.md": TEXT})
    look(ledger, "2026-11-21", Tencent={"stars": 4000})
    look_at_changes(ledger)
    report = ledger.report("2026-11-22", filters=filters)
    assert {change.event.value for change in report.repositories} == events


def test_the_newest_of_a_kind_is_told_first(ledger) -> None:
    ledger.read({"2026-11-01.md": TEXT})
    archived = {"archived": True}
    look(ledger, "2026-11-20", law=archived)
    look(ledger, "2026-11-21", law=archived, dead=archived)
    look(ledger, "2026-11-22", law=archived, dead=archived, still=archived)
    assert [change.repository for change in told(ledger, RepoEvent.ARCHIVED)] == [
        "github.com/still/there",
        "github.com/dead/beef",
        "github.com/law/suit",
    ]


def test_what_became_of_a_repository_is_told_while_it_is_so(ledger) -> None:
    ledger.read({"2026-11-01.md": TEXT})
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        look(ledger, day, dead=RepoState.GONE, Tencent={"stars": int(day[-2:])})
    (gone,) = told(ledger, RepoEvent.GONE)
    assert gone.since == "2026-11-20T08:00:00Z"
    (stars,) = told(ledger, RepoEvent.STARS)
    assert (stars.before, stars.now) == ("21", "22")
    look(ledger, "2026-11-23", Tencent={"stars": 22})
    events = {change.event for change in ledger.report("2026-11-23").repositories}
    assert events == set()


def test_what_nothing_names_any_more_is_no_news(ledger) -> None:
    ledger.read({"2026-11-01.md": TEXT})
    look(ledger, "2026-11-21", Tencent={"stars": 4000})
    look(ledger, "2026-11-22", Tencent={"stars": 4012}, dead=RepoState.GONE)
    assert {change.event for change in ledger.report().repositories} >= {"stars", "gone"}
    take_out_missing(ledger.db, 1, 1, ())
    drop_unmentioned(ledger.db)
    assert ledger.report().repositories == ()
