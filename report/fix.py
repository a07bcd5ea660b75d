"""Repairs to the archive's own files: as a diff, or written; and which files are left alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from catalog.database import Database
from catalog.vocabulary import SuggestionKind
from catalog.whole_files import replacing
from report.diffs import file_diff
from report.findings import Archive, Finding, Report
from report.repairs import (
    REPAIRABLE,
    CannotRepairError,
    Edit,
    IssueText,
    Repair,
    edit_for,
    without_overlaps,
)
from report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRepair:
    """One file before and after, and what was done to it.

    `file` is shown, as `Place.path` is everywhere; `in_repository` from the root of its git
    work tree, and `path` is where it lies on this machine.
    """

    file: str
    in_repository: str
    path: Path
    before: bytes
    after: bytes
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """The repairs that can be made, and in words what is left alone, and why."""

    files: tuple[FileRepair, ...]
    left_alone: tuple[str, ...] = ()

    @property
    def diff(self) -> bytes:
        """All repairs as one unified diff, for `git apply` in the archive's repository."""
        return b"".join(file_diff(one.in_repository, one.before, one.after) for one in self.files)

    @property
    def links(self) -> int:
        """How many places are repaired."""
        return sum(len(one.edits) for one in self.files)


class FixError(Exception):
    """A file cannot be written; the message says which and why."""


def plan_repairs(
    db: Database,
    report: Report,
    *,
    only: Sequence[SuggestionKind] = REPAIRABLE,
    encoding: str = "",
) -> Repairs:
    """Return the repairs of the kinds *only* that *report* offers.

    *encoding* is what the maintainer says that the files are in. A file is left alone where
    it is not, byte for byte, what was read into the catalog.
    """
    wanted: dict[tuple[int, str], list[Repair]] = defaultdict(list)
    for finding in (*report.findings, *report.empty):
        for repair in _repairs(finding, only):
            wanted[repair.place.archive_id, repair.place.file].append(repair)
    archives = {archive.archive_id: archive for archive in report.archives}
    known = {
        (row["archive_id"], row["file"]): row["sha256"]
        for row in db.query("SELECT archive_id, file, sha256 FROM issues WHERE present = 1")
    }
    files: list[FileRepair] = []
    left: list[str] = []
    for (archive_id, file), repairs in sorted(wanted.items()):
        shown = repairs[0].place.path
        try:
            path = _path(archives[archive_id], file)
            data = _read(path, shown, known[archive_id, file])
            after, edits, refused = _repaired(shown, data, repairs, encoding)
        except CannotRepairError as error:
            left.append(str(error))
            continue
        left += refused
        if after != data:
            inside = report.path_in_repository(repairs[0].place)
            files.append(
                FileRepair(
                    file=shown,
                    in_repository=inside,
                    path=path,
                    before=data,
                    after=after,
                    edits=edits,
                )
            )
    return Repairs(files=tuple(files), left_alone=tuple(left))


def write_repairs(repairs: Repairs) -> None:
    """Write *repairs* into the archive, each file whole or not at all.

    Raises `FixError` for a file that changed in the meantime or cannot be written; those
    before it are written then.
    """
    for one in repairs.files:
        try:
            if one.path.read_bytes() != one.before:
                raise FixError(f"{one.file} has just been changed: run `linkledger fix` again")
            with replacing(one.path) as draft:
                draft.write_bytes(one.after)
        except OSError as error:
            raise FixError(f"cannot write {one.path}: {error.strerror}") from error


def written_in_words(repairs: Repairs, words: Words) -> str:
    """Return what writing *repairs* has done, and what to run next."""
    number = len(repairs.files)
    done = words.say_many(
        "{n} link repaired in {files}.",
        "{n} links repaired in {files}.",
        repairs.links,
        files=words.say_many("{n} file", "{n} files", number),
    )
    if not number:
        return done
    then = words.say("Run `linkledger read` next: until then, the report shows the old addresses.")
    return f"{done}\n{then}"


def _repairs(finding: Finding, only: Sequence[SuggestionKind]) -> Iterator[Repair]:
    """Yield what is to be written at the places of *finding*."""
    suggestion = finding.suggestion
    if suggestion is None or suggestion.kind not in only or finding.ignored is not None:
        return
    if suggestion.kind not in REPAIRABLE:
        return
    for place in finding.places:
        if place.holds_address or suggestion.kind is SuggestionKind.EMPTY:
            yield Repair(place=place, suggestion=suggestion)


def _path(archive: Archive, file: str) -> Path:
    """Return where *file* lies on this machine, which must be within its archive."""
    source = Path(archive.source)
    root = source.parent if source.is_file() else source
    if not root.is_dir():
        raise CannotRepairError(f"{file}: its archive {archive.source} is no folder here")
    path = root / file
    if not path.resolve().is_relative_to(root.resolve()):
        raise CannotRepairError(f"{file}: it leads out of the archive")
    if path.is_symlink():
        raise CannotRepairError(f"{file}: it is a link to another file")
    return path


def _read(path: Path, file: str, known: str) -> bytes:
    """Return what is in the file, if that is what the catalog knows."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CannotRepairError(f"{file}: it cannot be read: {error.strerror}") from error
    if sha256(data).hexdigest() != known:
        raise CannotRepairError(f"{file}: it changed since it was read; run `linkledger read`")
    return data


def _repaired(
    file: str, data: bytes, repairs: Sequence[Repair], encoding: str
) -> tuple[bytes, tuple[Edit, ...], list[str]]:
    """Return *data* with the *repairs* that can be made, these as edits, and why not others."""
    try:
        issue = IssueText(data, encoding)
    except CannotRepairError as error:
        raise CannotRepairError(f"{file}: {error}") from error
    edits, refused = [], []
    for repair in repairs:
        try:
            edits.append(edit_for(issue, repair))
        except CannotRepairError as error:
            refused.append(str(error))
    kept = without_overlaps(edits)
    return issue.edited(kept), tuple(kept), refused
