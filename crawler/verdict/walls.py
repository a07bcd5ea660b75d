"""Walls: what a site shows to robots, while a reader perhaps gets the page."""

import re
from collections.abc import Iterator
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.phrases.phrasebook import Confidence, Kind, Phrase, Place, phrases_for
from crawler.verdict.places import shown
from crawler.verdict.redirects import is_login
from crawler.verdict.subject import CHANGES
from crawler.verdict.view import View, bare

# Used by one guard and by nobody else: SafeLine, Jiasule, LinkedIn.
_GUARDS: Final = {
    468: "SafeLine's own status",
    512: "Jiasule's own status",
    999: "LinkedIn's own status",
}

# Sites that show robots a shell, be the page there or not.
_OPAQUE: Final = ("x.com", "twitter.com", "facebook.com", "instagram.com", "linkedin.com")


# Characters: what stands beside the fields of a form, and in the menu around it.
_FORM: Final = 160

# What addresses of such forms have in them.
_DOOR: Final = re.compile(
    r"regist|sign[-_]?(?:up|in|on)|log[-_]?[io]n|join|passw|account|auth|admin|user|member",
    re.IGNORECASE,
)

# What guards call a page that only waits for its script; a page that is there has a name.
_WAITING: Final = re.compile(
    r"(?:you are being |being )?redirect(?:ed|ing)|(?:please wait|loading|one moment|just a moment"
    r"|checking your (?:browser|connection|device|request)|verifying)\b.{0,30}"
    r"|请稍[候等后].{0,10}|正在(?:跳转|加载|验证).{0,10}"
)


def meets_wall(view: View) -> Judgement | None:
    """Judge an answer that came from a guard: nothing is known of the page behind it."""
    if view.visit.status is None:
        return None
    if view.status in _GUARDS:
        return Judgement(
            reason=Reason.BOT_WALL,
            rule="a status that only guards use",
            evidence=f"status {view.status}: {_GUARDS[view.status]}",
        )
    return _by_phrase(view) or _by_script(view) or _by_shell(view) or _by_form(view)


def _by_phrase(view: View) -> Judgement | None:
    for place in _plain_places(view):
        for phrase in phrases_for(view.scope, Kind.WALL, place):
            if (found := shown(phrase, view)) and _is_plain(phrase, view):
                return Judgement(reason=phrase.reason, rule=f"wall, {phrase.name}", evidence=found)
    return None


def _plain_places(view: View) -> Iterator[Place]:
    """Yield where a guard's words would be the message of this page, and no passing trace."""
    yield Place.HEADER
    if view.visit.hops:
        yield Place.ADDRESS
    if not view.is_words or not (_is_refusal(view) or view.is_thin):
        return
    yield from (Place.TITLE, Place.WHOLE, Place.TEXT)
    if _is_refusal(view) or (view.is_bare and _is_nameless(view)):
        yield Place.SOURCE


def _is_plain(phrase: Phrase, view: View) -> bool:
    if view.status in (404, 410) and not phrase.hosts:
        return False
    if phrase.confidence is Confidence.LOW:
        return _is_refusal(view)
    is_door = phrase.reason is Reason.LOGIN_REQUIRED and not phrase.hosts
    if not is_door:
        return True
    if CHANGES.search(view.heading):
        return False
    return view.is_thin and not view.asked.is_home and not is_login(view.asked)


def _is_nameless(view: View) -> bool:
    """Whether a page calls itself nothing, or no more than that one has to wait."""
    return all(_WAITING.fullmatch(bare(name)) for name in view.names)


def _is_refusal(view: View) -> bool:
    return view.status >= 400 and view.status not in (404, 410)


def _by_script(view: View) -> Judgement | None:
    """Judge 521 with a script for a page: Jiasule's; Cloudflare's own has words."""
    if view.status != 521 or not (view.is_shell or view.ended.is_on("csdn.net")):
        return None
    return Judgement(
        reason=Reason.BOT_WALL, rule="a script to be solved", evidence=f"status {view.status}"
    )


def _by_form(view: View) -> Judgement | None:
    """Judge a page of hardly a word that asks for a password, and was not linked as such."""
    page = view.page
    if not view.is_good or "password" not in page.markers or page.text_length > _FORM:
        return None
    if page.prose_length or view.has_headline:
        return None
    if view.asked.is_home or _DOOR.search(view.asked.path):
        return None
    return Judgement(
        reason=Reason.LOGIN_REQUIRED,
        rule="a form for a password, and hardly a word",
        evidence=view.lead.replace("\n", " ") or "a field for a password",
    )


def _by_shell(view: View) -> Judgement | None:
    """Judge a page that a script is to fill, on a site that fills it for members only."""
    if not view.is_good or not view.is_html or not view.is_shell or view.page.description:
        return None
    site = next((host for host in _OPAQUE if view.ended.is_on(host)), "")
    if site and all(name in site for name in view.title_parts):
        return Judgement(
            reason=Reason.BOT_WALL, rule="a site that shows robots a shell", evidence=site
        )
    return None
