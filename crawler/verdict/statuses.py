"""What a status, or the lack of one, says by itself."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.verdict.view import View, bare

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
    return _status(view, _meaning(status))


def shows_status_line(view: View) -> Judgement | None:
    """Judge a page of success that is called by the line of another status, and of one only.

    What says that nothing is there is worded in many more ways, and judged by its words.
    """
    if not view.is_good or not view.is_html:
        return None
    lines = {found["status"]: found[0] for found in _status_lines(view)}
    if len(lines) != 1 or not lines.keys().isdisjoint(_NOT_THERE):
        return None
    [(status, line)] = lines.items()
    if status in view.asked.url:
        return None
    return Judgement(
        reason=_meaning(int(status)), rule="shows the line of a status", evidence=line[:300]
    )


def _status_lines(view: View) -> Iterator[re.Match[str]]:
    """Yield what may be the line of a status where the page would have its name or its message."""
    shown: list[str] = []
    if view.is_meagre or (view.is_boilerplate and not view.is_declared_article):
        shown += (part for title in view.titles for part in (title, *_BESIDE.split(title)))
        shown += view.title_parts
    if view.is_meagre and view.heading:
        below = view.lead.partition(view.heading)[2].strip().partition("\n")[0]
        shown += (view.heading, f"{view.heading} {below}")
    if view.is_thin:
        shown += view.blocks[:_FIRST]
    for line in map(bare, shown):
        found = _LINE.fullmatch(line)
        if found and (found["before"] or found["after"]):
            yield found


# What servers call a status, and how they name its number.
_CALLED: Final = (
    *(re.escape(status.phrase.casefold()) for status in HTTPStatus if status >= 400),
    r"(?:access )?(?:is )?(?:forbidden|denied|restricted)|(?:un-?|not )authori[sz]ed"
    r"|(?:authori[sz]ation|authentication|login) required|not (?:allowed|supported)"
    r"|(?:request|payload|uri)\b.{0,30} too (?:large|long)|(?:request|gateway) time-?out"
    r"|internal error|server error|bandwidth limit exceeded|(?:scheduled )?maintenance"
    r"|(?:service )?(?:temporarily )?unavailable|(?:web )?server is (?:down|overloaded)"
    r"|zugriff verweigert|verboten|acc[eè]s \w+|interdit|acceso \w+|prohibido|acesso \w+"
    r"|accesso \w+|доступ \w+|禁止访问|拒绝访问|访问被拒绝|没有权限|无权访问|未授权|请求错误"
    r"|错误请求|请求过多|请求超时|方法不允许|未实现|因法律原因不可用|服务器(?:内部)?错误|网关错误|网关超时"
    r"|服务不可用|error|fehler|erreur|错误",
)
_NUMBERED: Final = (
    r"(?:https?(?:/[\d.]+)?|error|status|code|response|fehler|erreur|errore?|erro|błąd|ошибка"
    r"|помилка|hata|错误|エラー|오류)"
)
_LINE: Final = re.compile(
    rf"(?P<before>(?:(?:{'|'.join(_CALLED)}|{_NUMBERED})\W*)*+)(?P<status>[45]\d\d)\W*"
    rf"(?P<after>(?:(?:{'|'.join(_CALLED)})\W*)*+)"
)
_NOT_THERE: Final = frozenset({"404", "410"})
_BESIDE: Final = re.compile(r"\W*[|｜·•»]\W*")
_FIRST: Final = 6


def _meaning(status: int) -> Reason:
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
