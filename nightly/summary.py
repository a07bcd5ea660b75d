"""What a night did, what it left and why: one value for people, for JSON and for notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from catalog.clock import moment
from nightly.exits import Exit, one_line


class PhaseState(StrEnum):
    """How a phase of the night ended."""

    DONE = "done"
    LEFT = "left"  # something was left for the next night
    SKIPPED = "skipped"
    FAILED = "failed"
    AHEAD = "ahead"  # only in the catalog, while what tells of the night is being written


_STYLES = {
    PhaseState.DONE: ("✓", "green"),
    PhaseState.LEFT: ("…", "yellow"),
    PhaseState.SKIPPED: ("-", "dim"),
    PhaseState.FAILED: ("✗", "red"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSummary:
    """One phase: how it ended, in words for a person, with the figures they come from."""

    name: str
    state: PhaseState
    words: str
    seconds: float = 0.0
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightSummary:
    """A whole run. `untrusted` says why nothing may be concluded from it, empty where it may."""

    run_id: int
    catalog: str
    started_at: str
    finished_at: str
    phases: tuple[PhaseSummary, ...]
    untrusted: str = ""

    @property
    def exit(self) -> Exit:
        """The exit status that tells a timer how the night was."""
        if self.untrusted:
            return Exit.UNTRUSTED
        failed = any(phase.state is PhaseState.FAILED for phase in self.phases)
        return Exit.FAILED if failed else Exit.DONE

    @property
    def seconds(self) -> float:
        """How long the night took by its own clock."""
        return (moment(self.finished_at) - moment(self.started_at)).total_seconds()

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as JSON can write it."""
        return {
            "run": self.run_id,
            "catalog": self.catalog,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "exit_status": int(self.exit),
            "untrusted": self.untrusted,
            "phases": {
                phase.name: {
                    "state": phase.state.value,
                    "words": phase.words,
                    "seconds": round(phase.seconds, 3),
                    **phase.figures,
                }
                for phase in self.phases
            },
        }


def shown(phases: tuple[PhaseSummary, ...]) -> RenderableType:
    """Return the *phases* as a table, a line each, and how long they took in all."""
    table = Table.grid(padding=(0, 2), expand=False)
    table.add_column()
    table.add_column(style="bold")
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")  # Chinese is one long word to a terminal
    for phase in phases:
        mark, style = _STYLES[phase.state]
        time = _duration(phase.seconds) if phase.seconds >= 0.05 else ""
        table.add_row(Text(mark, style), phase.name, time, Text(one_line(phase.words)))
    if len(phases) > 1:
        table.add_row("", "", _duration(sum(phase.seconds for phase in phases)))
    return table


def _duration(seconds: float) -> str:
    """Return *seconds* as people say them."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
