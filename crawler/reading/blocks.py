"""Cut an issue's Markdown into blocks, each with the place in the file of every character.

markdown-it-py finds the blocks (lists, quotes, tables, code, HTML, footnotes) and the
definitions of reference links. It keeps lines but no columns, and its inline parser keeps no
places at all; so here each block's text is laid over its source lines again, and
`crawler/reading/inline.py` reads the inside of it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_core import StateCore, block, normalize
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

# Deeper than any issue; what is nested deeper still is not read.
MAX_NESTING: Final = 60


class BlockKind(StrEnum):
    """What a block is to a reader."""

    TEXT = "text"
    HEADING = "heading"
    HTML = "html"
    CODE = "code"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of text in one piece of the page, and where each of its lines stands in the file.

    `starts` holds, for each line of `text`, its offset there; `places` the file's line and
    column (both from 1) of that offset. `bullet` counts the outermost list item around the
    block through the issue, from 1; it is 0 where there is none, and a list within a quote is
    none. `opens` marks the item's first block. `group` counts the outermost lists alike;
    `tight` says that no blank line parts the list from what stands before it. `around` marks
    what surrounds a page's own text.
    """

    kind: BlockKind
    text: str
    line: int
    starts: tuple[int, ...] = (0,)
    places: tuple[tuple[int, int], ...] = ((1, 1),)
    level: int = 0
    bullet: int = 0
    group: int = 0
    ordered: bool = False
    tight: bool = False
    opens: bool = False
    quoted: bool = False
    around: bool = False

    def cut(self, rows: Sequence[int]) -> "Iterator[Block]":
        """Yield this block in pieces, each from one of its *rows* (counted from 0) to the next."""
        for first, last in pairwise([*rows, len(self.starts)]):
            start = self.starts[first]
            stop = self.starts[last] - 1 if last < len(self.starts) else len(self.text)
            yield replace(
                self,
                text=self.text[start:stop],
                line=self.places[first][0],
                starts=tuple(offset - start for offset in self.starts[first:last]),
                places=self.places[first:last],
                opens=self.opens and first == 0,
            )

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column in the file of the character at *offset* of `text`."""
        row = bisect_right(self.starts, offset) - 1
        line, column = self.places[row]
        return line, column + offset - self.starts[row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """Where a reference link leads: the address as written, and its place in the file."""

    url: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An issue's blocks in reading order, and its reference definitions by their label."""

    blocks: tuple[Block, ...]
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    is_markdown: bool = True


_PARSER: Final = (
    MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table").use(footnote_plugin)
)


def document(text: str) -> Document:
    """Return the blocks of *text*, Markdown without front matter."""
    state = StateCore(text, _PARSER, {})
    normalize(state)
    block(state)
    lines = state.src.split("\n")
    references: Mapping[str, Mapping[str, Any]] = state.env.get("references", {})
    return Document(
        blocks=tuple(_Walk(lines).blocks(state.tokens)),
        definitions=dict(_definitions(references, lines)),
    )


class _Walk:
    """One pass over the tokens of markdown-it, keeping count of the lists and quotes around."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.numbered: list[bool] = []  # the open lists, outermost first
        self.quotes = 0
        self.in_quote = False  # whether the outermost open list stands in a quote
        self.bullets = 0
        self.groups = 0
        self.tight = False
        self.opens = False
        self.level = 0
        self.cell_from: int | None = None  # where in its line the next table cell may start

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        """Yield a block for each of *tokens* that holds text, or parts what others hold."""
        for token in tokens:
            self._count(token)
            made = self._block(token)
            if made is not None:
                yield self._set_in(made)

    def _count(self, token: Token) -> None:
        """Keep track of what is open around the next block."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                if not self.numbered:
                    self.groups += 1
                    self.in_quote = self.quotes > 0
                    above = (token.map or [0])[0] - 1
                    self.tight = above >= 0 and bool(self.lines[above].strip())
                self.numbered.append(token.type == "ordered_list_open")
            case "bullet_list_close" | "ordered_list_close":
                self.numbered.pop()
            case "list_item_open":
                if len(self.numbered) == 1 and not self.in_quote:
                    self.bullets += 1
                    self.opens = True
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
            case "heading_open":
                self.level = int(token.tag[1:])
            case "heading_close":
                self.level = 0
            case "tr_open":
                self.cell_from = 0
            case "tr_close":
                self.cell_from = None

    def _block(self, token: Token) -> Block | None:
        first, last = token.map or (0, 0)
        match token.type:
            case "inline" if self.cell_from is not None:
                return self._cell(token.content, first)
            case "inline":
                kind = BlockKind.HEADING if self.level else BlockKind.TEXT
                return _laid_over(kind, token.content, self.lines, first, last)
            case "html_block":
                return _laid_over(BlockKind.HTML, token.content, self.lines, first, last)
            case "fence":
                return _laid_over(BlockKind.CODE, token.content, self.lines, first + 1, last)
            case "code_block":
                return _laid_over(BlockKind.CODE, token.content, self.lines, first, last)
            case "hr":
                return Block(kind=BlockKind.RULE, text="", line=first + 1)
        return None

    def _cell(self, content: str, row: int) -> Block | None:
        """Return the block of a table cell: *content* with its escaped pipes as written."""
        pattern = re.escape(content).replace(r"\|", r"\\?\|")
        found = re.compile(pattern).search(self.lines[row], self.cell_from or 0)
        if not content or found is None:
            return None
        self.cell_from = found.end()
        place = (row + 1, found.start() + 1)
        return Block(kind=BlockKind.TEXT, text=found[0], line=row + 1, places=(place,))

    def _set_in(self, made: Block) -> Block:
        """Return *made* with what is around it."""
        opens, self.opens = self.opens, False
        in_list = bool(self.numbered) and not self.in_quote
        if not (self.numbered or self.quotes or self.level):
            return made
        return replace(
            made,
            level=self.level,
            quoted=self.quotes > 0,
            bullet=self.bullets if in_list else 0,
            group=self.groups if in_list else 0,
            ordered=in_list and self.numbered[0],
            tight=self.tight,
            opens=opens,
        )


def _laid_over(
    kind: BlockKind, content: str, lines: Sequence[str], first: int, last: int
) -> Block:
    """Return the block of *content*, found again in *lines* from row *first* up to *last*.

    A line of a block ends where its source line ends, apart from white space; quote marks,
    list marks and indentation were taken from its start, a heading's closing `#` from its end.
    """
    starts, places = [], []
    offset, row = 0, first
    for line in content.split("\n"):
        shown = line.strip()
        while row < last - 1 and shown not in lines[row]:
            row += 1
        source = lines[min(row, len(lines) - 1)].rstrip()
        at = len(source) - len(shown) if source.endswith(shown) else source.find(shown)
        starts.append(offset)
        places.append((row + 1, at + 1 - (len(line) - len(line.lstrip()))))
        offset += len(line) + 1
        row += 1
    return Block(
        kind=kind,
        text=content,
        line=places[0][0],
        starts=tuple(starts),
        places=tuple(places),
    )


_DEFINITION: Final = re.compile(
    r"\[(?:[^\[\]\\]|\\.)*\]:[\s>]*(?:<(?P<bracketed>[^<>\n]*)>|(?P<plain>\S+))", re.DOTALL
)


def _definitions(
    references: Mapping[str, Mapping[str, Any]], lines: Sequence[str]
) -> Iterator[tuple[str, Definition]]:
    """Yield each label with its address as written: markdown-it has only the encoded one."""
    for label, reference in references.items():
        first, last = reference["map"]
        found = _DEFINITION.search("\n".join(lines[first:last]))
        if found is None:
            continue
        group = "plain" if found["plain"] else "bracketed"
        before = found.string[: found.start(group)]
        column = len(before) - (before.rfind("\n") + 1) + 1
        line = first + before.count("\n") + 1
        yield label, Definition(url=unescapeAll(found[group]), line=line, column=column)
