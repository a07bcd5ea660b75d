"""The report as one HTML page that needs no network: to sort, to search, to print."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from report.escaping import plain, plain_address, web_address
from report.findings import Finding, Group, Report
from report.formats.rot_chart import TONES, bars
from report.formats.style import Style
from report.sections import Detail, Section, sections
from report.wording import REPOSITORY_TITLES, Rendering, Wording

TEMPLATES = Path(__file__).parent.parent / "templates"

# More rows than this make browsers slow; the other formats hold them all.
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What the template writes of one link; all of it plain text that the template escapes."""

    group: str
    rank: int
    state: str
    place: str
    more: str
    issues: str
    title: str
    url: str
    href: str
    why: str
    since: str
    history: list[str]
    todo: str
    todo_href: str


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield the page. The template escapes every value; nothing of it is marked as safe."""
    words = style.words
    wording = Wording(
        words=words,
        rendering=Rendering(
            text=plain, address=plain_address, place=lambda place: plain(str(place))
        ),
    )
    shown = sections(report)
    total = sum(len(section.findings) for section in shown)
    left = total - MOST_ROWS
    script, css = _own("report.js"), _own("report.css")
    more = words.say_many("… and {n} more", "… and {n} more", left) if left > 0 else ""
    yield from (
        _environment()
        .get_template("report.html.j2")
        .generate(
            language=words.language,
            policy=_policy(script),
            style=css,
            script=script,
            say=words.say,
            title=words.say("Links of {title}", title=plain(report.title or "linkledger")),
            night=wording.night(report),
            trusted=report.night is None or report.night.trusted,
            filtered=report.is_filtered,
            headline=[phrase for _, phrase in wording.headline(report)],
            bars=bars(report.rot, words, plain),
            legend=[(tone, words.say(name)) for tone, name, _ in TONES],
            columns=_columns(words.say),
            sections=[_chip(section, wording) for section in shown],
            rows=islice(_rows(shown, wording), MOST_ROWS),
            left_out=more,
            lists=list(_lists(report, wording)),
        )
    )


def _policy(script: str) -> str:
    """Return a policy under which nothing runs but *script*, whatever a title may hold."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline';"
        " base-uri 'none'; form-action 'none'"
    )


def _columns(say: Callable[[str], str]) -> list[str]:
    """Return the heads of the table's columns, in the order of the template."""
    return [
        say("State"),
        say("Where"),
        say("Link"),
        say("Why"),
        say("Since"),
        say("What to do"),
    ]


def _chip(section: Section, wording: Wording) -> dict[str, str]:
    """Return the button that shows or hides a section; what is only counted begins hidden."""
    return {
        "key": section.key,
        "title": wording.words.say(section.title),
        "note": wording.words.say(section.note),
        "number": wording.words.number(len(section.findings)),
        "pressed": "false" if section.detail is Detail.COUNT else "true",
    }


def _rows(shown: tuple[Section, ...], wording: Wording) -> Iterator[_Row]:
    for rank, section in enumerate(shown):
        state = wording.words.say(section.title)
        for finding in section.findings:
            yield _row(finding, section.key, rank, state, wording)


def _row(finding: Finding, group: str, rank: int, state: str, wording: Wording) -> _Row:
    """Return the row of *finding* in the section *group*."""
    first = finding.places[0] if finding.places else None
    if finding.suggestion is not None:
        target = finding.suggestion.address
    else:
        target = finding.final_url if finding.group is Group.MOVED else ""
    todo = "" if group in ("fixed", "drifted") else wording.advice(finding)
    return _Row(
        group=group,
        rank=rank,
        state=state,
        place=plain(str(first)) if first else "",
        more=wording.other_places(finding),
        issues="\n".join(dict.fromkeys(plain(place.path) for place in finding.places)),
        title=wording.title(finding),
        url=plain_address(finding.shown_url),
        href=web_address(finding.url),
        why=wording.drift(finding) if group == "drifted" else wording.why(finding),
        since=finding.first_seen_broken or finding.standing_since or "",
        history=wording.history_lines(finding),
        todo=todo,
        todo_href=web_address(target) if todo else "",
    )


def _lists(report: Report, wording: Wording) -> Iterator[dict[str, object]]:
    """Yield the lists below the table that hold anything: their titles, and lines with links."""
    say = wording.words.say
    hosts = [(wording.host(host), "") for host in report.dead_hosts]
    yield from _list(say("Whole domains that died"), hosts)
    for event, title in REPOSITORY_TITLES.items():
        changes = [
            (wording.repository(change), web_address(change.url))
            for change in report.repositories
            if change.event is event
        ]
        yield from _list(say("Repositories: {what}", what=say(title)), changes)
    unread = [(f"{plain(u.path)}: {plain(u.problem)}", "") for u in report.unread]
    yield from _list(say("Issues that could not be read"), unread)


def _list(title: str, lines: list[tuple[str, str]]) -> Iterator[dict[str, object]]:
    if lines:
        yield {"title": title, "lines": lines}


@cache
def _own(name: str) -> Markup:
    """Return our own style or script, which is the only text that goes in unescaped."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 - a file of ours


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
