"""Read from the catalog what stands of links and where they are mentioned. SQL only."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from catalog.database import Database
from catalog.records import PastCheck
from catalog.standing import standing
from catalog.suggestions import BEST_FIRST
from catalog.vocabulary import Reason, Standing, SuggestionKind, Verdict
from report.findings import Finding, Place, Suggestion, group_of

# `moved` comes from the crawl, which followed the hops; the rest are ours, and count once
# a visit to them has found a page.
_CHOSEN = """
    links.present = 1 AND (
        :everything OR links.standing <> 'ok' OR links.standing_since >= :news_since
        OR EXISTS (SELECT 1 FROM mentions
                   WHERE mentions.link_id = links.id AND mentions.kind = 'empty')
        OR EXISTS (SELECT 1 FROM pages WHERE pages.link_id = links.id AND pages.drift <> '')
    )
"""

_LINKS = f"""
    SELECT links.id, links.url, coalesce(hosts.name, '') AS host, links.standing,
           links.standing_since, coalesce(links.reason, checks.reason) AS reason,
           checks.status, coalesce(checks.final_url, '') AS final_url,
           coalesce(checks.rule, '') AS rule, coalesce(checks.evidence, '') AS evidence,
           coalesce(checks.detail, CASE WHEN links.standing = 'unchecked' THEN CASE links.judge
               WHEN 'forge' THEN repos.message WHEN 'paper' THEN papers.message END END, ''
           ) AS detail, checks.checked_at,
           links.first_seen_broken, links.last_ok, links.strikes, links.flapping,
           links.suggestion,
           (SELECT count(*) FROM checks WHERE checks.link_id = links.id) AS checks,
           coalesce(repos.forge || '/' || repos.full_name, '') AS repository,
           coalesce(pages.drift, '') AS drift
    FROM links
    LEFT JOIN hosts ON hosts.id = links.host_id
    LEFT JOIN checks ON checks.id = links.last_check_id
    LEFT JOIN pages ON pages.link_id = links.id
    LEFT JOIN repos ON repos.id = links.repo_id
    LEFT JOIN papers ON papers.id = links.paper_id
    WHERE {_CHOSEN}
    ORDER BY links.id
"""  # noqa: S608 - the only insertion is the constant above

_PLACES = f"""
    SELECT mentions.link_id, issues.archive_id, mentions.file, mentions.line, mentions.column,
           mentions.text, mentions.section, coalesce(items.title, '') AS item, mentions.url,
           mentions.url_line, mentions.url_column, mentions.kind,
           coalesce(issues.date, '') AS issue_date
    FROM links
    JOIN mentions ON mentions.link_id = links.id
    JOIN issues ON issues.id = mentions.issue_id AND issues.present = 1
    LEFT JOIN items ON items.id = mentions.item_id
    WHERE {_CHOSEN}
    ORDER BY links.id, issues.date DESC, mentions.file, mentions.line, mentions.column
"""  # noqa: S608 - as above

_SUGGESTIONS = f"""
    SELECT link_id, kind, address FROM suggestions WHERE verdict IN ('ok', 'moved')
    ORDER BY {BEST_FIRST}
"""  # noqa: S608 - as above


def chosen_findings(
    db: Database, news_since: str, roots: Mapping[int, str], *, everything: bool
) -> Iterator[Finding]:
    """Yield each link that a report may speak of, in the order of the catalog.

    That is every link whose standing is not `ok`, whose page drifted, or that changed since
    *news_since*; with *everything* all of them. Links that no issue holds any more are not.
    *roots* say where archives lie that have to be told apart.
    """
    bound = {"news_since": news_since, "everything": everything}
    suggestions: dict[int, Suggestion] = {}
    for row in db.query(_SUGGESTIONS):
        best = Suggestion(kind=SuggestionKind(row["kind"]), address=row["address"])
        suggestions.setdefault(row["link_id"], best)
    places = _Grouped(db.query(_PLACES, bound), roots)
    for row in db.query(_LINKS, bound):
        yield _finding(row, places.of(row["id"]), suggestions.get(row["id"]), news_since)


class _Grouped:
    """Places by link, read from a cursor in step with the links, so that neither is held."""

    def __init__(self, rows: Iterator[dict[str, Any]], roots: Mapping[int, str]) -> None:
        self._roots = roots
        self._groups = groupby(rows, key=itemgetter("link_id"))
        self._next = next(self._groups, None)

    def of(self, link_id: int) -> tuple[Place, ...]:
        """Return the places of the link; to be asked in ascending order."""
        while self._next is not None and self._next[0] < link_id:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != link_id:
            return ()
        return tuple(self._place(row) for row in self._next[1])

    def _place(self, row: dict[str, Any]) -> Place:
        del row["link_id"]
        return Place(**row, root=self._roots.get(row["archive_id"], ""))


def _finding(
    row: Mapping[str, Any],
    places: tuple[Place, ...],
    suggestion: Suggestion | None,
    news_since: str,
) -> Finding:
    """Return the finding that *row* of `_LINKS` tells of."""
    stands = Standing(row["standing"])
    reason = Reason(row["reason"]) if row["reason"] else None
    is_news = bool(row["standing_since"]) and row["standing_since"] >= news_since
    return Finding(
        link_id=row["id"],
        url=row["url"],
        host=row["host"],
        group=group_of(stands, is_news=is_news),
        standing=stands,
        standing_since=row["standing_since"] or None,
        verdict=reason.verdict if reason else None,
        reason=reason,
        status=row["status"],
        final_url=row["final_url"],
        rule=row["rule"],
        evidence=row["evidence"],
        detail=row["detail"],
        first_seen_broken=row["first_seen_broken"] or None,
        last_ok=row["last_ok"] or None,
        last_checked=row["checked_at"],
        checks=row["checks"],
        nights=row["strikes"],
        flapping=bool(row["flapping"]),
        repository=row["repository"],
        drift=row["drift"],
        # A page that came back needs no copy.
        suggestion=_moved(row, reason) or (suggestion if stands is not Standing.OK else None),
        places=places,
    )


def _moved(row: Mapping[str, Any], reason: Reason | None) -> Suggestion | None:
    """Return the address that the crawl or the forge itself arrived at, where it is for good."""
    if not row["suggestion"]:
        return None
    renamed = reason in (Reason.REPO_RENAMED, Reason.ACCOUNT_MIGRATED)
    kind = SuggestionKind.RENAMED if renamed else SuggestionKind.MOVED
    return Suggestion(kind=kind, address=row["suggestion"])


_EARLIER = """
    SELECT checks.link_id, checks.checked_at, checks.verdict, checks.reason
    FROM checks JOIN runs ON runs.id = checks.run_id JOIN links ON links.id = checks.link_id
    WHERE runs.state <> 'untrusted' AND checks.checked_at < :news_since
      AND links.present = 1 AND links.standing IN ('ok', 'moved')
      AND links.standing_since >= :news_since
    ORDER BY checks.link_id, checks.checked_at, checks.id
"""


def fixed_links(db: Database, news_since: str) -> frozenset[int]:
    """Return the links that a reader gets now and that were broken before *news_since*.

    What stood then is derived from the checks of that time, so that a link which was only
    suspected does not pass for a repair.
    """
    earlier = groupby(db.query(_EARLIER, {"news_since": news_since}), itemgetter("link_id"))
    return frozenset(
        link_id
        for link_id, rows in earlier
        if standing([_past(row) for row in rows]).standing is Standing.BROKEN
    )


def _past(row: Mapping[str, Any]) -> PastCheck:
    return PastCheck(
        checked_at=row["checked_at"],
        verdict=Verdict(row["verdict"]),
        reason=Reason(row["reason"]),
    )
