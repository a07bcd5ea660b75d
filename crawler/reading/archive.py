"""Read the issues of an archive that lies on this machine, and try their relative links."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from catalog.address import is_web
from catalog.encodings import as_text
from catalog.records import Issue, Mention, UnreadIssue
from catalog.vocabulary import Reason
from crawler.reading.decoding import UnreadableError
from crawler.reading.issue import fragments_in, read_issue
from crawler.reading.profile import GUESSING, ArchiveProfile
from crawler.reading.trees import NOT_UTF_8, Tree, open_tree

_READABLE: Final = (".md", ".markdown", ".mdown", ".mkd", ".html", ".htm")
# Files about the archive rather than of it.
_ABOUT: Final = re.compile(
    r"(?:readme|contributing|contributors|changelog|license|code[_-]of[_-]conduct|security|index"
    r"|about|todo|template|summary|_.*)(?:[._-].*)?",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d")


def read_archive(
    source: str | Path, profile: ArchiveProfile = GUESSING
) -> Iterator[Issue | UnreadIssue]:
    """Yield the issues at *source* (a folder, one file, or a git repository), one at a time.

    A link within the archive that leads to no file or no heading carries that as its
    finding. Raises `crawler.reading.trees.SourceError` where there is no archive at all.
    """
    tree = open_tree(Path(source))
    links = _RelativeLinks(tree, profile)
    for file in issue_files(tree, profile):
        if (name := as_text(file)) != file:
            yield UnreadIssue(file=name, problem=NOT_UTF_8)
            continue
        try:
            data = tree.read(file)
        except OSError as error:
            yield UnreadIssue(file=file, problem=error.strerror or "it cannot be opened")
            continue
        read = read_issue(data, file, profile)
        yield links.tried(read) if isinstance(read, Issue) else read


def issue_files(tree: Tree, profile: ArchiveProfile) -> Sequence[str]:
    """Return the paths of the issues in *tree*, in order.

    Where the profile does not say, they are the texts with a number in their name, or all of
    them if only a few have one; never what is about the archive, such as its README.
    """
    files = list(tree.files())
    if len(files) == 1:
        return files
    kept = [file for file in files if not any(fnmatch(file, glob) for glob in profile.exclude)]
    if profile.include:
        return [file for file in kept if any(fnmatch(file, glob) for glob in profile.include)]
    texts = [file for file in kept if file.lower().endswith(_READABLE)]
    texts = [file for file in texts if not _ABOUT.fullmatch(_stem(file))]
    numbered = [file for file in texts if _NUMBER.search(_stem(file))]
    return numbered if len(numbered) * 2 >= len(texts) else texts


def _stem(file: str) -> str:
    return posixpath.splitext(posixpath.basename(file))[0]


class _RelativeLinks:
    """Whether relative links lead to something: the files of the archive, and their headings."""

    def __init__(self, tree: Tree, profile: ArchiveProfile) -> None:
        self._tree = tree
        self._profile = profile
        self._fragments = lru_cache(maxsize=64)(self._read_fragments)

    def tried(self, issue: Issue) -> Issue:
        """Return *issue* with findings on the links that lead nowhere in the archive."""
        if not any(mention.relative or mention.suggestion for mention in issue.mentions):
            return issue
        return replace(issue, mentions=tuple(map(self._tried, issue.mentions)))

    def _tried(self, mention: Mention) -> Mention:
        if mention.suggestion == f"https://{mention.url}" and self._tree.has(mention.url):
            return replace(
                mention, target=mention.url, relative=True, finding=None, suggestion="", repo=None
            )
        if not mention.relative or not mention.target or is_web(mention.target):
            return mention
        path, mark, fragment = mention.target.partition("#")
        path = self._tree.normal(path)
        mention = replace(mention, target=f"{path}{mark}{fragment}")
        found = self._file(path, is_site_path=mention.url.lstrip().startswith("/"))
        if found is None:
            return mention
        if not found:
            return replace(mention, finding=Reason.FILE_MISSING)
        if fragment and not self._leads_to(found, fragment):
            return replace(mention, finding=Reason.FRAGMENT_MISSING)
        return mention

    def _file(self, path: str, *, is_site_path: bool) -> str | None:
        """Return the file at *path*, empty where there is none, None where nobody can say.

        A page is often linked as the site will serve it: without `.md`, or with `.html`.
        """
        stem = path.removesuffix(".html")
        for candidate in (path, f"{stem}.md", f"{stem}.markdown", f"{path}/index.md"):
            exists = self._tree.has(candidate)
            if exists is None:
                return None
            if exists:
                return candidate
        # A path from the site's root depends on how the site is built.
        return None if is_site_path else ""

    def _leads_to(self, file: str, fragment: str) -> bool:
        if not file.lower().endswith(_READABLE):
            return True  # lines of code, pages of a PDF: not for us to say
        name = unquote(fragment).partition(":~:")[0].lower().removeprefix("user-content-")
        return name in ("", "top") or name in self._fragments(file)

    def _read_fragments(self, file: str) -> frozenset[str]:
        try:
            return fragments_in(self._tree.read(file), file, self._profile)
        except (OSError, UnreadableError):
            return frozenset()
