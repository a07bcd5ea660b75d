"""Open a repository on GitHub, and say in one sentence what GitHub refuses."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from github import Auth, BadAttributeException, Github, GithubException
from github.Repository import Repository

API = "https://api.github.com"

# Names go into paths as they are, so that nothing else may pass for one.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")

_TIMEOUT = 20

_REFUSALS = {
    401: "GitHub does not accept the token: set GITHUB_TOKEN to one that is valid",
    403: "GitHub refuses: may the token write issues, contents and pull requests there?",
    404: "GitHub knows no such repository, or the token may not see it",
    410: "issues are turned off there: turn them on in the repository's settings",
    422: "GitHub cannot make sense of it",
    429: "GitHub asks us to come later",
}


class GithubError(Exception):
    """GitHub could not be asked, or refused; the message tells a person what to do."""


@contextmanager
def repository_on_github(
    full_name: str,
    *,
    token: str,
    api: str = API,
    user_agent: str = "linkledger",
    pause: float = 1.0,
) -> Iterator[Repository]:
    """Open the repository *full_name* (`owner/name`) for the time of the block.

    *pause* is how many seconds lie between two writes, as GitHub asks of everyone. What it
    refuses within the block is raised as `GithubError`. Nothing is tried twice:
    a write may have been made although its answer was lost, and another night comes.
    """
    if not _NAME.fullmatch(full_name):
        raise GithubError(f"{full_name} is no repository's name: write OWNER/NAME")
    if not token:
        raise GithubError("GitHub wants to know who writes: set GITHUB_TOKEN")
    github = Github(
        auth=Auth.Token(token),
        base_url=api,
        timeout=_TIMEOUT,
        retry=None,
        user_agent=user_agent,
        seconds_between_requests=pause / 4,
        seconds_between_writes=pause,
    )
    try:
        yield github.get_repo(full_name)
    except GithubException as error:
        raise GithubError(f"{full_name}: {_words(error)}") from error
    except (requests.exceptions.InvalidJSONError, BadAttributeException) as error:
        raise GithubError(f"{full_name}: what answers at {api} is not GitHub") from error
    except requests.RequestException as error:
        raise GithubError(f"{full_name}: GitHub cannot be reached at {api}") from error
    finally:
        github.close()


def _words(error: GithubException) -> str:
    """Return what *error* means, with GitHub's own word for it."""
    said = error.data.get("message", "") if isinstance(error.data, dict) else ""
    meaning = _REFUSALS.get(error.status, f"GitHub answers {error.status}")
    return f"{meaning} («{said}»)" if said else meaning
