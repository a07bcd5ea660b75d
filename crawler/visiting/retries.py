"""Whether a link is visited again this night, and when: retries that fit the failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from catalog.http_times import retry_after
from catalog.standing import NIGHT
from catalog.vocabulary import Reason, Verdict
from crawler.options import CrawlOptions

# Trouble that may be over in a moment. Other silence (nobody listens, nothing comes back)
# rarely is: it gets one more chance, at the end of the run.
_PASSING = frozenset(
    {Reason.CONNECTION_RESET, Reason.SERVER_ERROR, Reason.PROTOCOL_ERROR, Reason.DNS_FAILURE}
)

# Hard evidence that a careless deployment or a stumbling name server produces, too: it has
# to be seen twice in a night before it counts.
_CONFIRMED = frozenset({Reason.NOT_FOUND, Reason.HOST_NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """When to visit a link once more: in how many seconds, and which attempt that is."""

    wait: float
    attempt: int


def next_attempt(
    reason: Reason,
    attempt: int,
    options: CrawlOptions,
    *,
    retry_after: float | None = None,
    is_known: bool = False,
) -> Retry | None:
    """Return what is to be done after *attempt* ended with *reason*; None to leave it at that.

    *retry_after* is what the host asked for. *is_known* says that the link was broken
    already, so that nothing new would be confirmed.
    """
    if attempt >= options.attempts:
        return None
    if reason is Reason.RATE_LIMITED or retry_after is not None:
        return _rested(attempt, options, retry_after)
    if reason in _PASSING:
        last = attempt == options.attempts - 1
        wait = options.second_pass if last else backoff(attempt, options)
        return Retry(wait=wait, attempt=attempt + 1)
    if reason.verdict is Verdict.UNREACHABLE or (reason in _CONFIRMED and not is_known):
        return Retry(wait=options.second_pass, attempt=options.attempts)
    return None


def host_rest(attempt: int, options: CrawlOptions, retry_after: float | None) -> float:
    """Return how long a host that asked for it is left alone: as long as it asked, for a night.

    Who asks for more is asked again by the next night's run: a slip in a server's settings
    must not hide its links for years.
    """
    return max(min(retry_after or 0.0, NIGHT.total_seconds()), backoff(attempt, options))


def backoff(attempt: int, options: CrawlOptions) -> float:
    """Return the seconds to wait after *attempt*: twice as long each time, and never in step."""
    # Here, since it takes every process of a crawl long to load, and few of them need it.
    from tenacity import RetryCallState, Retrying, wait_exponential_jitter

    wait = wait_exponential_jitter(
        multiplier=options.backoff, max=options.second_pass, jitter=options.backoff / 2
    )
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = attempt
    return float(wait(state))


def asked_rest(status: int | None, headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds an answer asks to be left alone, 0 where it names no time.

    None where it does not ask. Only with these statuses it is the host that is busy.
    """
    if status not in (429, 503):
        return None
    asked = retry_after(headers.get("retry-after", ""), now)
    return 0.0 if asked is None and status == 429 else asked


def _rested(attempt: int, options: CrawlOptions, asked: float | None) -> Retry | None:
    rest = host_rest(attempt, options, asked)
    if rest > options.retry_after_cap:
        return None
    return Retry(wait=rest, attempt=attempt + 1)
