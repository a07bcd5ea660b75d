"""The report as Markdown that fits into one issue on GitHub, and says what did not fit."""

from collections.abc import Iterator

from report.escaping import markdown, markdown_code, markdown_link, plain
from report.findings import Finding, Place, Report
from report.formats.style import Style
from report.sections import Detail, Section, sections
from report.wording import REPOSITORY_TITLES, Rendering, Wording

# GitHub's limit for the body of an issue or a comment, in characters.
MOST_CHARACTERS = 65_536

# Kept free for headings, counts, the lines that say how much was left out, and a marker.
_RESERVE = 6_144

# The section that may take all the room there is; others take half of what they find.
_FIRST = "newly_broken"

_LONGEST_ADDRESS = 2_000


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield the report as Markdown of at most `MOST_CHARACTERS` characters."""
    writer = _Writer(report, style)
    yield from writer.lines()


class _Writer:
    """Writes entries while there is room, and counts those that came too late."""

    def __init__(self, report: Report, style: Style) -> None:
        self.report = report
        self.style = style
        self.words = style.words
        self.room = MOST_CHARACTERS - _RESERVE
        self.wording = Wording(
            words=style.words, rendering=Rendering(text=markdown, address=_address, place=_place)
        )

    def lines(self) -> Iterator[str]:
        """Yield the pieces of the report, in order."""
        yield from self._always(self._head())
        for section in sections(self.report):
            yield from self._section(section)
        yield from self._rest()

    def _always(self, piece: str) -> Iterator[str]:
        """Yield what is never left out: headings and counts, for which the reserve is enough."""
        self.room -= len(piece)
        yield piece

    def _head(self) -> str:
        say = self.words.say
        title = say("Links of {title}", title=markdown(self.report.title or "linkledger"))
        counts = " · ".join(phrase for _, phrase in self.wording.headline(self.report))
        note = say("Only what the filters let through.") if self.report.is_filtered else ""
        night = self.wording.night(self.report)
        if self.report.night is not None and not self.report.night.trusted:
            night = f"**{night}**"
        return f"# {title}\n\n**{counts}**\n\n{night} {note}".rstrip() + "\n"

    def _section(self, section: Section) -> Iterator[str]:
        say, number = self.words.say, self.words.number
        heading = f"\n## {say(section.title)} ({number(len(section.findings))})\n\n"
        yield from self._always(f"{heading}{say(section.note)}\n\n")
        if section.detail is Detail.COUNT:
            for line in self.wording.by_reason(section.findings):
                yield from self._always(f"- {line}\n")
            return
        entries = (self._entry(finding, section) for finding in section.findings)
        limit = None if section.detail is Detail.FULL else self.style.limit
        keep = 0 if section.key == _FIRST else self.room // 2
        yield from self._list(entries, len(section.findings), limit, keep)

    def _list(
        self, entries: Iterator[str], total: int, limit: int | None, keep: int = 0
    ) -> Iterator[str]:
        """Yield *entries* up to *limit* and while there is room, then how many are left.

        *keep* is the room that is left to what comes after.
        """
        written = 0
        for entry in entries:
            if len(entry) > self.room - keep or written == limit:
                break
            self.room -= len(entry)
            written += 1
            yield entry
        if left := total - written:
            more = self.words.say_many("… and {n} more", "… and {n} more", left)
            yield f"- {more}\n"

    def _entry(self, finding: Finding, section: Section) -> str:
        place = _place(finding.places[0]) if finding.places else ""
        lines = [f"- {place} {self.wording.title(finding)}", _address(finding.shown_url)]
        if section.detail is Detail.FULL:
            lines.append(self.wording.why(finding))
            lines.append(self.wording.history(finding))
            lines.append(f"→ {self.wording.advice(finding)}")
            lines.append(self.wording.other_places(finding))
        elif section.key in ("moved_safe", "moved_unsafe"):
            if where := self.wording.destination(finding):
                lines.append(f"→ {where}")
        elif section.key == "drifted":
            lines.append(self.wording.drift(finding))
        elif section.key == "empty":
            lines.append(f"→ {self.wording.advice(finding)}")
        elif section.key != "fixed":
            lines.append(self.wording.why(finding))
        # Two blanks make a line break of their own; the indent keeps it within the entry.
        return "  \n  ".join(line for line in lines if line) + "\n"

    def _rest(self) -> Iterator[str]:
        say, report = self.words.say, self.report
        hosts = [self.wording.host(host) for host in report.dead_hosts]
        yield from self._plain_list(say("Whole domains that died"), hosts)
        for event, title in REPOSITORY_TITLES.items():
            changes = [
                markdown_link(self.wording.repository(change), change.url)
                for change in report.repositories
                if change.event is event
            ]
            yield from self._plain_list(say("Repositories: {what}", what=say(title)), changes)
        unread = [f"{markdown_code(u.path)} {markdown(u.problem)}" for u in report.unread]
        yield from self._plain_list(say("Issues that could not be read"), unread)

    def _plain_list(self, title: str, lines: list[str]) -> Iterator[str]:
        if not lines:
            return
        yield from self._always(f"\n## {title} ({self.words.number(len(lines))})\n\n")
        yield from self._list((f"- {line}\n" for line in lines), len(lines), self.style.limit)


def _address(url: str) -> str:
    """Return *url* as a link that shows itself, or as code where it may be no link."""
    if len(url) > _LONGEST_ADDRESS:
        return markdown_code(plain(url, limit=_LONGEST_ADDRESS))
    return markdown_link(markdown_code(url), url)


def _place(place: Place) -> str:
    return markdown_code(plain(str(place)))
