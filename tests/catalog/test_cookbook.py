"""Every query and program in the cookbook runs, and gives the answer that stands below it."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalog.connection import Catalog
from catalog.sharing.export import ExportFormat, export
from catalog.sharing.publish import publish

COOKBOOK = Path(__file__).resolve().parents[2] / "docs" / "cookbook.md"

_HEADING = re.compile(r"^#{2,3} ", re.MULTILINE)
_CODE = re.compile(r"```(?P<language>sql|python)\n(?P<code>.*?)```\n(?P<answer>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    question: str
    language: str
    code: str
    answer: str


def recipes(language: str) -> Iterator[Recipe]:
    for section in _HEADING.split(COOKBOOK.read_text(encoding="utf-8")):
        found = _CODE.search(section)
        if found and found["language"] == language:
            yield Recipe(
                question=section.splitlines()[0],
                language=language,
                code=found["code"],
                answer=found["answer"].strip(),
            )


def table(cursor: sqlite3.Cursor) -> str:
    """Return the rows of *cursor* as a Markdown table."""
    head = [column[0] for column in cursor.description]
    rows = [["" if cell is None else str(cell) for cell in row] for row in cursor]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def check(recipe: Recipe, answer: str) -> None:
    """Compare the answer with the one in the cookbook, or write it there where asked to."""
    if os.environ.get("LINKLEDGER_WRITE_DOCS"):
        text = COOKBOOK.read_text(encoding="utf-8")
        fenced = f"```{recipe.language}\n{recipe.code}```\n"
        before, after = text.split(fenced)
        rest = after.removeprefix("\n").removeprefix(recipe.answer).lstrip("\n")
        COOKBOOK.write_text(f"{before}{fenced}\n{answer}\n\n{rest}".rstrip() + "\n", "utf-8")
        return
    assert answer == recipe.answer


def _named(language: str) -> list[object]:
    return [pytest.param(recipe, id=recipe.question) for recipe in recipes(language)]


@pytest.mark.parametrize("recipe", _named("sql"))
def test_question(small_catalog: Path, recipe: Recipe) -> None:
    """Plain sqlite3, as in any other tool: no function of ours is there."""
    with closing(sqlite3.connect(f"file:{small_catalog}?mode=ro", uri=True)) as plain:
        answer = table(plain.execute(recipe.code))
    assert answer.count("\n") > 1, "a recipe without an answer teaches nothing"
    check(recipe, answer)


@pytest.fixture(scope="module")
def notebook(
    small: Catalog, small_catalog: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("notebook")
    publish(small_catalog, folder)
    export(small, folder / "export", ExportFormat.PARQUET)
    return folder


@pytest.mark.parametrize("recipe", _named("python"))
def test_program(notebook: Path, recipe: Recipe) -> None:
    pytest.importorskip(recipe.question.lower())
    done = subprocess.run(
        [sys.executable, "-c", recipe.code], cwd=notebook, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    check(recipe, f"```\n{done.stdout.strip()}\n```")


def test_there_are_twenty_questions_and_three_ways_to_read() -> None:
    assert len(list(recipes("sql"))) >= 20
    assert [recipe.question for recipe in recipes("python")] == ["pandas", "polars", "DuckDB"]
