"""Messages between the coordinator and its workers: hosts to visit, and what came of it.

All of it can be sent to another process or machine.
"""

from dataclasses import dataclass

from catalog.pickling import sent
from catalog.records import DueLink, Hop, Judgement, Robots, Visit


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A redirect chain so far: the address to ask next, and what led there.

    `cookies` are the `Set-Cookie` lines met on the way, each with the address that sent
    it. `seconds` is the time that the visit has taken. `probe` is the visit to an address
    of the first host that nobody ever made, where it may tell what the redirect is worth.
    """

    url: str
    hops: tuple[Hop, ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    size: int = 0
    probe: Visit | None = None


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTask:
    """One link to visit, on the given attempt; `chain` where an earlier host sent us on."""

    link: DueLink
    attempt: int = 1
    chain: Chain | None = None


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class HostBatch:
    """The tasks on one host that a worker may do until `until`, by `steady_time()`.

    `not_before` is when the first request may be sent: another worker may have sent the
    last one. `robots` is what is known of the host's file; with `is_robots_stale` it is
    time to look again.
    """

    lease_id: str
    host: str
    until: float
    tasks: tuple[LinkTask, ...]
    robots: Robots | None = None
    is_robots_stale: bool = False
    not_before: float = 0.0


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A visit that is over, and what it means by itself.

    `host` is the one that answered last, or did not; `retry_after` how long it asked to be
    left alone, in seconds. `probe` is the
    visit to an address of the host that nobody ever made, where the evidence was soft.
    """

    lease_id: str
    host: str
    task: LinkTask
    visit: Visit
    judgement: Judgement
    retry_after: float | None = None
    probe: Visit | None = None


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class CrossHostRedirect:
    """A redirect to a *host* that this worker has not leased: whoever does goes on with *task*."""

    lease_id: str
    task: LinkTask
    host: str


@sent
@dataclass(frozen=True, slots=True, kw_only=True)
class HostDone:
    """A batch is over. `is_down` says that the host did not answer at all any more.

    `ready_at` is when the next request to it may be sent, by `steady_time()`. `robots` is what
    is known of its file if it was looked at, without the time: that is the catalog's to say.
    `retry_after` is for how many seconds it asked to be left alone, whatever it was asked for;
    0 where it named no time. `unvisited` is what there was no time for, or no use.
    """

    lease_id: str
    host: str
    ready_at: float
    robots: Robots | None = None
    is_down: bool = False
    retry_after: float | None = None
    unvisited: tuple[LinkTask, ...] = ()


Report = Visited | CrossHostRedirect | HostDone
