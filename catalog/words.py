"""Text as it is indexed and searched: every Chinese, Japanese or Korean character a word.

SQLite's own tokenizers take a run of such characters for one word, or need three of them.
With a space around each, a phrase query finds any of them, however short. This module
imports nothing of ours, so that a published catalog can bring it along for Datasette.
"""

import re

# Ideographs and their extensions, kana, bopomofo, hangul; not their punctuation, which
# separates words as it is. Full-width letters and digits become ordinary ones.
_CJK = (
    "["
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u30ff\u3100-\u312f"
    "\u3130-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff"
    "]"
)

# The places before and after each, rather than the characters: that is four times as fast.
_BESIDE = re.compile(f"(?={_CJK})|(?<={_CJK})")

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

_WORD = re.compile(r'"([^"]*)"?|(\S+)')


def search_text(text: str | None) -> str | None:
    """Return *text* as it goes into the index: a space around every CJK character."""
    if text is None or text.isascii():
        return text
    return _BESIDE.sub(" ", text.translate(_FULL_WIDTH))


def match_expression(words: str) -> str:
    """Return what FTS5 is to match for *words* as people type them; empty for no word at all.

    Each word must be found; a word of Chinese, of Latin or of both, and what stands between
    double quotes, is found as written, without regard to case. Nothing in it is syntax.
    """
    # For SQLite a query ends at a NUL.
    found = _WORD.findall(words.replace("\0", " "))
    phrases = (search_text(quoted or plain) or "" for quoted, plain in found)
    spelled = (" ".join(phrase.replace('"', " ").split()) for phrase in phrases)
    return " ".join(f'"{phrase}"' for phrase in spelled if _has_word(phrase))


def _has_word(phrase: str) -> bool:
    """Return whether FTS5 would see anything: a phrase of punctuation alone finds nothing."""
    return any(character.isalnum() for character in phrase)
