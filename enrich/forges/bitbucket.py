"""Bitbucket's cloud: its API 2.0, which knows neither stars nor licenses."""

from urllib.parse import quote

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer, Kind
from enrich.facts import address_of, moment_of, name_of, table, words
from enrich.forges.dialect import Get


class Bitbucket:
    """Bitbucket's dialect: a UUID for identity, and few facts."""

    def base(self, host: str) -> str:
        """Return the base URL of the API at *host*."""
        return f"https://api.{host}/2.0"

    def look(self, get: Get, repo: RepoName) -> RepoFacts | Answer:
        """Return what Bitbucket says of *repo*."""
        answer = get(f"/repositories/{quote(repo.owner)}/{quote(repo.name)}")
        body = table(answer.data)
        name, identity = name_of(repo.host, body.get("full_name")), words(body.get("uuid"))
        if answer.kind is not Kind.OK or name is None or identity is None:
            return answer
        return RepoFacts(
            name=name,
            url=address_of(name),
            forge_id=identity,
            language=words(body.get("language")),
            description=words(body.get("description")),
            homepage=words(body.get("website")),
            is_fork=bool(body.get("parent")),
            parent=words(table(body.get("parent")).get("full_name")),
            default_branch=words(table(body.get("mainbranch")).get("name")),
            created_at=moment_of(body.get("created_on")),
            pushed_at=moment_of(body.get("updated_on")),
        )
