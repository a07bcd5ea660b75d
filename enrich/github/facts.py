"""Read GitHub's two descriptions of a repository, REST's and GraphQL's, into one. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from catalog.records import RepoFacts
from enrich.facts import address_of, count, moment_of, name_of, rows, table, texts, words
from enrich.licenses import UNRECOGNISED, category, on_the_list

HOST = "github.com"

_LICENSE = frozenset({"license_spdx", "license_name", "license_category"})

# What a field of the query fills in the facts, for answers in which that field failed.
_FILLS = {
    "stargazerCount": {"stars"},
    "forkCount": {"forks"},
    "issues": {"open_issues"},
    "primaryLanguage": {"language"},
    "languages": {"languages"},
    "licenseInfo": _LICENSE,
    "repositoryTopics": {"topics"},
    "parent": {"parent"},
    "defaultBranchRef": {"default_branch"},
    "latestRelease": {"latest_release"},
    "description": {"description"},
    "homepageUrl": {"homepage"},
}


def from_rest(body: Any, *, etag: str = "") -> RepoFacts | None:
    """Return what REST's *body* says of a repository; None where it describes none.

    Answers from before a field existed do not speak about it: old GitHub Enterprise
    servers send such. The latest release takes a question of its own.
    """
    body = table(body)
    login, name = words(table(body.get("owner")).get("login")), words(body.get("name"))
    repo = name_of(HOST, body.get("full_name") or f"{login}/{name}")
    number = count(body.get("id"))
    if repo is None or not repo.owner or number is None:
        return None
    license_ = _license(body.get("license"), "spdx_id")
    unasked = {"languages", "latest_release"}
    if "license" not in body:
        unasked |= _LICENSE
    if "topics" not in body:
        unasked.add("topics")
    if "parent" not in body and body.get("fork"):
        unasked.add("parent")
    return RepoFacts(
        name=repo,
        url=address_of(repo),
        forge_id=str(number),
        node_id=words(body.get("node_id")) or "",
        stars=count(body.get("stargazers_count", body.get("watchers"))),
        forks=count(body.get("forks_count", body.get("forks"))),
        open_issues=count(body.get("open_issues_count", body.get("open_issues"))),
        language=words(body.get("language")),
        license_spdx=license_.spdx,
        license_name=license_.name,
        license_category=category(license_.spdx),
        description=words(body.get("description")),
        homepage=words(body.get("homepage")),
        topics=texts(body.get("topics")),
        archived=body.get("archived") is True,
        disabled=body.get("disabled") is True,
        is_fork=body.get("fork") is True,
        is_mirror=words(body.get("mirror_url")) is not None,
        is_template=body.get("is_template") is True,
        is_empty=body.get("size") == 0,
        is_private=body.get("private") is True,
        parent=words(table(body.get("parent")).get("full_name")),
        default_branch=words(body.get("default_branch")),
        created_at=moment_of(body.get("created_at")),
        pushed_at=moment_of(body.get("pushed_at")),
        etag=etag,
        unasked=frozenset(unasked),
    )


def from_node(node: Any, *, failed: frozenset[str] = frozenset()) -> RepoFacts | None:
    """Return what GraphQL's *node* says of a repository; None where it describes none.

    *failed* names the fields of the query that came back as errors: about these the
    answer says nothing. Open issues do not count pull requests here, as they do in REST,
    unless both were asked for.
    """
    node = table(node)
    repo, number = name_of(HOST, node.get("nameWithOwner")), count(node.get("databaseId"))
    if repo is None or not repo.owner or number is None:
        return None
    license_ = _license(node.get("licenseInfo"), "spdxId")
    branch = table(node.get("defaultBranchRef"))
    unasked = {name for field in failed for name in _FILLS.get(field, ())}
    return RepoFacts(
        name=repo,
        url=address_of(repo),
        forge_id=str(number),
        node_id=words(node.get("id")) or "",
        stars=count(node.get("stargazerCount")),
        forks=count(node.get("forkCount")),
        open_issues=_open_issues(node),
        language=words(table(node.get("primaryLanguage")).get("name")),
        languages=_languages(node.get("languages")),
        license_spdx=license_.spdx,
        license_name=license_.name,
        license_category=category(license_.spdx),
        description=words(node.get("description")),
        homepage=words(node.get("homepageUrl")),
        topics=_topics(node.get("repositoryTopics")),
        archived=node.get("isArchived") is True,
        disabled=node.get("isDisabled") is True,
        is_fork=node.get("isFork") is True,
        is_mirror=node.get("isMirror") is True,
        is_template=node.get("isTemplate") is True,
        is_empty=node.get("isEmpty") is True,
        is_private=node.get("isPrivate") is True,
        parent=words(table(node.get("parent")).get("nameWithOwner")),
        default_branch=words(branch.get("name")),
        created_at=moment_of(node.get("createdAt")),
        pushed_at=moment_of(node.get("pushedAt")),
        latest_release=words(table(node.get("latestRelease")).get("tagName")),
        unasked=frozenset(unasked),
    )


def _open_issues(node: Mapping[str, Any]) -> int | None:
    """Return open issues with open pull requests, which is what REST and the pages count."""
    issues = count(table(node.get("issues")).get("totalCount"))
    pulls = count(table(node.get("pullRequests")).get("totalCount"))
    return None if issues is None else issues + (pulls or 0)


def _languages(value: Any) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for edge in rows(table(value).get("edges")):
        name, size = words(table(edge.get("node")).get("name")), count(edge.get("size"))
        if name and size is not None:
            sizes[name] = size
    return sizes


def _topics(value: Any) -> tuple[str, ...]:
    names = (table(row.get("topic")).get("name") for row in rows(table(value).get("nodes")))
    return texts(list(names))


class _License(NamedTuple):
    spdx: str | None = None
    name: str | None = None


def _license(value: Any, spdx_field: str) -> _License:
    """Return the three states of a license: none, not recognised, or an SPDX identifier."""
    if not isinstance(value, dict):
        return _License()
    said = words(value.get(spdx_field))
    if said == "NONE":
        return _License()
    return _License(on_the_list(said) or UNRECOGNISED, words(value.get("name")))
