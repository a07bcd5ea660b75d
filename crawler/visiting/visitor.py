"""One visit: ask, follow each redirect by hand so that every hop is known, and read the page."""

import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote_from_bytes

import ada_url

from catalog.address import WEB_SCHEMES, host_of
from catalog.records import DueLink, Hop, Page, Visit
from catalog.vocabulary import Reason
from crawler.messages import Chain, LinkTask
from crawler.options import CrawlOptions
from crawler.pages.page import read_page
from crawler.verdict.statuses import REDIRECTS
from crawler.visiting.cookies import Cookies
from crawler.visiting.egress import named_refusal
from crawler.visiting.exchange import Answer, LeaseEndedError
from crawler.visiting.failures import FetchError

# Their bodies change nothing: the server has said in the status what there is to say.
_WITHOUT_PAGE = frozenset({304, 404, 410})

# Every character that an address may have as it is; whatever else a header holds is bytes.
_ADDRESS_BYTES = "".join(map(chr, range(0x20, 0x7F)))

# Cloudflare and Amazon take 16 kB, most servers half of that.
_LONGEST_ADDRESS = 16 * 1024


_EXCLUDED = "excluded by the configuration"


class Web(Protocol):
    """What a visitor may do: hosts have their own rules, and their turns.

    Both raise `LeaseEndedError` where the host is not ours to ask, or not now.
    """

    async def allows(self, host: str, url: str) -> bool:
        """Return whether the host's robots.txt lets us ask for *url*."""

    async def get(self, host: str, url: str, headers: Mapping[str, str], seconds: float) -> Answer:
        """Return the answer to a request, when it is our turn; raises `FetchError`."""


class Visitor:
    """Makes visits with the manners of one crawl."""

    def __init__(self, web: Web, options: CrawlOptions) -> None:
        self._web = web
        self._options = options
        self._excluded = tuple(map(re.compile, options.exclude))
        self.headers = {
            "User-Agent": options.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8,*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }

    async def visit(self, task: LinkTask) -> Visit | Chain:
        """Return the visit, or the chain so far where it leads to what we may not ask now.

        Raises `LeaseEndedError` where we may not even begin.
        """
        walk = _Walk(task, self._options)
        return walk.visit() if await self._follow(walk, task) else walk.chain()

    async def _follow(self, walk: "_Walk", task: LinkTask) -> bool:
        """Go where *task* leads; return False where a redirect leads to what we may not ask now.

        Raises `LeaseEndedError` where we may not even begin.
        """
        if self._excludes(task.link.url):
            walk.fail(Reason.EXCLUDED, _EXCLUDED)
        while (target := walk.target()) is not None:
            try:
                await self._step(walk, *target)
            except LeaseEndedError:
                if not walk.has_hops:
                    raise
                return False  # whoever has the host next goes on from here
        return True

    def _excludes(self, url: str) -> bool:
        return any(found.search(url) for found in self._excluded)

    async def probe(self, host: str, url: str) -> Visit | None:
        """Return a visit to *url*, which no link names; None where it may not be made.

        It ends, with the status of the redirect, where that leads to what we may not ask now.
        Raises `LeaseEndedError` where we may not even begin.
        """
        task = LinkTask(link=DueLink(link_id=0, url=url, host=host))
        walk = _Walk(task, self._options)
        await self._follow(walk, task)
        visit = walk.visit()
        return None if visit.failure in (Reason.ROBOTS, Reason.EXCLUDED) else visit

    async def _step(self, walk: "_Walk", host: str, url: str) -> None:
        if self._excludes(url):
            walk.fail(Reason.EXCLUDED, f"{_EXCLUDED}: {url}")
            return
        try:
            if not await self._web.allows(host, url):
                walk.fail(Reason.ROBOTS, f"robots.txt of {host}")
                return
            headers = self.headers | walk.own_headers()
            answer = await self._web.get(host, url, headers, walk.seconds_left)
        except FetchError as error:
            walk.seconds += error.seconds
            walk.fail(error.reason, error.detail)
        else:
            walk.take(answer)


class _Walk:
    """The way of one visit: where it has been, where it goes next, and how it ended."""

    def __init__(self, task: LinkTask, options: CrawlOptions) -> None:
        chain = task.chain or Chain(url=task.link.url.strip())
        self._link = task.link
        self._options = options
        self._next: str | None = chain.url
        self._hops = list(chain.hops)
        self._cookies = Cookies(chain.cookies)
        self._been: set[tuple[str, str]] = set()
        self._url = chain.url
        self._answer: Answer | None = None
        self._page: Page | None = None
        self._failure: tuple[Reason, str] | None = None
        self.seconds = chain.seconds
        self._size = chain.size
        self._probe = chain.probe

    @property
    def has_hops(self) -> bool:
        return bool(self._hops)

    @property
    def seconds_left(self) -> float:
        return max(self._options.whole_visit - self.seconds, 0.0)

    def target(self) -> tuple[str, str] | None:
        """Return the host and the address to ask next; None where the visit is over."""
        if self._next is not None and (refused := self._refused(self._next)):
            self.fail(*refused)
        return None if self._next is None else (host_of(self._url), self._url)

    def _refused(self, url: str) -> tuple[Reason, str] | None:
        """Return why *url* is not asked, if so; else it becomes the address that is."""
        self._url = url
        try:
            parsed = ada_url.URL(url)
        except (ValueError, UnicodeEncodeError):
            return Reason.BAD_URL, url[:200]
        parsed.hash = ""
        self._url = str(parsed.href)
        if parsed.protocol not in WEB_SCHEMES:
            return Reason.SCHEME, str(parsed.protocol).rstrip(":")
        if len(self._url) > _LONGEST_ADDRESS:
            return Reason.BAD_URL, "longer than any server takes"
        private = named_refusal(str(parsed.hostname))
        if private and not self._options.allow_private:
            return Reason.PRIVATE_ADDRESS, private
        if self.seconds_left <= 0:
            return Reason.TIMEOUT, "the whole visit took too long"
        return None

    def fail(self, reason: Reason, detail: str) -> None:
        self._failure = (reason, detail)
        self._next = None

    def own_headers(self) -> dict[str, str]:
        """Return the headers of this visit alone: its cookies, and what is known already."""
        headers = {}
        if cookies := self._cookies.header(self._url):
            headers["Cookie"] = cookies
        # Of another page they would say that it is older, and not that it is there.
        if self._url == self._link.seen_at:
            if self._link.etag:
                headers["If-None-Match"] = self._link.etag
            if self._link.last_modified:
                headers["If-Modified-Since"] = self._link.last_modified
        return headers

    def take(self, answer: Answer) -> None:
        """Take in *answer*, and go where it leads."""
        self._answer = answer
        self._next = None
        self.seconds += answer.seconds
        self._size += answer.received
        self._been.add((self._url, self._cookies.header(self._url)))
        self._cookies.take(self._url, answer.cookies)
        if target := redirect_target(answer, self._url):
            self._go(answer.status, target, "http")
            return
        if answer.status in _WITHOUT_PAGE:
            return
        self._page = page = read_page(
            answer.body, answer.said, self._url, truncated=answer.truncated
        )
        for target, how in ((page.migrated_to, "migrated"), (page.refresh, "refresh")):
            # Each of them once: a page may well refresh itself for ever.
            if target and not any(hop.how == how for hop in self._hops):
                self._go(answer.status, _joined(self._url, target), how)
                return

    def chain(self) -> Chain:
        """Return where the visit goes on, for whoever goes on with it."""
        return Chain(
            url=self._url,
            hops=tuple(self._hops),
            cookies=tuple(self._cookies.lines),
            seconds=self.seconds,
            size=self._size,
            probe=self._probe,
        )

    def visit(self) -> Visit:
        """Return the visit now that it is over."""
        reason, detail = self._failure or (None, "")
        answered = self._answer is not None and reason is None
        return Visit(
            url=self._link.url,
            status=self._answer.status if answered and self._answer else None,
            failure=reason,
            detail=detail,
            final_url=self._url,
            hops=tuple(self._hops),
            headers=self._answer.said if answered and self._answer else {},
            page=self._page if answered else None,
            seconds=self.seconds,
            size=self._size,
        )

    def _go(self, status: int, target: str, how: str) -> None:
        if how == "refresh" and target.partition("#")[0] == self._url:
            return
        # It is refused all the same, and need not be kept whole.
        target = target[: _LONGEST_ADDRESS + 1]
        self._hops.append(Hop(url=self._url, status=status, location=target, how=how))
        self._next = target
        if (target.partition("#")[0], self._cookies.header(target)) in self._been:
            self.fail(Reason.REDIRECT_LOOP, f"back to {target}")
        elif len(self._hops) > self._options.redirects:
            self.fail(Reason.REDIRECT_LOOP, f"more than {self._options.redirects} redirects")


def redirect_target(answer: Answer, url: str) -> str:
    """Return where *answer* sends whoever has asked for *url*; empty where it does not.

    Bytes beyond ASCII are kept, whatever they spell: a browser sends them back as they came,
    and so the server understands them, in UTF-8 or in GBK.
    """
    if answer.status not in REDIRECTS or not answer.location:
        return ""
    return _joined(url, quote_from_bytes(answer.location.strip(), safe=_ADDRESS_BYTES))


def _joined(base: str, address: str) -> str:
    """Return *address* as it is meant on the page *base*; unchanged where it is none."""
    try:
        return str(ada_url.URL(address.strip(), base=base).href)
    except (ValueError, UnicodeEncodeError):
        return address
