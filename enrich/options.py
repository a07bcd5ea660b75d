"""What an enrichment may be told, each with the value it has when nothing is said."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

GITHUB_API = "https://api.github.com"
ARXIV_API = "https://export.arxiv.org/api/query"

USER_AGENT = "linkledger (+https://github.com/linkledger/linkledger)"


class GitHubWay(StrEnum):
    """How GitHub is asked: many repositories a request, or one, which needs no token."""

    AUTO = "auto"
    GRAPHQL = "graphql"
    REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichOptions:
    """How repositories and papers are asked about.

    `max_wait` bounds the seconds that one run waits for a forge in all, for limits and for
    servers in trouble; `pace` is the least time between two requests to one forge, and
    `arxiv_pace` what arXiv asks for. `forge_apis` gives other base URLs for other forges, by
    host. `licenses` and `histories` bound the license files and the star histories that a
    run reads. Tokens never show in the options' own text.
    """

    github_api: str = GITHUB_API
    github_tokens: tuple[str, ...] = field(default=(), repr=False)
    github_way: GitHubWay = GitHubWay.AUTO
    batch: int = 50
    arxiv_api: str = ARXIV_API
    forge_apis: Mapping[str, str] = field(default_factory=dict)
    everything: bool = False
    max_wait: float = 600.0
    timeout: int = 20
    attempts: int = 5
    pace: float = 0.25
    arxiv_pace: float = 3.0
    backoff: float = 1.0
    licenses: int = 100
    histories: int = 100
    connect_to: tuple[str, ...] = ()
    ca_file: Path | None = None
    user_agent: str = USER_AGENT
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        if not 1 <= self.batch <= 100:
            raise ValueError(f"GitHub takes 1 to 100 repositories a query, not {self.batch}")
