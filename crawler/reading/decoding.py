"""Turn an issue's bytes into text, or say in words why they are none."""

from typing import Final

from catalog.encodings import issue_encoding
from crawler.pages.charset import is_charset

LARGEST: Final = 8 * 1024 * 1024
TOO_LARGE: Final = f"it is larger than {LARGEST >> 20} MiB, as no issue is"


_SAY_SO: Final = "; the setting archive.encoding says what else it is"


class UnreadableError(Exception):
    """The bytes are no text that a person wrote; the message says why."""


def decode(data: bytes, encoding: str = "") -> str:
    """Return the text of *data*: UTF-8, or what a byte order mark or the text itself declares.

    *encoding* is what the maintainer says of what is not UTF-8. Raises `UnreadableError` where
    the bytes are not text in the encoding that they claim: nothing is guessed, since a wrong
    guess makes addresses that nobody wrote.
    """
    if not data.strip():
        raise UnreadableError("it is empty")
    if len(data) > LARGEST:
        raise UnreadableError(TOO_LARGE)
    mark, name = issue_encoding(data, encoding)
    if not mark and b"\0" in data:
        raise UnreadableError("it is binary")
    try:
        return _strict(data[len(mark) :], name)
    except UnreadableError as error:
        is_guess = name == "utf-8" and not (mark or encoding)
        raise UnreadableError(f"{error}{_SAY_SO}" if is_guess else str(error)) from error


def _strict(data: bytes, encoding: str) -> str:
    if not _is_known(encoding):
        raise UnreadableError(f"it says that it is in {encoding}, which nobody knows")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"it is not {encoding.upper()} (line {line})") from error
    if "\0" in text:
        raise UnreadableError("it is binary")
    return text


def _is_known(encoding: str) -> bool:
    try:
        return is_charset(encoding)
    except LookupError:
        return False
