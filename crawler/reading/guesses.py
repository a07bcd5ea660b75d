"""Say in words what reading guessed about an archive, so that a maintainer can object."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog.encodings import as_text
from catalog.records import Issue
from crawler.reading.archive import issue_files
from crawler.reading.issue import read_issue
from crawler.reading.profile import GUESSING, ArchiveProfile
from crawler.reading.source_kind import SourceKind, source_kind
from crawler.reading.trees import SourceError, open_tree

# So many sections are told of by name.
_SECTIONS = 6


def guesses(source: str, profile: ArchiveProfile = GUESSING) -> tuple[str, ...]:
    """Return what was guessed about the archive at *source* on this machine, a clause each.

    What *profile* says is no guess. Of an archive elsewhere nothing is said, since it would
    have to be fetched again.
    """
    if source_kind(source) is not SourceKind.FOLDER:
        return ()
    try:
        tree = open_tree(Path(source))
    except SourceError:
        return ()  # reading has said so
    files = list(tree.files())
    issues = issue_files(tree, profile)
    if not issues:
        return ()
    said = () if profile.include else _left_out(files, issues)
    try:
        newest = read_issue(tree.read(issues[-1]), issues[-1], profile)
    except OSError:
        return tuple(said)  # reading has told of it
    return (*said, *_newest(newest, profile)) if isinstance(newest, Issue) else tuple(said)


def _left_out(files: Sequence[str], issues: Sequence[str]) -> Iterator[str]:
    kept = set(issues)
    if left := [file for file in files if file not in kept]:
        names = ", ".join(map(as_text, left[:3])) + (", …" if len(left) > 3 else "")
        yield f"{len(kept)} of {len(files)} files are issues, not {names}"


def _newest(issue: Issue, profile: ArchiveProfile) -> Iterator[str]:
    """Yield what the newest issue shows of the layout."""
    if issue.date and not profile.date_pattern:
        yield f"{as_text(issue.file)} is of {issue.date}"
    sections = Counter(item.section for item in issue.items if item.section and not item.footer)
    if sections:
        names = ", ".join(list(sections)[:_SECTIONS])
        yield f"its sections are {names}{', …' if len(sections) > _SECTIONS else ''}"
    footer = next((mention for mention in issue.mentions if mention.footer), None)
    if footer:
        yield f"its boilerplate starts before line {footer.line}"
