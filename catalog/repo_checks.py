"""Judge the links that a forge judges: what became of a repository is what became of its link."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalog.checks import save_checks
from catalog.database import Database
from catalog.forges import repository_at
from catalog.identity import same_name
from catalog.records import Check, Judgement, RepoLook, Visit
from catalog.vocabulary import Reason, RepoState

# What stands of a row that is only an older name is what stands of the row that it points to.
_LINKS = """
    SELECT links.id, links.url, coalesce(repos.renamed_to, repos.full_name) AS current,
           repos.url AS repo_url, repos.name_taken_by,
           coalesce(successor.is_private, repos.is_private) AS is_private,
           coalesce(successor.state, repos.state) AS state,
           coalesce(successor.message, repos.message) AS message
    FROM links
    JOIN repos ON repos.id = links.repo_id
    LEFT JOIN repos AS successor ON successor.id = repos.successor_id
    WHERE links.judge = 'forge' AND links.present = 1
      AND (repos.id = :repo_id OR repos.successor_id = :repo_id)
"""


def check_links(db: Database, run_id: int, touched: Mapping[int, RepoLook], now: datetime) -> None:
    """Write a check for each link to the repositories *touched* by a look, at most one a run."""
    checks: dict[int, Check] = {}
    for repo_id, look in touched.items():
        for row in db.query(_LINKS, {"repo_id": repo_id}):
            judgement = _judgement(row)
            if judgement is not None:
                checks[row["id"]] = _check(row, look, judgement)
    save_checks(db, run_id, checks.values(), now)


def _check(row: Mapping[str, Any], look: RepoLook, judgement: Judgement) -> Check:
    visit = Visit(
        url=row["url"],
        status=look.status or 200,  # GraphQL has one status for everything it answers
        final_url=row["repo_url"],
        detail=look.message,
    )
    return Check(link_id=row["id"], checked_at=look.looked_at, judgement=judgement, visit=visit)


def _judgement(row: Mapping[str, Any]) -> Judgement | None:
    """Return what the state of a repository means for one link to it."""
    if row["is_private"]:
        return Judgement(
            reason=Reason.REPO_GONE,
            rule="forge: private",
            evidence="it is private: only its members see it",
        )
    match RepoState(row["state"]):
        case RepoState.OK | RepoState.RENAMED:
            return _found(row["url"], row["current"], row["repo_url"])
        case RepoState.GONE:
            taken = "; the name belongs to another repository now" if row["name_taken_by"] else ""
            return Judgement(
                reason=Reason.REPO_GONE,
                rule="forge: not found",
                evidence=(row["message"] or "Not Found") + taken,
            )
        case RepoState.BLOCKED:
            return Judgement(reason=Reason.LEGAL, rule="forge: blocked", evidence=row["message"])
        case RepoState.UNKNOWN:
            return None


def _found(link: str, current: str, address: str) -> Judgement:
    """Return the judgement on *link*, whose repository is called *current* now.

    The name in the link itself counts: links with the old and the new name may both lead
    to one row.
    """
    named = repository_at(link)
    if named is None or same_name(named.full_name, current):
        return Judgement(reason=Reason.OK, rule="forge: found")
    return Judgement(
        reason=Reason.REPO_RENAMED,
        rule="forge: another name",
        evidence=f"{named.full_name} is {current} now",
        suggestion=address,
    )
