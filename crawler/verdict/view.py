"""A visit laid out for judging: its words without their dress, and how much there is of them."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from propcache.api import cached_property

from catalog.records import Page, Visit
from crawler.pages.addresses import Address
from crawler.pages.body import ERROR_LABEL
from crawler.phrases.phrasebook import WIDE, fold, scope_of

HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", ""})
_WORDS: Final = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)$")

_SEPARATOR: Final = re.compile(
    r"\s+[-–—|·•»«:/]+\s+|[|｜_–—·•»]+|(?<=[\u2e80-\u9fff])-|-(?=[\u2e80-\u9fff])"
)
_STATUS: Final = re.compile(r"(?<!\d)4(?:04|10)(?!\d)")
_ABOUT_ERRORS: Final = re.compile(rf"{_STATUS.pattern}|not[-_]?found|error[-_]?page")
# An error page that tells what its number means speaks to its reader, and a reference to nobody.
_EXPLAINED: Final = re.compile(
    r"(?m:^)(?=[^\n]{40})(?!.{0,300}(?:\byou|您|你|\bthis page))[^.\n]{0,40}"
    r"(?:\b4(?:04|10)\b[^.\n]{0,40}\b(?:says|means|indicates|signals|tells|stands for"
    r"|is (?:sent|returned))\b"
    r"|4(?:04|10)[^。\n]{0,20}(?:表示|意味着|是指|指的是))"
)

_PUNCTUATION: Final = re.compile(r"[,;:.!?。、]")
# Prose ends so; what pages list to be read next does not.
_PERIOD: Final = re.compile(r"[.!?…:;。！？：；]\W*$")
# More than a menu's entry.
_PHRASE: Final = re.compile(r"\w\W+\w+\W+\w|[.!?…。！？]\W*$")
# What pages ask before anything is read, in as many sentences as the law wants.
_CONSENT: Final = re.compile(r"\bcookies?\b|\bconsent\b|\bpersonali[sz]ed? (?:content|ads)\b")
# What error pages, walls, doors and parked domains talk about; few texts on anything else can
# do without all of these words in every sentence.
MESSAGE: Final = re.compile(
    r"\b(?:pages?|urls?|links?|address|found|exists?|search|home ?page|sorry|errors?|moved|removed"
    r"|deleted|expired|browser|cookies?|copyright|rights reserved|privacy|javascript|robots?|bots?"
    r"|human|verify|security|web ?sites?|sites?|servers?|administrator|domains?|hosting|log ?in"
    r"|sign ?in|account|access|permission|requested|maintenance|unavailable|rights restrictions"
    r"|your (?:country|region|location))\b"
    r"|页面|网页|链接|网址|地址|首页|搜索|不存在|删除|失效|过期|抱歉|对不起|错误|版权|备案|浏览器|验证|登录"
    r"|访问|网站|服务器|域名|账号|违规|投诉|客服|维护|链接|连结|ページ|페이지|страниц|seite|página"
    r"|\bhttp status\b"
    r"|newsletter|subscribe|artikel|nicht mehr|gefunden|verfügbar|gelöscht|verschoben|recherch"
    r"|introuvable|supprim|encontr|dispon[ií]|eliminad|removid|enlace|pagina"
    r"|trovat|rimoss|gevonden|verwijder|stron[ay]|istnieje|usunięt|удал|найден|адрес|ссылк|existe|contenido|sayfa|bulunam"
    r"|kaldırıl|domain|domín|domein|домен"
)

# In characters of visible text; prose counts CJK characters twice.
_GLANCE: Final = 800
_THIN: Final = 800
_BARE: Final = 250
_ARTICLE: Final = 1_000
_SHORT_ARTICLE: Final = 300
_NOTE: Final = 120
_SENTENCE: Final = 60
_MEAGRE: Final = 700
_BOILERPLATE: Final = 2_500
# Blocks below a heading that are part of one message, and blocks of a page without a heading.
_BELOW: Final = 4
_FIRST: Final = 6
_WORD: Final = 4
# Shorter words may be in any address.
_TELLING: Final = 8


def _part(text: str) -> str:
    """Return *text* between two separators; within quotation marks they separate nothing.

    A question keeps its mark: it asks what an error page says.
    """
    if text.count('"') % 2:
        return text
    return bare(text) + ("?" if text.rstrip().endswith("?") else "")


def bare(text: str) -> str:
    """Return *text* without what is no letter or digit at its ends."""
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


def _is_prose(block: str) -> bool:
    return _PUNCTUATION.search(block) is not None and _PERIOD.search(block) is not None


def _weight(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(WIDE.findall(text))


@dataclass(frozen=True)
class View:
    """One visit as the rules look at it; what several of them need is worked out once."""

    visit: Visit

    @cached_property
    def asked(self) -> Address:
        """The address of the link."""
        return Address.of(self.visit.url)

    @cached_property
    def ended(self) -> Address:
        """The address that answered in the end."""
        final = self.visit.final_url
        return self.asked if final in ("", self.visit.url) else Address.of(final)

    @property
    def status(self) -> int:
        """The last status; 0 where nobody answered."""
        return self.visit.status or 0

    @property
    def is_good(self) -> bool:
        """Whether the server says that this is the page."""
        return 200 <= self.status < 300

    @cached_property
    def page(self) -> Page:
        """What was read; a page without anything where nothing was."""
        return self.visit.page or Page()

    @cached_property
    def media_type(self) -> str:
        """The type of the answer, such as `text/html`, without its parameters."""
        given = self.page.content_type or self.visit.headers.get("content-type", "")
        return given.partition(";")[0].strip().lower()

    @cached_property
    def scope(self) -> str:
        """The part of the phrasebook that is for the host that answered."""
        return scope_of(self.ended.host)

    @cached_property
    def is_html(self) -> bool:
        """Whether a page of HTML was read."""
        return self.visit.page is not None and self.media_type in HTML_TYPES

    @cached_property
    def is_words(self) -> bool:
        """Whether what was read is made of words: a page, plain text, JSON or XML."""
        return self.is_html or (
            self.visit.page is not None and _WORDS.match(self.media_type) is not None
        )

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The page's titles, folded: the one shown in search results and the tab's."""
        both = (fold(self.page.title), fold(self.page.tab_title))
        return tuple(dict.fromkeys(title for title in both if title))

    @cached_property
    def heading(self) -> str:
        """The first heading, folded."""
        return fold(self.page.heading).replace("\n", " ")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The titles and the first heading: what the page calls itself."""
        return (*self.titles, self.heading) if self.heading else self.titles

    @cached_property
    def lead(self) -> str:
        """The first visible text, folded, a block a line."""
        lead = self.page.lead
        # In ASCII nothing is left to do but the case: it was read a block a line.
        return lead.casefold().rstrip() if lead.isascii() else fold(lead)

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """What a reader takes in at a glance: the page's top, and below its first heading.

        A menu's entry that leads to an error page says nothing of this one.
        """
        opening = self.lead[:_GLANCE]
        at = self.lead.find(self.heading, 1) if self.heading else -1
        if at > 0:
            opening += "\n" + self.lead[at : at + _GLANCE // 2]
        return tuple(self._without_labels(opening.split("\n")))

    def _without_labels(self, lines: list[str]) -> list[str]:
        if "error link" not in self.page.markers:
            return lines
        return [line for line in lines if not ERROR_LABEL.fullmatch(line)]

    @cached_property
    def title_parts(self) -> tuple[str, ...]:
        """What stands between separators in the titles: the page's name, the site's."""
        parts = [part for title in self.titles for part in _SEPARATOR.split(title)]
        site = re.sub(r"\W", "", self.ended.host)
        for part in tuple(parts):
            name, colon, rest = part.partition(": ")
            if colon and re.sub(r"\W", "", name) in site:
                parts.append(rest)
        return tuple(dict.fromkeys(filter(None, map(_part, parts))))

    @cached_property
    def has_headline(self) -> bool:
        """Whether the first heading is, or begins with, what the title says beside the site."""
        heading = bare(self.heading)
        is_site = re.sub(r"\W", "", heading) in re.sub(r"\W", "", self.ended.host)
        if not heading or is_site:
            return False
        first = next(iter(self.title_parts), "")
        is_begun = len(first) >= _WORD and heading.startswith(first)
        return is_begun or any(heading in title for title in self.titles)

    @cached_property
    def is_article(self) -> bool:
        """Whether the page has so much to read that what it says in passing is no message."""
        lead = self.page.lead
        wide = 0.0 if lead.isascii() else len(WIDE.findall(lead)) / len(lead)
        prose = self.page.prose_length * (1 + wide)
        if prose < 2 * _ARTICLE:
            prose -= self._consent
        if prose >= _ARTICLE or (prose >= _SHORT_ARTICLE and "article" in self.page.markers):
            return True
        return prose >= _NOTE and self._is_on_something_else

    @property
    def is_declared_article(self) -> bool:
        """Whether the page says by its markup, or by a date, that it is an article."""
        return bool(self.page.published) or "article" in self.page.markers

    @property
    def _is_on_something_else(self) -> bool:
        """Whether the page's first text has sentences without a word of error pages in them."""
        weight = 0
        for block in self.lead.split("\n"):
            size = _weight(block)
            if size >= _SENTENCE and _is_prose(block) and not MESSAGE.search(block):
                weight += size
                if weight >= _NOTE:
                    return True
        return False

    @property
    def _consent(self) -> int:
        """How much of the page's first text asks for a reader's consent."""
        if "ookie" not in self.page.lead and "onsent" not in self.page.lead:
            return 0
        blocks = self.lead.split("\n")
        return sum(len(block) for block in blocks if _CONSENT.search(block) and len(block) >= 45)

    @cached_property
    def is_thin(self) -> bool:
        """Whether a page has next to nothing beside its message."""
        return self.page.text_length < _THIN and not self.is_article

    @cached_property
    def is_meagre(self) -> bool:
        """Whether a page has little to read, however much its site puts around every page."""
        return self.is_thin or (self.page.prose_length < _MEAGRE and not self.is_article)

    @property
    def is_boilerplate(self) -> bool:
        """Whether what there is to read may stand on every page of the site, below any title."""
        return self.page.prose_length <= _BOILERPLATE and not self.has_headline

    @cached_property
    def message(self) -> tuple[str, ...]:
        """What the page would say first: its heading, what stands around it, its sentences."""
        lines = [line for line in self.lead.split("\n") if not _CONSENT.search(line)]
        lines = self._without_labels(lines)
        at = lines.index(self.heading) if self.heading in lines else len(lines)
        above = [line for line in lines[:at] if _PHRASE.search(line)]
        below = lines[at : at + _BELOW + 1] if at < len(lines) else []
        said = filter(_PERIOD.search, lines)
        return tuple(dict.fromkeys((*below, *above[-_FIRST:], *islice(said, _FIRST))))

    @property
    def is_bare(self) -> bool:
        """Whether a page shows hardly a line, as do those that a script is to fill."""
        return self.page.text_length < _BARE

    @property
    def is_shell(self) -> bool:
        """Whether a script makes the page, so that its words are not yet on it."""
        markers = self.page.markers
        # Where a framework fills the page, a menu in Chinese may stand in it from the start.
        is_little = self.is_bare and ("app" in markers or _weight(self.page.lead) < _BARE)
        return is_little and "script" in markers

    @cached_property
    def is_about_errors(self) -> bool:
        """Whether the link was made to lead to what is called «404», or the page explains it."""
        if _ABOUT_ERRORS.search(f"{self.asked.host}{self.asked.path}"):
            return True
        return any(map(_STATUS.search, self.names)) and _EXPLAINED.search(self.lead) is not None

    def is_named(self, words: str) -> bool:
        """Whether the link's own address says *words*: it was made to lead to a page on them."""
        wanted = re.findall(r"[^\W_]+", words)
        if len("".join(wanted)) >= _TELLING and "".join(wanted) in self.asked.host:
            return True
        said = re.findall(r"[^\W_]+", fold(f"{self.asked.path} {self.asked.query}"))
        size = len(wanted)
        return len("".join(wanted)) >= _TELLING and any(
            said[at : at + size] == wanted for at in range(len(said) - size + 1)
        )

    def header(self, name: str) -> str:
        """Return the header *name*, folded; empty where it was not sent or not kept."""
        return self.visit.headers.get(name, "").casefold()
