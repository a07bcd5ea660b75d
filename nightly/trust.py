"""Whether a night may be believed: a break of the network is not a break of the links. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

# Fewer hosts than this say nothing about the network: an archive of two blogs on one server
# may well lose both in a night.
FEWEST_HOSTS = 5

# From this share of the hosts that were well before on, the fault is ours. Between nights a
# host in fifty fails or recovers, in a bad week one in ten; an outage that spares half of the
# hosts has not been seen. `tests/nightly/test_trust.py` works out both kinds of error.
LARGEST_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class HostNight:
    """What one host did in a night: its links visited, by what became of them.

    `answered` counts the visits that got any answer of a server, `was_well` the links that
    a reader got at the visit before, `fell` those of them that a reader would not get now.
    `shown` is what a first page of the host looked like: the host it was found on, and its
    fingerprint; empty where no page was seen.
    """

    host: str
    visits: int
    answered: int
    was_well: int
    fell: int
    shown: str = ""


def doubt(hosts: Collection[HostNight]) -> str:
    """Return why a night with these *hosts* is not to be trusted, empty where it is.

    A few hosts may do anything. Many hosts that all turn at once, or that all show one
    page, are one cause, and that is a network, a resolver or a proxy on our side.
    """
    return _silence(hosts) or _sudden_fall(hosts) or _one_page_for_all(hosts)


def _silence(hosts: Collection[HostNight]) -> str:
    """Say that no server anywhere answered."""
    if len(hosts) >= FEWEST_HOSTS and not any(host.answered for host in hosts):
        return f"none of {len(hosts)} hosts answered"
    return ""


def _sudden_fall(hosts: Collection[HostNight]) -> str:
    """Say that most of the hosts that were well before lost most of their links at once."""
    well = [host for host in hosts if host.was_well]
    fallen = [host for host in well if 2 * host.fell > host.was_well]
    if len(well) >= FEWEST_HOSTS and len(fallen) >= LARGEST_SHARE * len(well):
        return f"{len(fallen)} of {len(well)} hosts that were well before failed at once"
    return ""


def _one_page_for_all(hosts: Collection[HostNight]) -> str:
    """Say that one page stood at most hosts, as a portal or a lying resolver shows it."""
    shown = [host.shown for host in hosts if host.shown]
    most = max((shown.count(page) for page in set(shown)), default=0)
    if most >= FEWEST_HOSTS and most >= LARGEST_SHARE * len(shown):
        return f"{most} of {len(shown)} hosts showed the same page"
    return ""
