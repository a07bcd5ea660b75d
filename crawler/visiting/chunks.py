"""A body in chunks (RFC 9112, 7.1), taken apart as it comes in, as forgiving as by browsers."""

import re
from typing import Final

_GAP: Final = re.compile(rb"[\r\n]*")
_SIZE: Final = re.compile(rb"[ \t]*([0-9a-f]{1,16})(?![0-9a-f])", re.IGNORECASE)
# Longer than any line that says how long a chunk is.
_LONGEST_LINE: Final = 4096
_LINE_ENDS: Final = (b"\r\n", b"\n")


class Chunks:
    """The chunks of one body: what they hold, without their lengths.

    `is_over` says that the last one was seen, and `is_broken` that there is no length where
    one should be. `unread` is what is not understood, or not before more has come.
    """

    def __init__(self) -> None:
        self.is_over = self.is_broken = False
        self.unread = bytearray()
        self._left = 0  # bytes of the chunk that is being read

    @property
    def ends_cleanly(self) -> bool:
        """Whether nothing but an empty line came behind the last chunk."""
        return self.is_over and bytes(self.unread) in _LINE_ENDS

    def feed(self, data: bytes) -> bytes:
        """Take in *data*; return what the chunks in it hold."""
        self.unread += data
        pieces: list[bytes] = []
        at = 0
        while at < len(self.unread) and not (self.is_over or self.is_broken):
            if self._left:
                piece = bytes(self.unread[at : at + self._left])
                pieces.append(piece)
                self._left -= len(piece)
                at += len(piece)
                continue
            at, end = self._size_line(at)
            if end < 0:
                break
            at = self._begin_chunk(at, end)
        del self.unread[:at]
        return b"".join(pieces)

    def _size_line(self, at: int) -> tuple[int, int]:
        """Return where the next line that says a length begins and ends, -1 for not yet."""
        gap = _GAP.match(self.unread, at)
        begin = gap.end() if gap else at
        end = self.unread.find(b"\n", begin)
        self.is_broken = end < 0 and len(self.unread) - begin > _LONGEST_LINE
        return begin, end

    def _begin_chunk(self, at: int, end: int) -> int:
        """Read the line from *at* to *end*; return where its chunk begins."""
        size = _SIZE.match(self.unread, at, end)
        if size is None:
            self.is_broken = True
            return at
        self._left = int(size[1], 16)
        self.is_over = self._left == 0
        return end + 1
