"""Which encoding a file is in, by its mark, its owner or its own word, and its name. Pure."""

import codecs
import os
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]+)|^(?:encoding|charset)\s*:\s*([\w-]+)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = 4096  # bytes in which a file declares its encoding


def byte_order_mark(data: bytes) -> tuple[bytes, str]:
    """Return the mark that *data* starts with and the encoding it stands for; empty for none."""
    return next((known for known in _MARKS if data.startswith(known[0])), (b"", ""))


def issue_encoding(data: bytes, said: str = "") -> tuple[bytes, str]:
    """Return the byte order mark of the issue *data*, and the encoding of what is behind it.

    Without a mark it is what the issue declares, or else UTF-8, or what the maintainer has *said*
    of those that are not: an archive may have gone over to UTF-8 at some time. The encoding
    may be one that nobody knows, and the bytes need not be in it.
    """
    mark, encoding = byte_order_mark(data)
    if mark:
        return mark, encoding
    declared = _DECLARED.search(data[:_HEAD])
    if declared:
        name = (declared[1] or declared[2]).decode("ascii")
    else:
        name = said if said and not _is_utf8(data) else "utf-8"
    # What says that it is in an older one is often in the newest, which holds them all.
    return b"", "gb18030" if name.lower() in ("gbk", "gb2312") else name


def _is_utf8(data: bytes) -> bool:
    """Whether *data* can be nothing else: seven bits may be ISO 2022 as well."""
    try:
        return not data.isascii() and bool(data.decode())
    except UnicodeDecodeError:
        return False


def as_text(path: str) -> str:
    """Return *path* as it can be written: unchanged, or with escapes for what is not UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
