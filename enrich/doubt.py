"""Doubt a forge that has lost most of what it had: the fault is rather with the way there."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from catalog.records import DueRepo, RepoLook
from catalog.vocabulary import RepoState
from enrich.retries import ForgeDownError, LimitReachedError

# Fewer lost repositories than this may well be chance.
FEWEST = 5


def believed(
    batches: Iterable[Sequence[RepoLook]], due: Sequence[DueRepo], say: Callable[[str], None]
) -> Iterator[list[RepoLook]]:
    """Yield the looks of *batches*, those that found a known repository gone at the end.

    These are held back until it is known how many they are. When most of what the forge
    once described is gone at once, a wrong base URL or a proxy is likelier than that, and
    they are dropped: nothing is concluded, and the repositories stay due.
    """
    known = {each.repo_id for each in due if each.forge_id}
    lost: list[RepoLook] = []
    seen = 0
    end: Exception | None = None
    try:
        for looks in batches:
            seen += sum(look.repo_id in known for look in looks)
            kept = [look for look in looks if not _is_loss(look, known)]
            lost += [look for look in looks if _is_loss(look, known)]
            if kept:
                yield kept
    except (LimitReachedError, ForgeDownError) as error:
        end = error
    if len(lost) >= FEWEST and 2 * len(lost) > seen:
        say(f"{len(lost)} of {seen} known repositories are gone at once, which is not believed")
    elif lost:
        yield lost
    if end is not None:
        raise end


def _is_loss(look: RepoLook, known: set[int]) -> bool:
    return look.repo_id in known and look.state is RepoState.GONE
