"""Domains that lapsed: they answer, but for whoever wants to buy them."""

import re
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.phrases.phrasebook import Confidence, Kind, Phrase, Place, phrases_for
from crawler.verdict.places import shown
from crawler.verdict.subject import is_named_otherwise
from crawler.verdict.view import View

# Where lapsed domains are sent: dealers, and companies that fill them with advertisements.
_DEALERS: Final = (
    *("sedo.com", "sedoparking.com", "dan.com", "hugedomains.com", "afternic.com", "bodis.com"),
    *("parkingcrew.net", "parklogic.com", "above.com", "uniregistry.com", "undeveloped.com"),
    *("domainmarket.com", "buydomains.com", "domainnamesales.com", "skenzo.com", "efty.com"),
    *("atom.com", "squadhelp.com", "brandbucket.com", "perfectdomain.com", "domains.atom.com"),
    *("4.cn", "ename.com", "mi.aliyun.com", "wanmi.aliyun.com", "juming.com", "22.cn"),
)
_DEALERS_PAGE: Final = re.compile(r"/(?:forsale|lander|domain_profile\.cfm|domains?-for-sale)\b")
# Parking companies serve a domain's advertisements from ww1.…, ww25.… of it.
_PARKING_NAME: Final = re.compile(r"ww\d{1,2}\.")

# What is sold on domains that others let lapse. Telling only where the archive never spoke of it.
SQUATTERS: Final = re.compile(
    r"\b(?:casinos?|slots?|poker|betting|sportsbook|gacor|togel|judi|escorts?|viagra|porn|xxx|bahis"
    r"|(?:essay|paper|dissertation)[- ]writing|write my (?:essay|paper)|payday loans?"
    r"|(?:replica|fake) watches|nhà cái|cá cược|tài xỉu|xổ số|казино|букмекер\w*)\b"
    r"|博彩|彩票|娱乐城|棋牌|赌场|赌博|葡京|百家乐|威尼斯人|时时彩|六合彩|投注|真人视讯|老虎机|成人视频"
    r"|カジノ|ブックメーカー|パチスロ|카지노|바카라|토토사이트|먹튀|สล็อต|บาคาร่า|คาสิโน"
)

# Whoever offers an address of its own means the domain.
_OFFER: Final = re.compile(r"(?:buy|own|purchase|acquire|get) ([\w.-]+\w)\W*")

_LONGEST_BLOCK: Final = 300
_LONGEST_PAGE: Final = 4_000


def is_for_sale(view: View) -> Judgement | None:
    """Judge a domain that is parked: by where it leads, what it says, or whose script it has."""
    if not view.is_good and view.status not in (400, 402, 403, 406, 503):
        return None
    return _by_address(view) or (_by_words(view) if view.is_words else None)


def _by_address(view: View) -> Judgement | None:
    asked, ended = view.asked, view.ended
    if not view.visit.hops or asked.site == ended.site:
        return None
    is_dealer = any(ended.is_on(host) for host in _DEALERS)
    is_parking = _PARKING_NAME.match(ended.host) and ended.is_on(asked.site)
    is_dealers_page = _DEALERS_PAGE.match(ended.path) and ended.is_on("godaddy.com")
    if is_dealer or is_parking or is_dealers_page:
        return _parked("redirected to a dealer in domains", f"ended at {ended.url}")
    return None


def _by_words(view: View) -> Judgement | None:
    is_nameless = set(view.names) <= {view.ended.host, view.ended.site}
    if (view.is_article and not is_nameless) or view.page.text_length > _LONGEST_PAGE:
        return None
    if view.visit.hops and view.ended.path.rstrip("/") == "/lander":
        return _parked("redirected to a lander", f"ended at {view.ended.url}")
    for name in view.names:
        if (offer := _OFFER.fullmatch(name)) and offer[1] == view.ended.site:
            return _parked("offers its own address", name)
    blocks = (block for block in (*view.names, *view.blocks) if len(block) <= _LONGEST_BLOCK)
    text = "\n".join(blocks)
    # A list of articles may name one that offers a domain.
    is_on_another = view.is_declared_article and is_named_otherwise(view)
    for place in (Place.SOURCE, Place.WHOLE, *(() if is_on_another else (Place.TEXT,))):
        for phrase in phrases_for(view.scope, Kind.PARKED, place):
            if not _is_sure(phrase, view):
                continue
            is_text = place is Place.TEXT
            if found := phrase.found_in(text) if is_text else shown(phrase, view):
                return _parked(f"parked, {phrase.name}", found)
    return None


def _is_sure(phrase: Phrase, view: View) -> bool:
    """Whether *phrase* would decide here: a script's address may be on living pages too."""
    if phrase.confidence is Confidence.HIGH:
        return True
    return view.is_thin and not (phrase.place is Place.SOURCE and view.heading)


def _parked(rule: str, evidence: str) -> Judgement:
    return Judgement(reason=Reason.PARKED, rule=rule[:200], evidence=evidence[:300])
