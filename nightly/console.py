"""Where results and remarks go: to a person's terminal, or to a program that may leave."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

_PAGE = 80  # characters of a line of text where there is no terminal to fill
_WHOLE = 100_000  # and of a line that is not to be wrapped


class LineConsole(Console):
    """A console that keeps lines whole where there is no terminal to wrap them for."""

    def __init__(self, *, stderr: bool = False, quiet: bool = False) -> None:
        super().__init__(stderr=stderr, quiet=quiet, highlight=False)
        if not self.is_terminal:
            self.width = _WHOLE

    def on_broken_pipe(self) -> None:
        """Leave it to `while_read` that results have no reader, and do without remarks."""
        if not self.stderr:
            raise  # Rich calls this where it has caught the error
        self.quiet = True


def page_width(console: Console) -> int:
    """Return how wide a page of text should be for *console*."""
    return console.width if console.is_terminal else _PAGE


@contextmanager
def while_read() -> Iterator[None]:
    """Write results within the block, which ends early where their reader has seen enough."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_results()


def let_go_of_results() -> None:
    """Write no more of what is left of the results, nor let Python complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
