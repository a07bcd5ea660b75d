"""What all commands share: flags made from the settings, and the session that they fill."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console

from nightly.clock import Clock, clock
from nightly.config import DEFAULT_FILE, Settings, given_settings, load_settings
from nightly.console import LineConsole, while_read
from nightly.exits import ConfigError, Exit, one_line
from nightly.logs import start_log
from nightly.stopping import Ended, heard

# Metavariables where the type of a setting does not say it well.
_METAVARS = {
    "catalog": "DB",
    "delay": "SECONDS",
    "dask": "ADDRESS",
    "connect_to": "HOST:PORT:ADDR:PORT",
    "ca_file": "FILE",
    "github_api": "URL",
    "max_wait": "SECONDS",
    "max_time": "MINUTES",
    "canaries": "HOST:PORT",
    "published": "DIR",
    "language": "en|zh",
    "log_format": "text|json",
}

# Flags that are called otherwise than their setting, by the name that people expect.
_SHORT = {"language": "--lang"}

_COUNTS = ("workers", "concurrency_per_host")

# The flags of every command that goes to the network.
NETWORK = (
    "delay",
    "concurrency_per_host",
    "workers",
    "connect_to",
    "ca_file",
    "allow_private",
)

_COMMON = [
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"The configuration file (default: {DEFAULT_FILE}, where there is one).",
    ),
    click.option("-v", "--verbose", count=True, help="Say more; twice: everything."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and problems."),
]


@dataclass(frozen=True, kw_only=True)
class Session:
    """One command at work: its settings, and where its words go.

    Results go to `out` (stdout), everything said beside them to `err` (stderr).
    """

    settings: Settings
    config: Path
    clock: Clock
    as_json: bool
    quiet: bool

    @cached_property
    def out(self) -> Console:
        """The console for results."""
        return LineConsole()

    @cached_property
    def done(self) -> Console:
        """The console for what was done, where there is no other result; silent with `--quiet`."""
        return LineConsole(quiet=self.quiet)

    @cached_property
    def err(self) -> Console:
        """The console for progress and remarks, silent with `--quiet`."""
        return LineConsole(stderr=True, quiet=self.quiet)

    def complain(self, words: str) -> None:
        """Say on stderr what went wrong with a part of the work; the rest goes on."""
        click.echo(f"linkledger: {one_line(words)}", err=True)


def command(
    *names: str,
    json_help: str = "Print the result as JSON.",
    catalog: bool = True,
    configured: bool = True,
    **attributes: Any,
) -> Callable[[Callable[..., Exit]], click.Command]:
    """Return a decorator that makes a function a command with flags for the settings *names*.

    The function gets a `Session` and its own parameters, and returns an `Exit`. Its flag
    `--json` is explained by *json_help*, and there is none where that is empty. Without
    *catalog* the command itself says what `--catalog` means. A command that is not
    *configured* heeds neither the configuration file nor the environment, only its flags.
    """
    settings_names = ("catalog", *names) if catalog else names

    def decorate(function: Callable[..., Exit]) -> click.Command:
        @wraps(function)
        def run(
            config: Path | None, quiet: bool, verbose: int, as_json: bool = False, **rest: Any
        ) -> Exit:
            flags = {name: rest.pop(name) for name in settings_names}
            settings = load_settings(config, flags) if configured else given_settings(flags)
            start_log(settings.log_format, verbose=verbose, quiet=quiet)
            session = Session(
                settings=settings,
                config=config or DEFAULT_FILE,
                clock=clock(settings.now),
                as_json=as_json,
                quiet=quiet,
            )
            status = Exit.DONE
            try:
                with while_read():
                    status = function(session, **rest)
            except KeyboardInterrupt as stop:
                heard()
                raise Ended(stop) from None
            return status

        options = [_flag(name) for name in settings_names] + _COMMON
        if json_help:
            options.append(click.option("--json", "as_json", is_flag=True, help=json_help))
        own = getattr(function, "__click_params__", [])
        run.__click_params__ = []  # type: ignore[attr-defined] # what click reads, backwards
        decorated: Callable[..., Any] = run
        for option in reversed(options):
            decorated = option(decorated)
        decorated.__click_params__ += own  # type: ignore[attr-defined] # its own come first
        made: click.Command = click.command(**attributes)(decorated)
        return made

    return decorate


def format_of(session: Session, name: str, machine: str) -> str:
    """Return the format *machine* where `--json` asks for it, else *name*; never both."""
    if not session.as_json:
        return name
    typed = click.get_current_context().get_parameter_source("name")
    if typed is not ParameterSource.DEFAULT and name != machine:
        raise ConfigError(f"--json is --format {machine}; leave it or --format {name} out")
    return machine


def flag_of(name: str) -> str:
    """Return the flag for the setting *name*, at the commands that have one."""
    return _SHORT.get(name, "--" + name.replace("_", "-"))


def _flag(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the click option for the setting *name*; pydantic checks its value later."""
    field = Settings.model_fields[name]
    flag = flag_of(name)
    text = field.description or ""
    if field.annotation is bool:
        return click.option(flag, name, is_flag=True, default=None, help=text)
    hidden = name == "now"  # for tests, which read the reference
    if isinstance(field.default, (int, float, Path)):
        text += f" (default: {field.default})"
    if many := isinstance(field.default, tuple):
        text += " May be repeated."
    metavar = _METAVARS.get(name, "N" if name in _COUNTS else "TEXT")
    return click.option(flag, name, metavar=metavar, multiple=many, hidden=hidden, help=text)
