"""Find the hosts that died as a whole, so that their pages need not be told one by one."""

from collections import defaultdict
from collections.abc import Iterable

from catalog.database import Database
from catalog.vocabulary import Reason, Standing
from report.findings import DeadHost, Finding

# A host whose name is still known counts as dead only when this many links agree.
ENOUGH_LINKS = 3

_LINKS_OF_HOST = """
    SELECT hosts.name, count(*) AS links FROM links JOIN hosts ON hosts.id = links.host_id
    WHERE links.present = 1 GROUP BY hosts.id
"""


def dead_hosts(findings: Iterable[Finding], db: Database) -> tuple[DeadHost, ...]:
    """Return the hosts without a living link, those with the most mentions first.

    Either the host's very name is gone, or at least `ENOUGH_LINKS` links point to it and
    every one of them is broken. What the maintainer ignores is not counted as dead.
    """
    broken: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.standing is Standing.BROKEN and finding.host and not finding.ignored:
            broken[finding.host].append(finding)
    links = {row["name"]: row["links"] for row in db.query(_LINKS_OF_HOST)}
    dead = [
        _dead_host(name, found)
        for name, found in broken.items()
        if len(found) == links[name] and (_is_nameless(found) or len(found) >= ENOUGH_LINKS)
    ]
    return tuple(sorted(dead, key=lambda host: (-host.mentions, host.name)))


def _is_nameless(found: Iterable[Finding]) -> bool:
    return all(finding.reason is Reason.HOST_NOT_FOUND for finding in found)


def _dead_host(name: str, found: list[Finding]) -> DeadHost:
    reasons = {finding.reason for finding in found}
    return DeadHost(
        name=name,
        links=len(found),
        mentions=sum(len(finding.places) for finding in found),
        since=max((f.standing_since for f in found if f.standing_since), default=None),
        reason=reasons.pop() if len(reasons) == 1 else None,
    )
