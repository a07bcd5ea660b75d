"""How text is split for the index, and what people's words become in a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.connection import Catalog
from catalog.words import match_expression, search_text

TEXTS = [
    ("Chinese", "量化", " 量 化 "),
    ("glued to Latin", "TNN框架", "TNN 框 架 "),
    ("Latin alone", "Torch-Pruning", "Torch-Pruning"),
    ("kana and hangul", "エッジ 한", " エ ッ ジ   한 "),
    ("full-width letters", "ＡＩ简报", "AI 简 报 "),
    ("rare ideographs", "𠮷", " 𠮷 "),
    ("nothing", None, None),
]


@pytest.mark.parametrize(("text", "split"), [pytest.param(*row, id=name) for name, *row in TEXTS])
def test_search_text(text: str | None, split: str | None) -> None:
    assert search_text(text) == split


QUERIES = [
    ("one word", "量化", '"量 化"'),
    ("two words, both to be found", "量化 部署", '"量 化" "部 署"'),
    ("mixed", "TNN量化", '"TNN 量 化"'),
    ("a phrase in quotes", '"edge board" 量化', '"edge board" "量 化"'),
    ("a quote that nobody closed", '"edge board', '"edge board"'),
    ("a quote within a word", 'edge"board', '"edge board"'),
    ("words that FTS5 takes for syntax", "NOT (a OR b*) ^c", '"NOT" "(a" "OR" "b*)" "^c"'),
    ("a column of the index", "title:量化", '"title: 量 化"'),
    ("punctuation alone", "——、（） ***", ""),
    ("nothing", "   ", ""),
]


@pytest.mark.parametrize(
    ("words", "expression"), [pytest.param(*row, id=name) for name, *row in QUERIES]
)
def test_match_expression(words: str, expression: str) -> None:
    assert match_expression(words) == expression


@given(words=st.text(alphabet=st.characters(codec="utf-8")))
def test_nothing_that_people_type_is_a_syntax_error(small: Catalog, words: str) -> None:
    expression = match_expression(words)
    if expression:
        small.execute("SELECT rowid FROM items_fts WHERE items_fts MATCH ?", (expression,))
