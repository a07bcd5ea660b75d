"""A second look: what the host's other answers of the night say about one of its pages."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from urllib.parse import urljoin, urlsplit

from catalog.records import HostEvidence, Judgement, Visit
from catalog.vocabulary import SUCCESS, Reason
from crawler.pages.addresses import FILE, Address
from crawler.pages.fingerprint import distance, tokens
from crawler.verdict import content, error_pages, redirects, statuses
from crawler.verdict.parked import SQUATTERS
from crawler.verdict.view import View, bare

MANY: Final = 3
# Out of 64 bits: pages of one template that differ in a date or an echoed address.
_SAME: Final = 3
_ALIKE: Final = 0.9
# Characters that an echoed address and a date may add.
_ECHO: Final = 100

_LITTLE: Final = 2_000

# What one page of many is called: more than a word, a date, a file's name.
_TELLING_NAME: Final = re.compile(r"\w[-_]\w|\d{4}|\.[a-z]+$")

# By these sites tell their pages apart. What spells a character of an address is none.
_NUMBER: Final = re.compile(r"(?<!%)(?<!%[0-9A-Fa-f])[0-9]{2,}")
_PICKED_BY_NUMBER: Final = re.compile(r"(?i)(?<![^&])((?:[^=&]*id|[pt])=)[0-9]{2,}(?=&|$)")

# Words that decide nothing by themselves; many error pages that no phrase knows have one.
_TONE: Final = re.compile(
    r"\b(?:sorry|oo+ps|whoops|uh[- ]oh|errors?|missing|lost|gone|nothing|nowhere|unavailable"
    r"|expired|removed|deleted|moved|broken|wrong|closed|shut ?down|discontinued|retired|no longer"
    r"|not (?:exist|available|found|here)"
    r"|unknown|(?:coming|launching|opening)(?: \w+)? soon|under construction"
    r"|drifted|wandered|vanished|disappeared|evaporated|astray|houston|came (?:here )?for"
    r"|(?:go|get|head|take me|back|return)(?: back)?(?: to)?(?: the| our)? ?home(?: ?page)?)\b"
    r"|抱歉|对不起|遗憾|错误|出错|首页|不存在|失效|找不到|不见|丢失|删除|下架|过期|来晚|迷路|走丢|无法"
    r"|不在|失踪|飞走|外星|火星|没有内容|空空如也|来到了?|停止|关停|停运|终止|停用|下线|到期|维护|注销|有误|无效|未知|建设中|敬请期待|即将上线"
    r"|404|申し訳|见つかり|トップページ|终了|ありません|削除|エラー|无効"
    r"|찾을 수 없|존재하지|삭제|종료|오류|죄송"
    r"|извините|désolé|entschuldig|lo sentimos"
    r"|не (?:найден|существу)|удал[её]н|introuvable|\b(?:leider|helaas|niestety|purtroppo"
    r"|infelizmente|maalesef|hoppla|oeps|vaya|увы|к сожалению|tyvärr|desværre)\b"
)

# What a front page is called in its title, and on some sites every page.
_FRONT: Final = re.compile(
    r".{0,30}(?:官方网站|官网|首页|主页)|(?:official (?:web ?)?site|home ?page)"
)

_NEEDS_SCRIPT: Final = re.compile(r"\b(?:java ?)?scripts?\b|\bjs\b|browser|浏览器|脚本")
_SENTENCE_ENDS: Final = re.compile(r"[.!?…。！？][\W_]*$")
_GUARDED: Final = re.compile(
    r"captcha|\brobots?\b|verify(?:ing)?\b|\bhuman"
    r"|\b(?:enable|requires?|need)\b.{0,20}(?:javascript|cookies)"
    r"|unusual (?:traffic|activity)|security (?:check|reasons|service|verification)"
    r"|^(?:please )?(?:sign|log) in\b"
    r"|(?:must|need to|please|have to) (?:be logged|sign|log) in\b"
    r"|roboter|robô|робот|验证|机器人|安全|异常|频繁|登录|登陆|浏览器"
)


def is_like_its_neighbours(view: View, neighbours: HostEvidence) -> Judgement | None:
    """Judge a page that is what its host shows for other addresses as well, existing or not."""
    if not view.is_good or view.asked.is_home or error_pages.shows_itself(view):
        return None
    if neighbours.same_end >= MANY and redirects.went_astray(view):
        return _soft(view, f"{neighbours.same_end} links of the host end at {view.ended.url}")
    is_doubtful = _is_doubtful(view)
    probe = neighbours.probe
    is_doubted = is_doubtful or _is_ominous(view) or _is_unconfirmed(view)
    if probe and is_doubted and is_answered_alike(view, probe):
        return _soft(view, f"the same for {probe.url}, {what_it_is(probe)}")
    if is_doubtful and neighbours.same_text >= MANY:
        return _soft(view, f"{neighbours.same_text} links of the host show the same text")
    return None


def evidence(visits: Sequence[Visit], probe: Visit | None = None) -> list[HostEvidence]:
    """Return, for each of a host's *visits* of one night, what the others say about it.

    *probe* is the visit to an address of the host that nobody ever made. Addresses that
    are one page by other spellings count once.
    """
    ends: dict[object, set[object]] = defaultdict(set)
    texts: dict[object, set[object]] = defaultdict(set)
    for visit in visits:
        asked, ended = _identity(visit.url), _identity(visit.final_url or visit.url)
        if visit.hops and asked != ended:
            ends[ended].add(asked)
        if words := _words(visit):
            texts[words].add(ended)
    return [
        HostEvidence(
            same_end=max(1, len(ends[_identity(visit.final_url or visit.url)])),
            same_text=max(1, len(texts[_words(visit)])),
            probe=probe,
        )
        for visit in visits
    ]


def is_worth_probing(view: View, judgement: Judgement) -> bool:
    """Whether an answer to an address that nobody made would tell more about a visit.

    So it is where nothing speaks against a page but its tone, and where nothing on it
    speaks for its being the one that was asked for.
    """
    if judgement.rule == content.PAGE_FOR_FILE:
        return True
    if judgement.verdict not in SUCCESS or not view.is_html:
        return False
    if view.asked.is_home or error_pages.shows_itself(view):
        return False
    return _is_doubtful(view) or _is_ominous(view) or _is_unconfirmed(view)


def is_led_astray(view: View) -> bool:
    """Whether an address that nobody made would tell what a redirect to another host is worth.

    Where it leads is not known yet; only its own host can be asked now.
    """
    is_any = _is_deep(view.asked) or redirects.is_code(view.asked)
    return is_any and not view.asked.is_home and redirects.went_astray(view)


def address_beside(view: View, number: int) -> str:
    """Return an address beside that of *view* which nobody made, with *number* in it.

    A site that numbers its pages answers for another number as for a page that is gone; for
    a name it has perhaps a server's own error page. Of a page that the query of a home page
    picks nobody knows what is beside it: it is compared with the home page.
    """
    parts = urlsplit(view.visit.url)
    if not view.asked.segments and not view.asked.is_home:
        return urljoin(view.visit.url, "/")
    if _is_doubtful(view) or _is_ominous(view):
        query = _PICKED_BY_NUMBER.sub(rf"\g<1>{number}", parts.query, count=1)
        if query != parts.query:
            return parts._replace(query=query, fragment="").geturl()
    start = parts.path.rfind("/") + 1
    numbers = _NUMBER.finditer(parts.path, start)
    if longest := max(numbers, key=lambda found: len(found[0]), default=None):
        beside = f"{parts.path[: longest.start()]}{number}{parts.path[longest.end() :]}"
        return parts._replace(path=beside, query="", fragment="").geturl()
    path = view.asked.path
    ending = path[path.rindex(".") :] if FILE.search(path) else ".html"
    return urljoin(view.visit.url, f"linkledger-{number}{ending}")


def what_it_is(probe: Visit) -> str:
    """Return in words what was asked for with *probe*."""
    return "its home page" if Address.of(probe.url).is_home else "an address nobody made"


def _is_doubtful(view: View) -> bool:
    """Whether a page has little to say, and says it in the tone of an error page.

    Below a line that says outright that it is gone there may be any amount to read instead.
    """
    if view.is_article and not view.is_about_errors and error_pages.has_admission(view):
        return True
    if view.is_article or _is_any(view) or view.page.text_length > _LITTLE:
        return False
    if "error picture" in view.page.markers:
        return True
    return any(_TONE.search(text) for text in (*view.names, *view.blocks))


def _is_ominous(view: View) -> bool:
    """Whether a page of any length is called by words in the tone of an error page.

    A farewell that a service shows for all that it had reads like any article on one.
    """
    return not view.is_declared_article and any(map(_TONE.search, view.names))


def _is_unconfirmed(view: View) -> bool:
    """Whether nothing on a page says that it is the one deep in its site that was asked for.

    A page that a script fills may be any: what the server sends says nothing of it.
    """
    page = view.page
    asked = view.asked
    if _names_its_home(view) or any(map(_FRONT.fullmatch, view.title_parts)):
        return True
    if not view.is_declared_article and _is_squatted(view):
        return True
    if not _is_deep(asked):
        return False
    if redirects.went_astray(view):
        return not redirects.is_told(view)
    if view.is_bare or not view.heading or "app" in page.markers:
        return False
    is_one_article = view.is_declared_article and asked.segments  # a front page shows several
    if is_one_article or _is_headed(view):
        return False
    if page.canonical and Address.of(page.canonical).is_same_page(view.ended):
        return False
    return not redirects.is_told(view)


def _is_squatted(view: View) -> bool:
    """Whether a page calls itself what is sold on lapsed domains, or just is about it."""
    return any(map(SQUATTERS.search, view.names))


def _is_deep(asked: Address) -> bool:
    """Whether an address is one of many by its path, its query or its name, and not their list."""
    is_one_of_many = len(asked.segments) > 1 or asked.query or _TELLING_NAME.search(asked.path)
    return bool(is_one_of_many) and not redirects.is_listing(asked)


def _names_its_home(view: View) -> bool:
    """Whether a page below a home page gives that one's address as its own."""
    address = Address.of(view.page.canonical)
    is_home = bool(view.page.canonical) and address.is_home and address.site == view.ended.site
    return is_home and not view.asked.is_home and not view.ended.is_home


def _is_headed(view: View) -> bool:
    """Whether a page has a heading of its own that its title begins with."""
    return view.has_headline and any(bare(view.heading) in part for part in view.title_parts[:1])


def _identity(url: str) -> object:
    address = Address.of(url)
    return (address.site, address.segments, address.query)


def _words(visit: Visit) -> tuple[str, str, str] | None:
    """Return what only pages of the same words share; None for a page without any."""
    page = visit.page
    if page is None or not page.fingerprint:
        return None
    return page.fingerprint, page.title, page.heading


def is_answered_alike(view: View, probe: Visit) -> bool:
    """Whether the host answers an address that nobody ever made as it answered *view*."""
    other = View(probe)
    # It was followed no further than its own host: both were sent to the same address.
    if other.status in statuses.REDIRECTS and probe.final_url in _been(view):
        return True
    if not other.is_good:
        return False
    if view.visit.hops and probe.hops and other.ended.is_same_page(view.ended):
        return True
    is_any = _is_any(view) and not _is_squatted(view)
    return other.is_html and not is_any and _are_alike(view, other)


def _is_any(view: View) -> bool:
    """Whether a script is to make any page of the one that every address shows.

    One that shows a picture called 404 from the start, or is headed in the tone of an error
    page, has been made already, unless it misses nothing but the script.
    """
    if not view.is_shell or "error picture" in view.page.markers:
        return False
    return not _TONE.search(view.heading) or _NEEDS_SCRIPT.search(view.heading) is not None


def _been(view: View) -> set[str]:
    """Return the addresses that a visit was led to, the last among them."""
    return {*(hop.url for hop in view.visit.hops[1:]), view.visit.final_url}


def _are_alike(one: View, other: View) -> bool:
    """Whether two pages say the same, but for the address that each may repeat.

    What a site shows on every page fills the first text of most of them, so that pages
    are only alike if they also call themselves the same and are as long.
    """
    if _anonymous(one) != _anonymous(other):
        return False
    lengths = sorted((one.page.text_length, other.page.text_length))
    if lengths[1] - lengths[0] > max(_ECHO, lengths[1] // 20):
        return False
    if distance(one.page.fingerprint, other.page.fingerprint) <= _SAME:
        return True
    ours, theirs = _own_words(one), _own_words(other)
    return len(ours & theirs) >= _ALIKE * len(ours | theirs)


def _own_words(view: View) -> set[str]:
    """Return the words of a page's first text that are not from its address."""
    return set(tokens(view.page.lead)) - set(tokens(view.ended.path))


def _anonymous(view: View) -> tuple[str, ...]:
    """Return what a page calls itself, without its own address."""
    own = "|".join(map(re.escape, (view.ended.path, *view.ended.segments[-1:])))
    return tuple(re.sub(rf"(?<!\w)(?:{own})(?!\w)", "", name) for name in view.names)


def _is_guarded(view: View) -> bool:
    """Whether a page with little else asks as guards do, and not only in its menu."""
    if not view.is_thin or _is_squatted(view):
        return False
    said = (line for line in view.lead[:400].split("\n") if _SENTENCE_ENDS.search(line))
    return "password" in view.page.markers or any(map(_GUARDED.search, (*view.names, *said)))


def _soft(view: View, evidence: str) -> Judgement:
    if _is_guarded(view):
        return Judgement(
            reason=Reason.BOT_WALL, rule="shown for every address, as guards do", evidence=evidence
        )
    return Judgement(
        reason=Reason.SOFT_404, rule="shown for every address", evidence=evidence[:300]
    )
