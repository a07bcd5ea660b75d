"""The languages: no sentence is missing, none is left over, and their blanks agree."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import report
from report.words import Words, closest_language, languages, po_path

SOURCE = Path(report.__file__).parent
KEYWORDS = {"say": None, "say_many": (1, 2), "marked": None, "marked_many": (1, 2)}
METHODS = [("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")]
OTHERS = [language for language in languages() if language != "en"]


def messages() -> set[str]:
    """Everything that the source says, as `pybabel extract` finds it."""
    found = extract_from_dir(SOURCE, METHODS, {"**.j2": {"silent": "false"}}, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def translated(language: str) -> Iterator[tuple[str, str]]:
    with po_path(language).open("rb") as source:
        catalog = read_po(source, locale=language, abort_invalid=True)
    for message in catalog:
        if message.id:
            one = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string if isinstance(message.string, str) else message.string[0]
            assert not message.fuzzy, f"{one!r} waits for a second look"
            yield one, text


def test_chinese_is_there() -> None:
    assert languages() == ("en", "zh")


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    there = {message for message, text in translated(language) if text.strip(" ")}
    assert messages() - there == set(), "say these in the catalog too"
    assert there - messages() == set(), "nobody says these any more"


@pytest.mark.parametrize("language", OTHERS)
def test_translations_fill_the_same_blanks(language: str) -> None:
    for message, text in translated(language):
        blanks = set(re.findall(r"{\w+}", message))
        assert set(re.findall(r"{\w+}", text)) == blanks, message


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        pytest.param("zh-CN", "zh", id="a page's lang attribute"),
        pytest.param("zh_Hans_CN.UTF-8", "zh", id="a machine's locale"),
        pytest.param("EN", "en", id="in capitals"),
        pytest.param("ja", "en", id="one that we do not speak"),
        pytest.param("", "en", id="none"),
    ],
)
def test_the_closest_language(wanted: str, language: str) -> None:
    assert closest_language(wanted) == language


def test_values_are_filled_in_after_translation() -> None:
    words = Words("zh")
    assert words.say("since {day}", day="{n}") == "自 {n} 起"
    assert words.say_many("{n} link", "{n} links", 12_345) == "12,345 个链接"
