"""What a robots.txt asks of us: pure reading of the rules, by the parser that Scrapy uses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from catalog.clock import moment
from catalog.records import Robots

# The name that a robots.txt calls us by.
TOKEN = "linkledger"  # noqa: S105 (a name, not a secret)

# RFC 9309, 2.4: a day, unless the file cannot be had.
FRESH = timedelta(hours=24)

# RFC 9309, 2.3.1.2: at least this many are followed.
REDIRECTS_FOLLOWED = 5

# RFC 9309, 2.5: at least this much of the file has to be read.
LIMIT = 500 * 1024

LONGEST_DELAY = 30.0  # what more is asked for is not politeness but a closed door left ajar


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one host for us; without a file everything is allowed."""

    _parser: Protego | None = None

    @classmethod
    def of(cls, file: Robots | None) -> "Rules":
        """Return the rules in *file*.

        A file that is not there forbids nothing (RFC 9309, 2.3.1.3). Neither does a server
        that has failed ever since it is known: whoever looks after one address that a person
        wrote down would otherwise call every host that is down «closed to robots».
        """
        if file is None or file.status is None or not 200 <= file.status < 300:
            return cls()
        return cls(Protego.parse(file.text))

    def allows(self, url: str) -> bool:
        """Return whether we may ask for *url*."""
        return self._parser is None or bool(self._parser.can_fetch(url, TOKEN))

    @property
    def delay(self) -> float:
        """The seconds between requests that the file asks for, up to a limit; 0 for none."""
        if self._parser is None:
            return 0.0
        return min(float(self._parser.crawl_delay(TOKEN) or 0.0), LONGEST_DELAY)


def settled(seen: Robots, known: Robots | None) -> Robots:
    """Return what holds after a look at a host's file: a look that failed changes nothing.

    What was known holds for as long as the file cannot be had (RFC 9309, 2.3.1.4 and 2.4).
    """
    return known if known is not None and _has_failed(seen) else seen


def _has_failed(seen: Robots) -> bool:
    """Return whether a server did not say what its rules are, nor that it has none.

    A redirect is what is left where it leads too far, or to a host that we may not ask now.
    """
    status = seen.status
    return status is None or 300 <= status < 400 or status == 429 or status >= 500


def is_fresh(file: Robots, now: datetime) -> bool:
    """Return whether *file* still counts at *now*."""
    return now - moment(file.fetched_at) < FRESH
