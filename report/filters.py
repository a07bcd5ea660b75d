"""What of the catalog to report on: what is let through, and what of its places. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from catalog.vocabulary import Standing
from report.findings import Finding, Place, RepoChange, UnreadFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the catalog to report on; each that is set must hold.

    *since* leaves out what has stood as it is for longer, and makes all that changed since
    then news. *standings* keeps those standings only. *issues* are file names or patterns
    such as `2021-*`, *hosts* names that also stand for what is below them, *sections* parts
    of a section's title; mentions that do not fit are left out, and links without any left.
    """

    since: date | None = None
    standings: frozenset[Standing] = frozenset()
    issues: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def news_since(self) -> str:
        """The moment at which *since* begins, empty where all times are let through."""
        return f"{self.since.isoformat()}T00:00:00Z" if self.since else ""

    def let_link(self, standing: Standing, standing_since: str, host: str) -> bool:
        """Return whether a link that stands like this is let through, wherever it is named."""
        return (
            (not self.standings or standing in self.standings)
            and standing_since >= self.news_since
            and self.let_host(host)
        )

    def let_place(self, file: str, section: str) -> bool:
        """Return whether what is named in *section* of *file* is let through."""
        return self.let_issue(file) and self.let_section(section)

    def let_section(self, section: str) -> bool:
        """Return whether what is named in *section* is let through."""
        return not self.sections or any(
            part.casefold() in section.casefold() for part in self.sections
        )

    def findings(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield those of *findings* that are let through, with the places that are."""
        for finding in findings:
            if self.let_link(finding.standing, finding.standing_since or "", finding.host):
                places = self._places(finding.places)
                if places or not self._is_narrow:
                    yield replace(finding, places=places) if self._is_narrow else finding

    def repositories(self, changes: Iterable[RepoChange]) -> Iterator[RepoChange]:
        """Yield those of *changes* that are let through; none where a link's standing is asked."""
        if self.standings:
            return
        for change in changes:
            host = change.repository.partition("/")[0]
            if change.since >= self.news_since and self.let_host(host):
                places = self._places(change.places)
                if places or not self._is_narrow:
                    yield replace(change, places=places)

    def unread(self, files: Iterable[UnreadFile]) -> Iterator[UnreadFile]:
        """Yield those of *files* that are let through: nothing but their name is known."""
        if self == Filters(issues=self.issues):
            yield from (unread for unread in files if self.let_issue(unread.file))

    @property
    def _is_narrow(self) -> bool:
        return bool(self.issues or self.sections)

    def _places(self, places: Sequence[Place]) -> tuple[Place, ...]:
        return tuple(place for place in places if self.let_place(place.file, place.section))

    def let_host(self, host: str) -> bool:
        """Return whether what is on *host* is let through."""
        return not self.hosts or any(_is_below(host, name) for name in self.hosts)

    def let_issue(self, file: str) -> bool:
        """Return whether what stands in the issue *file* is let through."""
        name = file.rpartition("/")[2]
        spellings = (file, name, name.rpartition(".")[0])
        return not self.issues or any(
            fnmatchcase(spelling, pattern) for spelling in spellings for pattern in self.issues
        )


def _is_below(host: str, name: str) -> bool:
    name = name.lower().removeprefix("*.").strip(".")
    return host == name or host.endswith(f".{name}")
