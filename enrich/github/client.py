"""Ask GitHub through PyGithub: one request at a time, with tokens in turn and retries around."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from github import Auth, Github
from github.Requester import Requester
from requests.exceptions import ReadTimeout, RequestException

from catalog.address import joined
from enrich.answers import Answer, Kind, classify, classify_batch, unreachable
from enrich.facts import table
from enrich.github.connection import pygithub_over
from enrich.options import EnrichOptions
from enrich.retries import RetryPolicy
from enrich.tokens import CORE, GRAPHQL, Token, Tokens
from enrich.transport import lower, open_session


class GitHubClient:
    """GitHub's API as a function from questions to `Answer`s; `calls` counts what was sent.

    PyGithub signs, paces and sends; it neither retries nor raises for a status, so that one
    policy (`enrich/retries.py`) sees every answer. It follows a 301 on GitHub's own host,
    which is how renamed repositories answer, and refuses one that leads to another.
    """

    def __init__(
        self,
        options: EnrichOptions,
        clock: Callable[[], datetime],
        say: Callable[[str], None],
        show: Callable[[str], None],
    ) -> None:
        self.calls: Counter[str] = Counter()
        self.tokens = Tokens(options.github_tokens)
        self._options = options
        self._clock = clock
        self._say = say
        self._clients: dict[str, Github] = {}
        self._retries = RetryPolicy("GitHub", options, clock, show)

    def get(self, path: str, *, etag: str = "") -> Answer:
        """Return REST's answer to GET *path*; with *etag*, it may be `NOT_MODIFIED`.

        Raises `LimitReachedError` and `ForgeDownError`.
        """

        def send(requester: Requester) -> Answer:
            headers = {"If-None-Match": etag} if etag else {}
            answer = classify(*_parts(requester.requestJson("GET", path, headers=headers)))
            target = _target(requester, answer)
            if target is None:
                return answer
            return classify(*_parts(requester.requestJson("GET", target)))

        return self._retries.ask(lambda: self._in_turn(CORE, send))

    def query(self, query: str, variables: dict[str, object]) -> Answer:
        """Return GraphQL's answer to *query*, whose errors are the caller's to read.

        A timeout is `SPLIT`: the same again would only cost more. Raises
        `LimitReachedError` and `ForgeDownError`.
        """

        def send(requester: Requester) -> Answer:
            body = {"query": query, "variables": variables}
            try:
                answer = requester.requestJson("POST", requester.graphql_url, input=body)
            except ReadTimeout:  # as long as GitHub itself would have worked on it
                return Answer(kind=Kind.SPLIT, message="no answer in time")
            return classify_batch(*_parts(answer))

        return self._retries.ask(lambda: self._in_turn(GRAPHQL, send))

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def _in_turn(self, bucket: str, send: Callable[[Requester], Answer]) -> Answer:
        """Send with the token whose turn it is, and with the next where that one is no good."""
        tried: list[Token] = []
        while True:
            now = self._clock().timestamp()
            token = self.tokens.pick(bucket, now)
            if token is None:
                return Answer(
                    kind=Kind.PRIMARY,
                    message="the quota is used up",
                    until=self.tokens.next_quota(bucket),
                )
            self.calls[bucket] += 1
            answer = self._send(token, send)
            self._note(token, bucket, answer)
            if answer.kind is Kind.AUTH and token.text:
                self._say(f"GitHub refuses the token {token.hint} ({answer.message}): set aside")
                self.tokens.set_aside(token)
                if bucket == GRAPHQL and self.tokens.is_anonymous:
                    return answer  # GraphQL has nothing for those without a token
            elif answer.kind is Kind.PRIMARY and token not in tried:
                tried.append(token)  # another token may have something left
                if all(each in tried for each in self.tokens.with_quota(bucket, now)):
                    return answer
            else:
                return answer

    def _note(self, token: Token, bucket: str, answer: Answer) -> None:
        if answer.kind is Kind.NOT_MODIFIED and token.text:
            self.calls["not modified"] += 1
        self.tokens.note(token, bucket, answer)
        if answer.kind is Kind.PRIMARY:
            soon = self._clock().timestamp() + (answer.wait or 0)
            self.tokens.exhaust(token, bucket, answer.until or soon)
        elif bucket == GRAPHQL:
            self._note_cost(token, answer)

    def _note_cost(self, token: Token, answer: Answer) -> None:
        """Stop before a query that the quota would no longer pay for."""
        limits = table(table(table(answer.data).get("data")).get("rateLimit"))
        cost, left = limits.get("cost"), limits.get("remaining")
        if isinstance(cost, int) and isinstance(left, int) and left < cost and answer.until:
            self.tokens.exhaust(token, GRAPHQL, answer.until)

    def _send(self, token: Token, send: Callable[[Requester], Answer]) -> Answer:
        client = self._client(token)
        try:
            return send(client.requester)
        except RequestException as error:
            # Its text may hold the address, but never the headers.
            return unreachable(type(error).__name__)

    def _client(self, token: Token) -> Github:
        if token.text not in self._clients:
            options = self._options
            self._clients[token.text] = Github(
                auth=Auth.Token(token.text) if token.text else None,
                base_url=options.github_api,
                timeout=options.timeout,
                user_agent=options.user_agent,
                retry=None,
                seconds_between_requests=options.pace,
                seconds_between_writes=None,
            )
        return self._clients[token.text]


@contextmanager
def open_github(
    options: EnrichOptions,
    clock: Callable[[], datetime],
    *,
    say: Callable[[str], None],
    show: Callable[[str], None],
) -> Iterator[GitHubClient]:
    """Give a `GitHubClient` whose connections go where *options* say.

    *say* is told what a person should know of the run, *show* what is only worth a glance.
    """
    with open_session(options) as session, pygithub_over(session):
        client = GitHubClient(options, clock, say, show)
        try:
            yield client
        finally:
            client.close()


def _target(requester: Requester, answer: Answer) -> str | None:
    """Return where a temporary redirect on GitHub's own host leads; PyGithub follows only 301."""
    if answer.kind is not Kind.MOVED:
        return None
    target = joined(requester.base_url, answer.header("location"))
    here, there = urlsplit(requester.base_url), urlsplit(target)
    return target if there[:2] == here[:2] and there.path else None


def _parts(reply: tuple[int, dict[str, Any], str]) -> tuple[int, dict[str, str], str]:
    status, headers, body = reply
    return status, lower(headers), body
