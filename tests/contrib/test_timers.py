"""What starts a night by itself: linkledger knows every command of it, and systemd shuts it in."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from nightly.cli import cli
from nightly.config import PREFIX, Settings
from nightly.exits import Exit

FOLDER = Path(__file__).resolve().parents[2] / "contrib"
UNIT = (FOLDER / "linkledger.service").read_text(encoding="utf-8")
CRON = (FOLDER / "linkledger.cron").read_text(encoding="utf-8")
WORKFLOW: dict[str, Any] = yaml.safe_load(
    (FOLDER / "github-actions.yml").read_text(encoding="utf-8")
)

# What systemd-analyze calls OK begins at 2 and ends at 0.
MOST_EXPOSED = 2.0


def commands() -> Iterator[tuple[str, str]]:
    """Yield every command of linkledger in these files."""
    for line in re.findall(r"^ExecStart=\S*/(linkledger .*)$", UNIT, re.MULTILINE):
        yield "systemd", line
    for line in re.findall(r"&& (linkledger .*)$", CRON, re.MULTILINE):
        yield "cron", line
    for step in WORKFLOW["jobs"]["night"]["steps"]:
        for line in re.findall(r"^\s*(linkledger [^|]*)", step.get("run", ""), re.MULTILINE):
            yield "GitHub Actions", line


def test_each_file_starts_something() -> None:
    assert {file for file, _ in commands()} == {"systemd", "cron", "GitHub Actions"}


@pytest.mark.parametrize("line", [pytest.param(line, id=f"{f}: {line}") for f, line in commands()])
def test_linkledger_knows_every_option(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    command.make_context(name, arguments)


def test_the_line_for_cron_is_one() -> None:
    (line,) = [line for line in CRON.splitlines() if not line.startswith("#")]
    ranges = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    for field, (least, most) in zip(line.split()[:5], ranges, strict=True):
        assert field == "*" or least <= int(field) <= most
    assert "%" not in line  # which cron takes for the end of the line


def test_each_variable_of_the_service_is_a_setting() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", UNIT))
    assert named
    assert named <= known


def test_statuses_that_are_no_failure_of_the_service() -> None:
    (statuses,) = re.findall(r"^SuccessExitStatus=(.*)$", UNIT, re.MULTILINE)
    assert {int(status) for status in statuses.split()} == {Exit.UNTRUSTED, Exit.BUSY}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_the_service_may_do_little_else() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", FOLDER / "linkledger.service"],
        capture_output=True,
        text=True,
        check=True,
    )
    exposed = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposed is not None
    assert float(exposed[1]) < MOST_EXPOSED
