"""The body of an HTML page: the text that a reader sees, and how the page is built."""

import re
from collections.abc import Set
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from lxml import etree

from crawler.pages.source import HIDING, TELLING

_LEAD: Final = 2_000
# Of a menu longer than that, the rest says nothing of the page, and what follows it does.
_MENU: Final = 1_000
# Sentences, not menus: so long a block, of which most is no link. A CJK character is two.
_PROSE: Final = 45
# Of a page with so many characters of prose, no rule asks for more.
_PLENTY: Final = 5_000
# Many an article has as much within so many bytes, and the rest need not even be parsed.
_OPENING: Final = 10_240

# More links than a page has, and longer ones, are there to keep somebody busy.
_MOST_LINKS: Final = 5_000
_LONGEST_LINK: Final = 4_096

_BLOCKS: Final = frozenset(
    """
    address article aside blockquote body br button caption center dd details div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hr html label legend li main
    nav ol p pre section summary table tbody td th thead tr ul
    """.split()  # noqa: SIM905 (a list of forty literals is not easier to read)
)
_UNSEEN_TAGS: Final = frozenset(
    {"title", "script", "style", "noscript", "template", "textarea", "select", "svg", "datalist"}
)
_MEDIA: Final = frozenset(
    {"img", "video", "audio", "iframe", "embed", "object", "canvas", "svg", "frame", "picture"}
)
_FIELDS: Final = frozenset({"input", "textarea", "select"})
_HEADINGS: Final = ("h1", "h2", "h3")
_CHROME: Final = frozenset({"nav", "footer", "header", "aside"})
_CONTAINERS: Final = frozenset({"html", "body", "main", "div", "section", "article"})

# What a tag is, in one look-up: a page has a thousand of them.
_BLOCK, _UNSEEN, _LINK, _AROUND, _HEADING, _OF_NOTE, _CONTAINER = (1 << bit for bit in range(7))


def _traits() -> dict[object, int]:
    kinds = (
        (_BLOCK, _BLOCKS),
        (_UNSEEN, _UNSEEN_TAGS),
        (_LINK, ("a",)),
        (_AROUND, _CHROME),
        (_HEADING, _HEADINGS),
        (_OF_NOTE, {"script", "noscript", "article"} | _MEDIA | _FIELDS),
        (_CONTAINER, _CONTAINERS),
    )
    traits: dict[object, int] = {}
    for trait, tags in kinds:
        for tag in tags:
            traits[tag] = traits.get(tag, 0) | trait
    return traits


_TRAITS: Final = _traits()
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WIDE: Final = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_ERROR_NAME: Final = re.compile(
    r"(?:^|[\s_-])(?:error-?_?404|404|page-?_?404|(?:page-?_?)?not-?_?found|error-?_?page)(?:$|[\s_-])",
    re.IGNORECASE,
)
# A library for pages in WeChat, and YouTube beside its player, have a warning ready on every page,
# and hide it by a class.
_HIDDEN_CLASS: Final = re.compile(r"(?:^|\s)(?:weui[-_]toptips|hid(?:\s|$))")
# With so many elements that have a name and nothing in them, a page draws by its styles alone.
_STROKES: Final = 5
_MOST_STROKES: Final = 500
_LAYOUT: Final = re.compile(
    r"\b(?:header|footer|content|contents|main|nav|navbar|menu|sidebar|page|post|article|comments"
    r"|container|wrapper|banner|logo|ads?|widget|copyright)\b",
    re.IGNORECASE,
)

# What the picture on an error page is called.
_ERROR_PICTURE: Final = re.compile(r"(?<![a-z\d])(?:404|not[-_]?found)(?![a-z\d])[^/?]*$")

ERROR_LABEL: Final = re.compile(
    r"\W*(?:(?:[^\W\d]+ )?(?:404|410)(?: ?[-:]? ?(?:error|page|not found|错误|页面))*+"
    r"|(?:page )?not found(?: page)?|error pages?|(?:404)?错误页面?)\W*",
    re.IGNORECASE,
)
"""What menus call the error pages that a theme or a manual has to show."""

_PARSER: Final = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


@dataclass(slots=True)
class Body:
    """What a reader sees, gathered block by block while the tree is walked.

    `links` says which blocks are links, and `structure` names what the page is built of, as
    far as a judgement needs it.
    """

    blocks: list[str] = field(default_factory=list)
    links: set[int] = field(default_factory=set)
    headings: dict[str, str] = field(default_factory=dict)
    hrefs: list[str] = field(default_factory=list)
    structure: set[str] = field(default_factory=set)
    text_length: int = 0
    prose_length: int = 0
    _parts: list[str] = field(default_factory=list)
    _linked: int = 0

    @property
    def heading(self) -> str:
        """The first heading of the highest level that the page uses."""
        return next((self.headings[name] for name in _HEADINGS if name in self.headings), "")

    @property
    def text(self) -> str:
        """The visible text, a block a line."""
        return "\n".join(self.blocks)

    @property
    def lead(self) -> str:
        """The first 2,000 characters of the visible text, of which menus are half at most."""
        if self.text_length <= _LEAD:
            return self.text[:_LEAD]
        kept: list[str] = []
        size = 0
        for n, block in enumerate(self.blocks):
            if size > _MENU and n in self.links:
                continue
            kept.append(block)
            size += len(block) + 1
            if size > _LEAD:
                break
        return "\n".join(kept)[:_LEAD]

    def add(self, text: str, *, linked: bool) -> None:
        """Take in *text* of the block that is being read."""
        self._parts.append(text)
        if linked:
            self._linked += len(text)

    def add_link(self, href: str) -> None:
        """Take in where a link leads."""
        if len(href) <= _LONGEST_LINK and len(self.hrefs) < _MOST_LINKS:
            self.hrefs.append(href)

    def end_block(self, heading: str = "") -> None:
        """Close the block that was being read; *heading* says which heading it was."""
        if not self._parts:
            return
        block = " ".join("".join(self._parts).split())
        linked, self._linked = self._linked, 0
        self._parts.clear()
        if not block:
            return
        self.blocks.append(block)
        length = len(block)
        self.text_length += length
        if linked * 2 >= length:
            self.links.add(len(self.blocks) - 1)
            if ERROR_LABEL.fullmatch(block):
                self.structure.add("error link")
        elif 2 * length >= _PROSE:
            wide = 0 if block.isascii() else len(_WIDE.findall(block))
            if length + wide >= _PROSE:
                self.prose_length += length
        if heading:
            self.headings.setdefault(heading, block)


def read_body(source: bytes, words: Set[str], *, to_the_end: bool = False) -> Body:
    """Return what a reader sees of the page *source*, in UTF-8, however broken its markup is.

    *words* are those of `words_in` that stand in it. Reading ends where there has been
    plenty of prose, unless it is to go on *to_the_end*.
    """
    if not to_the_end and len(source) > _OPENING:
        body = _read(source[:_OPENING], words, limit=_PLENTY)
        if body.prose_length > _PLENTY:
            return body
    return _read(source, words, limit=None if to_the_end else _PLENTY)


def _read(source: bytes, words: Set[str], limit: int | None) -> Body:
    body = Body()
    try:
        root = etree.fromstring(source, _PARSER) if source.strip() else None
    except etree.XMLSyntaxError:  # nothing that could be an element
        return body
    if root is not None:
        _walk(root, body, words, limit)
        body.end_block()
        if not body.text_length:
            _take_in_pictures(root, body)
        if not body.text_length and _is_drawn(root):
            body.structure.add("media")
        if not body.text_length and any("-" in element.tag for element in root.iter("*")):
            body.structure.add("script")  # by which alone an element of its own means something
    return body


def _take_in_pictures(root: etree._Element, body: Body) -> None:
    """Take in what stands in the place of pictures, on a page that has no other words."""
    for picture in root.iter("img"):
        if not any(map(_is_hidden, (picture, *picture.iterancestors()))):
            body.add(picture.get("alt") or "", linked=False)
            body.end_block()


def _is_drawn(root: etree._Element) -> bool:
    """Whether a page without words is made of boxes for its styles to draw with.

    A page that lost what its boxes were for still calls them after that.
    """
    boxes = (box for box in root.iter("div", "span", "i", "li", "section") if not len(box))
    names = filter(None, (f"{box.get('class', '')} {box.get('id', '')}".strip() for box in boxes))
    strokes = [*islice(names, _MOST_STROKES)]
    return len(strokes) >= _STROKES and not any(map(_LAYOUT.search, strokes))


def _walk(root: etree._Element, body: Body, words: Set[str], limit: int | None) -> None:
    """Take in the elements of *root* in the order in which a reader meets them."""
    # Asking an element costs more than the rest of the walk: only where one may say yes.
    may_hide, may_tell = not words.isdisjoint(HIDING), not words.isdisjoint(TELLING)
    walker = etree.iterwalk(root, events=("start", "end"))
    links = chrome = 0
    heading = ""
    for event, element in walker:
        tag = element.tag
        traits = _TRAITS.get(tag, 0)
        is_start = event == "start"
        if traits & _BLOCK:
            body.end_block("" if is_start else heading)
            if limit is not None and body.prose_length > limit:
                return
        if traits & _LINK:
            links += 1 if is_start else -1
        elif traits & _AROUND:
            chrome += 1 if is_start else -1
        elif traits & _HEADING:
            heading = tag if is_start else ""
        if not is_start:
            if part := element.tail:
                body.add(part, linked=links > 0)
            continue
        is_hidden = may_hide and _is_hidden(element)
        if is_hidden or traits & _UNSEEN:
            walker.skip_subtree()
        elif part := element.text:
            body.add(part, linked=links > 0)
        if not is_hidden and (traits & _OF_NOTE or (may_tell and traits & _CONTAINER)):
            _note(tag, element, body)
        if traits & _LINK and not chrome:
            body.add_link(element.get("href") or "")


def _is_hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None or _HIDDEN_CLASS.search(element.get("class") or ""):
        return True
    style = element.get("style")
    return style is not None and _HIDDEN.search(style) is not None


def _note(name: str, element: etree._Element, body: Body) -> None:
    """Remember what kind of page has such an element."""
    if name in ("script", "noscript"):  # a page that speaks of scripts waits for one
        body.structure.add("script")
    elif name in _MEDIA:
        body.structure.add("media")
        source = (element.get("src") or element.get("data") or "").lower()
        if _ERROR_PICTURE.search(source):
            body.structure.add("error picture")
        if "pdf" in (element.get("type") or "").lower() or ".pdf" in source:
            body.structure.add("viewer")
    elif name in _FIELDS:
        kind = (element.get("type") or "").lower()
        if kind == "password":
            body.structure.add("password")
        if kind != "hidden":
            body.structure.add("field")
    elif name == "article" or element.get("itemprop") == "articleBody":
        body.structure.add("article")
    if name in _CONTAINERS:
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if _ERROR_NAME.search(names):
            outermost = name in ("html", "body")
            body.structure.add("error page" if outermost else "error box")
