"""Where redirects ended: the page itself, a door, an error page, or somebody's home page."""

import re
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urldefrag, urlsplit

from catalog.forges import is_repository_root, repository_at
from catalog.records import Hop, Judgement, Visit
from catalog.vocabulary import Reason
from crawler.pages.addresses import Address, is_language
from crawler.phrases.phrasebook import fold
from crawler.verdict.view import View

# Services whose addresses are made to lead to another site, be it its home page.
_SHORTENERS: Final = frozenset(
    {
        *("t.cn", "url.cn", "dwz.cn", "suo.im", "u.nu", "mrw.so", "3.cn", "w.url.cn", "c.qq.com"),
        *("bit.ly", "bitly.com", "j.mp", "goo.gl", "t.co", "tinyurl.com", "is.gd", "v.gd"),
        *("ow.ly", "buff.ly", "git.io", "aka.ms", "lnkd.in", "amzn.to", "youtu.be", "db.tt"),
        *("fb.me", "wp.me", "adobe.ly", "dlvr.it", "ift.tt", "rebrand.ly", "cutt.ly", "short.io"),
        *("s.id", "bl.ink", "tiny.cc", "shorturl.at", "t.ly", "g.co", "goo.gle", "href.li"),
        *("msft.it", "nvda.ws", "intel.ly", "ibm.biz", "oreil.ly", "forms.gle"),
        *("app.goo.gl", "maps.app.goo.gl", "m.tb.cn", "b23.tv", "v.douyin.com", "xhslink.com"),
        *("doi.org", "dx.doi.org", "hdl.handle.net", "purl.org", "w3id.org"),
        *("link.zhihu.com", "link.juejin.cn", "link.csdn.net", "link.jianshu.com"),
        *("feedproxy.google.com", "feeds.feedburner.com", "l.facebook.com", "out.reddit.com"),
    }
)

# What companies call a shortener of their own.
_SHORTENING: Final = re.compile(r"(?:go|to|s|t|l|r|u|url|short|link|links|lnk|click|aka)\d?\.")

# Letters, and among them digits or capitals.
_CODE: Final = re.compile(r"/(?=[^/]*[A-Za-z])(?=[^/]+[A-Z]|[^/]*\d)[A-Za-z0-9]{4,10}")

# What sites call their own doors to others, as in `/go/board` or `/out?url=`.
_DOOR: Final = re.compile(r"go|goto|out|outbound|away|exit|jump|redir|redirect|click|lnk")

# What sites call the pages to which they send readers in place of the one that was asked for.
_OUTAGE: Final = r"(?:50[0-4x]|maintenance|upgrading|offline)"
_REFUSAL: Final = (
    r"(?:error[-_]?)?40[13]|forbidden|unauthori[sz]ed|(?:access[-_]?)?denied|(?:geo[-_]?)?blocked"
    r"|no[-_]?(?:permission|access)"
)
_CHECK: Final = (
    r"(?:\w+[-_])?(?:re|show)?captcha|(?:human|bot|robot|browser)[-_]?(?:check|verif\w+)"
)
_QUESTION: Final = (
    r"(?:cookie[-_]?)?consent|cookie[-_]?wall|gdpr|age[-_]?(?:gate|check|verification)"
    r"|(?:country|region|language|locale|market)[-_]?(?:select(?:or|ion)?|chooser|picker|gate)"
    r"|(?:select|choose)[-_]?(?:your[-_]?)?(?:country|region|language|locale|market)"
    r"|interstitial|waiting[-_]?room"
    r"|(?:unsupported|upgrade)[-_]?browser|browser[-_]?(?:not[-_]?supported|upgrade)"
)
_THING: Final = (
    r"page|file|content|article|http|product|item|service|document|resource|site|store|shop|listing"
    r"|job|offer|event|video|post|story|course|account|user|profile|link|url|domain|topic|thread"
)
_ERROR: Final = (
    r"(?:.*[-_.])?(?:404|410)(?:[-_]?(?:error|page|not[-_]?found))?"
    rf"|(?:{_THING})?[-_]?not[-_]?found(?:[-_]?(?:page|error))?"
    r"|(?:err|error)s?(?:[-_]?(?:page|404|410))?|no[-_]?page|oops|sorry"
    rf"|(?:(?:{_THING})s?)?[-_]?(?:not[-_]?(?:found|available)|unavailable|no[-_]?longer[-_]?available"
    r"|missing|gone|expired|removed|deleted|withdrawn|discontinued|retired|sunset|shut[-_]?down)"
)
_DESTINATIONS: Final = tuple(
    (re.compile(rf"(?:{names})(?:\.\w+)?"), reason, f"redirected to {what}")
    for names, reason, what in (
        (_OUTAGE, Reason.SERVER_ERROR, "a page for outages"),
        (_REFUSAL, Reason.FORBIDDEN, "a refusal"),
        (_CHECK, Reason.CAPTCHA, "a check for robots"),
        (_QUESTION, Reason.BOT_WALL, "a question to be answered first"),
        (_ERROR, Reason.SOFT_404, "an error page"),
    )
)
# Of these a page tells in its words, too; what asks a question first may have much to say.
_SAID: Final = frozenset({Reason.SERVER_ERROR, Reason.SOFT_404})
_ERROR_QUERY: Final = re.compile(
    r"""(?:^|&)(?:(?:err(?:or)?|status|code|http)(?:[-_]?(?:code|status|no))?
            =(?:404|410|not[-_]?found)
      | (?:not[-_]?found|404|page[-_]?not[-_]?found)(?:=|&|$))""",
    re.VERBOSE,
)

# Ways to sign in, which are a subject as well.
_PROTOCOL: Final = re.compile(r"passport|saml2?|oauth2?|openid-connect|sso|cas|adfs|idp")
_LOGIN_SEGMENT: Final = re.compile(
    rf"""(?:(?:user|member|account|wp|web|cas|sso|oauth2?|auth)[-_]?)?
        (?:log[-_]?in|sign[-_]?in|log[-_]?on|sign[-_]?on|authenticate)(?:\.\w+)?
      | authwall | accounts?[-_]login | authorize | login_?form | {_PROTOCOL.pattern}""",
    re.VERBOSE,
)
_SEARCH: Final = re.compile(r"search(?:[-_]?results?)?(?:\.\w+)?|suche|recherche|buscar|sousuo")
# What sites call the places where they list what they have.
_LISTING: Final = re.compile(
    r"(?:all|latest|list|index|archives?|categor(?:y|ies)|tags?|topics?|sections?|news|blogs?"
    r"|articles?|posts?|stories|insights|channel|home|collections?|catalog(?:ue)?|products?)(?:\.\w+)?"
)
# What sites call the parts of them that get a host of their own in time.
_SECTION: Final = re.compile(
    r"docs?|documentation|manuals?|guides?|reference|tutorials?|learn|academy|help|support|kb|wiki"
    r"|forums?|community|discuss|discourse|bbs|club|blogs?|news|shop|store|downloads?|developers?"
    r"|api|sdk|examples?|demos?|playground|models?|hub|latest|stable|v\d{1,2}"
)
# What a repository's owner may switch off.
_SWITCHED: Final = frozenset({"wiki", "wikis", "issues", "discussions", "projects", "releases"})
# An entrance by its name, and a chapter as often.
_CHAPTER: Final = re.compile(r"start|welcome|main|portal|web")
# A query that picks one of many by its number.
_PICKED: Final = re.compile(r"(?:^|&)(?:\w*id|p|art\w*|news|doc|item|story|nr)=\d+")
_COUNTED: Final = re.compile(
    r"(?:issues?|pulls?|merge_requests|discussions|tickets?|bugs?|questions|topics?|threads?"
    r"|posts?|p|archives?|articles?|node)/\d+"
)
# What one article is called and no section: many words, a long number, a file.
_ARTICLE_NAME: Final = re.compile(
    r"[^-_]+[-_][^-_]+[-_][^-_]+|\d{5}|\.(?:pdf|zip|t?gz|jpe?g|png)$"
)
_LOGIN_HOST: Final = re.compile(
    r"(?:login|signin|sso|auth|oauth|passport|accounts?|idp|adfs|sts|identity)\d?\."
)


# What sites call the hosts on which readers are asked for their consent.
_QUESTION_HOST: Final = re.compile(r"(?:consent|guce|cookie-?wall|my-?privacy|zustimmung)\d?\.")
_RETURN: Final = re.compile(
    r"(?:continue|next|forward|goto|dest(?:ination)?|back)[-_]?(?:ur[il]|to)?"
    r"|(?:to|return|callback|redirect)[-_]?(?:ur[il]|to|path|after)?"
)


def is_shortener(address: Address) -> bool:
    """Whether *address* only stands for another one, by design."""
    return address.host in _SHORTENERS or address.site in _SHORTENERS


def is_code(address: Address) -> bool:
    """Whether all that an address says is a code, such as nobody gives a page for its name."""
    return _CODE.fullmatch(urlsplit(address.url).path) is not None


def _is_short(view: View) -> bool:
    """Whether the link stands for another site's page by design, known or named as such."""
    asked = view.asked
    if is_shortener(asked):
        return True
    is_away = asked.site != view.ended.site
    if is_away and asked.segments and _DOOR.fullmatch(asked.segments[0]):
        return True
    is_code = re.fullmatch(r"/[\w-]{1,12}/?", asked.path) is not None
    is_named = _SHORTENING.match(asked.host) is not None and view.ended.host != asked.host
    return is_named and is_code


def went_astray(view: View) -> bool:
    """Whether a redirect ended at a page of another name, which may be any page."""
    if not _went_elsewhere(view) or _is_short(view):
        return False
    return view.ended.segments[-1:] != view.asked.segments[-1:]


def leads_to_error_page(view: View) -> Judgement | None:
    """Judge a redirect to an address that says what it is in place of the page."""
    if not _went_elsewhere(view):
        return None
    asked, ended = view.asked, view.ended
    # Below a folder for errors there may be a chapter on them.
    depth = 1 if view.is_article else 2
    for segment in (*ended.segments[-depth:], *_routed(view.visit)):
        # A name or a number that the link had as well is the page's own, whatever its ending.
        stem = re.sub(r"\.[a-z]+$", "", segment)
        is_own = segment in asked.segments or stem in asked.segments
        if is_own or (stem.isdigit() and (stem in asked.url or _is_counted(ended))):
            continue
        for names, reason, rule in _DESTINATIONS:
            if names.fullmatch(segment) and not (reason in _SAID and _is_on(stem, view)):
                return _arrival(reason, rule, view)
    if _ERROR_QUERY.search(ended.query) and not _ERROR_QUERY.search(asked.query):
        return _arrival(Reason.SOFT_404, "redirected with an error in the query", view)
    return None


def _is_counted(ended: Address) -> bool:
    """Whether the last segment of an address is the number of one thing among many."""
    return _COUNTED.fullmatch("/".join(ended.segments[-2:])) is not None


def _is_on(name: str, view: View) -> bool:
    """Whether a page has much to say on what its address is named after; a number is no name."""
    heading = re.sub(r"\W", "", view.heading)
    is_named = name.isalpha() or _PROTOCOL.fullmatch(name) is not None
    return is_named and view.is_article and view.has_headline and name in heading


def _routed(visit: Visit) -> tuple[str, ...]:
    """Return the segments of the route after `#`, as a page that is one script takes it."""
    route = urldefrag(visit.hops[-1].location)[1]
    return Address.of(route).segments if route.startswith(("/", "!/")) else ()


def is_login(address: Address) -> bool:
    """Whether *address* calls itself a door."""
    return any(map(_LOGIN_SEGMENT.fullmatch, address.segments))


def leads_to_login(view: View) -> Judgement | None:
    """Judge a redirect to a door: the page may well be behind it."""
    if not _went_elsewhere(view):
        return None
    ended, asked = view.ended, view.asked
    by_path = any(
        _LOGIN_SEGMENT.fullmatch(segment)
        and segment not in asked.segments
        and not (_PROTOCOL.fullmatch(segment) and _is_on(segment, view))
        for segment in ended.segments
    )
    by_host = ended.host != asked.host and _LOGIN_HOST.match(ended.host) is not None
    if by_path or by_host:
        return _arrival(Reason.LOGIN_REQUIRED, "redirected to a login", view)
    asks = ended.host != asked.host and _QUESTION_HOST.match(ended.host) is not None
    is_moved = ended.segments[-1:] == asked.segments[-1:]
    if (asks and not is_moved) or _has_way_back(view):
        return _arrival(Reason.BOT_WALL, "redirected to a question to be answered first", view)
    return None


def _has_way_back(view: View) -> bool:
    """Whether the query says where to go afterwards, and that is the page that was asked for."""
    asked = urlsplit(view.asked.url)
    path = f"{asked.path}?{asked.query}" if asked.query else asked.path
    ways = {f"//{asked.netloc}{path}", path} if path.strip("/") else set()
    given = parse_qsl(urlsplit(view.ended.url).query)
    return any(
        _RETURN.fullmatch(name.lower()) and re.sub(r"^https?:", "", value) in ways
        for name, value in given
    )


def leads_home(view: View) -> Judgement | None:
    """Judge a redirect from deep in a site to a home page, where that page is not."""
    asked, ended = view.asked, view.ended
    if not _went_elsewhere(view) or asked.is_home or not ended.is_home or _is_short(view):
        return None
    is_away = asked.site != ended.site
    followed = (_is_named_by, _keeps_its_name, _got_its_own_host)
    if is_away and any(follows(asked, ended) for follows in followed):
        return None
    if asked.segments[-2:] == ("page", "1") and asked.segments[:-2] == ended.segments:
        return None  # the first page of a list is the list
    return _arrival(Reason.REDIRECTED_HOME, "redirected to a home page", view)


def leads_up(view: View) -> Judgement | None:
    """Judge a redirect from one article to the list of all, to a search, or to its project."""
    asked, ended = view.asked, view.ended
    if not _went_elsewhere(view) or _is_short(view):
        return None
    is_search = _SEARCH.fullmatch(ended.segments[-1]) if ended.segments else None
    if is_search and not any(_SEARCH.fullmatch(segment) for segment in asked.segments):
        return _arrival(Reason.REDIRECTED_HOME, "redirected to a search", view)
    if is_listing(ended) and _is_one_of_many(asked) and not _is_told(asked.segments[-1], view):
        return _arrival(Reason.REDIRECTED_HOME, "redirected to a list of what there is", view)
    if _was_switched_off(asked, ended):
        return _arrival(Reason.REDIRECTED_HOME, "redirected to its repository", view)
    depth = len(ended.segments)
    is_above = asked.site == ended.site and depth < len(asked.segments)
    if not is_above or _place(ended) != asked.segments[:depth] or ended.query:
        return None
    name = asked.segments[-1]
    if not _ARTICLE_NAME.search(name) or _is_told(name, view):
        return None
    return _arrival(Reason.REDIRECTED_HOME, "redirected to the section that it was in", view)


def _place(address: Address) -> tuple[str, ...]:
    """Return the segments of a path, the last as a folder of that name would be called."""
    *folders, last = address.segments or ("",)
    return (*folders, re.sub(r"\.(?:s?html?|php|aspx?|jsp)$", "", last))


def _was_switched_off(asked: Address, ended: Address) -> bool:
    """Whether a part of a repository that its owner may switch off leads to the repository."""
    if _SWITCHED.isdisjoint(asked.segments) or not is_repository_root(ended.url):
        return False
    return repository_at(asked.url) == repository_at(ended.url)


def is_listing(ended: Address) -> bool:
    """Whether an address is made of nothing but words for lists, and perhaps of a language."""
    if not ended.segments or ended.query or not _LISTING.fullmatch(ended.segments[-1]):
        return False
    return all(_LISTING.fullmatch(part) or is_language(part) for part in ended.segments)


def _is_one_of_many(asked: Address) -> bool:
    """Whether an address is an article's: in a section, and by more than a word or a page."""
    name = asked.segments[-1] if asked.segments else ""
    if _PICKED.search(asked.query):
        return True
    is_telling = re.search(r"\w[-_]\w|\d{4}|\.[a-z]+$", name) is not None
    is_list = "page" in asked.segments or re.fullmatch(r"(?:19|20)\d\d", name)
    return len(asked.segments) > 1 and is_telling and not is_list and not _LISTING.fullmatch(name)


def sends_by_script(view: View) -> Judgement | None:
    """Judge a page that does nothing but send the reader on, by where to."""
    target = view.page.script_target or view.page.refresh
    if not view.is_good or not target:
        return None
    hop = Hop(url=view.ended.url, status=view.status, location=target, how="script")
    visit = replace(view.visit, final_url=target, hops=(*view.visit.hops, hop))
    onward = View(visit)
    return leads_to_error_page(onward) or leads_to_login(onward) or leads_home(onward)


def _went_elsewhere(view: View) -> bool:
    return bool(view.visit.hops) and not view.ended.is_same_page(view.asked)


def _is_named_by(asked: Address, ended: Address) -> bool:
    """Whether *ended*'s host is named after *asked*, as when a project gets its own."""
    host = re.sub(r"[^a-z0-9]", "", ended.site.rpartition(".")[0])
    last = re.sub(r"\.\w+$", "", asked.segments[-1]) if asked.segments else ""
    words = re.findall(r"[a-z0-9]+", last)
    name = "".join(words)
    is_shuffled = len(words) > 1 and all(len(word) >= 3 and word in host for word in words)
    return len(name) >= 3 and (name in host or is_shuffled)


def _keeps_its_name(asked: Address, ended: Address) -> bool:
    """Whether what looks like an entrance was called so before it moved to another site."""
    name = ended.segments[-1] if ended.segments else ""
    return asked.segments[-1:] == (name,) and _CHAPTER.fullmatch(name) is not None


def _got_its_own_host(asked: Address, ended: Address) -> bool:
    """Whether a section, such as `/documentation`, became a host of its site, such as `docs.`."""
    name, _, domain = ended.site.partition(".")
    is_same_owner = asked.site == domain or asked.site.endswith("." + domain)
    is_section = all(_SECTION.fullmatch(part) or is_language(part) for part in asked.segments)
    return "." in domain and is_same_owner and is_section and _SECTION.fullmatch(name) is not None


def is_told(view: View) -> bool:
    """Whether a page calls itself what its link's address was named after."""
    return bool(view.asked.segments) and _is_told(view.asked.segments[-1], view)


def _is_told(name: str, view: View) -> bool:
    """Whether the page that came speaks of what the address was named after."""
    name = re.sub(r"\.[a-z]+$", "", fold(name))
    words = [word for word in re.split(r"[\W_]+", name) if len(word) > 3 and word.isalpha()]
    shown = " ".join(view.names)
    return bool(words) and sum(word in shown for word in words) * 2 > len(words)


def _arrival(reason: Reason, rule: str, view: View) -> Judgement:
    return Judgement(reason=reason, rule=rule, evidence=f"ended at {view.ended.url}")
