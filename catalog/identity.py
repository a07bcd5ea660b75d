"""Say which row of `repos` a forge's answer belongs to. Pure: names and ids in, a finding out."""

from dataclasses import dataclass

from catalog.records import RepoFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRepo:
    """A row of `repos`, as far as identity needs it.

    `forge_id` is empty until a forge said it; a row that is only an older name of another
    row has that row's.
    """

    repo_id: int
    full_name: str
    forge_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an answer means: the row that keeps the facts, and the rows that are older names.

    `taken` tells that the asked name belongs to another repository now; then the facts
    are a stranger's and no row keeps them.
    """

    owner_id: int | None
    older_ids: frozenset[int] = frozenset()
    taken: bool = False


def identify(
    asked: KnownRepo,
    facts: RepoFacts,
    *,
    holder: KnownRepo | None,
    namesake: KnownRepo | None,
) -> Identity:
    """Return what *facts*, the answer to a look for *asked*, say about who is who.

    *holder* is another row with the forge's id of the answer, *namesake* another row with
    its name. A forge's id never changes hands and a name may, so the id decides; among the
    rows of one repository, the one with its present name keeps the facts.
    """
    if asked.forge_id and asked.forge_id != facts.forge_id:
        return Identity(owner_id=None, taken=True)
    current = facts.name.full_name
    if same_name(asked.full_name, current):
        owner = asked
    elif namesake is not None and namesake.forge_id in ("", facts.forge_id):
        owner = namesake
    else:
        owner = holder or asked
    rows = {row.repo_id for row in (asked, holder) if row is not None}
    return Identity(owner_id=owner.repo_id, older_ids=frozenset(rows - {owner.repo_id}))


def same_name(one: str, other: str) -> bool:
    """Return whether a forge takes *one* and *other* for the same name."""
    return one.casefold() == other.casefold()
