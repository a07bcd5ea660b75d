"""The GraphQL queries about repositories: by name, each under an alias, or by node id."""

import json
import re
from collections.abc import Sequence
from urllib.parse import quote

from catalog.records import DueRepo, RepoName

# GitHub's own limit.
MOST_IDS = 100

# Lists stay short: wide queries over long lists have been seen to come back cut, unsaid.
# `stargazerCount` is a number; the list `stargazers` has been forbidden since July 2026.
FRAGMENT = """
fragment facts on Repository {
  id
  databaseId
  nameWithOwner
  description
  homepageUrl
  stargazerCount
  forkCount
  issues(states: OPEN) { totalCount }
  pullRequests(states: OPEN) { totalCount }
  primaryLanguage { name }
  languages(first: 10, orderBy: {field: SIZE, direction: DESC}) { edges { size node { name } } }
  licenseInfo { key name spdxId }
  repositoryTopics(first: 20) { nodes { topic { name } } }
  isArchived
  isDisabled
  isFork
  isMirror
  isTemplate
  isEmpty
  isPrivate
  parent { nameWithOwner }
  defaultBranchRef { name }
  createdAt
  pushedAt
  latestRelease { tagName }
}
"""

_LIMITS = "rateLimit { cost limit remaining used resetAt }"

# What GitHub allows in a name.
_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,100})")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,150}")


def is_usual(repo: RepoName) -> bool:
    """Return whether *repo* is a name as GitHub gives them."""
    named = _OWNER.fullmatch(repo.owner) and _NAME.fullmatch(repo.name)
    return bool(named) and repo.name not in (".", "..")


def path_of(repo: RepoName) -> str | None:
    """Return the path that asks REST for *repo*; None where no path can name it.

    PyGithub sends a path as it is given: whatever is no part of a name is escaped here.
    """
    parts = repo.full_name.split("/")
    if len(parts) != 2 or any(part.strip(".") == "" or not part.isprintable() for part in parts):
        return None
    return "/repos/" + "/".join(quote(part, safe="") for part in parts)


def by_name(due: Sequence[DueRepo]) -> tuple[str, dict[str, object]]:
    """Return query and variables that ask for *due* by name: aliases `r0`, `r1` and so on.

    GitHub follows renames: the answer's name may be another than the one asked for.
    """
    aliases = "\n".join(
        f"  r{place}: repository(owner: {json.dumps(each.repo.owner)}, "
        f"name: {json.dumps(each.repo.name)}) {{ ...facts }}"
        for place, each in enumerate(due)
    )
    return f"query {{\n{aliases}\n  {_LIMITS}\n}}\n{FRAGMENT}", {}


def by_id(due: Sequence[DueRepo]) -> tuple[str, dict[str, object]]:
    """Return query and variables that ask for *due* by node id, in this order.

    An id stays whatever becomes of the name.
    """
    query = (
        "query ($ids: [ID!]!) {\n"
        "  nodes(ids: $ids) { ... on Repository { ...facts } }\n"
        f"  {_LIMITS}\n}}\n{FRAGMENT}"
    )
    return query, {"ids": [each.node_id for each in due]}
