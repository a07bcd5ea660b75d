"""The rules of `judge`: what happened, and what we say of it.

The tables in `verdict_cases/`, one a subject, are the specification: each row is one
behaviour of servers.
"""

import pytest

from catalog.records import Visit
from catalog.vocabulary import Reason, Verdict
from crawler import verdict
from crawler.verdict import judge
from tests.crawler.verdict_cases import (
    content,
    error_pages,
    failures,
    hosting,
    living_pages,
    moves,
    parked,
    redirects_elsewhere,
    redirects_home,
    statuses,
    walls,
    wechat,
)
from tests.crawler.verdict_cases.visits import LINK, OLD, POST, R, visit

TABLES = [
    statuses,
    failures,
    moves,
    redirects_home,
    redirects_elsewhere,
    error_pages,
    content,
    hosting,
    wechat,
    walls,
    parked,
    living_pages,
]

CASES = [row for table in TABLES for row in table.ROWS]


@pytest.mark.parametrize(("seen", "reason"), [pytest.param(*row, id=what) for what, *row in CASES])
def test_judge(seen: Visit, reason: Reason) -> None:
    judgement = judge(seen)
    assert judgement.reason is reason, judgement
    assert judgement.rule


def test_no_two_rows_say_the_same() -> None:
    names = [what for what, *_ in CASES]
    assert len(names) == len(set(names)) >= 150


def test_every_reason_that_a_visit_can_give_has_a_row() -> None:
    elsewhere = {
        *(R.REPO_RENAMED, R.REPO_GONE, R.PAPER_GONE),  # forges and arXiv say these
        *(R.FILE_MISSING, R.FRAGMENT_MISSING),  # reading the archive says these
        R.EXCLUDED,  # the configuration says this, and nothing is visited
    }
    assert {reason for *_, reason in CASES} == set(Reason) - elsewhere


def test_no_living_page_is_called_broken() -> None:
    assert {judge(seen).verdict for _, seen, _ in living_pages.ROWS} <= {Verdict.OK, Verdict.MOVED}


# what happened, the visit, the address to write instead
SUGGESTIONS = [
    ("moved for good", visit(200, POST, "301 /new"), "https://example.com/new"),
    ("moved twice", visit(200, POST, "301 /b", "308 /c"), "https://example.com/c"),
    ("moved, then lent", visit(200, POST, "301 /b", "302 /c"), "https://example.com/b"),
    ("lent, then moved", visit(200, POST, "302 /b", "301 /c"), ""),
    ("lent", visit(200, POST, "302 /b"), ""),
    ("refreshed", visit(200, POST, "refresh /b"), ""),
    (
        "the place on the page is kept",
        visit(200, POST, "301 /new", url=f"{LINK}#part"),
        "https://example.com/new#part",
    ),
    ("moved to what is not there", visit(404, None, "301 /new"), ""),
    ("moved home", visit(200, POST, "301 /"), ""),
    ("moved to a login", visit(200, POST, "301 /login"), ""),
]


@pytest.mark.parametrize(
    ("seen", "suggestion"), [pytest.param(*row, id=what) for what, *row in SUGGESTIONS]
)
def test_suggestion(seen: Visit, suggestion: str) -> None:
    assert judge(seen).suggestion == suggestion


def test_evidence_names_both_addresses_of_a_redirect_to_what_is_not_there() -> None:
    judgement = judge(visit(404, None, "301 /new"))
    assert judgement.evidence == "status 404 at https://example.com/new"


def test_a_move_to_the_same_page_is_told_apart() -> None:
    tidier = judge(visit(200, POST, f"301 {LINK}", url=OLD))
    assert "same page" in tidier.rule
    assert "same page" not in judge(visit(200, POST, "301 /new")).rule


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.__name__) for rule in verdict.RULES])
def test_without_a_rule_a_row_is_judged_wrongly(
    rule: verdict.Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = tuple(other for other in verdict.RULES if other is not rule)
    monkeypatch.setattr(verdict, "RULES", others)
    assert any(judge(seen).reason is not reason for _, seen, reason in CASES)
