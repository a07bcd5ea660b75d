"""Leases hosts to whoever does the visiting, and writes down what is reported of them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from catalog.backlog import links_left, next_opening
from catalog.checks import hosts_visited_since
from catalog.clock import stamp
from catalog.database import Database
from catalog.frontier import count_due, lease, open_frontier
from catalog.hosts import known_robots
from catalog.records import Check, DueLink, HostEvidence, Robots
from catalog.vocabulary import Reason, Standing
from crawler.messages import CrossHostRedirect, HostBatch, HostDone, LinkTask, Report, Visited
from crawler.options import CrawlOptions
from crawler.steady import steady_time
from crawler.summary import CrawlSummary
from crawler.suspects import Suspects
from crawler.unwritten import Unwritten
from crawler.visiting.retries import host_rest, next_attempt
from crawler.visiting.robots import LONGEST_DELAY, Rules, is_fresh

# A batch is sized to take about this share of its lease, so that it rarely runs out of time.
_SHARE = 0.7
_MOST_LINKS = 1_000

# Results are written together: at least every so many seconds, and never more than so many
# at once. They are what is visited again after a kill, beside the visits in flight.
WRITE_EVERY = 0.25
_MOST_UNWRITTEN = 2_000

# The catalog holds a host a moment longer than its worker does, whose last results may still
# have to be written.
_HELD_LONGER = 2 * WRITE_EVERY

# For how many seconds past the end of a lease a worker on this machine is waited for. It tells
# of the end within a moment, or never: it may have been stopped, or busy with one page for ever.
PATIENCE = 30.0

_FEW_HOSTS = 10_000  # of whose next turns it is not worth to forget the past ones

_NEVER = datetime.max.replace(tzinfo=UTC)

# What a host that is down owes us before it is asked again by another run.
_SET_ASIDE = timedelta(hours=1)

# How long, in seconds, a link that may kill its worker waits for another such to come back.
_SUSPECT_WAITS = 0.1


class Coordinator:
    """Leases hosts out of the catalog, and settles what is reported of them.

    *clock* says what time the run takes it to be: the catalog's times follow it, while
    turns and leases are kept by the machine's own clock, which workers share. *holder*
    begins the name of each lease: those of `local` end with this process, others may live on.
    """

    def __init__(
        self,
        db: Database,
        run_id: int,
        options: CrawlOptions,
        clock: Callable[[], datetime],
        *,
        holder: str = "local",
        only: Collection[int] | None = None,
    ) -> None:
        self._db = db
        self._run_id = run_id
        self._options = options
        self._holder = holder
        # Whoever gives a worker up does it before the catalog does.
        self._held_longer = 2 * PATIENCE if holder == "local" else _HELD_LONGER
        self._began = clock()
        self._began_here = steady_time()
        self._tasks: dict[int, LinkTask] = {}
        self._ready_at: dict[str, float] = {}
        self._forget_at = _FEW_HOSTS
        self._leased: dict[str, set[str]] = {}  # the hosts of each lease that are out
        self._resumed: dict[int, tuple[str, LinkTask]] = {}
        self._suspects = Suspects()
        self._down: Counter[str] = Counter()
        self._resting: set[str] = set()  # the hosts that asked for more time than we wait for
        self._unwritten = Unwritten()
        self._written_at = 0.0
        self._none_before = self._began  # no host is free before, unless something is written
        if holder != "local":
            # What machines far away work by must outlast even a power cut on this one.
            db.execute("PRAGMA synchronous = FULL")
        freed = open_frontier(db, self._began, everything=options.everything, only=only)
        asked = hosts_visited_since(db, self._began - timedelta(seconds=self._longest_delay))
        self._wait_for_turns(asked.union(freed))
        self.summary = CrawlSummary(due=count_due(db, self._began) if only is None else len(only))

    def _wait_for_turns(self, hosts: Collection[str]) -> None:
        """Owe *hosts* their rest: an earlier run may have asked them a moment ago."""
        files = {file.host: file for file in known_robots(self._db, hosts)} if hosts else {}
        for host in hosts:
            self._ready_at[host] = self._began_here + self._delay(host, files.get(host))

    @property
    def _longest_delay(self) -> float:
        own = (limits.delay or 0.0 for limits in self._options.hosts.values())
        return max(LONGEST_DELAY, self._options.delay, *own)

    def _delay(self, host: str, file: Robots | None) -> float:
        """Return the delay that *host* is owed, where *file* is its robots.txt."""
        return max(self._options.limits(host)[0], Rules.of(file).delay)

    @property
    def now(self) -> datetime:
        """The time of the run."""
        return self._began + timedelta(seconds=steady_time() - self._began_here)

    @property
    def is_busy(self) -> bool:
        """Whether any host is leased."""
        return bool(self._leased)

    def lease(self, hosts: int) -> list[HostBatch]:
        """Lease up to *hosts* hosts, those with the longest backlog first, a batch each."""
        self.flush_if_due()
        batches = self._lease(hosts)
        if not batches and self._unwritten:
            self.flush()  # which may free some
            batches = self._lease(hosts)
        return batches

    def _lease(self, hosts: int) -> list[HostBatch]:
        now, until = self.now, steady_time() + self._length
        if now < self._none_before:
            return []
        leased = lease(
            self._db,
            now,
            until=now + timedelta(seconds=self._length + self._held_longer),
            hosts=hosts,
            links_per_host=self._batch_size,
            holder=self._holder,
        )
        if leased is None:
            self._none_before = next_opening(self._db) or _NEVER
            return []
        robots = {file.host: file for file in leased.robots}
        batches = [
            HostBatch(
                lease_id=leased.lease_id,
                host=host,
                until=until,
                tasks=tasks,
                robots=(file := robots.get(host)),
                is_robots_stale=file is not None and not is_fresh(file, now),
                not_before=self._ready_at.pop(host, 0.0),
            )
            for host, links in groupby(leased.links, attrgetter("host"))
            if (tasks := self._admitted(leased.lease_id, host, list(links)))
        ]
        if batches:
            self._leased[leased.lease_id] = {batch.host for batch in batches}
        return batches

    def _admitted(
        self, lease_id: str, host: str, links: Sequence[DueLink]
    ) -> tuple[LinkTask, ...]:
        """Return the tasks for *links*, without those that are not given out for now."""
        tasks = [self._task(link) for link in links]
        admitted = self._suspects.admitted(host, tasks)
        for task in tasks[len(admitted) :]:
            if self._resumed.pop(task.link.link_id, None):
                self._put_off(task, host, 0.0)
        if not admitted:
            self._rest(host, _SUSPECT_WAITS)
            self._unwritten.done.append(
                HostDone(lease_id=lease_id, host=host, ready_at=self._ready_at.get(host, 0.0))
            )
        return tuple(admitted)

    def release(self, batches: Iterable[HostBatch]) -> None:
        """Take back *batches* from a worker that has died: they can be leased again at once."""
        for batch in batches:
            if batch.host not in self._leased.get(batch.lease_id, ()):
                continue
            left = tuple(task for host, task in self._resumed.values() if host == batch.host)
            self._take_host(
                HostDone(
                    lease_id=batch.lease_id,
                    host=batch.host,
                    ready_at=steady_time() + self._delay(batch.host, batch.robots),
                    unvisited=left,
                )
            )
            self._look_for_killers(batch)
        self.flush()

    def abandon(self, batches: Iterable[HostBatch], *, died: bool) -> None:
        """Wait no longer for *batches*: a worker may still be at them, or may not.

        Their hosts can be leased again once the lease is over, and no sooner. Whoever was
        at them *died*, or was only lost sight of.
        """
        for batch in batches:
            self._close(batch.lease_id, batch.host)
            for task in batch.tasks:
                if self._resumed.pop(task.link.link_id, None):
                    self._put_off(task, batch.host, 0.0)
            if died:
                self._look_for_killers(batch)
            else:
                self._suspects.forget(batch.host)
        self.flush()

    def _look_for_killers(self, batch: HostBatch) -> None:
        """Set the link aside for the night that *batch* has shown to kill workers, if any."""
        for task in self._suspects.convicted(batch.host, batch.tasks):
            self._put_off(task, batch.host, _SET_ASIDE.total_seconds())
            self.summary.set_aside[batch.host] = self.summary.set_aside.get(batch.host, 0) + 1
            self.summary.notes.append(
                f"{task.link.url} was not visited: whichever process tried to died or got stuck"
            )

    def wait(self) -> float | None:
        """Return the seconds until another host can be leased; None where none ever will."""
        self.flush()
        opening = next_opening(self._db)
        if opening is None:
            return None
        seconds = (opening - self.now).total_seconds()
        held = self._length + self._held_longer
        longest = max(self._options.retry_after_cap, self._options.second_pass, held) + 1.0
        return max(seconds, 0.0) if seconds <= longest else None

    def take(self, reports: Sequence[Report]) -> None:
        """Take in what came of batches; it is written with what else comes within a moment."""
        checked_at = stamp(self.now)
        for report in reports:
            if report.lease_id not in self._leased:
                continue  # it was abandoned, and its links leased again
            match report:
                case Visited():
                    self._resumed.pop(report.task.link.link_id, None)
                    self._take_visit(report, checked_at)
                case CrossHostRedirect():
                    self._resumed.pop(report.task.link.link_id, None)
                    self._put_off(report.task, report.host, 0.0)
                case HostDone():
                    self._suspects.clear(report.host)
                    self._take_host(report)
        self.flush_if_due()

    @property
    def has_unwritten(self) -> bool:
        """Whether something has come in that is not written yet."""
        return bool(self._unwritten)

    def flush_if_due(self) -> None:
        """Write what has come in, if the last time is long enough ago, or if it is much."""
        if (
            steady_time() - self._written_at >= WRITE_EVERY
            or len(self._unwritten.checks) >= _MOST_UNWRITTEN
        ):
            self.flush()

    def flush(self) -> None:
        """Write what has come in, in one transaction."""
        if not self._unwritten:
            return
        self._written_at = steady_time()
        self._none_before = self._began
        box, self._unwritten = self._unwritten, Unwritten()
        for meant, written in box.write(self._db, self._run_id, self.now):
            self.summary.recount(meant, written)

    def close(self) -> None:
        """Write what is left to write, and count what was not visited of which host, and why."""
        self.flush()
        left = links_left(self._db)
        down = (host for host, times in self._down.items() if times > 1)
        self.summary.set_aside |= {host: left[host] for host in down if host in left}
        self.summary.resting = {host: left[host] for host in self._resting if host in left}

    @property
    def _length(self) -> float:
        """For how many seconds a host is leased."""
        return self._options.lease + self._options.whole_visit

    @property
    def _batch_size(self) -> int:
        per_link = max(self._options.delay / self._options.concurrency_per_host, 0.05)
        return max(1, min(_MOST_LINKS, int(_SHARE * self._options.lease / per_link)))

    def _task(self, link: DueLink) -> LinkTask:
        """Return the task for *link*: where one was interrupted it goes on."""
        task = self._tasks.pop(link.link_id, None)
        if task is None:
            return LinkTask(link=link)
        self._resumed[link.link_id] = (link.host, task)
        return task

    def _take_visit(self, report: Visited, checked_at: str) -> None:
        reason = report.judgement.reason
        task = report.task
        retry = next_attempt(
            reason,
            task.attempt,
            self._options,
            retry_after=report.retry_after,
            is_known=task.link.standing is Standing.BROKEN,
        )
        if reason is Reason.RATE_LIMITED or report.retry_after is not None:
            self._leave_alone(report.host, task.attempt, report.retry_after)
        if retry is not None:
            task = replace(task, attempt=retry.attempt, chain=None)
            self._put_off(task, task.link.host, retry.wait)
            return
        self._settle(report, checked_at)

    def _settle(self, report: Visited, checked_at: str) -> None:
        self.summary.count(report)
        self._unwritten.checks.append(
            Check(
                link_id=report.task.link.link_id,
                checked_at=checked_at,
                judgement=report.judgement,
                visit=report.visit,
                neighbours=HostEvidence(probe=report.probe) if report.probe else None,
            )
        )

    def _take_host(self, report: HostDone) -> None:
        self._close(report.lease_id, report.host)
        self._ready_at[report.host] = report.ready_at
        if len(self._ready_at) > self._forget_at:
            # What lies behind us keeps nobody waiting.
            now = steady_time()
            self._ready_at = {host: at for host, at in self._ready_at.items() if at > now}
            self._forget_at = 2 * len(self._ready_at) + _FEW_HOSTS
        if report.robots is not None:
            self._unwritten.robots.append(replace(report.robots, fetched_at=stamp(self.now)))
        if report.retry_after is not None:
            self._leave_alone(report.host, 1, report.retry_after)
        if report.is_down:
            self._down[report.host] += 1
            given_up = self._down[report.host] > 1
            seconds = _SET_ASIDE.total_seconds() if given_up else self._options.second_pass
            self._rest(report.host, seconds)
        for task in report.unvisited:
            self._resumed.pop(task.link.link_id, None)
            if task.attempt > 1 or task.chain is not None:
                self._put_off(task, report.host, 0.0)
        self._unwritten.done.append(report)

    def _close(self, lease_id: str, host: str) -> None:
        """Take in that a worker has *host* no longer, or may not have it."""
        hosts = self._leased.get(lease_id, set())
        hosts.discard(host)
        if not hosts:
            self._leased.pop(lease_id, None)

    def _put_off(self, task: LinkTask, host: str, seconds: float) -> None:
        self._tasks[task.link.link_id] = task
        at = self.now + timedelta(seconds=seconds)
        self._unwritten.waiting.append((task.link.link_id, host, at))

    def _leave_alone(self, host: str, attempt: int, retry_after: float | None) -> None:
        """Do as *host* asked when it answered *attempt*."""
        rest = host_rest(attempt, self._options, retry_after)
        self._rest(host, rest)
        if rest > self._options.retry_after_cap:
            self._resting.add(host)

    def _rest(self, host: str, seconds: float) -> None:
        """Leave *host* alone; what it asked for before is never shortened."""
        at = self.now + timedelta(seconds=seconds)
        known = self._unwritten.rests.get(host, datetime.min.replace(tzinfo=UTC))
        self._unwritten.rests[host] = max(at, known)
