"""Why a link stands as it does and what to do about it, in words: tables and their readers."""

import re

from catalog.vocabulary import Reason, Standing, SuggestionKind
from report.findings import Finding, Group
from report.words import marked

REASONS: dict[Reason, str] = {
    Reason.OK: marked("it works"),
    Reason.MOVED_PERMANENTLY: marked("the page moved for good"),
    Reason.REPO_RENAMED: marked("the repository has another name now"),
    Reason.ACCOUNT_MIGRATED: marked("the account moved"),
    Reason.NOT_FOUND: marked("the page does not exist"),
    Reason.GONE: marked("the page was removed for good"),
    Reason.SOFT_404: marked("the page says that it does not exist"),
    Reason.DELETED_BY_PUBLISHER: marked("its publisher deleted it"),
    Reason.REMOVED_FOR_VIOLATION: marked("the platform removed it"),
    Reason.LINK_EXPIRED: marked("the address was valid for a time only"),
    Reason.PARKED: marked("the domain is for sale"),
    Reason.REDIRECTED_HOME: marked("it leads to the home page instead"),
    Reason.REDIRECT_LOOP: marked("it redirects in circles"),
    Reason.REDIRECT_UNSAFE: marked("it redirects to where no link may lead"),
    Reason.HOST_NOT_FOUND: marked("the domain does not exist any more"),
    Reason.TLS_INVALID: marked("its certificate is not valid"),
    Reason.BAD_URL: marked("this is no address"),
    Reason.FILE_MISSING: marked("the archive has no such file"),
    Reason.FRAGMENT_MISSING: marked("the file has no such heading"),
    Reason.REPO_GONE: marked("the repository does not exist any more"),
    Reason.PAPER_GONE: marked("arXiv knows no such paper"),
    Reason.EMPTY_PAGE: marked("the page is empty"),
    Reason.FORBIDDEN: marked("the server refuses us"),
    Reason.LOGIN_REQUIRED: marked("it asks for a login"),
    Reason.RATE_LIMITED: marked("the server asks us to come less often"),
    Reason.BOT_WALL: marked("a wall against robots stands before it"),
    Reason.CAPTCHA: marked("it asks for a captcha"),
    Reason.LEGAL: marked("it is withheld for legal reasons"),
    Reason.TIMEOUT: marked("the server does not answer"),
    Reason.CONNECTION_REFUSED: marked("the server refuses the connection"),
    Reason.CONNECTION_RESET: marked("the server breaks the connection off"),
    Reason.SERVER_ERROR: marked("the server has a fault of its own"),
    Reason.DNS_FAILURE: marked("the domain's name service does not answer"),
    Reason.TLS_ERROR: marked("no secure connection comes about"),
    Reason.PROTOCOL_ERROR: marked("the server's answer makes no sense"),
    Reason.ROBOTS: marked("robots.txt asks us to stay away"),
    Reason.SCHEME: marked("it is not an address of the web"),
    Reason.PRIVATE_ADDRESS: marked("it leads into a private network"),
    Reason.EXCLUDED: marked("the configuration leaves it out"),
    Reason.UNEXPECTED_STATUS: marked("no rule covers the server's status"),
    Reason.UNEXPECTED_ANSWER: marked("no rule covers the server's answer"),
}

# How `crawler/verdict/drift.py` says what became of a page, to be said in any language.
DRIFTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"the domain seems to have changed hands: «(?P<word>.*?)» in its title «(?P<now>.*)»"
        ),
        marked("the domain seems to have changed hands: «{word}» in its title «{now}»"),
    ),
    (
        re.compile(r"its title was «(?P<before>.*)» and is «(?P<now>.*)»"),
        marked("its title was «{before}» and is «{now}»"),
    ),
    (
        re.compile(r"its title «(?P<now>.*)» has nothing of «(?P<item>.*)»"),
        marked("its title «{now}» has nothing of «{item}»"),
    ),
)

NOT_LOOKED_YET = marked("it has not had its turn yet")

ASKED_IN_VAIN = marked("we asked, and got no answer that tells")

NO_TARGET = marked("the link has no target: its address stands in its text only")

_OFFERS: dict[SuggestionKind, str] = {
    SuggestionKind.MOVED: marked("write {address} instead"),
    SuggestionKind.RENAMED: marked("write the new name: {address}"),
    SuggestionKind.ARCHIVED: marked("link to the archived copy: {address}"),
    SuggestionKind.EMPTY: marked("put the address between the parentheses"),
    SuggestionKind.FILE: marked("perhaps this file is meant: {address}"),
}

# What to do where there is nothing to offer, by reason where that helps, else by group.
_BY_REASON: dict[Reason, str] = {
    Reason.BAD_URL: marked("write the address out in full"),
    Reason.FILE_MISSING: marked("correct the file's name, or take the link out"),
    Reason.FRAGMENT_MISSING: marked("correct the part after the #"),
    Reason.REPO_GONE: marked("look for a fork or a successor, or take the link out"),
    Reason.LINK_EXPIRED: marked("find the lasting address of the article"),
    Reason.TLS_INVALID: marked("open it in a browser, and tell the site's owner"),
    Reason.SCHEME: marked("nothing, unless it was meant to be a web address"),
    Reason.ROBOTS: marked("open it in a browser now and then"),
}

_BY_GROUP: dict[Group, str] = {
    Group.NEWLY_BROKEN: marked("look for another copy of the page, or take the link out"),
    Group.STILL_BROKEN: marked("look for another copy of the page, or take the link out"),
    Group.EMPTY: marked("open the address in its text; if it works, put it in its place"),
    Group.MOVED: marked("look at {address}, and update the link by hand if that is right"),
    Group.SUSPECT: marked("nothing yet: we look again before we call it broken"),
    Group.UNCLEAR: marked("open it in a browser, and tell us what you see"),
    Group.BLOCKED: marked("open it in a browser: it may well work there"),
    Group.SKIPPED: marked("nothing"),
    Group.UNCHECKED: marked("nothing: its turn comes with the next night"),
    Group.OK: marked("nothing"),
}

_ASK_AGAIN = marked("nothing: we ask again with the next night")


def reason_in_words(finding: Finding) -> str:
    """Return the message that says why *finding* stands as it does, not yet translated."""
    if finding.group is Group.EMPTY:
        return NO_TARGET
    if finding.reason is None:
        return ASKED_IN_VAIN if _was_asked_in_vain(finding) else NOT_LOOKED_YET
    return REASONS[finding.reason]


def _was_asked_in_vain(finding: Finding) -> bool:
    """Return whether its forge or arXiv was asked about a link, and said something else."""
    return finding.standing is Standing.UNCHECKED and bool(finding.detail)


def advice_in_words(finding: Finding) -> str:
    """Return the message that says what to do.

    `{address}` in it is the suggestion's, or else where readers arrive now.
    """
    if finding.suggestion is not None:
        return _OFFERS[finding.suggestion.kind]
    if finding.reason in _BY_REASON and finding.group not in (Group.EMPTY, Group.SUSPECT):
        return _BY_REASON[finding.reason]
    if finding.group is Group.UNCHECKED and _was_asked_in_vain(finding):
        return _ASK_AGAIN
    return _BY_GROUP[finding.group]
