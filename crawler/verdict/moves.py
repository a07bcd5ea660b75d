"""Moves for good: the page is there, and has another address from now on."""

from urllib.parse import urldefrag

from catalog.address import joined
from catalog.records import Hop, Judgement, Visit
from catalog.vocabulary import Reason
from crawler.pages.addresses import Address
from crawler.verdict.view import View


def moved(view: View) -> Judgement | None:
    """Judge a page that is there and has, says the server, another address from now on."""
    address, hop = permanent_address(view.visit)
    if hop is None or urldefrag(address)[0] == urldefrag(view.visit.url)[0]:
        return None
    if hop.how == "migrated":
        return Judgement(
            reason=Reason.ACCOUNT_MIGRATED,
            rule="account moved",
            evidence=f"now at {address}",
            suggestion=address,
        )
    same = Address.of(address).is_same_page(view.asked)
    return Judgement(
        reason=Reason.MOVED_PERMANENTLY,
        rule="moved for good, the same page by a tidier address" if same else "moved for good",
        evidence=f"status {hop.status}, now at {address}",
        suggestion=address,
    )


def permanent_address(visit: Visit) -> tuple[str, Hop | None]:
    """Return the last address reached by permanent hops alone, and the hop that led there.

    Behind a temporary hop nothing is for good: the site may send the next reader
    elsewhere. What the link said after `#` is kept, since browsers keep it too.
    """
    address, last = visit.url, None
    for hop in visit.hops:
        if not hop.permanent:
            break
        address, last = joined(hop.url, hop.location) or hop.location, hop
    fragment = urldefrag(visit.url)[1]
    if last is not None and fragment and not urldefrag(address)[1]:
        address = f"{address}#{fragment}"
    return address, last
