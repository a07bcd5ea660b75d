"""The whole internet of the demo: the little web, GitHub's API, and the night it is there."""

import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from nightly.demo.forge import forge_app
from nightly.demo.github import DemoGitHub
from nightly.demo.pages import World
from nightly.demo.places import web_pages
from nightly.demo.web import LOOPBACK, LittleWeb


class DemoInternet:
    """Every host there is, on loopback, from entering to leaving."""

    def __init__(self, pages: Path | None = None) -> None:
        folder = pages or web_pages()
        self.web = LittleWeb(World(folder))
        self.github = DemoGitHub(folder / "projects.toml", time.time)
        self._open = ExitStack()
        self._api_port = 0

    def __enter__(self) -> Self:
        """Open the ports."""
        self._open.enter_context(self.web)
        self._api_port = self.web.serve(forge_app(self.github.forge))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""
        self._open.close()

    def begin_night(self, night: int) -> None:
        """Let everything happen that happens before the night *night*, counted from 1."""
        self.web.night = night
        self.github.begin_night(night)

    def settings(self, folder: Path) -> dict[str, Any]:
        """Return the settings that lead a night here; *folder* keeps the authority's file."""
        folder.mkdir(parents=True, exist_ok=True)
        ca_file = folder / "ca.pem"
        self.web.write_ca(ca_file)
        return {
            "connect_to": self.web.connect_to,
            "ca_file": str(ca_file),
            "github_api": f"http://{LOOPBACK}:{self._api_port}",
            "delay": 0.05,
            "second_pass": 0.5,
            "forge_pace": 0.01,
            "arxiv_pace": 0.05,
            "wayback_api": f"http://{LOOPBACK}:{self.web.http_port}",
            "wayback_pace": 0.01,
        }
