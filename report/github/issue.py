"""Keep one issue on GitHub that says what is broken: edited in place, closed when all is well."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from github.Issue import Issue
from github.Repository import Repository

from report.findings import Group, Report
from report.formats import render
from report.formats.style import Style

# The first line of the issue's text, by which it is found again. Only who may set labels
# can make an issue that is taken for ours: anyone may write a marker.
MARKER = "<!-- linkledger:report -->"
LABEL = "linkledger"


class IssueAction(StrEnum):
    """What becomes of the issue."""

    CREATE = "create"
    EDIT = "edit"
    CLOSE = "close"
    REOPEN = "reopen"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlan:
    """What is to be sent, or was sent: to which issue (None: a new one), and what it says."""

    action: IssueAction
    title: str = ""
    body: str = ""
    number: int | None = None
    url: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssue:
    """Our issue as it is on GitHub now."""

    number: int
    title: str
    body: str
    is_open: bool
    url: str = ""


def plan_issue(report: Report, style: Style, known: KnownIssue | None) -> IssuePlan:
    """Return what is to be done so that the issue says what *report* says.

    A night that is not to be trusted changes nothing: an issue must not close because the
    network was down.
    """
    number, url = (known.number, known.url) if known else (None, "")
    if report.night is None or not report.night.trusted:
        why = "no night that can be trusted has looked at the links"
        return IssuePlan(action=IssueAction.NOTHING, number=number, url=url, why=why)
    action = _action(report.broken, known)
    if action is IssueAction.NOTHING:
        return IssuePlan(action=action, number=number, url=url, why="nothing is broken")
    title, body = _title(report, style), f"{MARKER}\n{render(report, 'markdown', style)}"
    if action is IssueAction.EDIT and known and (known.title, known.body) == (title, body):
        why = "it says so already"
        return IssuePlan(action=IssueAction.NOTHING, number=number, url=url, why=why)
    return IssuePlan(action=action, title=title, body=body, number=number, url=url)


def keep_issue(
    repository: Repository, report: Report, style: Style, *, dry_run: bool = False
) -> IssuePlan:
    """Bring the issue of *repository* up to date, and return what was sent.

    With *dry_run* GitHub is only asked what there is.
    """
    issue = _ours(repository.get_issues(state="all", labels=[LABEL]))
    plan = plan_issue(report, style, _known(issue) if issue else None)
    if dry_run or plan.action is IssueAction.NOTHING:
        return plan
    if issue is None:
        issue = repository.create_issue(plan.title, body=plan.body, labels=[LABEL])
    elif plan.action is IssueAction.CLOSE:
        issue.edit(title=plan.title, body=plan.body, state="closed", state_reason="completed")
    else:
        issue.edit(title=plan.title, body=plan.body, state="open")
    return IssuePlan(
        action=plan.action,
        title=plan.title,
        body=plan.body,
        number=issue.number,
        url=issue.html_url,
    )


def _action(broken: int, known: KnownIssue | None) -> IssueAction:
    if known is None:
        return IssueAction.CREATE if broken else IssueAction.NOTHING
    if not broken:
        return IssueAction.CLOSE if known.is_open else IssueAction.NOTHING
    return IssueAction.EDIT if known.is_open else IssueAction.REOPEN


def _title(report: Report, style: Style) -> str:
    words = style.words
    if not report.broken:
        return words.say("No broken links")
    title = words.say_many("{n} broken link", "{n} broken links", report.broken)
    new = len(report.of(Group.NEWLY_BROKEN))
    return (
        words.say("{title}, {n} of them new", title=title, n=words.number(new)) if new else title
    )


def _ours(issues: Iterable[Issue]) -> Issue | None:
    """Return the oldest of *issues* that is ours; a pull request never is."""
    ours = [
        issue
        for issue in issues
        if issue.pull_request is None and (issue.body or "").startswith(MARKER)
    ]
    return min(ours, key=lambda issue: issue.number, default=None)


def _known(issue: Issue) -> KnownIssue:
    return KnownIssue(
        number=issue.number,
        title=issue.title,
        body=(issue.body or "").replace("\r\n", "\n"),
        is_open=issue.state == "open",
        url=issue.html_url,
    )
