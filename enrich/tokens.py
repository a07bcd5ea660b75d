"""Whose turn it is: tokens with what is left of their quotas, and the bad ones set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from enrich.answers import Answer

# GitHub counts REST and GraphQL apart.
CORE = "core"
GRAPHQL = "graphql"


@dataclass(slots=True)
class _Quota:
    """What is left of one token's quota in one bucket, and when it is filled again."""

    left: int | None = None
    until: float = 0.0

    def is_empty(self, now: float, need: int) -> bool:
        return self.left is not None and self.left < need and now <= self.until


@dataclass(slots=True, eq=False)
class Token:
    """A token in use, or its absence, which has a quota too; its text never shows."""

    text: str = field(repr=False)
    quotas: dict[str, _Quota] = field(default_factory=dict, repr=False)

    @property
    def hint(self) -> str:
        """What a person may read: the last four characters of a token long enough to hide."""
        if not self.text:
            return "no token"
        return f"…{self.text[-4:]}" if len(self.text) >= 12 else "…"


class Tokens:
    """The tokens of a run, used in turn; without any, the anonymous quota stands in."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._tokens = [Token(text) for text in dict.fromkeys(texts) if text]
        self._turn = 0
        self.is_anonymous = not self._tokens
        if self.is_anonymous:
            self._tokens = [Token("")]

    def pick(self, bucket: str, now: float, *, need: int = 1) -> Token | None:
        """Return the token whose turn it is among those with *need* left; None where none has."""
        able = self.with_quota(bucket, now, need=need)
        if not able:
            return None
        token = able[0]
        self._turn = (self._tokens.index(token) + 1) % len(self._tokens)
        return token

    def with_quota(self, bucket: str, now: float, *, need: int = 1) -> list[Token]:
        """Return the tokens with *need* left, as far as is known, the next in turn first."""
        in_turn = self._tokens[self._turn :] + self._tokens[: self._turn]
        return [
            token
            for token in in_turn
            if not token.quotas.setdefault(bucket, _Quota()).is_empty(now, need)
        ]

    def note(self, token: Token, bucket: str, answer: Answer) -> None:
        """Remember what *answer* says about what is left for *token*."""
        quota = token.quotas.setdefault(answer.header("x-ratelimit-resource") or bucket, _Quota())
        left = answer.header("x-ratelimit-remaining")
        if left.isascii() and left.isdigit():
            quota.left = int(left)
        if answer.until is not None:
            quota.until = answer.until

    def exhaust(self, token: Token, bucket: str, until: float) -> None:
        """Remember that nothing is left for *token* before *until*."""
        token.quotas[bucket] = _Quota(left=0, until=until)

    def set_aside(self, token: Token) -> None:
        """Use *token* no more; when none is left, go on without."""
        self._tokens.remove(token)
        self._turn = 0
        if not self._tokens:
            self.is_anonymous = True
            self._tokens = [Token("")]

    def next_quota(self, bucket: str) -> float:
        """Return when the first of the tokens has a quota again, in seconds since 1970."""
        return min(token.quotas[bucket].until for token in self._tokens if bucket in token.quotas)
