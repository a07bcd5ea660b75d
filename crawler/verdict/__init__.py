"""Judge a visit: pure rules over what was seen, in the order in which one would tell them.

Each rule looks at the `View` of a visit and either knows what to say of it, with the text
that decided it, or leaves it to the next. A verdict of BROKEN needs evidence: the server's
word, the page's own words, or an address that is not the page. Silence is UNREACHABLE, a
guard's answer BLOCKED, and what no rule covers UNCLEAR.

A redirect that is for good makes a link MOVED even where only `http` became `https` or a
slash was added: the archive can be repaired without a risk. Such a move is told apart by
its rule, so that a report can put them together and below those that matter.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from catalog.records import HostEvidence, Judgement, Visit
from catalog.vocabulary import SOFT_EVIDENCE, Reason
from crawler.verdict import (
    content,
    error_pages,
    moves,
    parked,
    redirects,
    status_lines,
    statuses,
    walls,
    wechat,
)
from crawler.verdict.neighbours import (
    MANY,
    address_beside,
    evidence,
    is_answered_alike,
    is_led_astray,
    is_like_its_neighbours,
    is_worth_probing,
    what_it_is,
)
from crawler.verdict.view import View

__all__ = [
    "MANY",
    "View",
    "address_beside",
    "evidence",
    "is_led_astray",
    "is_worth_probing",
    "judge",
    "judge_view",
]

Rule = Callable[[View], Judgement | None]

RULES: Final[tuple[Rule, ...]] = (
    statuses.gives_no_answer,
    walls.meets_wall,
    status_lines.shows_status_line,
    parked.is_for_sale,
    error_pages.is_known_error_page,
    statuses.means_what_it_says,
    redirects.leads_to_error_page,
    redirects.leads_to_login,
    error_pages.says_not_found,
    wechat.is_unknown_message,
    content.is_page_for_file,
    content.is_empty,
    content.is_bare_listing,
    redirects.sends_by_script,
    redirects.leads_home,
    redirects.leads_up,
)
"""What is asked of a visit, in this order; nothing but `moved` and OK comes after."""


def judge(visit: Visit, neighbours: HostEvidence | None = None) -> Judgement:
    """Return what *visit* means for a reader, by the first rule that knows.

    *neighbours* is what the host's other answers of the night say; without it, a page
    that admits nothing and is nobody's home page is taken to be there.
    """
    return judge_view(View(visit), neighbours)


def judge_view(view: View, neighbours: HostEvidence | None = None) -> Judgement:
    """Return the same for a *view*, which keeps what others that look at it ask as well."""
    for rule in RULES:
        judgement = rule(view)
        if judgement and not _is_refuted(judgement, view, neighbours):
            return _confirmed(judgement, view, neighbours)
    if neighbours and (judgement := is_like_its_neighbours(view, neighbours)):
        return judgement
    return moves.moved(view) or Judgement(
        reason=Reason.OK, rule="the page is there", evidence=f"status {view.status}"
    )


def _is_refuted(judgement: Judgement, view: View, neighbours: HostEvidence | None) -> bool:
    """Whether a host that has nothing for other addresses meant what it did with this one.

    So it is with a page that came for a file and offers one, and with a code that leads to
    another site's home page, as those of a shortener do that nobody has heard of.
    """
    probe = neighbours.probe if neighbours else None
    if probe is None or probe.status not in (404, 410):
        return False
    if judgement.reason is Reason.REDIRECTED_HOME:
        return redirects.is_code(view.asked) and view.asked.site != view.ended.site
    return judgement.rule == content.PAGE_FOR_FILE and content.offers_file(view)


def _confirmed(judgement: Judgement, view: View, neighbours: HostEvidence | None) -> Judgement:
    """Return *judgement*, with what the probe adds to evidence that is soft by itself."""
    is_soft = judgement.reason in SOFT_EVIDENCE and view.visit.status is not None
    is_open = judgement.rule == content.PAGE_FOR_FILE
    probe = neighbours.probe if neighbours else None
    if not (probe and (is_soft or is_open) and is_answered_alike(view, probe)):
        return judgement
    evidence = f"{judgement.evidence}; so for {what_it_is(probe)}"
    reason = Reason.SOFT_404 if is_open else judgement.reason
    return replace(judgement, reason=reason, evidence=evidence)
