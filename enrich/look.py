"""Turn an answer about a repository into a look, as it goes into the catalog. Pure."""

from catalog.records import DueRepo, RepoFacts, RepoLook
from catalog.vocabulary import RepoState
from enrich.answers import Answer, Kind

_STATES = {Kind.GONE: RepoState.GONE, Kind.BLOCKED: RepoState.BLOCKED}


def look_of(
    due: DueRepo,
    answer: Answer,
    looked_at: str,
    *,
    facts: RepoFacts | None = None,
    taken_by: str = "",
) -> RepoLook:
    """Return the look that *answer* amounts to; only a forge's own «gone» counts as one."""
    unchanged = answer.kind is Kind.NOT_MODIFIED
    found = facts is not None or unchanged
    return RepoLook(
        repo_id=due.repo_id,
        asked=due.repo,
        state=RepoState.OK if found else _STATES.get(answer.kind, RepoState.UNKNOWN),
        looked_at=looked_at,
        facts=facts,
        status=answer.status,
        message="" if found else answer.message,
        unchanged=unchanged,
        taken_by=taken_by,
    )
