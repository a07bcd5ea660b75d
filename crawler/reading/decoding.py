"""Turn an issue's bytes into text, or say in words why they are none."""

from typing import Final

from catalog.encodings import issue_encoding

LARGEST: Final = 8 * 1024 * 1024


class UnreadableError(Exception):
    """The bytes are no text that a person wrote; the message says why."""


def decode(data: bytes, encoding: str = "") -> str:
    """Return the text of *data*: UTF-8, or what a byte order mark or the text itself declares.

    *encoding* is what the maintainer says. Raises `UnreadableError` where the bytes are not
    text in the encoding that they claim: nothing is guessed, since a wrong guess makes
    addresses that nobody wrote.
    """
    if not data.strip():
        raise UnreadableError("it is empty")
    if len(data) > LARGEST:
        raise UnreadableError(f"it is larger than {LARGEST >> 20} MiB, as no issue is")
    mark, name = issue_encoding(data, encoding)
    if not mark and b"\0" in data:
        raise UnreadableError("it is binary")
    return _strict(data[len(mark) :], name)


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"it is not {encoding.upper()} (line {line})") from error
    except (LookupError, UnicodeError) as error:  # the latter of codecs that decode no text
        raise UnreadableError(f"it says that it is in {encoding}, which nobody knows") from error
    if "\0" in text:
        raise UnreadableError("it is binary")
    return text
