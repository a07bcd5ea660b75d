"""Unified diffs of bytes, as `git apply` takes them: every line end and encoding as it is."""

from collections.abc import Iterable, Iterator
from difflib import diff_bytes, unified_diff

_NO_END = b"\\ No newline at end of file\n"

# Git quotes names with these; all others it takes as they are.
_QUOTED = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def file_diff(file: str, before: bytes, after: bytes) -> bytes:
    """Return the diff that makes *before*, the content of *file*, into *after*."""
    old, new = _name("a", file), _name("b", file)
    lines = diff_bytes(
        unified_diff, _lines(before), _lines(after), fromfile=old, tofile=new, lineterm=b"\n"
    )
    body = b"".join(_ended(lines))
    return b"diff --git " + old.rstrip(b"\t") + b" " + new.rstrip(b"\t") + b"\n" + body


def _lines(data: bytes) -> list[bytes]:
    """Return the lines of *data* as git sees them: only a line feed ends one."""
    lines = data.split(b"\n")
    ended = [line + b"\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def _ended(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the diff's lines, with git's remark behind one that has no end of its own."""
    for line in lines:
        yield line
        if not line.endswith(b"\n"):
            yield b"\n" + _NO_END


def _name(side: str, file: str) -> bytes:
    """Return the name of *file* for a head of the diff; a tab ends one that holds blanks."""
    path = f"{side}/{file}"
    if any(sign in _QUOTED or ord(sign) < 0x20 for sign in path):
        quoted = "".join(
            _QUOTED.get(sign, f"\\{ord(sign):03o}" if ord(sign) < 0x20 else sign) for sign in path
        )
        return f'"{quoted}"'.encode()
    return f"{path}\t".encode() if " " in path else path.encode()
