"""The report for a terminal: what to do first comes first, and long things stay on one line."""

import io
from collections.abc import Iterable, Iterator

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.style import Style as Look
from rich.text import Text

from report.escaping import plain, plain_address, web_address
from report.findings import Finding, Report
from report.formats.style import Style
from report.sections import Detail, Section, sections
from report.wording import REPOSITORY_TITLES, Rendering, Wording, plain_place

_COLOURS = {
    "newly_broken": "bold red",
    "still_broken": "red",
    "empty": "red",
    "fixed": "green",
    "moved": "cyan",
    "moved_safe": "cyan",
    "moved_unsafe": "cyan",
    "suspect": "yellow",
    "drifted": "magenta",
    "unclear": "magenta",
    "ok": "green",
}

# Enough to see which site and what kind of page; the terminal's link holds the rest.
_SHORTEST_ADDRESS = 24


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield the report for a terminal of *style.width* columns, in colour where asked."""
    console = Console(
        file=io.StringIO(),
        width=style.width,
        force_terminal=style.colour,
        color_system="standard" if style.colour else None,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )
    writer = _Writer(console, style)
    writer.head(report)
    yield writer.taken()
    for section in sections(report):
        writer.section(section)
        yield writer.taken()
    writer.rest(report)
    yield writer.taken()


class _Writer:
    """Prints to a console in memory, from which the text is taken section by section."""

    def __init__(self, console: Console, style: Style) -> None:
        self.console = console
        self.style = style
        self.words = style.words
        self.wording = Wording(
            words=style.words,
            rendering=Rendering(text=plain, address=plain_address, place=plain_place),
        )

    def taken(self) -> str:
        """Return what was printed since the last time."""
        buffer = self.console.file
        assert isinstance(buffer, io.StringIO)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    def head(self, report: Report) -> None:
        title = Text(plain(report.title) or "linkledger", style="bold")
        self._line(title)
        self._flow(
            Text(phrase, style=_COLOURS.get(key, "dim"))
            for key, phrase in self.wording.headline(report)
        )
        trusted = report.night is None or report.night.trusted
        self._indented(self.wording.night(report), 0, "dim" if trusted else "bold yellow")
        if report.is_filtered:
            self._indented(self.words.say("Only what the filters let through."), 0, "dim")

    def section(self, section: Section) -> None:
        heading = Text(self.words.say(section.title), style=_COLOURS.get(section.key, "bold"))
        heading.append(f"  {self.words.number(len(section.findings))}", style="dim")
        self.console.print()
        self._line(heading)
        if section.detail is Detail.COUNT:
            self._indented(self.words.say(section.note), 2, "dim")
            for line in self.wording.by_reason(section.findings):
                self._indented(line, 2)
            return
        shown = section.findings[: self.style.limit]
        for finding in shown:
            if section.detail is Detail.FULL:
                self._entry(finding)
            else:
                self._brief(finding, section.key)
        if left := len(section.findings) - len(shown):
            more = self.words.say_many("… and {n} more", "… and {n} more", left)
            self._indented(more, 2, "dim")
        if section.key == "moved_safe":
            remedy = self.words.say("`linkledger fix --diff` shows them as changes to your files.")
            self._indented(remedy, 2, "dim")

    def _entry(self, finding: Finding) -> None:
        """Print a link with everything that helps to decide."""
        self._place_and_title(finding)
        self._address(finding.shown_url)
        self._indented(self.wording.why(finding), 4)
        if history := self.wording.history(finding):
            self._indented(history, 4, "dim")
        self._advice(finding)
        if also := self.wording.other_places(finding):
            self._indented(also, 4, "dim")

    def _brief(self, finding: Finding, key: str) -> None:
        """Print a link in as few lines as say what it is about."""
        self._place_and_title(finding)
        self._address(finding.shown_url)
        if key in ("moved_safe", "moved_unsafe"):
            if arrived := finding.suggestion.address if finding.suggestion else finding.final_url:
                self._address(arrived, "→ ")
        elif key == "drifted":
            self._indented(self.wording.drift(finding), 4)
        elif key == "empty":
            self._advice(finding)
        elif key != "fixed":
            self._indented(self.wording.why(finding), 4)

    def _place_and_title(self, finding: Finding) -> None:
        place = plain_place(finding.places[0]) if finding.places else ""
        line = Text("  ").append(place, style="bold")
        line.append("  ").append(self.wording.title(finding))
        self._line(line)

    def rest(self, report: Report) -> None:
        self._list(
            self.words.say("Whole domains that died"),
            [self.wording.host(host) for host in report.dead_hosts],
        )
        for event, title in REPOSITORY_TITLES.items():
            changes = [change for change in report.repositories if change.event is event]
            self._list(
                self.words.say("Repositories: {what}", what=self.words.say(title)),
                [self.wording.repository(change) for change in changes],
            )
        self._list(
            self.words.say("Issues that could not be read"),
            [f"{plain(unread.path)}: {plain(unread.problem)}" for unread in report.unread],
        )

    def _list(self, title: str, lines: list[str]) -> None:
        if not lines:
            return
        self.console.print()
        self._line(Text(title, style="bold").append(f"  {len(lines)}", style="dim"))
        shown = lines[: self.style.limit]
        for line in shown:
            self._indented(line, 2)
        if left := len(lines) - len(shown):
            more = self.words.say_many("… and {n} more", "… and {n} more", left)
            self._indented(more, 2, "dim")

    def _address(self, url: str, sign: str = "") -> None:
        """Print an address whole, or on a terminal shortened, with the whole behind it."""
        room = self.style.width - 4 - cell_len(sign)
        line = Text(f"    {sign}").append_text(self._link(url, room))
        self.console.print(line, soft_wrap=True)

    def _link(self, url: str, room: int) -> Text:
        """Return *url* whole, or as a terminal's link that needs no more than *room* columns."""
        shown, link = plain_address(url), web_address(url)
        if not self.style.colour or not link:
            return Text(shown)
        look = Look(color="blue", link=link)
        return Text(_middle_out(shown, max(room, _SHORTEST_ADDRESS)), style=look)

    def _advice(self, finding: Finding) -> None:
        """Print what to do; an address in it is never broken, so that it can be copied."""
        line = f"→ {self.wording.advice(finding)}"
        address = plain_address(finding.suggestion.address) if finding.suggestion else ""
        if not address or address not in line:
            self._indented(line, 4, "green")
            return
        before, _, after = line.partition(address)
        room = self.style.width - 4 - cell_len(before) - cell_len(after)
        text = Text(f"    {before}", style="green")
        self.console.print(
            text.append_text(self._link(address, room)).append(after), soft_wrap=True
        )

    def _indented(self, line: str, depth: int, look: str = "") -> None:
        """Print *line* in as many lines as it needs, each *depth* columns from the edge."""
        room = max(self.style.width - depth, _SHORTEST_ADDRESS)
        for part in Text(line, style=look).wrap(self.console, room, overflow="fold"):
            part.rstrip()
            self.console.print(Text(" " * depth).append_text(part), soft_wrap=True)

    def _flow(self, phrases: Iterable[Text]) -> None:
        """Print *phrases* side by side, with breaks only between them."""
        line = Text()
        for phrase in phrases:
            if line and line.cell_len + phrase.cell_len + 3 > self.style.width:
                self.console.print(line, soft_wrap=True)
                line = Text()
            line.append(" · " if line else "").append_text(phrase)
        self.console.print(line, soft_wrap=True)

    def _line(self, line: Text) -> None:
        """Print *line* without a break; what is too long for it ends in an ellipsis."""
        line.truncate(self.style.width, overflow="ellipsis")
        self.console.print(line, no_wrap=True)


def _middle_out(text: str, room: int) -> str:
    """Return *text* with its middle left out where it needs more than *room* columns."""
    if cell_len(text) <= room:
        return text
    tail = text[-(room // 4) :]
    return f"{set_cell_size(text, room - cell_len(tail) - 1)}…{tail}"
