"""What came instead of what was linked: nothing at all, or a page for a file."""

import re
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.pages.addresses import FILE
from crawler.verdict.view import View

# Sites show a file on a page of its own under such addresses.
_SHOWCASES: Final = frozenset(
    {"blob", "tree", "wiki", "view", "viewer", "preview", "src", "browse"}
)

# What a page says that shows a file, or hands it out, by an address without its ending.
_OFFERED: Final = re.compile(
    r"(?m)^(?:(?:download|view|open|read|get)\b.{0,24}\b(?:pdf|file|full text)"
    r"|(?:full[- ]text )?pdf(?: download| version)?"
    r"|(?:下载|查看|阅读).{0,4}(?:pdf|全文|文件)|pdf ?下载).{0,16}$"
)


def is_empty(view: View) -> Judgement | None:
    """Judge an answer without anything: the server is content, the reader sees nothing."""
    is_nothing = view.visit.headers.get("content-length") == "0"
    if view.status == 204 or (view.status in (200, 203) and is_nothing):
        return _empty(f"status {view.status}, no content")
    page = view.visit.page
    if page is None or page.truncated or page.text_length or view.status not in (200, 202, 203):
        return None
    if view.status == 202:
        is_guard = "script" in page.markers
        return Judgement(
            reason=Reason.BOT_WALL if is_guard else Reason.UNEXPECTED_ANSWER,
            rule=f"accepted, and {'a script to be solved' if is_guard else 'nothing shown'}",
            evidence="status 202",
        )
    is_way_on = page.refresh or page.script_target
    if not view.is_words or is_way_on or {"script", "media", "field"} & set(page.markers):
        return None
    return _empty(f"status {view.status}, no text, no picture and no script")


PAGE_FOR_FILE: Final = "a page in place of a file"


def is_page_for_file(view: View) -> Judgement | None:
    """Judge HTML under a file's address: the file is gone, unless the page is about it.

    A page that offers some file may be a step on the way to this one.
    """
    if not view.is_html or not view.is_good:
        return None
    found = FILE.search(view.ended.path)
    if not found or _SHOWCASES & set(view.ended.segments) or "viewer" in view.page.markers:
        return None
    words = [word for word in re.split(r"[\W_]+", found[1]) if len(word) > 2]
    shown = "\n".join((*view.names, view.lead))
    if words and sum(word in shown for word in words) * 2 > len(words):
        return None
    unsure = offers_file(view) or (view.is_shell and not view.heading)
    return Judgement(
        reason=Reason.UNEXPECTED_ANSWER if unsure else Reason.SOFT_404,
        rule=PAGE_FOR_FILE,
        evidence=f"{view.media_type or 'text/html'} for {found[0]}",
    )


def offers_file(view: View) -> bool:
    """Whether a page hands out some file: by a link to it, or in so many words."""
    return "download" in view.page.markers or _OFFERED.search(view.lead) is not None


def is_bare_listing(view: View) -> Judgement | None:
    """Judge the listing of a server's root: a directory that lost its site shows it.

    A listing that is named after a place deeper down, such as a mirror's, is what was linked.
    """
    if "index of /" not in view.titles or not view.is_good or not view.is_bare:
        return None
    return Judgement(
        reason=Reason.SOFT_404,
        rule="an empty directory where a site was",
        evidence=view.lead.replace("\n", " ")[:300],
    )


def _empty(evidence: str) -> Judgement:
    return Judgement(reason=Reason.EMPTY_PAGE, rule="nothing to see", evidence=evidence)
