"""Item pipeline of the spider `issues`: writes each issue into the catalog as it comes."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from catalog.clock import now
from catalog.connection import CatalogError, open_catalog
from catalog.lock import held
from catalog.reading import ArchiveReading, NoIssuesError
from catalog.records import Issue, UnreadIssue
from catalog.runs import begin_run, end_run
from crawler.reading.source_kind import source_kind
from crawler.refusal import refuse

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class IntoCatalog:
    """Writes what the spider reads into the catalog that the setting `CATALOG` names.

    Without that setting the items only go where Scrapy sends them (`-o issues.jsonl`).
    """

    def __init__(self, crawler: "Crawler", catalog: Path) -> None:
        self._crawler = crawler
        self._catalog = catalog

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Return the pipeline of *crawler*, as Scrapy makes it."""
        catalog = crawler.settings.get("CATALOG")
        if not catalog:
            raise NotConfigured
        return cls(crawler, Path(catalog))

    def open_spider(self) -> None:
        """Open the catalog and begin a run in it."""
        source = getattr(self._crawler.spider, "source", "")
        kind = source_kind(source)
        self._lock = ExitStack()
        try:
            self._lock.enter_context(held(self._catalog, "scrapy crawl issues", now()))
            self._db = open_catalog(self._catalog)
        except CatalogError as error:
            refuse(error)
        self._run_id = begin_run(self._db, "scrapy crawl issues", now())
        self._reading = ArchiveReading(
            self._db, self._run_id, now, source, kind=kind, shows_all=kind.shows_all
        )

    def process_item(self, item: Issue | UnreadIssue) -> Issue | UnreadIssue:
        """Write *item*."""
        self._reading.take(item)
        return item

    def close_spider(self) -> None:
        """Take out what is gone, if the whole archive was read, and end the run."""
        note = getattr(self._crawler.spider, "error", "")
        if not note:
            try:
                self._reading.finish()
            except NoIssuesError as error:
                note = str(error)
        state = "cut_short" if note else "done"
        summary = {"issues": len(self._reading.files)}
        end_run(self._db, self._run_id, now(), state=state, note=note, summary=summary)
        self._db.close()
        self._lock.close()
