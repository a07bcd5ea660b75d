"""Look at repositories on GitHub: in batches with a token, one by one without."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.clock import stamp
from catalog.records import DueRepo, RepoFacts, RepoLook
from enrich.answers import Answer, Kind, graphql_errors, is_too_much
from enrich.facts import table
from enrich.github import queries as github_queries
from enrich.github.client import GitHubClient
from enrich.github.facts import from_node, from_rest
from enrich.look import look_of
from enrich.options import EnrichOptions, GitHubWay
from enrich.retries import ForgeDownError, LimitReachedError

# REST looks are saved a few at a time: a killed run loses no more than these.
_SAVED_TOGETHER = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Repositories asked about in one query, by node id or by name."""

    due: tuple[DueRepo, ...]
    by_id: bool

    def halves(self) -> "list[_Batch]":
        """Return this batch, of at least two repositories, as two."""
        middle = len(self.due) // 2
        parts = (self.due[:middle], self.due[middle:])
        return [_Batch(due=part, by_id=self.by_id) for part in parts]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sorted:
    """What an answer brought: looks to save, the missing, and what it left open."""

    looks: list[list[RepoLook]]
    missing: list[DueRepo]
    unanswered: list[DueRepo]


class GitHub:
    """The looks at the repositories on GitHub, batch by batch, as they come in."""

    def __init__(
        self, client: GitHubClient, options: EnrichOptions, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._options = options
        self._clock = clock

    def looks(self, due: Sequence[DueRepo]) -> Iterator[list[RepoLook]]:
        """Yield a look at each of *due*, in lists to be saved together.

        Raises `LimitReachedError` and `ForgeDownError`; what was yielded until then counts,
        and the rest has not been looked at.
        """
        rest_only = self._options.github_way == GitHubWay.REST
        odd = [each for each in due if not github_queries.is_usual(each.repo)]
        usual = [each for each in due if github_queries.is_usual(each.repo)]
        yield from self._one_by_one(usual) if rest_only else self._by_batches(usual)
        yield from self._one_by_one(odd)

    def _one_by_one(self, due: Sequence[DueRepo]) -> Iterator[list[RepoLook]]:
        looks: list[RepoLook] = []
        for each in due:
            try:
                looks.append(self.look_by_rest(each))
            except (LimitReachedError, ForgeDownError):
                # A limit in the middle must not cost what came before it.
                if looks:
                    yield looks
                raise
            if len(looks) >= _SAVED_TOGETHER:
                yield looks
                looks = []
        if looks:
            yield looks

    def _by_batches(self, due: Sequence[DueRepo]) -> Iterator[list[RepoLook]]:
        queue = deque(_batches(due, self._options.batch))
        while queue:
            if self._client.tokens.is_anonymous:
                # GraphQL is for those with a token; the last one may just have been refused.
                yield from self._one_by_one([each for batch in queue for each in batch.due])
                return
            yield from self._ask(queue.popleft(), queue)

    def _ask(self, batch: _Batch, queue: deque[_Batch]) -> Iterator[list[RepoLook]]:
        """Yield the looks that one query brings; what it leaves open goes back to *queue*."""
        write = github_queries.by_id if batch.by_id else github_queries.by_name
        try:
            answer = self._client.query(*write(batch.due))
        except LimitReachedError as limit:
            yield from self._sort(batch, limit.answer).looks
            raise
        match answer.kind:
            case Kind.OK:
                result = self._sort(batch, answer)
                yield from result.looks
                yield from self._one_by_one(result.missing)
                yield from self._again(batch, result.unanswered, queue)
            case Kind.AUTH:
                queue.appendleft(batch)
            case Kind.UNCLEAR:  # a server that does not know a field of ours, for one
                yield from self._one_by_one(batch.due)
            case _:
                yield from self._smaller(batch, queue)

    def _sort(self, batch: _Batch, answer: Answer) -> "_Sorted":
        """Sort what came for *batch*, whatever else the answer says."""
        body = table(answer.data)
        failures = _failures(body, batch)
        found: list[RepoLook] = []
        missing: list[DueRepo] = []
        unanswered: list[DueRepo] = []
        for each, node in zip(batch.due, _nodes(body, batch), strict=True):
            failed = failures[each.repo_id]
            facts = from_node(node, failed=frozenset(failed))
            if facts is None and any(is_too_much(error) for error in failed.values()):
                unanswered.append(each)
            elif facts is None or each.forge_id not in ("", facts.forge_id):
                missing.append(each)  # REST says why, or who has taken the name
            else:
                found.append(look_of(each, _FOUND, self._now(), facts=facts))
        return _Sorted(looks=[found] if found else [], missing=missing, unanswered=unanswered)

    def _again(
        self, batch: _Batch, open_: Sequence[DueRepo], queue: deque[_Batch]
    ) -> Iterator[list[RepoLook]]:
        """Ask once more for what the answer to *batch* left open: at most half of it at once."""
        rest = _Batch(due=tuple(open_), by_id=batch.by_id)
        if len(open_) * 2 > len(batch.due):
            yield from self._smaller(rest, queue)
        elif open_:
            queue.appendleft(rest)

    def _smaller(self, batch: _Batch, queue: deque[_Batch]) -> Iterator[list[RepoLook]]:
        """Queue the halves of *batch*; a single one goes to REST, where nothing is too much."""
        if len(batch.due) == 1:
            yield from self._one_by_one(batch.due)
        else:
            queue.extendleft(batch.halves())

    def look_by_rest(self, due: DueRepo) -> RepoLook:
        """Return what REST says of one repository, asked by its name.

        Where a stranger answers to the name, the repository itself is asked for by its id.
        """
        # A 304 is free with a token only; without one, it is no use to know less for as much.
        etag = "" if self._client.tokens.is_anonymous else due.etag
        path = github_queries.path_of(due.repo)
        answer = self._client.get(path, etag=etag) if path else _NO_NAME
        facts = _facts(answer)
        taken_by = ""
        if facts is not None and due.forge_id not in ("", facts.forge_id):
            taken_by = facts.forge_id
            answer = self._client.get(f"/repositories/{due.forge_id}")
            facts = _facts(answer)
        return look_of(due, answer, self._now(), facts=facts, taken_by=taken_by)

    def _now(self) -> str:
        return stamp(self._clock())


# What a query by name calls the repositories it asks about.
_ALIAS = re.compile(r"r([0-9]{1,3})")

_NO_NAME = Answer(kind=Kind.GONE, message="GitHub allows no such name")
_FOUND = Answer(kind=Kind.OK)


def _facts(answer: Answer) -> RepoFacts | None:
    if answer.kind is not Kind.OK:
        return None
    return from_rest(answer.data, etag=answer.header("etag"))


def _batches(due: Sequence[DueRepo], size: int) -> Iterator[_Batch]:
    """Yield *due* in batches: by id where the id is known, by name the new and the renamed.

    An old name is asked for as a name, because somebody else may have taken it.
    """
    known = [each for each in due if each.node_id and not each.renamed]
    named = [each for each in due if not each.node_id or each.renamed]
    for group, by_id, most in ((named, False, size), (known, True, github_queries.MOST_IDS)):
        for start in range(0, len(group), most):
            yield _Batch(due=tuple(group[start : start + most]), by_id=by_id)


def _nodes(body: dict[str, Any], batch: _Batch) -> list[Any]:
    """Return what stands for each repository of *batch* in an answer, None where nothing does."""
    data = table(body.get("data"))
    if not batch.by_id:
        return [data.get(f"r{place}") for place in range(len(batch.due))]
    nodes = data.get("nodes")
    nodes = nodes if isinstance(nodes, list) else []
    return [*nodes, *[None] * len(batch.due)][: len(batch.due)]


def _failures(body: dict[str, Any], batch: _Batch) -> dict[int, dict[str, dict[str, Any]]]:
    """Return the errors in an answer, by repository and by the field that failed ("" for all)."""
    failures: dict[int, dict[str, dict[str, Any]]] = {each.repo_id: {} for each in batch.due}
    for error in graphql_errors(body):
        path = error.get("path")
        place, field = _place(path if isinstance(path, list) else [], batch.by_id)
        hit = batch.due if place is None else batch.due[place : place + 1]
        for each in hit:
            failures[each.repo_id][field] = error
    return failures


def _place(path: list[Any], by_id: bool) -> tuple[int | None, str]:
    """Return which repository and which of its fields *path* leads to; None for all of them."""
    if by_id:
        if len(path) < 2 or not isinstance(path[1], int):
            return None, ""
        return path[1], str(path[2]) if len(path) > 2 else ""
    alias = _ALIAS.fullmatch(str(path[0])) if path else None
    if alias is None:
        return None, ""
    return int(alias[1]), str(path[1]) if len(path) > 1 else ""
