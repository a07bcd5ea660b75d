"""A repository on GitHub, opened with the settings of this run."""

from collections.abc import Iterator
from contextlib import contextmanager

from github.Repository import Repository

from nightly.authorities import trusted
from nightly.config import Settings
from nightly.stage_options import crawl_options
from report.github.repository import repository_on_github


@contextmanager
def opened(settings: Settings, full_name: str) -> Iterator[Repository]:
    """Open the repository *full_name* for the time of the block; raises `GithubError`."""
    with (
        trusted(settings.ca_file) as authorities,
        repository_on_github(
            full_name,
            token=next(iter(settings.github_tokens), ""),
            api=settings.github_api,
            ca_file=authorities,
            user_agent=crawl_options(settings).user_agent,
        ) as repository,
    ):
        yield repository
