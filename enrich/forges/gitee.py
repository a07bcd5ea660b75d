"""Gitee, where the Chinese projects are that are not on GitHub: its API v5."""

from urllib.parse import quote

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer
from enrich.facts import address_of, count, moment_of, rows, table, texts, words
from enrich.forges.dialect import Get, described, spdx
from enrich.licenses import category


class Gitee:
    """Gitee's dialect: much like GitHub's, with a plain word for the license."""

    def base(self, host: str) -> str:
        """Return the base URL of the API at *host*."""
        return f"https://{host}/api/v5"

    def look(self, get: Get, repo: RepoName) -> RepoFacts | Answer:
        """Return what Gitee says of *repo*."""
        answer = get(f"/repos/{quote(repo.owner)}/{quote(repo.name)}")
        found = described(answer, repo.host, name="full_name", forge_id="id")
        if found is None:
            return answer
        body = found.body
        license_ = spdx(words(body.get("license")))
        return RepoFacts(
            name=found.name,
            url=address_of(found.name),
            forge_id=found.forge_id,
            stars=count(body.get("stargazers_count")),
            forks=count(body.get("forks_count")),
            open_issues=count(body.get("open_issues_count")),
            language=words(body.get("language")),
            license_spdx=license_,
            license_name=words(body.get("license")),
            license_category=category(license_),
            description=words(body.get("description")),
            homepage=words(body.get("homepage")),
            topics=texts([label.get("name") for label in rows(body.get("project_labels"))]),
            is_fork=body.get("fork") is True,
            parent=words(table(body.get("parent")).get("full_name")),
            default_branch=words(body.get("default_branch")),
            created_at=moment_of(body.get("created_at")),
            pushed_at=moment_of(body.get("pushed_at")),
            unasked=frozenset({"languages", "latest_release", "downloads", "task"}),
        )
