"""Write docs/reference.md from the code: `python -m nightly.reference FILE`; a test compares."""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from catalog.vocabulary import REASONS, SOFT_EVIDENCE
from nightly.cli import COMMANDS, cli
from nightly.config import PREFIX, Settings
from nightly.exits import MEANINGS, STOPPED
from nightly.options import flag_of
from nightly.template import as_toml

_WIDTH = 96

_HEAD = """\
# Reference

This page is written from the code by `make docs`; a test compares the two.
"""


def reference() -> str:
    """Return the whole page as Markdown."""
    parts = [_HEAD, _commands(), _settings(), _statuses(), _reasons()]
    return "\n".join(parts)


def _commands() -> str:
    lines = ["## Commands\n"]
    for title, group in COMMANDS.items():
        lines.append(f"### {title}\n")
        for name in group:
            lines += _help((name,))
    return "\n".join(lines)


def _help(path: tuple[str, ...]) -> list[str]:
    """Return the help of the command at *path*, and of those below it."""
    context = click.Context(
        cli,
        info_name="linkledger",
        max_content_width=_WIDTH,
        help_option_names=cli.context_settings["help_option_names"],
    )
    context.terminal_width = _WIDTH
    command: click.Command | None = cli
    for name in path:
        assert isinstance(command, click.Group)  # only groups have something below them
        command = command.get_command(context, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=context)
    assert command is not None
    lines = [f"#### linkledger {' '.join(path)}\n", "```text", command.get_help(context), "```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            lines += _help((*path, name))
    return lines


def _settings() -> str:
    lines = [
        "## Settings\n",
        "Each has one name, as here in `linkledger.toml` and in capitals after "
        f"`{PREFIX}` in the environment; some have a flag as well, at the commands that heed "
        "them. A flag beats the environment, and that beats the file.\n",
        "| setting | flag | default | what it is |",
        "|---|---|---|---|",
    ]
    flags = dict(_flags(cli, click.Context(cli)))
    for name, field in Settings.model_fields.items():
        flag = f"`{flags[name]}`" if name in flags else ""
        default = f"`{as_toml(field.get_default())}`"
        lines.append(_row(f"`{name}`", flag, default, field.description or ""))
    return "\n".join([*lines, ""])


def _flags(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield the settings that *command* and those below it have flags for, with the flag."""
    for parameter in command.params:
        name = parameter.name
        if name in Settings.model_fields and flag_of(name) in parameter.opts:
            yield name, flag_of(name)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _flags(below, context)


def _row(*cells: str) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _statuses() -> str:
    statuses = chain(MEANINGS.items(), STOPPED.items())
    rows = [f"| {int(status)} | {meaning} |" for status, meaning in statuses]
    return "\n".join(["## Exit status\n", "| status | meaning |", "|---|---|", *rows, ""])


def _reasons() -> str:
    lines = ["## Verdicts and their reasons\n", "| verdict | reason | evidence |", "|---|---|---|"]
    for verdict, reasons in REASONS.items():
        for reason in reasons:
            soft = "soft: counts from the second visit on" if reason in SOFT_EVIDENCE else ""
            lines.append(f"| `{verdict}` | `{reason}` | {soft} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
