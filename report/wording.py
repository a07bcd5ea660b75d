"""Sentences about findings, in one language and one rendering, for all formats made for people."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from catalog.vocabulary import MentionKind
from report.escaping import plain
from report.findings import (
    BROKEN_GROUPS,
    DeadHost,
    Finding,
    Group,
    Place,
    RepoChange,
    RepoEvent,
    Report,
)
from report.reasons import DRIFTS, REASONS, advice_in_words, reason_in_words
from report.words import Words, marked, marked_many

# Evidence that says no more than the status, which stands beside it already.
_ONLY_STATUS = re.compile(r"status \d+")

_EVIDENCE_LENGTH = 120
_PLACES_SHOWN = 3

_REPOSITORIES: dict[RepoEvent, str] = {
    RepoEvent.TAKEN: marked(
        "somebody else has a name now that {repository} had: links to it may lead astray"
    ),
    RepoEvent.RENAMED: marked("{repository} is called {now} now"),
    RepoEvent.ARCHIVED: marked("{repository} is archived: read-only, last push {now}"),
    RepoEvent.GONE: marked("{repository} does not exist any more"),
    RepoEvent.BLOCKED: marked("{repository} is withheld by its forge"),
    RepoEvent.STARS: marked("{repository}: {before} → {now} stars ({delta})"),
}

REPOSITORY_TITLES: dict[RepoEvent, str] = {
    RepoEvent.TAKEN: marked("Name taken by others"),
    RepoEvent.RENAMED: marked("Renamed"),
    RepoEvent.ARCHIVED: marked("Archived"),
    RepoEvent.GONE: marked("Gone"),
    RepoEvent.BLOCKED: marked("Withheld"),
    RepoEvent.STARS: marked("Stars"),
}

_COUNTED: dict[str, tuple[str, str]] = {
    Group.NEWLY_BROKEN: marked_many("{n} newly broken", "{n} newly broken"),
    Group.STILL_BROKEN: marked_many("{n} still broken", "{n} still broken"),
    Group.EMPTY: marked_many("{n} leads nowhere", "{n} lead nowhere"),
    "fixed": marked_many("{n} fixed", "{n} fixed"),
    Group.MOVED: marked_many("{n} moved", "{n} moved"),
    Group.SUSPECT: marked_many("{n} suspect", "{n} suspects"),
    Group.UNCLEAR: marked_many("{n} unclear", "{n} unclear"),
    Group.BLOCKED: marked_many("{n} blocked", "{n} blocked"),
    Group.SKIPPED: marked_many("{n} not looked at", "{n} not looked at"),
    Group.UNCHECKED: marked_many("{n} waiting", "{n} waiting"),
    Group.OK: marked_many("{n} fine", "{n} fine"),
    "ignored": marked_many("{n} ignored", "{n} ignored"),
}

_NIGHTS = {
    "running": marked("as it stood when this was written"),
    "done": marked("the night came to its end"),
    "cut_short": marked("the night was cut short; the rest follows next time"),
    "untrusted": marked("the night is not to be trusted: {note}. Nothing was concluded from it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How a format makes text harmless, and how it shows an address and a place."""

    text: Callable[[str], str]
    address: Callable[[str], str]
    place: Callable[[Place], str]


def plain_place(place: Place) -> str:
    """Return *place* for a format in which text needs no more than to be harmless."""
    return plain(str(place))


def _distinct(places: Sequence[Place]) -> list[Place]:
    """Return *places* without the titles that name what is linked on the same line already."""
    linked = {(p.path, p.line) for p in places if p.kind != MentionKind.TITLE_REPO}
    return [
        place
        for place in places
        if place.kind != MentionKind.TITLE_REPO or (place.path, place.line) not in linked
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What to say of findings; every value that comes from outside passes through *rendering*."""

    words: Words
    rendering: Rendering

    def title(self, finding: Finding) -> str:
        """Return what a reader would call the link: its item's title, or its own text."""
        place = finding.places[0] if finding.places else None
        return self.rendering.text((place.item or place.text if place else "") or finding.url)

    def why(self, finding: Finding) -> str:
        """Return the reason, the status, and the words that decided it."""
        reason = self.words.say(reason_in_words(finding))
        if finding.group is Group.EMPTY:
            return reason  # the rest is about the address
        if finding.status and finding.status != 200:
            reason = f"{reason} ({finding.status})"
        evidence = finding.evidence or finding.detail
        if not evidence or (finding.status and _ONLY_STATUS.fullmatch(evidence)):
            return reason
        if len(evidence) > _EVIDENCE_LENGTH:
            evidence = f"{evidence[: _EVIDENCE_LENGTH - 1]}…"
        return self.words.say(
            "{reason}: “{evidence}”", reason=reason, evidence=self.rendering.text(evidence)
        )

    def history(self, finding: Finding) -> str:
        """Return since when, on how many nights it failed, and when it was last seen alive."""
        return self.words.say(", ").join(self.history_lines(finding))

    def history_lines(self, finding: Finding) -> list[str]:
        """Return the parts of the history, each for a line of its own."""
        parts = []
        if finding.first_seen_broken:
            parts.append(self.words.say("since {day}", day=finding.first_seen_broken[:10]))
            failed = max(
                finding.nights, 1
            )  # not each night since: a break is looked at less often
            parts.append(
                self.words.say_many("failed on {n} night", "failed on {n} nights", failed)
            )
        if finding.last_ok:
            parts.append(self.words.say("last seen alive {day}", day=finding.last_ok[:10]))
        elif finding.group in BROKEN_GROUPS:
            parts.append(self.words.say("never seen alive"))
        if finding.flapping:
            parts.append(self.words.say("comes and goes"))
        return parts

    def advice(self, finding: Finding) -> str:
        """Return what the maintainer can do about it."""
        where = finding.suggestion.address if finding.suggestion else finding.final_url
        return self.words.say(advice_in_words(finding), address=self.rendering.address(where))

    def destination(self, finding: Finding) -> str:
        """Return where readers of a moved link arrive, empty where that is not known."""
        where = finding.suggestion.address if finding.suggestion else finding.final_url
        return self.rendering.address(where) if where and where != finding.url else ""

    def other_places(self, finding: Finding) -> str:
        """Return where else the link is mentioned, empty where it is not."""
        others = self._listed(_distinct(finding.places)[1:])
        return self.words.say("also {places}", places=others) if others else ""

    def _listed(self, places: Sequence[Place]) -> str:
        """Return the first of *places*, and how many more there are."""
        shown = self.words.say(", ").join(
            self.rendering.place(place) for place in places[:_PLACES_SHOWN]
        )
        left = len(places) - _PLACES_SHOWN
        if left <= 0:
            return shown
        return shown + self.words.say_many(" and {n} more", " and {n} more", left)

    def drift(self, finding: Finding) -> str:
        """Return how the content of the page changed."""
        for pattern, message in DRIFTS:
            if told := pattern.fullmatch(finding.drift):
                parts = {
                    name: self.rendering.text(part) for name, part in told.groupdict().items()
                }
                return self.words.say(message, **parts)
        return self.rendering.text(finding.drift)

    def host(self, host: DeadHost) -> str:
        """Return the sentence about a host that died as a whole."""
        links = self.words.say_many("{n} link", "{n} links", host.links)
        reason = self.words.say(REASONS[host.reason]) if host.reason else ""
        return self.words.say(
            "{host}: all of its {links}, since {day}{reason}",
            host=self.rendering.text(host.name),
            links=links,
            day=(host.since or "—")[:10],
            reason=self.words.say("; {reason}", reason=reason) if reason else "",
        )

    def repository(self, change: RepoChange) -> str:
        """Return the sentence about what happened to a repository, and where it is named."""
        stars = change.event is RepoEvent.STARS
        sentence = self.words.say(
            _REPOSITORIES[change.event],
            repository=self.rendering.text(change.repository),
            before=self.words.number(int(change.before)) if stars else "",
            now=self.words.number(int(change.now)) if stars else self.rendering.text(change.now),
            delta=f"{change.delta:+,}" if stars else "",
        )
        if stars or not change.places:
            return sentence
        places = self._listed(_distinct(change.places))
        return self.words.say("{sentence} ({places})", sentence=sentence, places=places)

    def night(self, report: Report) -> str:
        """Return the sentence about the night that the report speaks of."""
        night = report.night
        if night is None:
            return self.words.say("No night has looked at these links yet.")
        return self.words.say(
            "Night of {day}, {time} UTC: {state}.",
            day=night.started_at[:10],
            time=night.started_at[11:16],
            state=self.words.say(
                _NIGHTS[night.state], note=self.rendering.text(night.note or "—").rstrip(".。")
            ),
        )

    def headline(self, report: Report) -> list[tuple[str, str]]:
        """Return the counts that matter as pairs of a key and a phrase, the worst first."""
        numbers = {
            **{group.value: number for group, number in report.counts.items()},
            "fixed": len(report.fixed),
            "ignored": report.ignored,
        }
        return [
            (key, self.words.say_many(one, many, numbers.get(key, 0)))
            for key, (one, many) in _COUNTED.items()
            if numbers.get(key, 0) or key in BROKEN_GROUPS
        ]

    def by_reason(self, findings: Iterable[Finding]) -> list[str]:
        """Return how many of *findings* have which reason, the most frequent first."""
        counts = Counter(reason_in_words(finding) for finding in findings)
        return [
            self.words.say(
                "{count} × {reason}", count=self.words.number(n), reason=self.words.say(message)
            )
            for message, n in counts.most_common()
        ]
