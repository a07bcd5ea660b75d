"""GitLab, at gitlab.com or anywhere else: its API v4."""

from typing import Any
from urllib.parse import quote

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer, Kind
from enrich.facts import address_of, count, moment_of, table, texts, words
from enrich.forges.dialect import Get, described, spdx
from enrich.licenses import category


class GitLab:
    """GitLab's dialect: groups may be nested, the license comes only when asked for."""

    def base(self, host: str) -> str:
        """Return the base URL of the API at *host*."""
        return f"https://{host}/api/v4"

    def look(self, get: Get, repo: RepoName) -> RepoFacts | Answer:
        """Return what a GitLab says of *repo*, and the shares of its languages."""
        answer = get(f"/projects/{quote(repo.full_name, safe='')}?license=true")
        found = described(answer, repo.host, name="path_with_namespace", forge_id="id")
        if found is None:
            return answer
        body = found.body
        languages = get(f"/projects/{quote(found.forge_id, safe='')}/languages")
        shares = _shares(languages.data) if languages.kind is Kind.OK else {}
        license_ = table(body.get("license"))
        known = spdx(words(license_.get("key")))
        unasked = {"downloads", "task", "latest_release"}
        if "license" not in body:
            unasked |= {"license_spdx", "license_name", "license_category"}
        if languages.kind is not Kind.OK:
            unasked |= {"languages", "language"}
        return RepoFacts(
            name=found.name,
            url=address_of(found.name),
            forge_id=found.forge_id,
            stars=count(body.get("star_count")),
            forks=count(body.get("forks_count")),
            open_issues=count(body.get("open_issues_count")),
            language=max(shares, key=lambda name: shares[name], default=None),
            languages=shares,
            license_spdx=known,
            license_name=words(license_.get("name")),
            license_category=category(known),
            description=words(body.get("description")),
            topics=texts(body.get("topics")),
            archived=body.get("archived") is True,
            is_fork=bool(body.get("forked_from_project")),
            is_mirror=body.get("mirror") is True,
            is_empty=body.get("empty_repo") is True,
            parent=words(table(body.get("forked_from_project")).get("path_with_namespace")),
            default_branch=words(body.get("default_branch")),
            created_at=moment_of(body.get("created_at")),
            pushed_at=moment_of(body.get("last_activity_at")),
            unasked=frozenset(unasked),
        )


def _shares(value: Any) -> dict[str, int]:
    """Return percents by language; GitLab gives no bytes."""
    return {
        name: round(share)
        for name, share in table(value).items()
        if isinstance(share, int | float) and 0 <= share <= 100
    }
