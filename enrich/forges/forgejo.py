"""Forgejo and Gitea, which Codeberg and many small forges run: their API v1."""

from typing import Any
from urllib.parse import quote

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer
from enrich.facts import address_of, count, moment_of, table, texts, words
from enrich.forges.dialect import Get, described, spdx
from enrich.licenses import UNRECOGNISED, category


class Forgejo:
    """Forgejo's dialect; a renamed repository answers with a redirect."""

    def base(self, host: str) -> str:
        """Return the base URL of the API at *host*."""
        return f"https://{host}/api/v1"

    def look(self, get: Get, repo: RepoName) -> RepoFacts | Answer:
        """Return what a Forgejo says of *repo*."""
        answer = get(f"/repos/{quote(repo.owner)}/{quote(repo.name)}")
        found = described(answer, repo.host, name="full_name", forge_id="id")
        if found is None:
            return answer
        body = found.body
        licenses = body.get("licenses")
        license_ = _licenses(licenses)
        unasked = {"languages", "latest_release", "downloads", "task"}
        if "licenses" not in body:
            unasked |= {"license_spdx", "license_name", "license_category"}  # older servers
        return RepoFacts(
            name=found.name,
            url=address_of(found.name),
            forge_id=found.forge_id,
            stars=count(body.get("stars_count")),
            forks=count(body.get("forks_count")),
            open_issues=count(body.get("open_issues_count")),
            language=words(body.get("language")),
            license_spdx=license_,
            license_name=", ".join(texts(licenses)) or None,
            license_category=category(license_),
            description=words(body.get("description")),
            homepage=words(body.get("website")),
            topics=texts(body.get("topics")),
            archived=body.get("archived") is True,
            is_fork=body.get("fork") is True,
            is_mirror=body.get("mirror") is True,
            is_template=body.get("template") is True,
            is_empty=body.get("empty") is True,
            parent=words(table(body.get("parent")).get("full_name")),
            default_branch=words(body.get("default_branch")),
            created_at=moment_of(body.get("created_at")),
            pushed_at=moment_of(body.get("updated_at")),
            unasked=frozenset(unasked),
        )


def _licenses(values: Any) -> str | None:
    """Return the licenses that were found, all of which apply, as one expression."""
    found = [spdx(text) for text in texts(values)]
    if not found:
        return None
    known = [each for each in found if each and each != UNRECOGNISED]
    return " AND ".join(known) if len(known) == len(found) else UNRECOGNISED
