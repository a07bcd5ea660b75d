"""Visit what might be written instead of a link, so that nobody is offered a dead address."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from catalog.address import host_of
from catalog.database import Database
from catalog.hosts import known_robots, resting_hosts
from catalog.records import DueLink
from catalog.suggestions import UnvisitedSuggestion, save_visit, unvisited_suggestions
from crawler.messages import CrossHostRedirect, HostBatch, HostDone, LinkTask, Report, Visited
from crawler.options import CrawlOptions
from crawler.runner import run_spider
from crawler.steady import steady_time
from crawler.visiting.robots import Rules, is_fresh


def visit_suggestions(db: Database, options: CrawlOptions, clock: Callable[[], datetime]) -> int:
    """Visit every suggestion that waits for it, with the crawl's own manners; return how many.

    Each is tried once a night: an address that does not answer is not offered, and waits.
    So does one whose host is to be left alone.
    """
    waiting = unvisited_suggestions(db)
    if not waiting:
        return 0
    source = _Suggestions(waiting, options, db, clock())
    asyncio.run(run_spider(source, options))
    for visited in source.visited:
        save_visit(db, visited.task.link.link_id, visited.judgement.verdict, clock())
    return len(source.visited)


class _Suggestions:
    """A source of the spider `links` that is a list of addresses, and ends."""

    def __init__(
        self,
        waiting: Sequence[UnvisitedSuggestion],
        options: CrawlOptions,
        db: Database,
        now: datetime,
    ) -> None:
        self._db = db
        self._now = now
        self._options = options
        # The crawl may have asked any of the hosts a moment ago.
        self._began = steady_time()
        self._tasks: dict[str, list[LinkTask]] = defaultdict(list)
        for one in waiting:
            link = DueLink(link_id=one.suggestion_id, url=one.address, host=host_of(one.address))
            self._tasks[link.host].append(LinkTask(link=link))
        self._resting = set(resting_hosts(db, now))
        self._busy: dict[str, HostBatch] = {}
        self._done: dict[str, HostDone] = {}
        self._news = asyncio.Event()
        self.visited: list[Visited] = []

    async def more(self, free: int) -> Sequence[HostBatch] | None:
        """Return a batch for each of up to *free* hosts that nobody is at; None at the end."""
        while True:
            self._news.clear()
            out = self._busy.keys() | self._resting
            hosts = [host for host in self._tasks if host not in out][:free]
            if hosts:
                batches = [self._batch(host) for host in hosts]
                self._busy |= {batch.host: batch for batch in batches}
                return batches
            if not self._busy:
                return None
            await self._news.wait()

    def take(self, reports: Sequence[Report]) -> None:
        """Keep what was visited; give out again what there was no time for, or led elsewhere."""
        for report in reports:
            match report:
                case Visited():
                    self.visited.append(report)
                case CrossHostRedirect():
                    self._tasks[report.host].append(report.task)
                case HostDone():
                    self._take_host(report)
        self._news.set()

    def _take_host(self, done: HostDone) -> None:
        self._done[done.host] = done
        batch = self._busy.pop(done.host)
        is_asked_to_wait = done.retry_after is not None
        if done.is_down or is_asked_to_wait or len(done.unvisited) == len(batch.tasks):
            self._resting.add(done.host)
        elif done.unvisited:
            self._tasks[done.host].extend(done.unvisited)

    def _batch(self, host: str) -> HostBatch:
        before = self._done.get(host)
        (robots,) = known_robots(self._db, [host]) or (None,)
        is_stale = robots is not None and not is_fresh(robots, self._now)
        if before is not None and before.robots is not None:
            robots, is_stale = before.robots, False
        delay = max(self._options.limits(host)[0], Rules.of(robots).delay)
        return HostBatch(
            lease_id="suggestions",
            host=host,
            until=steady_time() + self._options.lease + self._options.whole_visit,
            tasks=tuple(self._tasks.pop(host)),
            robots=robots,
            is_robots_stale=is_stale,
            not_before=before.ready_at if before else self._began + delay,
        )
