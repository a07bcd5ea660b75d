"""Turn an issue's bytes into text, or say in words why they are none."""

import codecs
import re
from typing import Final

LARGEST: Final = 8 * 1024 * 1024

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED: Final = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)|^(?:encoding|charset)\s*:\s*([\w-]+)\s*$",
    re.IGNORECASE | re.MULTILINE,
)


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
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name)
    if b"\0" in data:
        raise UnreadableError("it is binary")
    declared = _DECLARED.search(data[:4096])
    name = encoding or (declared[1] or declared[2]).decode("ascii") if declared else encoding
    return _strict(data, name or "utf-8")


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode("gb18030" if encoding.lower() in ("gbk", "gb2312") else encoding)
    except LookupError as error:
        raise UnreadableError(f"it says that it is in {encoding}, which nobody knows") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"it is not {encoding.upper()} (line {line})") from error
    if "\0" in text:
        raise UnreadableError("it is binary")
    return text
