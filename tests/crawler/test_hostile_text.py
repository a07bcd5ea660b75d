"""No text makes a rule think for ever: expressions take time in proportion, whatever they read.

One that may divide the same text in many ways tries all of them before it gives up, which
takes longer than any night for a line of a hundred characters.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import crawler.pages
import crawler.verdict
import crawler.visiting
from catalog.records import Page, Visit
from catalog.vocabulary import Verdict
from crawler.phrases.phrasebook import phrases
from crawler.verdict import judge

# A group that is repeated without end, and would give back what it has taken.
_GIVES_BACK = re.compile(r"(?<!\\)\)(?:[*+]|\{\d*,\})(?!\+)")


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression that sees what a server says, by its name."""
    for phrase in phrases():
        yield phrase.name, phrase.expression
    for package in (crawler.pages, crawler.verdict, crawler.visiting):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    written = value.pattern
                    text = written if isinstance(written, str) else written.decode("latin-1")
                    yield f"{module.__name__}.{name}", text


def test_no_expression_gives_back_what_a_repeated_group_has_taken() -> None:
    assert [name for name, expression in expressions() if _GIVES_BACK.search(expression)] == []


LINES = [
    ("a cry", "呜"),
    ("a sigh in Chinese", "哎呀"),
    ("a sigh in English", "oops sorry "),
    ("need on need, in Chinese", "需要"),
    ("cause on cause, in Korean", "사정으로 "),
    ("either and or, in Korean", "없거나 "),
    ("passive on passive, in Japanese", "入力された"),
    ("what is said of errors", "404 error "),
    ("labels of a name", "a."),
]


@pytest.mark.parametrize("piece", [pytest.param(piece, id=name) for name, piece in LINES])
def test_a_line_that_repeats_itself_is_judged(piece: str) -> None:
    line = piece * (110 // len(piece)) + "!"
    page = Page(title=line, heading=line, lead="\n".join([line] * 10), text_length=1_000)
    visit = Visit(url="http://a.test/b", status=200, final_url="http://a.test/b", page=page)
    assert judge(visit).verdict in (Verdict.OK, Verdict.BROKEN, Verdict.UNREACHABLE)
