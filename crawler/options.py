"""How a crawl behaves: every knob with its default, in one value that workers can be sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Self

from catalog.connect_to import ConnectTo
from crawler.cluster.address import scheduler_address

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

CONTACT = "https://github.com/linkledger/linkledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLimits:
    """How one host is to be treated, where that differs from the others; None: like them."""

    delay: float | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """The knobs of a crawl. Times are in seconds, sizes in bytes.

    `delay` is the time from one request to the next on a host, and `concurrency_per_host` how
    many may be open there; both hold for all workers together. `exclude` are regular
    expressions: an address in which one of them is found is not asked. `workers` is the number of
    processes, None to choose by the work there is; `dask` the address where workers of other
    machines find us instead. `connect_to` maps as curl does (`HOST:PORT:ADDR:PORT`). `ca_data`
    is in the PEM format what `ca_file` would hold, for where that file is not. `first_byte` is
    counted from sending, `whole_visit` over all redirects without the time spent being polite.
    `second_pass` is how long after a failure a link is tried for the last time.
    `failures_per_host` silent links in a row are an incident of the host.
    """

    everything: bool = False
    delay: float = 1.0
    concurrency_per_host: int = 1
    hosts: Mapping[str, HostLimits] = field(default_factory=dict)
    workers: int | None = None
    dask: str = ""
    exclude: tuple[str, ...] = ()

    connect_to: tuple[str, ...] = ()
    ca_file: Path | None = None
    ca_data: str = ""
    allow_private: bool = False
    contact: str = CONTACT

    connect: float = 10.0
    first_byte: float = 20.0
    whole_visit: float = 45.0
    body_size: int = 1024 * 1024
    redirects: int = 10

    attempts: int = 3
    backoff: float = 2.0
    second_pass: float = 120.0
    retry_after_cap: float = 300.0
    failures_per_host: int = 5

    hosts_at_once: int = 256
    lease: float = 120.0

    def __post_init__(self) -> None:
        """Raise `ValueError`, in words for a person, for what cannot be meant."""
        ConnectTo(self.connect_to)
        for pattern in self.exclude:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(
                    f"exclude: {pattern!r} is no regular expression: {error}"
                ) from error
        if self.delay < 0 or self.concurrency_per_host < 1 or (self.workers or 1) < 1:
            raise ValueError(
                "a delay is not below 0, and a number of requests or workers not below 1"
            )
        if self.dask:
            scheduler_address(self.dask)  # raises

    @classmethod
    def from_settings(cls, settings: "BaseSettings") -> Self:
        """Return the options that Scrapy's settings describe; the names are linkledger's own.

        `DOWNLOAD_DELAY` and `CONCURRENT_REQUESTS_PER_DOMAIN` are not read: Scrapy's
        defaults for them cannot be told from a wish.
        """
        defaults = cls()
        ca_file = settings.get("CA_FILE")
        return cls(
            everything=settings.getbool("ALL"),
            delay=settings.getfloat("DELAY", defaults.delay),
            concurrency_per_host=settings.getint(
                "CONCURRENCY_PER_HOST", defaults.concurrency_per_host
            ),
            connect_to=tuple(settings.getlist("CONNECT_TO")),
            ca_file=Path(ca_file) if ca_file else None,
            allow_private=settings.getbool("ALLOW_PRIVATE"),
            second_pass=settings.getfloat("SECOND_PASS", defaults.second_pass),
        )

    def limits(self, host: str) -> tuple[float, int]:
        """Return the delay and the concurrency that *host* is owed."""
        own = self.hosts.get(host) or self.hosts.get(host.partition(":")[0]) or HostLimits()
        delay = self.delay if own.delay is None else own.delay
        return delay, own.concurrency or self.concurrency_per_host

    @property
    def user_agent(self) -> str:
        """Who we say we are: a browser's beginning, as servers expect it, then our own name."""
        return f"Mozilla/5.0 (compatible; linkledger/{_version()}; +{self.contact})"


def _version() -> str:
    try:
        return metadata.version("linkledger")
    except metadata.PackageNotFoundError:
        return "0"  # run from a checkout that nobody installed
