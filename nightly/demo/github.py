"""The demo's GitHub: the projects that the sample names, and what happens to them by night."""

import tomllib
from collections.abc import Callable
from pathlib import Path

from nightly.demo.forge import DemoForge
from nightly.demo.projects import Project, seed_projects


class DemoGitHub:
    """A `DemoForge` with the projects and changes of a TOML *file*."""

    def __init__(self, file: Path, clock: Callable[[], float]) -> None:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        self._changes = table["change"]
        projects = [*seed_projects(), *(Project(**row) for row in table["project"])]
        self.forge = DemoForge(projects, clock=clock)

    def begin_night(self, night: int) -> None:
        """Let happen what happens before the night *night*, counted from 1."""
        for change in self._changes:
            if change["night"] != night:
                continue
            if "stars" in change:
                self.forge.grow(change["project"], change["stars"])
            if "renamed_to" in change:
                self.forge.rename(change["project"], change["renamed_to"])
