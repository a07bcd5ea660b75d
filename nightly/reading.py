"""The archive into the catalog, with what there is to say about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog.connection import Catalog
from catalog.reading import ArchiveReading, NoIssuesError
from catalog.records import Issue, UnreadIssue
from crawler.options import CrawlOptions
from crawler.read import read_source
from crawler.reading.guesses import guesses
from crawler.reading.profile import ArchiveProfile
from crawler.reading.source_kind import source_kind
from crawler.reading.trees import SourceError
from nightly.clock import Clock
from nightly.exits import CommandError
from nightly.progress import Gauge


@dataclass(slots=True, kw_only=True)
class ReadSummary:
    """What a reading did; `problems` names the issues that could not be read, and why.

    `guessed` says how an archive that is new was understood, a clause each.
    """

    issues: int = 0
    changed: int = 0
    gone: int = 0
    mentions: int = 0
    problems: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One archive to be read into a catalog, within a run."""

    db: Catalog
    run_id: int
    clock: Clock
    profile: ArchiveProfile
    options: CrawlOptions
    is_one_of_several: bool = False

    def read(self, source: str, gauge: Gauge, done: ReadSummary) -> None:
        """Read the archive at *source* and add what happened to *done*.

        Raises `CommandError` where there is no archive, or no issue in it: then nothing is
        taken out of the catalog.
        """
        kind = source_kind(source)
        where = f"{source}: " if self.is_one_of_several else ""
        reading = ArchiveReading(
            self.db, self.run_id, self.clock, source,
            kind=kind, shows_all=kind.shows_all, title=self.profile.title,
        )  # fmt: skip
        for read in self._issues(source):
            reading.take(read)
            if isinstance(read, UnreadIssue):
                done.problems.append(f"{where}{read.file}: {read.problem}")
            else:
                done.mentions += len(read.mentions)
            gauge.at(len(reading.files), max(len(reading.known), len(reading.files)))
        try:
            reading.finish()
        except NoIssuesError as error:
            raise CommandError(str(error)) from None
        if not reading.known:
            done.guessed += (f"{where}{clause}" for clause in guesses(source, self.profile))
        done.issues += len(reading.files)
        done.changed += reading.changed
        done.gone += reading.gone

    def _issues(self, source: str) -> Iterator[Issue | UnreadIssue]:
        try:
            yield from read_source(source, self.profile, self.options)
        except SourceError as error:
            raise CommandError(str(error)) from None
