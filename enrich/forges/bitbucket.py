"""Bitbucket's cloud: its API 2.0, which knows neither stars nor licenses."""

from urllib.parse import quote

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer
from enrich.facts import address_of, moment_of, table, words
from enrich.forges.dialect import Get, described


class Bitbucket:
    """Bitbucket's dialect: a UUID for identity, and few facts."""

    def base(self, host: str) -> str:
        """Return the base URL of the API at *host*."""
        return f"https://api.{host}/2.0"

    def look(self, get: Get, repo: RepoName) -> RepoFacts | Answer:
        """Return what Bitbucket says of *repo*."""
        answer = get(f"/repositories/{quote(repo.owner)}/{quote(repo.name)}")
        found = described(answer, repo.host, name="full_name", forge_id="uuid")
        if found is None:
            return answer
        body = found.body
        return RepoFacts(
            name=found.name,
            url=address_of(found.name),
            forge_id=found.forge_id,
            language=words(body.get("language")),
            description=words(body.get("description")),
            homepage=words(body.get("website")),
            is_fork=bool(body.get("parent")),
            parent=words(table(body.get("parent")).get("full_name")),
            default_branch=words(table(body.get("mainbranch")).get("name")),
            created_at=moment_of(body.get("created_on")),
            pushed_at=moment_of(body.get("updated_on")),
        )
