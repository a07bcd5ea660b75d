"""Gitee, where the Chinese projects are that are not on GitHub: its API v5."""

from urllib.parse import quote

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer, Kind
from enrich.facts import address_of, count, moment_of, name_of, rows, table, texts, words
from enrich.forges.dialect import Get, spdx
from enrich.licenses import category


class Gitee:
    """Gitee's dialect: much like GitHub's, with a plain word for the license."""

    def base(self, host: str) -> str:
        """Return the base URL of the API at *host*."""
        return f"https://{host}/api/v5"

    def look(self, get: Get, repo: RepoName) -> RepoFacts | Answer:
        """Return what Gitee says of *repo*."""
        answer = get(f"/repos/{quote(repo.owner)}/{quote(repo.name)}")
        body = table(answer.data)
        name, number = name_of(repo.host, body.get("full_name")), count(body.get("id"))
        if answer.kind is not Kind.OK or name is None or number is None:
            return answer
        license_ = spdx(words(body.get("license")))
        return RepoFacts(
            name=name,
            url=address_of(name),
            forge_id=str(number),
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
