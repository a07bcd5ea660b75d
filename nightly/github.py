"""A repository on GitHub, opened with the settings of this run."""

from collections.abc import Iterator
from contextlib import contextmanager

from github.Repository import Repository

from enrich.github.connection import pygithub_over
from enrich.transport import open_session
from nightly.config import Settings
from nightly.stage_options import enrich_options
from report.github.repository import repository_on_github


@contextmanager
def opened(settings: Settings, full_name: str) -> Iterator[Repository]:
    """Open the repository *full_name* for the time of the block; raises `GithubError`."""
    options = enrich_options(settings)
    with (
        open_session(options) as session,
        pygithub_over(session, only_github=True),
        repository_on_github(
            full_name,
            token=next(iter(options.github_tokens), ""),
            api=options.github_api,
            user_agent=options.user_agent,
        ) as repository,
    ):
        yield repository
