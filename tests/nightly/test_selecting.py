"""A report on a part of the catalog: a part that is not there is no report without a break."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from nightly.exits import Exit

Linkledger = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ledger(linkledger: Linkledger, tmp_path: Path) -> Linkledger:
    """The command, beside a catalog in which one issue has a broken link."""
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "2024-01-14.md").write_text("# Letter\n\n## News\n\n- [A page](gone.md)\n")
    assert linkledger("read", "letters").returncode == Exit.DONE
    return linkledger


@pytest.mark.parametrize(
    "narrowed",
    [
        pytest.param(("--issue", "2024-01-14.md"), id="an issue as its archive has it"),
        pytest.param(("--issue", "letters/2024-01-14.md"), id="an issue as it is seen from here"),
        pytest.param(("--issue", "./letters/2024-01-14.md"), id="the same, from the dot on"),
        pytest.param(("--issue", "letters/2024-*"), id="a pattern from here"),
        pytest.param(("--section", "news"), id="a section"),
    ],
)
def test_a_part_that_is_there(ledger: Linkledger, narrowed: tuple[str, ...]) -> None:
    assert ledger("report", "--fail-on", "broken", *narrowed).returncode == Exit.FAIL_ON


@pytest.mark.parametrize(
    ("fail_on", "status"),
    [
        pytest.param("broken", Exit.FAIL_ON, id="it does not work"),
        pytest.param("empty", Exit.FAIL_ON, id="it leads nowhere"),
        pytest.param("moved", Exit.DONE, id="it has not moved"),
    ],
)
def test_a_link_that_leads_nowhere_fails_who_asks_for_it(
    linkledger: Linkledger, tmp_path: Path, fail_on: str, status: Exit
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "2024-01-14.md").write_text("# Letter\n\n- [https://a.test/x]()\n")
    assert linkledger("read", "letters").returncode == Exit.DONE
    assert linkledger("report", "--fail-on", fail_on).returncode == status


@pytest.mark.parametrize(
    "narrowed",
    [
        pytest.param(("--issue", "2024-01-15.md"), id="an issue that nobody has read"),
        pytest.param(("--host", "nowhere.test"), id="a host that nobody names"),
        pytest.param(("--section", "old"), id="a section that no issue has"),
    ],
)
def test_a_part_that_is_not_there(ledger: Linkledger, narrowed: tuple[str, ...]) -> None:
    ran = ledger("report", "--fail-on", "broken", *narrowed)
    assert ran.returncode == Exit.BAD_CONFIG
    assert f"{' '.join(narrowed)}: nothing in the catalog fits that" in ran.stderr
