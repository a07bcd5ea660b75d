"""Hugging Face's hub: models, datasets and spaces."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from catalog.records import RepoFacts, RepoName
from enrich.answers import Answer, Kind
from enrich.facts import address_of, count, moment_of, name_of, table, texts, words
from enrich.forges.dialect import Get, spdx
from enrich.licenses import category

# The hub's own words for licenses that SPDX spells otherwise.
_SPELLINGS = {
    "apache license 2.0": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "cc": "CC-BY-4.0",
    "gpl": "GPL-3.0",
    "lgpl": "LGPL-3.0",
}

# A name that nobody has is answered with 401 and one of these, so as not to betray private ones.
_NO_SUCH = ("invalid username or password", "repository not found", "not found")


class HuggingFace:
    """The hub's dialect: likes for stars, a license in the tags, 401 for what is not there."""

    def base(self, host: str) -> str:
        """Return the base URL of the API at *host*."""
        return f"https://{host}/api"

    def look(self, get: Get, repo: RepoName) -> RepoFacts | Answer:
        """Return what the hub says of *repo*."""
        kind, owner = _kind(repo)
        path = "/".join(quote(part) for part in (kind, owner, repo.name) if part)
        answer = get(f"/{path}")
        if answer.status == 401 and any(words in answer.message.lower() for words in _NO_SUCH):
            return Answer(kind=Kind.GONE, status=401, message=answer.message)
        body = table(answer.data)
        full_name, identity = words(body.get("id")), words(body.get("_id"))
        if answer.kind is not Kind.OK or full_name is None:
            return answer
        name = name_of(repo.host, full_name if kind == "models" else f"{kind}/{full_name}")
        if name is None:
            return answer
        tags = texts(body.get("tags"))
        said = _license(table(body.get("cardData")).get("license"), tags)
        found = spdx(_SPELLINGS.get(said.lower(), said) if said else None)
        task = words(body.get("pipeline_tag"))
        return RepoFacts(
            name=name,
            url=address_of(name),
            forge_id=identity or f"{kind}:{full_name}",
            stars=count(body.get("likes")),
            downloads=count(body.get("downloads")),
            task=task,
            license_spdx=found,
            license_name=said,
            license_category=category(found),
            description=words(body.get("description")),
            topics=tuple(tag for tag in tags if ":" not in tag),
            disabled=body.get("disabled") is True,
            created_at=moment_of(body.get("createdAt")),
            pushed_at=moment_of(body.get("lastModified")),
            unasked=frozenset({"languages", "latest_release"}),
        )


def _kind(repo: RepoName) -> tuple[str, str]:
    """Return what *repo* is on the hub, and its owner there; old models have none."""
    first, _, rest = repo.owner.partition("/")
    return (first, rest) if first in ("datasets", "spaces") else ("models", repo.owner)


def _license(said: Any, tags: Iterable[str]) -> str | None:
    """Return the license of the card, or else of the tags."""
    if isinstance(said, list):
        said = said[0] if len(said) == 1 else None
    tagged = (tag.removeprefix("license:") for tag in tags if tag.startswith("license:"))
    return words(said) or next(tagged, None)
