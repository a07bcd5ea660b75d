"""The APIs of the little web beside GitHub's: arXiv's, Gitee's and the Internet Archive's."""

import json
import re
import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs
from xml.sax.saxutils import escape

from nightly.demo.answers import Answer, answer

ARXIV = "export.arxiv.org"
GITEE = "gitee.com"

CAPTURES = "/cdx/search/cdx"

_GITEE_REPO = re.compile(r"/api/v5/repos/(?P<owner>[^/]+)/(?P<name>[^/]+)")

_ENTRY = """
  <entry>
    <id>http://arxiv.org/abs/{id}v{version}</id>
    <updated>{updated}</updated>
    <published>{published}</published>
    <title>{title}</title>
    <summary>{title}</summary>
    {authors}
    <category term="{category}" scheme="http://arxiv.org/schemas/atom"/>
  </entry>"""

_FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
      xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
  <title>arXiv Query</title>
  <opensearch:totalResults>{count}</opensearch:totalResults>{entries}
</feed>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPaper:
    """A paper as the demo's arXiv knows it."""

    id: str
    title: str
    authors: list[str]
    published: str
    updated: str = ""
    version: int = 1
    category: str = "cs.CV"


class DemoArxiv:
    """The papers of a TOML *file*, and any other that the file does not call missing."""

    def __init__(self, file: Path) -> None:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        self._missing = frozenset(table["missing"])
        self._papers = {row["id"]: DemoPaper(**row) for row in table["paper"]}

    def answer(self, asked: SplitResult) -> Answer:
        """Return the answer to a query of the API."""
        feed = self.feed(parse_qs(asked.query).get("id_list", [""])[0])
        return answer(200, "application/atom+xml; charset=utf-8", feed)

    def feed(self, id_list: str) -> str:
        """Return the feed about the identifiers of *id_list*, which commas separate."""
        asked = [re.sub(r"v\d+$", "", one.strip()) for one in id_list.split(",")]
        entries = [_entry(self._paper(one)) for one in asked if one and one not in self._missing]
        return _FEED.format(count=len(entries), entries="".join(entries))

    def _paper(self, arxiv_id: str) -> DemoPaper:
        if arxiv_id in self._papers:
            return self._papers[arxiv_id]
        return DemoPaper(
            id=arxiv_id,
            title=f"A paper that the demo made up for {arxiv_id}",
            authors=["linkledger's demo"],
            published="2020-01-01T00:00:00Z",
        )


def _entry(paper: DemoPaper) -> str:
    authors = (f"<author><name>{escape(name)}</name></author>" for name in paper.authors)
    return _ENTRY.format(
        id=escape(paper.id),
        version=paper.version,
        updated=paper.updated or paper.published,
        published=paper.published,
        title=escape(paper.title),
        authors="\n    ".join(authors),
        category=paper.category,
    )


def gitee(asked: SplitResult) -> Answer | None:
    """Return what Gitee's API says of a repository, made up; None for a page of Gitee's."""
    named = _GITEE_REPO.fullmatch(asked.path)
    if named is None:
        return None
    number = zlib.crc32(asked.path.encode())
    repository = {
        "id": number,
        "full_name": f"{named['owner']}/{named['name']}",
        "html_url": f"https://{GITEE}/{named['owner']}/{named['name']}",
        "description": "A repository of the demo",
        "fork": False,
        "language": "C++",
        "license": "Apache-2.0",
        "stargazers_count": number % 9000,
        "forks_count": number % 700,
        "open_issues_count": number % 90,
        "default_branch": "master",
        "created_at": "2020-03-28T00:00:00+08:00",
        "pushed_at": "2025-01-01T00:00:00+08:00",
    }
    return answer(200, "application/json; charset=utf-8", json.dumps(repository))


def captures(asked: SplitResult) -> Answer:
    """Return which copies the Internet Archive has of a page: of every second one there is one."""
    query = parse_qs(asked.query)
    url, until = query.get("url", [""])[0], query.get("to", ["2020"])[0]
    rows = [["timestamp", "original"], [f"{until[:8]}010203", url]]
    has_one = zlib.crc32(url.encode()) % 2 == 0
    return answer(200, "application/json", json.dumps(rows if has_one else []))
