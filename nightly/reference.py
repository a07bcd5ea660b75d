"""Write docs/reference.md from the code: `python -m nightly.reference FILE`; a test compares."""

import sys
from pathlib import Path

import click

from catalog.vocabulary import REASONS, SOFT_EVIDENCE
from nightly.cli import COMMANDS, cli
from nightly.config import PREFIX, Settings
from nightly.exits import MEANINGS

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
        "Each has one name: as here in `linkledger.toml`, in capitals after "
        f"`{PREFIX}` in the environment, and with `--` and hyphens as a flag. A flag beats the "
        "environment, and that beats the file.\n",
        "| setting | default | what it is |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        shown = f"`{default}`" if default not in (None, (), "") else ""
        lines.append(f"| `{name}` | {shown} | {field.description} |")
    return "\n".join([*lines, ""])


def _statuses() -> str:
    rows = [f"| {int(status)} | {meaning} |" for status, meaning in MEANINGS.items()]
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
