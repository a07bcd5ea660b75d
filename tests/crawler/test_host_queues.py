"""What becomes of the links on hosts with little time, or that rest: a table of whole evenings."""

import asyncio
import re
import selectors
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

import crawler.visiting.exchange
import crawler.visiting.host_queues
import crawler.visiting.pace
from catalog.address import host_of
from catalog.records import DueLink, Hop, Robots
from catalog.vocabulary import Reason
from crawler.messages import Chain, CrossHostRedirect, HostBatch, LinkTask, Report, Visited
from crawler.options import CrawlOptions
from crawler.visiting.exchange import Answer, Asked, StaleConnectionError
from crawler.visiting.failures import FetchError
from crawler.visiting.host_queues import HostQueues

PAGE = b"<title>Soldering by hand</title><p>" + b"Warm the pad first, and then the wire. " * 20
LOST = b"<title>Page not found</title><h1>Page not found</h1>"


class Clock:
    """The time of an evening, in seconds since it began."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Sleepless(selectors.DefaultSelector):
    """Puts *clock* forward where a loop would sleep."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what has happened by now, after *timeout* seconds have passed in no time."""
        assert timeout is not None, "everybody waits for somebody else"
        self._clock.seconds += timeout
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """An event loop that goes by *clock*."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(Sleepless(clock))
        self._clock = clock

    def time(self) -> float:
        """Return the time of the evening."""
        return self._clock.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    visiting = crawler.visiting
    for module in (visiting.exchange, visiting.host_queues, visiting.pace):
        monkeypatch.setattr(module, "steady_time", clock)
    return clock


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What comes of a request after some seconds: an answer, or *failure* without one."""

    after: float = 1.0
    status: int = 200
    location: str = ""
    retry_after: str = ""
    body: bytes = PAGE
    failure: FetchError | None = None


def moved(to: str, *, after: float = 1.0) -> Reply:
    return Reply(status=302, location=to, after=after)


def busy(seconds: int, *, after: float = 1.0) -> Reply:
    return Reply(status=429, retry_after=str(seconds), after=after)


def silent(after: float) -> Reply:
    return Reply(after=after, failure=FetchError(Reason.TIMEOUT, "nothing came"))


SOUND = Reply()
STALE = Reply(after=0.0, failure=StaleConnectionError())


class Evening:
    """Host queues over a web of replies, and all that happens there, a line for each."""

    def __init__(self, clock: Clock, web: Mapping[str, Sequence[Reply]], options: CrawlOptions):
        self._clock = clock
        self._replies = {url: iter(replies) for url, replies in web.items()}
        self._queues = HostQueues(self._fetch, self._emit, options)
        self.lines: list[str] = []

    async def pass_by(self, batches: Sequence[HostBatch]) -> None:
        await asyncio.gather(*map(self._queues.run, batches))

    async def _fetch(self, url: str, asked: Asked) -> Answer:
        asked.check_lease()
        self._note(f"ask {_short(url)}")
        reply = next(self._replies[_short(url)])
        asked.on_sent()
        await asyncio.sleep(min(reply.after, asked.seconds))
        if reply.after > asked.seconds:
            raise FetchError(Reason.TIMEOUT, "nothing came in time")
        if reply.failure is not None:
            raise reply.failure
        asked.on_answer()
        answer = Answer(url, reply.status, body=reply.body)
        answer.said = {"content-type": "text/html"}
        if reply.retry_after:
            answer.said["retry-after"] = reply.retry_after
        answer.location = reply.location.encode() or None
        answer.cookies, answer.truncated = (), False
        answer.received, answer.seconds = len(reply.body), reply.after
        return answer

    def _emit(self, report: Report) -> None:
        if isinstance(report, Visited):
            words = f"{_short(report.task.link.url)} is {report.judgement.reason}"
            if report.visit.hops:
                words += f" by {_short(report.visit.final_url)}"
        elif isinstance(report, CrossHostRedirect):
            chain = report.task.chain
            assert chain is not None
            goes_on = f"goes on at {_short(report.host)}: {_short(chain.url)}"
            words = f"{_short(report.task.link.url)} {goes_on}"
        else:
            left = " ".join(_short(task.link.url) for task in report.unvisited)
            words = f"{_short(report.host)} is done, left: {left or 'nothing'}"
            if report.retry_after is not None:
                words += f", rests for {report.retry_after:g}"
            if report.is_down:
                words += ", down"
        self._note(words)

    def _note(self, words: str) -> None:
        self.lines.append(f"{self._clock.seconds:g}: {words}")


def _short(url: str) -> str:
    """Return `a/1` for `http://a.test/1`, and `a/probe` for what nobody ever made there."""
    short = url.removeprefix("http://").replace(".test", "")
    return re.sub("linkledger-.*", "probe", short)


def batch(*tasks: str | LinkTask, until: float = 100.0, crawl_delay: int = 0) -> HostBatch:
    """Return a batch of *tasks*, on the host of the first; addresses are short: `a/1`."""
    whole = tuple(_task(task) if isinstance(task, str) else task for task in tasks)
    first = whole[0].chain.url if whole[0].chain else whole[0].link.url
    text = f"User-agent: *\nCrawl-delay: {crawl_delay}" if crawl_delay else ""
    host = host_of(first)
    rules = Robots(host=host, fetched_at="", status=200, text=text)
    return HostBatch(lease_id="local:1", host=host, until=until, tasks=whole, robots=rules)


def _task(short: str, chain: Chain | None = None) -> LinkTask:
    host, _, path = short.partition("/")
    url = f"http://{host}.test/{path}"
    return LinkTask(link=DueLink(link_id=hash(short), url=url, host=f"{host}.test"), chain=chain)


REDIRECTED = Chain(
    url="http://b.test/x",
    hops=(Hop(url="http://a.test/1", status=302, location="http://b.test/x"),),
)

OPTIONS = CrawlOptions(delay=0, lease=40, whole_visit=20, failures_per_host=2)

# What happens, the batches, the web, and the evening as it should be, by the second.
EVENINGS: list[tuple[str, list[HostBatch], dict[str, list[Reply]], list[str]]] = [
    (
        "a redirect goes on at once on a host that is open, too",
        [batch("a/1"), batch("b/1")],
        {"a/1": [moved("http://b.test/x")], "b/1": [Reply(after=3)], "b/x": [SOUND]},
        [
            "0: ask a/1",
            "0: ask b/1",
            "3: b/1 is ok",
            "3: ask b/x",
            "4: a/1 is ok by b/x",
            "4: b is done, left: nothing",
            "4: a is done, left: nothing",
        ],
    ),
    (
        "a redirect to a host that nobody has leased goes on with whoever leases it",
        [batch("a/1")],
        {"a/1": [moved("http://b.test/x")]},
        ["0: ask a/1", "1: a/1 goes on at b: b/x", "1: a is done, left: nothing"],
    ),
    (
        "nor does it go on at a host that has been given back",
        [batch("a/1"), batch("b/1")],
        {"a/1": [moved("http://b.test/x", after=3)], "b/1": [SOUND]},
        [
            "0: ask a/1",
            "0: ask b/1",
            "1: b/1 is ok",
            "1: b is done, left: nothing",
            "3: a/1 goes on at b: b/x",
            "3: a is done, left: nothing",
        ],
    ),
    (
        "whoever leases it begins where the redirect led, and asks for nothing before that",
        [batch(_task("a/1", REDIRECTED), "b/1")],
        {"b/x": [SOUND], "b/1": [SOUND]},
        [
            "0: ask b/x",
            "1: a/1 is ok by b/x",
            "1: ask b/1",
            "2: b/1 is ok",
            "2: b is done, left: nothing",
        ],
    ),
    (
        "a redirect to a host that asks for a rest meanwhile goes on when that is over",
        [batch("a/1", "a/2"), batch("b/1", "b/2")],
        {
            "a/1": [moved("http://b.test/x")],
            "a/2": [SOUND],
            "b/1": [busy(60, after=3)],
        },
        [
            "0: ask a/1",
            "0: ask b/1",
            "3: b/1 is rate_limited",
            "3: a/1 goes on at b: b/x",
            "3: ask a/2",
            "3: b is done, left: b/2, rests for 60",
            "4: a/2 is ok",
            "4: a is done, left: nothing",
        ],
    ),
    (
        "a redirect that the lease has no time for goes on with the next one, and blames nobody",
        [batch("a/1"), batch("b/1", until=24)],
        {"a/1": [moved("http://b.test/x")], "b/1": [Reply(after=8)], "b/x": [silent(40)]},
        [
            "0: ask a/1",
            "0: ask b/1",
            "8: b/1 is ok",
            "8: ask b/x",
            "24: a/1 goes on at b: b/x",
            "24: b is done, left: nothing",
            "24: a is done, left: nothing",
        ],
    ),
    (
        "so does one whose turn comes only after the lease",
        [batch("a/1"), batch("b/1", until=30, crawl_delay=10)],
        {"a/1": [moved("http://b.test/x")], "b/1": [Reply(after=15)]},
        [
            "0: ask a/1",
            "0: ask b/1",
            "15: b/1 is ok",
            "25: a/1 goes on at b: b/x",
            "25: b is done, left: nothing",
            "25: a is done, left: nothing",
        ],
    ),
    (
        "a link whose turn comes only after the lease is handed back",
        [batch("a/1", "a/2", until=45, crawl_delay=30)],
        {"a/1": [SOUND]},
        ["0: ask a/1", "1: a/1 is ok", "31: a is done, left: a/2"],
    ),
    (
        "no visit is begun that may last too long",
        [batch("a/1", "a/2", "a/3", until=25)],
        {"a/1": [Reply(after=3)], "a/2": [Reply(after=3)]},
        ["0: ask a/1", "3: a/1 is ok", "3: ask a/2", "6: a/2 is ok", "6: a is done, left: a/3"],
    ),
    (
        "the end is as long before that of the lease as requests are apart",
        [batch("a/1", "a/2", until=32, crawl_delay=10)],
        {"a/1": [Reply(after=3)]},
        ["0: ask a/1", "3: a/1 is ok", "3: a is done, left: a/2"],
    ),
    (
        "but no more than half a lease before it",
        [batch("a/1", "a/2", until=56, crawl_delay=30)],
        {"a/1": [Reply(after=3)], "a/2": [SOUND]},
        [
            "0: ask a/1",
            "3: a/1 is ok",
            "33: ask a/2",
            "34: a/2 is ok",
            "34: a is done, left: nothing",
        ],
    ),
    (
        "a connection that turns out to be closed costs a second request, and no verdict",
        [batch("a/1")],
        {"a/1": [STALE, SOUND]},
        ["0: ask a/1", "0: ask a/1", "1: a/1 is ok", "1: a is done, left: nothing"],
    ),
    (
        "a host whose front door is silent, too, is down",
        [batch("a/1", "a/2", "a/3")],
        {"a/1": [silent(15)], "a/2": [silent(15)], "a/": [silent(15)]},
        [
            "0: ask a/1",
            "15: a/1 is timeout",
            "15: ask a/2",
            "30: a/2 is timeout",
            "30: ask a/",
            "45: a is done, left: a/3, down",
        ],
    ),
    (
        "one that answers in between is not",
        [batch("a/1", "a/2", "a/3", "a/4")],
        {"a/1": [silent(15)], "a/2": [SOUND], "a/3": [silent(15)], "a/4": [SOUND]},
        [
            "0: ask a/1",
            "15: a/1 is timeout",
            "15: ask a/2",
            "16: a/2 is ok",
            "16: ask a/3",
            "31: a/3 is timeout",
            "31: ask a/4",
            "32: a/4 is ok",
            "32: a is done, left: nothing",
        ],
    ),
    (
        "a settled link is not handed back, though the lease ends at the front door",
        [batch("a/1", "a/2", "a/3", until=50)],
        {"a/1": [silent(15)], "a/2": [silent(15)], "a/": [silent(40)]},
        [
            "0: ask a/1",
            "15: a/1 is timeout",
            "15: ask a/2",
            "30: a/2 is timeout",
            "30: ask a/",
            "50: a is done, left: a/3",
        ],
    ),
    (
        "a link is settled without the page that nobody made, if there is no time for that",
        [batch("a/1", "a/2", until=35)],
        {"a/1": [Reply(after=15, body=LOST)], "a/probe": [silent(40)]},
        [
            "0: ask a/1",
            "15: ask a/probe",
            "35: a/1 is soft_404",
            "35: a is done, left: a/2",
        ],
    ),
]


@pytest.mark.parametrize(
    ("batches", "web", "expected"), [pytest.param(*row, id=name) for name, *row in EVENINGS]
)
def test_an_evening(
    clock: Clock,
    batches: list[HostBatch],
    web: dict[str, list[Reply]],
    expected: list[str],
) -> None:
    evening = Evening(clock, web, OPTIONS)
    with asyncio.Runner(loop_factory=lambda: Loop(clock)) as runner:
        runner.run(evening.pass_by(batches))
    assert evening.lines == expected
