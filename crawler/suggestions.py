"""Visit what might be written instead of a link, so that nobody is offered a dead address."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from catalog.address import host_of
from catalog.database import Database
from catalog.records import DueLink
from catalog.suggestions import UnvisitedSuggestion, save_visit, unvisited_suggestions
from crawler.messages import CrossHostRedirect, HostBatch, HostDone, LinkTask, Report, Visited
from crawler.options import CrawlOptions
from crawler.runner import run_spider
from crawler.steady import steady_time


def visit_suggestions(db: Database, options: CrawlOptions, clock: Callable[[], datetime]) -> int:
    """Visit every suggestion that waits for it, with the crawl's own manners; return how many.

    Each is tried once a night: an address that does not answer is not offered, and waits.
    """
    waiting = unvisited_suggestions(db)
    if not waiting:
        return 0
    source = _Suggestions(waiting, options)
    asyncio.run(run_spider(source, options))
    for visited in source.visited:
        save_visit(db, visited.task.link.link_id, visited.judgement.verdict, clock())
    return len(source.visited)


class _Suggestions:
    """A source of the spider `links` that is a list of addresses, and ends."""

    def __init__(self, waiting: Sequence[UnvisitedSuggestion], options: CrawlOptions) -> None:
        self._length = options.lease + options.whole_visit
        self._tasks: dict[str, list[LinkTask]] = defaultdict(list)
        for one in waiting:
            link = DueLink(link_id=one.suggestion_id, url=one.address, host=host_of(one.address))
            self._tasks[link.host].append(LinkTask(link=link))
        self._busy: set[str] = set()
        self._news = asyncio.Event()
        self.visited: list[Visited] = []

    async def more(self, free: int) -> Sequence[HostBatch] | None:
        """Return a batch for each of up to *free* hosts that nobody is at; None at the end."""
        while True:
            self._news.clear()
            hosts = [host for host in self._tasks if host not in self._busy][:free]
            if hosts:
                self._busy |= set(hosts)
                return [self._batch(host) for host in hosts]
            if not self._busy:
                return None
            await self._news.wait()

    def take(self, reports: Sequence[Report]) -> None:
        """Keep what was visited, and give out again what a redirect led to another host."""
        for report in reports:
            match report:
                case Visited():
                    self.visited.append(report)
                case CrossHostRedirect():
                    self._tasks[report.host].append(report.task)
                case HostDone():
                    self._busy.discard(report.host)
        self._news.set()

    def _batch(self, host: str) -> HostBatch:
        return HostBatch(
            lease_id="suggestions",
            host=host,
            until=steady_time() + self._length,
            tasks=tuple(self._tasks.pop(host)),
        )
