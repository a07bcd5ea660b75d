"""A queue per host that one process visits: its turns, robots.txt and probe, and when to stop."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from catalog.address import host_of
from catalog.clock import now
from catalog.records import HostEvidence, Robots, Visit
from catalog.vocabulary import SOFT_EVIDENCE, Reason, Verdict
from crawler.messages import (
    Chain,
    CrossHostRedirect,
    HostBatch,
    HostDone,
    LinkTask,
    Report,
    Visited,
)
from crawler.mistakes import our_mistake
from crawler.options import CrawlOptions
from crawler.steady import steady_time
from crawler.verdict import (
    View,
    address_beside,
    is_led_astray,
    is_worth_probing,
    judge,
    judge_view,
)
from crawler.visiting import robots
from crawler.visiting.exchange import Answer, Asked, LeaseEndedError, StaleConnectionError
from crawler.visiting.failures import FetchError
from crawler.visiting.pace import Pace
from crawler.visiting.retries import asked_rest
from crawler.visiting.visitor import Visitor, redirect_target

# What a page that nobody ever made can tell us more about. A certificate or a loop cannot
# be made softer or harder by it.
_PROBED = SOFT_EVIDENCE - {Reason.TLS_INVALID, Reason.REDIRECT_LOOP}

_log = logging.getLogger(__name__)

Fetch = Callable[[str, Asked], Awaitable[Answer]]
Emit = Callable[[Report], None]


class _HostQueue:
    """What is left to visit on one host, and how that host may be asked."""

    def __init__(self, batch: HostBatch, options: CrawlOptions) -> None:
        delay, concurrency = options.limits(batch.host)
        self.batch = batch
        self.delay = delay
        self.pace = Pace(delay, concurrency, not_before=batch.not_before)
        self.lease = options.lease
        self.whole_visit = options.whole_visit
        self.rules: robots.Rules | None = None
        self.tasks = deque(_same_page(batch.tasks))
        self.new_robots: Robots | None = None
        self.learning_rules = asyncio.Lock()
        self.silent = 0
        self.is_down = False
        self.retry_after: float | None = None
        self.closed: tuple[Reason, str] | None = None
        self.workers = min(concurrency, len(self.tasks))
        self.users = 0
        self.idle = asyncio.Event()
        self.idle.set()
        self.probes: dict[tuple[str, str], asyncio.Task[Visit | None]] = {}

    def slow_down(self, delay: float) -> None:
        """Leave *delay* between any two requests, also after one that has been sent."""
        self.delay = delay
        self.pace = Pace(delay, 1, not_before=self.pace.ready_at)

    @property
    def ends(self) -> float:
        """When all must be over: whoever has the host next may not know of our last request."""
        return self.batch.until - min(self.delay, self.lease / 2)

    @property
    def is_resting(self) -> bool:
        """Whether the host has asked to be left alone."""
        return self.retry_after is not None

    @property
    def is_over(self) -> bool:
        # A visit that is begun must be able to end in time.
        late = steady_time() > self.ends - self.whole_visit
        is_resting = self.is_resting and self.closed is None
        return not self.tasks or self.is_down or is_resting or late


class HostQueues:
    """Works off the queues of many hosts side by side; what comes of them goes to *emit*."""

    def __init__(self, fetch: Fetch, emit: Emit, options: CrawlOptions) -> None:
        self._fetch = fetch
        self._emit = emit
        self._options = options
        self._hosts: dict[str, _HostQueue] = {}
        self._visitor = Visitor(self, options)

    @property
    def open_hosts(self) -> int:
        """How many hosts are being visited."""
        return len(self._hosts)

    async def run(self, batch: HostBatch) -> None:
        """Visit the links of *batch*, one after the other, as the host can bear it."""
        host = self._hosts[batch.host] = _HostQueue(batch, self._options)
        try:
            await asyncio.gather(*(self._work(host) for _ in range(host.workers)))
        finally:
            del self._hosts[batch.host]
            # A redirect of another host may be in the middle of asking this one.
            await host.idle.wait()
            self._emit(
                HostDone(
                    lease_id=batch.lease_id,
                    host=batch.host,
                    ready_at=host.pace.ready_at,
                    robots=host.new_robots,
                    is_down=host.is_down,
                    retry_after=host.retry_after,
                    unvisited=tuple(chain.from_iterable(host.tasks)),
                )
            )

    # What a visitor may do.

    async def allows(self, host: str, url: str) -> bool:
        """Return whether the host's robots.txt lets us ask for *url*.

        Raises `FetchError` where the host asked, in its place, to be left alone for longer than
        a link is waited for: that is all that it has to say of any of them.
        """
        opened = self._opened(host)
        if opened.rules is None:
            async with opened.learning_rules:
                if opened.rules is None:
                    opened.rules = await self._learn_rules(opened, url)
        if opened.closed is not None:
            raise FetchError(*opened.closed)
        return opened.rules.allows(url)

    async def get(
        self,
        host: str,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
        *,
        any_type: bool = False,
    ) -> Answer:
        """Return the answer to a request, when it is the host's turn.

        Its body is read if it has words to judge, or if it may be of *any_type*.
        """
        opened = self._opened(host)
        opened.users += 1
        opened.idle.clear()
        try:
            try:
                return await self._get(opened, url, headers, seconds, any_type=any_type)
            except StaleConnectionError as error:
                left = seconds - error.seconds
                return await self._get(opened, url, headers, left, any_type=any_type)
        finally:
            opened.users -= 1
            if not opened.users:
                opened.idle.set()

    def _opened(self, host: str) -> _HostQueue:
        """Return the queue of *host*; raises `LeaseEndedError` where it is not ours to ask."""
        if host not in self._hosts:
            raise LeaseEndedError
        return self._hosts[host]

    async def _get(
        self,
        host: _HostQueue,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
        *,
        any_type: bool,
    ) -> Answer:
        async with host.pace.turn() as turn:
            if host.is_resting:  # it has asked for that while we were waiting
                raise LeaseEndedError
            asked = Asked(
                seconds=min(seconds, host.ends - steady_time()),
                headers=headers,
                not_after=host.ends,
                any_type=any_type,
                is_last=not host.tasks and host.users == 1 and host.rules is not None,
                on_sent=turn.sent,
                on_answer=turn.answered,
            )
            try:
                answer = await self._fetch(url, asked)
            except FetchError as error:
                if steady_time() >= host.ends:  # it was not the host that took too long
                    raise LeaseEndedError from error
                raise
            rest = asked_rest(answer.status, answer.said, now())
            if rest is not None:
                host.retry_after = max(rest, host.retry_after or 0.0)
            return answer

    # The work on one host.

    async def _work(self, host: _HostQueue) -> None:
        while not host.is_over:
            tasks = host.tasks.popleft()
            try:
                await self._run_tasks(host, tasks)
            except LeaseEndedError:
                host.tasks.append(tasks)
                return
            except Exception as error:  # noqa: BLE001 (one page that trips us up ends no night)
                _log.exception("cannot make sense of %s", tasks[0].link.url)
                for task in tasks:
                    self._emit(_failed(host.batch, task, error))

    async def _run_tasks(self, host: _HostQueue, tasks: Sequence[LinkTask]) -> None:
        """Make one visit for *tasks*, whose addresses differ only in what follows a `#`."""
        outcome = await self._visitor.visit(tasks[0])
        if isinstance(outcome, Chain):
            outcome = await self._probed(host, tasks[0], outcome)
        for task in tasks:
            if isinstance(outcome, Chain):
                self._send_on(host, task, outcome)
            else:
                seen = outcome if task is tasks[0] else replace(outcome, url=task.link.url)
                verdict = await self._report(host, task, seen)
        if isinstance(outcome, Visit):
            await self._count_silence(host, verdict)

    async def _probed(self, host: _HostQueue, task: LinkTask, chain: Chain) -> Chain:
        """Return *chain* with a probe of its first host, where that can tell what it is worth."""
        if chain.probe is not None or not chain.hops:
            return chain
        status = chain.hops[-1].status
        led = View(Visit(url=task.link.url, status=status, final_url=chain.url, hops=chain.hops))
        return replace(chain, probe=await self._probe(host, led)) if is_led_astray(led) else chain

    def _send_on(self, host: _HostQueue, task: LinkTask, chain: Chain) -> None:
        self._emit(
            CrossHostRedirect(
                lease_id=host.batch.lease_id,
                task=LinkTask(link=task.link, attempt=task.attempt, chain=chain),
                host=host_of(chain.url),
            )
        )

    async def _report(self, host: _HostQueue, task: LinkTask, visit: Visit) -> Verdict:
        """Tell what came of *task*; return the verdict on it."""
        view, probe = View(visit), None
        judgement = judge_view(view)
        is_soft = judgement.reason in _PROBED and visit.status is not None
        if is_soft or is_worth_probing(view, judgement):
            probe = task.chain.probe if task.chain else None
            probe = probe or await self._probe(host, view)
            judgement = judge_view(view, HostEvidence(probe=probe))
        self._emit(
            Visited(
                lease_id=host.batch.lease_id,
                host=host_of(visit.final_url) or host.batch.host,
                task=task,
                visit=visit,
                judgement=judgement,
                retry_after=(
                    host.retry_after
                    if host.closed is not None
                    else asked_rest(visit.status, visit.headers, now())
                ),
                probe=probe,
            )
        )
        return judgement.verdict

    async def _count_silence(self, host: _HostQueue, verdict: Verdict) -> None:
        """Give a host up that fails again and again, if its front door is silent as well."""
        if verdict is not Verdict.UNREACHABLE or host.closed is not None:
            host.silent = 0
            return
        host.silent += 1
        if host.silent < self._options.failures_per_host or not host.tasks:
            return
        host.silent = 0
        front = _front_door(host.batch)
        try:
            visit = await self._visitor.probe(host.batch.host, front) if front else None
        except LeaseEndedError:  # the link itself is settled
            return
        host.is_down = visit is None or judge(visit).verdict is Verdict.UNREACHABLE

    async def _probe(self, host: _HostQueue, view: View) -> Visit | None:
        """Return the visit to an address that nobody made, beside that of *view*.

        A host is asked once for a page, for a file where one was linked, and for each way in
        which it numbers its pages. Links of another host that led here are beside that one's
        addresses.
        """
        kind = address_beside(view, 0).rpartition("/")[2]
        place = view.asked.host, kind
        if place not in host.probes:
            number = 900_000_000 + secrets.randbelow(100_000_000)  # in 32 bits
            asked = self._visitor.probe(host.batch.host, address_beside(view, number))
            host.probes[place] = asyncio.ensure_future(asked)
        try:
            return await host.probes[place]
        except LeaseEndedError:
            return None

    async def _learn_rules(self, host: _HostQueue, url: str) -> robots.Rules:
        """Return the host's rules, before *url* is asked for, and slow down as they want it."""
        known = host.batch.robots
        if known is None or host.batch.is_robots_stale:
            seen = await self._look_at_robots(host, url.partition(":")[0])
            known = host.new_robots = robots.settled(seen, known)
            if (host.retry_after or 0.0) > self._options.retry_after_cap:
                reason = Reason.RATE_LIMITED if seen.status == 429 else Reason.SERVER_ERROR
                asked = f"status {seen.status}, come back in {host.retry_after:.0f} s"
                host.closed = reason, f"robots.txt of {host.batch.host}: {asked}"
        rules = robots.Rules.of(known)
        if rules.delay > host.delay:
            host.slow_down(rules.delay)
            if host.new_robots is not None:  # this was a request, too
                host.pace.hold(steady_time() + rules.delay)
        return rules

    async def _look_at_robots(self, host: _HostQueue, scheme: str) -> Robots:
        """Return the host's robots.txt as it is now.

        It may lie on another host; one that is not ours to ask now is not asked. Raises
        `LeaseEndedError` where its own host is not.
        """
        name = host.batch.host
        url, seconds = f"{scheme}://{name}/robots.txt", self._options.whole_visit
        status, text = None, ""
        for _ in range(1 + robots.REDIRECTS_FOLLOWED):
            try:
                # Stores of files call it what they call every file: octets.
                answer = await self.get(
                    host_of(url), url, self._visitor.headers, seconds, any_type=True
                )
            except FetchError:
                return Robots(host=name, fetched_at="")
            except LeaseEndedError:
                if status is None:
                    raise
                break
            status = answer.status
            seconds = max(seconds - answer.seconds, 0.0)
            if 200 <= status < 300:
                text = answer.body[: robots.LIMIT].decode("utf-8-sig", "replace")
            url = redirect_target(answer, url)
            if not host_of(url):
                break
        return Robots(host=name, fetched_at="", status=status, text=text)


def _same_page(tasks: Iterable[LinkTask]) -> Iterable[tuple[LinkTask, ...]]:
    """Return *tasks* in groups that one visit answers, or goes on with.

    What one of them has seen of a page, and another not, is had anew for all of them.
    """
    groups: dict[object, list[LinkTask]] = {}
    for task in tasks:
        page = task.link.url.partition("#")[0]
        way = (task.chain.url, task.chain.hops) if task.chain else page
        key = (way, task.attempt)
        groups.setdefault(key, []).append(task)
    return map(_as_little_seen, groups.values())


def _as_little_seen(tasks: Sequence[LinkTask]) -> tuple[LinkTask, ...]:
    """Return *tasks* without validators where these are not the same for all."""
    if len({(task.link.etag, task.link.last_modified, task.link.seen_at) for task in tasks}) == 1:
        return tuple(tasks)
    return tuple(
        replace(task, link=replace(task.link, etag="", last_modified="", seen_at=""))
        for task in tasks
    )


def _failed(batch: HostBatch, task: LinkTask, error: Exception) -> Visited:
    visit, judgement = our_mistake(task.link.url, error)
    return Visited(
        lease_id=batch.lease_id, host=batch.host, task=task, visit=visit, judgement=judgement
    )


def _front_door(batch: HostBatch) -> str:
    """Return the host's first address, by the scheme of its links; empty where there is none."""
    for task in batch.tasks if batch.host else ():
        url = task.chain.url if task.chain else task.link.url
        scheme = url.strip().partition(":")[0].lower()
        if scheme in ("http", "https"):
            return f"{scheme}://{batch.host}/"
    return ""
