"""What broke and what was fixed since last time, as an Atom feed for a feed reader."""

from collections.abc import Iterator
from posixpath import join
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from report.escaping import plain, web_address, xml_text
from report.findings import Finding, Group, Report
from report.formats.style import Style
from report.wording import Rendering, Wording, plain_place
from report.words import marked

_NAMESPACE = "http://www.w3.org/2005/Atom"

_FIXED = "fixed"
_TOLD = {Group.NEWLY_BROKEN: marked("Newly broken"), _FIXED: marked("Fixed since last time")}


def chunks(report: Report, style: Style) -> Iterator[str]:
    """Yield the feed, an entry for each link that is newly broken or fixed.

    An entry's identity comes from the link, what happened and when, so that a reader who
    fetches the feed twice is told once.
    """
    wording = Wording(
        words=style.words,
        rendering=Rendering(text=plain, address=xml_text, place=plain_place),
    )
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="{_NAMESPACE}" xml:lang="{style.words.language}">\n'
    )
    for element in _head(report, wording):
        yield f"{ElementTree.tostring(element, encoding='unicode')}\n"
    for finding in report.of(Group.NEWLY_BROKEN):
        yield _entry(report, finding, Group.NEWLY_BROKEN, wording)
    for finding in report.fixed:
        yield _entry(report, finding, _FIXED, wording)
    yield "</feed>\n"


def _head(report: Report, wording: Wording) -> Iterator[ElementTree.Element]:
    title = wording.words.say("Links of {title}", title=plain(report.title or "linkledger"))
    author = ElementTree.Element("author")
    author.append(_element("name", "linkledger"))
    yield _element("id", _urn(_identity(report)))
    yield _element("title", title)
    yield _element("subtitle", wording.night(report))
    yield _element("updated", _updated(report))
    yield author


def _identity(report: Report) -> str:
    """Return what tells this feed from those of other archives, some of which are called alike."""
    first = next(iter(report.archives), None)
    return f"linkledger:{first.title}\n{first.source}" if first else "linkledger:"


def _known_by(finding: Finding) -> str:
    """Return what no other link in the catalog has, and this one keeps."""
    if finding.host or not finding.places:
        return finding.url
    first = finding.places[0]
    return join(first.root, finding.url or f"{first.file}\n{first.text}")


def _entry(report: Report, finding: Finding, event: str, wording: Wording) -> str:
    when = finding.standing_since or _updated(report)
    told = wording.words.say(_TOLD[event])
    entry = ElementTree.Element("entry")
    entry.append(_element("id", _urn(f"{_known_by(finding)}\n{event}\n{when}")))
    entry.append(_element("title", f"{told}: {wording.title(finding)}"))
    entry.append(_element("updated", when))
    entry.append(ElementTree.Element("category", term=event))
    if address := web_address(finding.url):
        entry.append(ElementTree.Element("link", rel="alternate", href=address))
    entry.append(_element("summary", "\n".join(_summary(finding, event, wording))))
    return f"{ElementTree.tostring(entry, encoding='unicode')}\n"


def _summary(finding: Finding, event: str, wording: Wording) -> Iterator[str]:
    yield xml_text(finding.shown_url)
    if event != _FIXED:
        yield wording.why(finding)
        yield wording.history(finding)
        yield wording.advice(finding)
    yield ", ".join(plain(str(place)) for place in finding.places)


def _updated(report: Report) -> str:
    """Return when the news came, so that a report made again is no newer feed."""
    night = report.night
    return (night.finished_at or night.started_at) if night else report.generated_at


def _element(name: str, text: str) -> ElementTree.Element:
    element = ElementTree.Element(name)
    element.text = text
    return element


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, name.encode("utf-8", "replace").decode()).urn
