"""What the documents say is so: commands run, pages are in step, the reference is the code's."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightly.demo.places import sample_archive
from nightly.exits import MEANINGS, STOPPED
from nightly.reference import reference

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]

Rows = Callable[..., list[tuple[Any, ...]]]


def typed(page: Path) -> list[str]:
    """Return what *page* tells its reader to type, without remarks, in order."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [re.sub(r"\s+#.*$", "", line[2:]).strip() for line in lines]


# What a document tells to type and a test cannot run here, and why.
ELSEWHERE = {
    "linkledger catalog serve": "runs until somebody ends it; see tests/catalog",
}
STATUSES = {"--fail-on": 2}


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
    web_environment: dict[str, str],
) -> Path:
    """A folder with an archive, whose first night was yesterday."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copytree(sample_archive(), folder / "issues")
    subprocess.run(
        [sys.executable, "-m", "nightly", "nightly", "issues"],
        cwd=folder,
        env=environment | web_environment,
        check=True,
        capture_output=True,
    )
    return folder


COMMANDS = list(dict.fromkeys(line for page in PAGES for line in typed(page)))


@pytest.mark.parametrize("line", [c for c in COMMANDS if c.startswith("linkledger ")])
def test_what_a_page_tells_to_type_works(
    line: str, home: Path, environment: dict[str, str], web_environment: dict[str, str]
) -> None:
    if line in ELSEWHERE:
        pytest.skip(ELSEWHERE[line])
    (home / "linkledger.toml").unlink(missing_ok=True)
    (home / "linkledger.toml").write_text('sources = ["issues"]\n')
    if line.startswith("linkledger init"):
        (home / "linkledger.toml").unlink()
    ran = subprocess.run(
        [sys.executable, "-m", "nightly", *shlex.split(line)[1:]],
        cwd=home,
        env=environment | web_environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    status = next((s for flag, s in STATUSES.items() if flag in line), 0)
    assert ran.returncode == status, ran.stdout + ran.stderr


@pytest.mark.parametrize("line", [c for c in COMMANDS if c.startswith("sqlite3 ")])
def test_each_query_works(line: str, home: Path, rows: Rows) -> None:
    _, catalog, query = shlex.split(line)
    assert rows(home / catalog, query)


def test_the_reference_is_what_the_code_says() -> None:
    written = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
    assert written == reference(), "run `make docs`"


@pytest.mark.parametrize(
    ("page", "begins"), [("README.md", "Exit status: "), ("README.zh-CN.md", "退出状态：")]
)
def test_a_readme_names_each_exit_status(page: str, begins: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8").partition(begins)[2].partition("\n\n")[0]
    named = [int(number) for number in re.findall(r"\b\d+(?= )", text)]
    assert named == [int(status) for status in (*MEANINGS, *STOPPED)]


def test_the_chinese_readme_is_in_step() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    same = {"linkledger report --lang zh": "linkledger report"}
    assert [same.get(line, line) for line in typed(chinese)] == typed(english)
    for pattern in (r"^#+ ", r"^\| `linkledger [a-z]+", r"^- ", r"\]\([^)]*\)"):
        counts = [
            len(re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE))
            for page in (english, chinese)
        ]
        assert counts[0] == counts[1], pattern


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_documents_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", prose)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_in_the_index_of_the_documents() -> None:
    index = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [page.name for page in PAGES[2:] if f" {page.name}" not in index] == []
