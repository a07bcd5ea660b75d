"""Whether there is a network at all: a look at the canaries before the night begins."""

import secrets
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import requests

from catalog.connect_to import ConnectTo
from catalog.http_times import http_date
from enrich.answers import Answer, classify
from nightly.config import Settings
from nightly.stage_options import enrich_options

# How many seconds a canary may take; they are asked at the same time.
PATIENCE = 10.0
HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Connectivity:
    """What the canaries said: which could be reached, and why the others could not.

    `lie` is the address that the resolver made up for a name that cannot exist, or empty.
    """

    reached: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    lie: str = ""

    @property
    def trouble(self) -> str:
        """Why no night should begin, in words; empty where one may."""
        if self.lie:
            return f"the resolver answers {self.lie} for a name that does not exist"
        if self.failed and not self.reached:
            asked = ", ".join(f"{canary} ({why})" for canary, why in self.failed)
            return f"nothing could be reached: {asked}"
        return ""


def look(canaries: Sequence[str], connect_to: tuple[str, ...] = ()) -> Connectivity:
    """Return whether *canaries*, each `host:port`, accept a connection.

    One that does is enough. With none to ask, nothing is known and nothing is in trouble.
    Where *connect_to* leads a canary elsewhere, that place has to accept it; where it leads
    every host elsewhere, no resolver is asked.
    """
    if not canaries:
        return Connectivity(reached=(), failed=())
    elsewhere = ConnectTo(connect_to)
    with ThreadPoolExecutor(max_workers=len(canaries) + 1) as pool:
        everywhere = elsewhere.target(_made_up_name(), HTTPS) is not None
        lie = pool.submit(str if everywhere else _made_up_address)
        answers = list(pool.map(partial(_refusal, elsewhere), canaries))
    failed = tuple((canary, why) for canary, why in zip(canaries, answers, strict=True) if why)
    reached = tuple(canary for canary, why in zip(canaries, answers, strict=True) if not why)
    return Connectivity(reached=reached, failed=failed, lie=lie.result())


def github_quota(settings: Settings, token: str = "") -> Answer:
    """Return GitHub's word on the quota of *token*, which costs none of it.

    Raises `requests.RequestException`.
    """
    from enrich.transport import fetch, open_session  # takes long to load, and few need it

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with open_session(enrich_options(settings)) as session:
        return classify(*fetch(session, settings.github_quota, PATIENCE, headers))


def time_told_by_github(settings: Settings) -> datetime | None:
    """Return what time it is by GitHub's clock; None where it does not tell."""
    try:
        return http_date(github_quota(settings).header("date"))
    except requests.RequestException:
        return None


def _refusal(elsewhere: ConnectTo, canary: str) -> str:
    """Return why *canary* does not accept a connection, empty where it does."""
    name, _, port = canary.rpartition(":")
    host = name.strip("[]")
    try:
        place = elsewhere.target(host, int(port)) or (host, int(port))
        socket.create_connection(place, timeout=PATIENCE).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _made_up_name() -> str:
    """Return a name that nobody has.

    Not below `.invalid`: some resolvers know that one, and lie about all the others.
    """
    return f"{secrets.token_hex(16)}.com"


def _made_up_address() -> str:
    """Return what the resolver says of a name that nobody has, empty if it admits it."""
    try:
        return str(socket.getaddrinfo(_made_up_name(), HTTPS)[0][4][0])
    except OSError:
        return ""
