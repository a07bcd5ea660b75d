"""The command `linkledger`: finds the subcommand, and turns every problem into one line."""

import importlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click

from nightly.console import let_go_of_results, while_read
from nightly.exits import Exit, explained, fault, one_line
from nightly.stopping import Ended, heard, stop_on_signals

_log = logging.getLogger("linkledger")

# The module of `nightly.commands` where each command lives, and its line in `linkledger --help`.
# A module is imported when its command is asked for, so that help and mistakes are answered
# at once.
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Everything at once": {
        "demo": ("demo", "Show two nights over a sample archive, offline."),
        "nightly": (
            "stages",
            "Run one unattended night, from reading to report.",
        ),
    },
    "Stage by stage": {
        "links": ("links", "List what a reader could click in an archive."),
        "read": ("stages", "Read an archive's issues into the catalog."),
        "crawl": ("stages", "Follow the links that are due."),
        "enrich": (
            "stages",
            "Ask about the repositories and papers that are due.",
        ),
    },
    "What there is to know": {
        "report": ("reporting", "Say what broke, what moved and what came back."),
        "fix": ("repairs", "Repair the archive's own links."),
        "catalog": (
            "catalog",
            "Look into the catalog, check it, search it, publish it.",
        ),
    },
    "Before the first night": {
        "init": ("setup", "Write linkledger.toml for the archive at hand."),
        "doctor": (
            "setup",
            "Look at all that a night needs, and say what to do.",
        ),
    },
}


class Commands(click.Group):
    """The subcommands of `COMMANDS`, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in the order of the flow."""
        return [name for group in COMMANDS.values() for name in group]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command *cmd_name*, or None where there is none."""
        for group in COMMANDS.values():
            if cmd_name in group:
                module = importlib.import_module(f"nightly.commands.{group[cmd_name][0]}")
                found: click.Command = getattr(module, cmd_name)
                return found
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in groups, without importing any of them."""
        for title, group in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, line) for name, (_, line) in group.items()])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try `linkledger demo` first: it needs no network. Each command has its own --help.",
)
@click.version_option(package_name="linkledger", message="%(prog)s %(version)s")
def cli() -> None:
    """Keep a nightly ledger of every link and repository that a newsletter archive names."""


def main() -> NoReturn:
    """Run the command of this process and leave with its exit status."""
    # Python has none where it was closed (`>&-`). Whoever does that wants no output, and no fault.
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 - till the end
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115 - till the end
    if isinstance(sys.stdout, TextIOWrapper):  # a test may have put another in its place
        # For what its encoding lacks, where Python would give up; stderr has such a way already.
        sys.stdout.reconfigure(errors="replace")
    status = run(sys.argv[1:])
    try:
        with while_read():
            pass
    except OSError as error:  # what has been told of a full disk is not told again
        let_go_of_results()
        status = status or _say(*_explained(error))
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Return the exit status of `linkledger` with *arguments*; messages go to stderr."""
    stop_on_signals()
    try:
        return int(cli.main(list(arguments), prog_name="linkledger", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        return Exit.BAD_CONFIG
    except click.UsageError as error:
        return _say(_usage(error), Exit.BAD_CONFIG)
    except click.ClickException as error:
        return _say(error.format_message(), Exit.FAILED)
    except Ended as stop:
        _die_of(stop.signum)
    except (KeyboardInterrupt, click.Abort):  # before a command had begun, or after it
        _die_of(signal.SIGINT)
    except Exception as error:  # noqa: BLE001 - the last place where an error can become a line
        return _say(*_explained(error))


def _die_of(signum: int) -> NoReturn:
    """End by the signal itself, as shells and service managers expect of a stopped program."""
    heard()
    _say("stopped; what was done is kept, and the next run goes on from here", Exit.FAILED)
    sys.stdout.flush()
    signal.signal(signum, signal.SIG_DFL)
    os.kill(os.getpid(), signum)
    raise AssertionError("a signal without a handler ends the process")


def _explained(error: Exception) -> tuple[str, Exit]:
    """Return the line that says what *error* means, and the exit status for it."""
    if known := explained(error):
        return known
    _log.debug("where the fault is:", exc_info=error)
    return f"this is {fault(error)} (add -vv to see where, and please report it)", Exit.FAILED


def _usage(error: click.UsageError) -> str:
    """Return one line for a mistake on the command line: what is wrong, and where to look."""
    command = error.ctx.command_path if error.ctx else "linkledger"
    return f"{' '.join(error.format_message().split())} See `{command} --help`."


def _say(message: str, status: Exit) -> Exit:
    """Write *message* as one harmless line to stderr and return *status*."""
    sys.stderr.write(f"linkledger: {one_line(message)}\n")
    return status
