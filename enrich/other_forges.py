"""Look at repositories on a forge other than GitHub, one by one."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from catalog.clock import stamp
from catalog.records import DueRepo, RepoFacts, RepoLook
from enrich.answers import Answer, Kind
from enrich.forges.dialect import Dialect
from enrich.look import look_of
from enrich.web_client import WebClient


class OtherForge:
    """The looks at one forge's repositories, each to be saved as it comes."""

    def __init__(self, client: WebClient, dialect: Dialect, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._dialect = dialect
        self._clock = clock

    def looks(self, due: Sequence[DueRepo]) -> Iterator[list[RepoLook]]:
        """Yield a look at each of *due*. Raises `LimitReachedError` and `ForgeDownError`."""
        for each in due:
            found = self._dialect.look(self._client.get, each.repo)
            yield [self._look(each, found)]

    def _look(self, due: DueRepo, found: RepoFacts | Answer) -> RepoLook:
        now = stamp(self._clock())
        if isinstance(found, Answer):
            return look_of(due, found, now)
        if due.forge_id and due.forge_id != found.forge_id:
            # These forges have no way to ask by id: whoever had the name is gone from it.
            gone = Answer(kind=Kind.GONE, message="the name belongs to another repository now")
            return look_of(due, gone, now, taken_by=found.forge_id)
        return look_of(due, Answer(kind=Kind.OK, status=200), now, facts=found)
