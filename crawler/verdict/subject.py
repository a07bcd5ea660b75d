"""What a page is on: whether its heading names something to read, or is a message itself."""

import re
from typing import Final

from crawler.verdict.sentences import STATEMENT
from crawler.verdict.view import MESSAGE, View, bare

# More than one word: fewer are a site's own name as often as a page's.
_NAME: Final = re.compile(r"\w \w|[\u2e80-\u9fff][\u2e80-\u9fff\d]{5}")
_COPYRIGHT: Final = re.compile(r"©|\(c\)|\bcopyright\b|all rights reserved|版权所有")
# As manuals, shops and lists of persons write what is below a heading.
_DETAIL: Final = re.compile(r"^\w{2,12}: ?\w")
_SHORT_NAME: Final = re.compile(r"[\u2e80-\u9fff]{3}")
OMINOUS: Final = re.compile(
    r"expired|unavailable|suspend|delet|remov|error|sorry|oops|\bnot\b|no longer|missing|lost"
    r"|gone|o+ps|u+ps|hopp|oups|schief|nichts|\bwrong\b|closed|disabled|withdrawn|retired"
    r"|\b(?:nicht|leider|keine?|introuvable|désolée?|plus|no|ya|não|non|niet|helaas|nie|brak"
    r"|не|нет|ikke|inte)\b|gelöscht|entfernt|supprim|elimin|rimoss|verwijder|usunięt|удал"
    r"|закрыт|bulunam|kald[ıi]r|^(?:service |important )?notice$|^\w{0,4}(?:公告|通知)$|提示"
    r"|^(?:\w+ ?)?(?:forum|board|system|site|vbulletin)[- ](?:message|\w*m(?:itt)?e(?:il|ld)ung)$"
    r"|错误|出错|抱歉|失效|过期|删除|关闭|不存在|下架|对不起|停用|404|糟糕|哎呀|啊哦|迷路|走丢"
    r"|找不到|不见|消失|没有|^\W*(?:本站|网站|平台|永久|停止|终止|关停)++\w{0,6}(?:公告|通知"
    r"|说明)$|エラー|终了|ご案内$|お知らせ$|削除|오류|삭제|종료|에러"
)
"""A heading with such a word may be the message's own; without, it is a page's name."""

CHANGES: Final = re.compile(
    r"^releases?(?: notes?| v?\d.*)?$|\brelease notes\b|\bchange ?log\b|\bwhat's (?:new|changed)\b"
    r"|\b(?:error|status|response) codes\b|\berror (?:messages|handling)\b"
    r"|\btroubleshoot|\bfaqs?\b|\bknown (?:issues|problems)\b"
    r"|\bv?\d+\.\d+\.\d+\b|更新日志|更新记录|发布说明|版本说明|(?:错误|状态|返回)码"
)
"""A heading of a list of changes or of errors, which tell of what went and of what is shut."""


def is_named_otherwise(view: View) -> bool:
    """Whether the page's heading, which its title repeats, has no word of a message in it."""
    return view.has_headline and not OMINOUS.search(view.heading)


def above_prose(view: View) -> tuple[str, ...]:
    """Return the blocks down to where the page begins to tell of what its heading names.

    Below that, readers have their say, and what they said is gone as often as not.
    """
    is_named = is_on_something(view)
    if not is_named and (view.heading not in view.blocks or OMINOUS.search(view.heading)):
        return view.blocks
    at = view.blocks.index(view.heading) + 1 if view.heading in view.blocks else 0
    tells = STATEMENT if is_named else _DETAIL
    prose = (
        n
        for n, block in enumerate(view.blocks)
        if n >= at and tells.search(block) and (is_named or not OMINOUS.search(block))
    )
    return view.blocks[: next(prose, len(view.blocks)) + 1]


def message_above(view: View) -> tuple[str, ...]:
    """Return what the page would say first, without what stands below that."""
    below = set(view.blocks).difference(above_prose(view))
    return tuple(line for line in view.message if line not in below)


def tells_of_more(view: View) -> bool:
    """Whether a page below a heading of its own says twice what no error page has to say."""
    if not view.heading or OMINOUS.search(view.heading) or MESSAGE.search(view.heading):
        return False
    said = (block for block in view.blocks if block != view.heading and STATEMENT.search(block))
    return sum(not MESSAGE.search(block) and not OMINOUS.search(block) for block in said) > 1


def is_on_something(view: View) -> bool:
    """Whether the page's heading is a name, which its title repeats, and no message."""
    heading = bare(view.heading)
    beside = [part for part in view.title_parts if part != heading]
    messages = (heading, *filter(_SHORT_NAME.search, beside))
    if not view.has_headline or any(map(OMINOUS.search, messages)):
        return False
    if any(heading in line for line in view.lead.split("\n") if _COPYRIGHT.search(line)):
        return False  # the site's own name, as many a logo is marked up
    # However short, if the site's own name stands beside it.
    is_beside = view.title_parts[0] == heading and bool(beside)
    is_short_name = is_beside and _SHORT_NAME.search(heading) is not None
    return is_short_name or _NAME.search(heading) is not None
