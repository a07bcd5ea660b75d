"""What the page itself says, whatever its status."""

import re
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.verdict.view import View

_NOT_FOUND: Final = re.compile(
    r"(?:error )?404(?: error)?|(?:404[ -]*)?(?:page )?not found|页面不存在|404 页面|内容不存在"
)


def says_not_found(view: View) -> Judgement | None:
    """Judge a title or first heading that says there is nothing here."""
    if not view.is_html or view.page.prose_length > 3000:
        return None
    for text in (*view.titles, view.heading):
        for part in re.split(r"\s[-|–—·:_]\s|[|_]", text):
            if _NOT_FOUND.fullmatch(part.strip()):
                return Judgement(
                    reason=Reason.SOFT_404, rule="says not found", evidence=text[:200]
                )
    return None


def is_empty(view: View) -> Judgement | None:
    """Judge a page of no bytes: the server answered, the reader sees nothing."""
    is_nothing = view.is_html and view.visit.size == 0 and not view.page.text_length
    if view.status == 204 or is_nothing:
        return Judgement(
            reason=Reason.EMPTY_PAGE, rule="nothing to see", evidence=f"status {view.status}"
        )
    return None
