"""Judge a visit: pure rules over what was seen, in the order in which one would tell them.

Each rule looks at the `View` of a visit and either knows what to say of it, with the text
that decided it, or leaves it to the next.
"""

from collections.abc import Callable
from typing import Final

from catalog.records import HostEvidence, Judgement, Visit
from catalog.vocabulary import Reason
from crawler.verdict import content, redirects, statuses
from crawler.verdict.view import View

Rule = Callable[[View], Judgement | None]

RULES: Final[tuple[Rule, ...]] = (
    statuses.gives_no_answer,
    statuses.says_not_there,
    statuses.means_what_it_says,
    redirects.leads_to_error_page,
    redirects.leads_to_login,
    content.says_not_found,
    content.is_empty,
    redirects.leads_home,
    redirects.moved,
)


def judge(visit: Visit, neighbours: HostEvidence | None = None) -> Judgement:
    """Return what *visit* means for a reader, by the first rule that knows.

    *neighbours* is what the host's other answers of the night say, where a second look
    with them is worth it.
    """
    view = View(visit)
    for rule in RULES:
        judgement = rule(view)
        if judgement is not None:
            return judgement
    return Judgement(reason=Reason.OK, rule="the page is there", evidence=f"status {visit.status}")
