"""Pages of success that are called by the line of another status, as `403 Forbidden`."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from catalog.records import Judgement
from crawler.verdict.statuses import meaning
from crawler.verdict.view import View, bare

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
        reason=meaning(int(status)), rule="shows the line of a status", evidence=line[:300]
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
