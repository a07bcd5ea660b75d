"""One enrichment from end to end: GitHub, what it left open, the other forges, arXiv."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from requests import Session

from catalog.database import Database
from catalog.papers import due_papers, save_papers, save_unanswered
from catalog.records import DueRepo, RepoLook
from catalog.repositories import due_repos, save_looks
from catalog.vocabulary import RepoState
from enrich.arxiv import Arxiv, read_answer
from enrich.doubt import believed
from enrich.forges.dialect import Dialect
from enrich.forges.registry import other_forges
from enrich.github.client import GitHubClient, open_github
from enrich.github.details import fill_histories, read_licenses
from enrich.github.facts import HOST as GITHUB
from enrich.github.looks import GitHub
from enrich.options import EnrichOptions
from enrich.other_forges import OtherForge
from enrich.retries import ForgeDownError, LimitReachedError
from enrich.transport import open_session
from enrich.web_client import WebClient

Clock = Callable[[], datetime]
Progress = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class EnrichSummary:
    """What an enrichment did, in numbers, and what a person should know about it.

    Repositories that were due are `found` (with facts new or confirmed), `renamed` among
    them, `gone`, `blocked`, `failed` (nothing may be concluded) or `left` for the next
    night. `calls` counts requests by API.
    """

    due: int = 0
    found: int = 0
    renamed: int = 0
    gone: int = 0
    blocked: int = 0
    failed: int = 0
    left: int = 0
    licenses: int = 0
    histories: int = 0
    papers: int = 0
    papers_gone: int = 0
    papers_left: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def enrich(
    db: Database,
    run_id: int,
    options: EnrichOptions,
    clock: Clock,
    progress: Progress,
) -> EnrichSummary:
    """Ask about every repository and paper that is due, save what comes, and sum it up.

    Whatever is saved is whole: a run that is killed is started again and goes on. What a
    limit or a forge in trouble leaves over stays due, and the summary says so.
    """
    run = _Run(db, run_id, options, clock, progress)
    run.github()
    with open_session(options) as session:
        for host, dialect in other_forges().items():
            run.other_forge(session, host, dialect)
        run.papers(session)
    return run.summary


class _Run:
    """One enrichment under way."""

    def __init__(
        self,
        db: Database,
        run_id: int,
        options: EnrichOptions,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self._db = db
        self._run_id = run_id
        self._options = options
        self._clock = clock
        self._progress = progress
        self.summary = EnrichSummary()

    def github(self) -> None:
        """Look at what is due on GitHub, then read license files and star histories."""
        due = self._due(GITHUB)
        asking = open_github(self._options, self._clock, say=self._say, show=self._progress)
        with asking as client:
            with self._excused("GitHub", len(due)):
                looks = GitHub(client, self._options, self._clock).looks(due)
                self._save(believed(looks, due, self._say))
                with self._excused("GitHub", 0):
                    self._details(client)
            self._advise(client)
            self.summary.calls.update({f"github {k}": n for k, n in client.calls.items()})

    def _details(self, client: GitHubClient) -> None:
        given = (self._db, client, self._options, self._clock)
        for done in read_licenses(*given):
            self.summary.licenses += done
        if not client.tokens.is_anonymous:  # two requests a repository are too many for sixty
            for done in fill_histories(*given, self._run_id):
                self.summary.histories += done

    def _advise(self, client: GitHubClient) -> None:
        if client.tokens.is_anonymous and self.summary.left:
            self._say("without a token GitHub answers 60 questions an hour: set GITHUB_TOKEN")

    def other_forge(self, session: Session, host: str, dialect: Dialect) -> None:
        """Look at what is due on *host*."""
        due = self._due(host)
        if not due:
            return
        base = self._options.forge_apis.get(host) or dialect.base(host)
        client = WebClient(
            session, base, self._options, self._clock, self._progress, pace=self._options.pace
        )
        with self._excused(host, len(due)):
            self._save(OtherForge(client, dialect, self._clock).looks(due))
        self.summary.calls.update(client.calls)

    def papers(self, session: Session) -> None:
        """Look at the papers that are due."""
        due = due_papers(
            self._db, self._run_id, self._clock(), everything=self._options.everything
        )
        if not due:
            return
        client = WebClient(
            session,
            self._options.arxiv_api,
            self._options,
            self._clock,
            self._progress,
            pace=self._options.arxiv_pace,
            read=read_answer,
        )
        seen = 0
        arxiv = Arxiv(client, self._clock)
        with self._excused("arXiv", 0):
            for looks in arxiv.looks(due):
                save_papers(self._db, self._run_id, looks, self._clock())
                seen += len(looks)
                self.summary.papers_gone += sum(not look.found for look in looks)
                self._progress(f"arXiv: {seen} of {len(due)} papers")
        save_unanswered(self._db, arxiv.in_vain | arxiv.cut_short)
        for why, number in Counter(arxiv.in_vain.values()).items():
            self._say(f"arXiv was asked in vain about {number} of {len(due)} papers ({why})")
        self.summary.papers += seen
        self.summary.papers_left += len(due) - seen
        self.summary.calls.update(client.calls)

    def _due(self, host: str) -> list[DueRepo]:
        due = due_repos(
            self._db,
            self._run_id,
            self._clock(),
            everything=self._options.everything,
            forges=[host],
        )
        self.summary.due += len(due)
        self.summary.left += len(due)  # until they are looked at
        return due

    def _save(self, batches: Iterable[list[RepoLook]]) -> None:
        for looks in batches:
            save_looks(self._db, self._run_id, looks, self._clock())
            self._count(looks)
            summary = self.summary
            self._progress(f"{summary.due - summary.left} of {summary.due} repositories")

    def _count(self, looks: list[RepoLook]) -> None:
        summary = self.summary
        summary.left -= len(looks)
        for look in looks:
            match look.state:
                case RepoState.GONE:
                    summary.gone += 1
                case RepoState.BLOCKED:
                    summary.blocked += 1
                case RepoState.UNKNOWN:
                    summary.failed += 1
                    self._progress(
                        f"{look.asked}: {look.message or look.status}, asked again next time"
                    )
                case _:
                    summary.found += 1
                    new = look.facts.name.full_name if look.facts else look.asked.full_name
                    summary.renamed += new.casefold() != look.asked.full_name.casefold()

    @contextmanager
    def _excused(self, who: str, due: int) -> Iterator[None]:
        """Let a limit or a forge in trouble end the block, and no more than the block."""
        before = self.summary.left
        try:
            yield
        except LimitReachedError as limit:
            self._say(f"{who}: {limit}; {self._waiting(due, before)}")
        except ForgeDownError as trouble:
            self._say(f"{who} does not answer ({trouble}); {self._waiting(due, before)}")

    def _waiting(self, due: int, before: int) -> str:
        left = due - (before - self.summary.left)
        return f"{left} repositories wait for the next night" if due else "the rest waits"

    def _say(self, words: str) -> None:
        """Tell the person who watches, and whoever reads the summary later."""
        self._progress(words)
        self.summary.notes.append(words)
