"""What a status, or the lack of one, says by itself."""

from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.verdict.view import View

# What it means for a reader where no other rule knows better. 409, 412 and 418 are how some
# sites (bilibili, douban) turn robots away; a reader's browser gets the page.
_MEANING: Final[dict[int, Reason]] = {
    401: Reason.LOGIN_REQUIRED,
    402: Reason.FORBIDDEN,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    405: Reason.FORBIDDEN,
    406: Reason.FORBIDDEN,
    407: Reason.LOGIN_REQUIRED,
    408: Reason.TIMEOUT,
    409: Reason.FORBIDDEN,
    410: Reason.GONE,
    412: Reason.FORBIDDEN,
    418: Reason.FORBIDDEN,
    421: Reason.PROTOCOL_ERROR,
    425: Reason.PROTOCOL_ERROR,
    426: Reason.PROTOCOL_ERROR,
    428: Reason.FORBIDDEN,
    429: Reason.RATE_LIMITED,
    451: Reason.LEGAL,
}

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""Statuses that send a reader on; one that is left as it is had no address, or none for us."""

# The archive answers so when it is busy: what it has kept is not gone.
_BUSY: Final = ("web.archive.org",)


def gives_no_answer(view: View) -> Judgement | None:
    """Judge silence: the failure is the reason, unless it was a redirect's doing."""
    visit = view.visit
    if visit.failure is None:
        return None
    if visit.hops and visit.failure in _UNSAFE_AFTER_REDIRECT:
        return Judgement(
            reason=Reason.REDIRECT_UNSAFE,
            rule="redirects to where nobody should be sent",
            evidence=f"{visit.hops[-1].location} ({visit.detail or visit.failure})",
        )
    if visit.failure is Reason.TLS_INVALID and _is_incomplete_chain(visit.detail):
        return Judgement(
            reason=Reason.TLS_ERROR,
            rule="certificate of an issuer that browsers may find by themselves",
            evidence=visit.detail,
        )
    evidence = visit.detail
    if visit.hops:
        evidence = f"{visit.final_url or visit.hops[-1].location}: {evidence}".rstrip(": ")
    return Judgement(reason=visit.failure, rule="no answer", evidence=evidence)


# On the first address these are our own refusals; behind a redirect the reader is led astray.
_UNSAFE_AFTER_REDIRECT: Final = frozenset(
    {Reason.PRIVATE_ADDRESS, Reason.SCHEME, Reason.BAD_URL, Reason.REDIRECT_UNSAFE}
)


def _is_incomplete_chain(detail: str) -> bool:
    """Whether OpenSSL missed an intermediate certificate, its error 20 or 21."""
    text = detail.lower()
    return "incomplete chain" in text or "unable to get local issuer" in text


def means_what_it_says(view: View) -> Judgement | None:
    """Judge any other status that is not success: it has one meaning, or none that we know."""
    status = view.status
    if 200 <= status < 300 or status in (300, 304):
        return None
    if status in (429, 503) and any(view.ended.is_on(host) for host in _BUSY):
        return _status(view, Reason.RATE_LIMITED)
    if status in REDIRECTS:
        return Judgement(
            reason=Reason.SERVER_ERROR,
            rule="redirect without an address",
            evidence=f"status {status}",
        )
    return _status(view, meaning(status))


def meaning(status: int) -> Reason:
    """Return what a *status* other than success means for a reader."""
    if status >= 500 or status < 100:
        return Reason.SERVER_ERROR
    return _MEANING.get(status, Reason.UNEXPECTED_STATUS)


def _status(view: View, reason: Reason) -> Judgement:
    """Return *reason* with the status as evidence, and where a redirect led to it."""
    evidence = f"status {view.status}"
    if view.visit.hops:
        evidence += f" at {view.ended.url}"
    return Judgement(reason=reason, rule=f"status {view.status}", evidence=evidence)
