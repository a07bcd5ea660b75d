r"""The links that a maintainer does not want to hear of: `.linkledgerignore`, `.lycheeignore`.

One regular expression a line, searched in the link's address as written. Empty lines and
lines that start with `#` are skipped. After the expression and white space may follow
`# reason`, and in the reason `until YYYY-MM-DD`, the last day on which the line counts:

    ^https://intranet\.example/        # behind the company's login
    ^https://shop\.example/            # being rebuilt, until 2027-03-31

Lychee's files have expressions only, and mean the same here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from report.findings import Ignored

FILES = (".linkledgerignore", ".lycheeignore")

_COMMENT = re.compile(r"\s+#\s*(?P<reason>.*)$")
_UNTIL = re.compile(r"[,;，；]?\s*\buntil\s+(?P<day>\d{4}-\d{2}-\d{2})\b")


class IgnoreError(Exception):
    """A line of an ignore file cannot be understood; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreRule:
    """One line of an ignore file."""

    expression: re.Pattern[str]
    reason: str = ""
    until: date | None = None


def read_rules(text: str, file: str = FILES[0]) -> tuple[IgnoreRule, ...]:
    """Return the rules of an ignore file with the content *text*.

    Raises `IgnoreError`, which names *file* and the line, where a line is no regular
    expression or its day is no day.
    """
    lines = enumerate(text.removeprefix("\ufeff").splitlines(), start=1)
    return tuple(
        _rule(line, f"{file}:{number}")
        for number, line in lines
        if line.strip() and not line.lstrip().startswith("#")
    )


def rules_of(folders: Iterable[Path]) -> tuple[IgnoreRule, ...]:
    """Return the rules of all ignore files that lie in *folders*.

    Raises `IgnoreError` for a file that cannot be read.
    """
    rules: list[IgnoreRule] = []
    for path in (folder / name for folder in folders for name in FILES):
        if path.is_file():
            try:
                rules.extend(read_rules(path.read_text(encoding="utf-8"), str(path)))
            except (OSError, UnicodeDecodeError) as error:
                raise IgnoreError(f"cannot read {path}: {error}") from error
    return tuple(rules)


def ignored(url: str, rules: Sequence[IgnoreRule], today: date) -> Ignored | None:
    """Return why *url* is ignored on the day *today*, None where it is not."""
    for rule in rules:
        if (rule.until is None or today <= rule.until) and rule.expression.search(url):
            return Ignored(pattern=rule.expression.pattern, reason=rule.reason, until=rule.until)
    return None


def _rule(line: str, place: str) -> IgnoreRule:
    """Return the rule that *line* states."""
    reason, until = "", None
    if comment := _COMMENT.search(line):
        line, reason = line[: comment.start()], comment["reason"]
    if day := _UNTIL.search(reason):
        reason = reason[: day.start()] + reason[day.end() :]
        try:
            until = date.fromisoformat(day["day"])
        except ValueError as error:
            raise IgnoreError(f"{place}: {day['day']} is no day of the calendar") from error
    try:
        expression = re.compile(line.strip())
    except re.error as error:
        raise IgnoreError(f"{place}: {line.strip()} is no regular expression: {error}") from error
    return IgnoreRule(expression=expression, reason=reason.strip(), until=until)
