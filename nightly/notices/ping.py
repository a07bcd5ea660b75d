"""Tell a dead man's switch, as healthchecks.io runs one, that a night began and how it ended."""

import logging
from pathlib import Path

import requests
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from enrich.options import EnrichOptions
from enrich.transport import open_session
from nightly.exits import Exit

TIMEOUT = 10.0
_LONGEST_NOTE = 10_000

_log = logging.getLogger(__name__)


def ping_start(url: str, ca_file: Path | None = None) -> bool:
    """Say at *url* that a night begins; False where nobody listens, which stops no night.

    Authorities in *ca_file* are trusted beside the usual ones.
    """
    return _ping(f"{url.rstrip('/')}/start", "", ca_file)


def ping_end(url: str, status: Exit, note: str, ca_file: Path | None = None) -> bool:
    """Say at *url* with which *status* a night ended, and in a *note* what it did."""
    return _ping(f"{url.rstrip('/')}/{int(status)}", note, ca_file)


def _ping(url: str, note: str, ca_file: Path | None) -> bool:
    try:
        with open_session(EnrichOptions(ca_file=ca_file)) as session:
            _post(session, url, note[:_LONGEST_NOTE].encode())
    except (requests.RequestException, ValueError) as error:  # also for an address that is none
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
def _post(session: requests.Session, url: str, body: bytes) -> None:
    with session.post(url, data=body, timeout=TIMEOUT, stream=True) as answer:
        answer.raise_for_status()
        if answer.is_redirect:  # what is posted does not arrive where it leads
            raise requests.TooManyRedirects(response=answer)
