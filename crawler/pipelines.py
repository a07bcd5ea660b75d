"""Item pipeline of the spider `issues`: writes each issue into the catalog as it comes."""

from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from catalog.clock import now
from catalog.connection import open_catalog
from catalog.issues import archive_id, close_reading, known_issues, save_issue, save_unread
from catalog.records import Issue, UnreadIssue
from catalog.runs import begin_run, end_run
from crawler.reading.source_kind import SourceKind, source_kind

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class IntoCatalog:
    """Writes what the spider reads into the catalog that the setting `CATALOG` names.

    Without that setting the items only go where Scrapy sends them (`-o issues.jsonl`).
    """

    def __init__(self, crawler: "Crawler", catalog: Path) -> None:
        self._crawler = crawler
        self._catalog = catalog
        self._files: list[str] = []

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Return the pipeline of *crawler*, as Scrapy makes it."""
        catalog = crawler.settings.get("CATALOG")
        if not catalog:
            raise NotConfigured
        return cls(crawler, Path(catalog))

    def open_spider(self) -> None:
        """Open the catalog and begin a run in it."""
        spider = self._crawler.spider
        source = getattr(spider, "source", "")
        kind = source_kind(source)
        self._db = open_catalog(self._catalog)
        self._run_id = begin_run(self._db, "scrapy crawl issues", now())
        name = str(Path(source)) if kind is SourceKind.FOLDER else source
        self._archive = archive_id(self._db, name, kind=kind)
        self._known = known_issues(self._db, self._archive)

    def process_item(self, item: Issue | UnreadIssue) -> Issue | UnreadIssue:
        """Write *item*."""
        self._files.append(item.file)
        if isinstance(item, UnreadIssue):
            save_unread(self._db, self._archive, self._run_id, item, now())
        else:
            save_issue(self._db, self._archive, self._run_id, item, now())
        return item

    def close_spider(self) -> None:
        """Take out what is gone, if the whole archive was read, and end the run."""
        error = getattr(self._crawler.spider, "error", "")
        whole = not error and (self._files or not self._known)
        if whole:
            close_reading(self._db, self._archive, self._run_id, self._files, now())
        state = "done" if whole else "cut_short"
        summary = {"issues": len(self._files)}
        end_run(self._db, self._run_id, now(), state=state, note=error, summary=summary)
        self._db.close()
