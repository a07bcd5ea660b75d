"""How alike two texts are: a 64-bit SimHash of words and of pairs of CJK characters."""

import re
from hashlib import blake2b
from itertools import pairwise
from typing import Final

_TOKEN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+|[a-z0-9\u00c0-\u04ff]+")
_ASCII_BREAKS: Final = {code: " " for code in range(128) if not chr(code).isalnum()}
_CJK: Final = "\u3040"
_BITS: Final = 64
# Enough to know a text by, and fewer tokens than a lane can count.
_READ: Final = 2_000
_REMEMBERED: Final = 20_000

# A lane of 16 bits for each bit of the hash, so that one addition of large integers counts
# all 64 of them: forty times faster than a loop over the bits.
_LANE: Final = "utf-16-be"
_ZEROS: Final = int.from_bytes(("0" * _BITS).encode(_LANE), "big")
_ONES: Final = int.from_bytes(("1" * _BITS).encode(_LANE), "big") - _ZEROS
_TOP: Final = 15


def tokens(text: str) -> list[str]:
    """Return the words of *text* in lower case; CJK writing, which has no spaces, in pairs."""
    if text.isascii():  # the same, in a fraction of the time
        return text.lower().translate(_ASCII_BREAKS).split()
    found: list[str] = []
    for run in _TOKEN.findall(text.lower()):
        if run[0] < _CJK or len(run) == 1:
            found.append(run)
        else:
            found.extend(map("".join, pairwise(run)))
    return found


def fingerprint(text: str) -> str:
    """Return the SimHash of the first 2,000 characters of *text*, 16 hexadecimal digits.

    Empty for a text without a word. Moses Charikar's method: each token votes on each
    bit, so that few changed words change few bits.
    """
    words = tokens(text[:_READ])
    if not words:
        return ""
    votes = sum(map(_VOTES.__getitem__, words))
    # Lifted so far that more than half of the words make the top bit of a lane.
    lifted = votes + ((1 << _TOP) - 1 - len(words) // 2) * _ONES
    ones = lifted >> _TOP & _ONES
    bits = (_ZEROS + ones).to_bytes(_BITS * 2, "big").decode(_LANE)
    return f"{int(bits, 2):016x}"


def distance(one: str, other: str) -> int:
    """Return how many of the 64 bits differ; 64 where either fingerprint is empty."""
    if not one or not other:
        return _BITS
    return (int(one, 16) ^ int(other, 16)).bit_count()


class _Votes(dict[str, int]):
    """The votes of each word met so far, a lane for each bit; too many words are forgotten."""

    def __missing__(self, token: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        digest = int.from_bytes(blake2b(token.encode(), digest_size=8).digest(), "big")
        votes = self[token] = int.from_bytes(f"{digest:064b}".encode(_LANE), "big") - _ZEROS
        return votes


_VOTES: Final = _Votes()
