"""Tell a dead man's switch, as healthchecks.io runs one, that a night began and how it ended."""

import logging

import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from nightly.exits import Exit

TIMEOUT = 10.0
_LONGEST_NOTE = 10_000

_log = logging.getLogger(__name__)


def ping_start(url: str) -> bool:
    """Say at *url* that a night begins; False where nobody listens, which stops no night."""
    return _ping(f"{url.rstrip('/')}/start", "")


def ping_end(url: str, status: Exit, note: str) -> bool:
    """Say at *url* with which *status* a night ended, and in a *note* what it did."""
    return _ping(f"{url.rstrip('/')}/{int(status)}", note)


def _ping(url: str, note: str) -> bool:
    try:
        _post(url, note[:_LONGEST_NOTE].encode())
    except (requests.RequestException, ValueError) as error:  # also for a redirect to nowhere
        # Without the address: whoever knows it can ping in our name.
        _log.warning("the ping did not arrive: %s", type(error).__name__)
        return False
    return True


@retry(
    retry=retry_if_exception_type(requests.RequestException),
    stop=stop_after_attempt(3),
    wait=wait_exponential(multiplier=0.2, max=2),
    reraise=True,
)
def _post(url: str, body: bytes) -> None:
    answer = requests.post(
        url,
        data=body,
        timeout=TIMEOUT,
        headers={"User-Agent": "linkledger"},
        allow_redirects=False,
    )
    answer.raise_for_status()
    if answer.is_redirect:  # what is posted does not arrive where it leads
        raise requests.TooManyRedirects(response=answer)
