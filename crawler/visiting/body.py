"""Bodies in bounded memory: which are worth reading, and their bytes without compression."""

import re
import zlib
from typing import Final, Protocol

# What has words for a reader. All else (PDF, archives, images) is there or is not, and its
# status has said which; no byte of it is read.
_READABLE: Final = re.compile(
    r"text/|application/(?:[\w.-]+\+)?(?:xhtml|xml|json|javascript|x-javascript)\b|$",
    re.IGNORECASE,
)


def is_readable(content_type: str) -> bool:
    """Return whether a body declared as *content_type* has words to judge, as far as one knows."""
    return _READABLE.match(content_type.strip()) is not None


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Body:
    """The bytes of one body as they come in, decompressed, never more than *limit* of them.

    `is_full` says that the limit is reached and reading may stop. A body that is not
    compressed as its headers say is taken as it came.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = encoding.strip().lower()
        self._limit = limit
        self._decompressor = self._begin()
        self._parts: list[bytes] = []
        self._size = 0
        self.received = 0

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken: a stream of gzip may be long and hold nothing."""
        return max(self._size, self.received) >= self._limit

    @property
    def data(self) -> bytes:
        """What came in so far, decompressed."""
        return b"".join(self._parts)

    def add(self, chunk: bytes) -> None:
        """Take *chunk*, as it came over the wire, up to the limit."""
        first = self.received == 0
        self.received += len(chunk)
        room = self._limit - self._size
        if self._decompressor is None:
            self._keep(chunk[:room])
            return
        try:
            self._keep(self._decompressor.decompress(chunk, room))
        except zlib.error:
            if not first or not self._retry_raw_deflate(chunk, room):
                self._decompressor = None
                if first:
                    self._keep(chunk[:room])

    def _keep(self, data: bytes) -> None:
        if data:
            self._parts.append(data)
            self._size += len(data)

    def _begin(self) -> _Decompressor | None:
        match self._encoding:
            case "gzip" | "x-gzip":
                return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            case "deflate":
                return zlib.decompressobj()
            case _:
                return None

    def _retry_raw_deflate(self, chunk: bytes, room: int) -> bool:
        """Try what some servers take `deflate` to mean: a stream without zlib's header."""
        if self._encoding != "deflate":
            return False
        decompressor = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        try:
            self._keep(decompressor.decompress(chunk, room))
        except zlib.error:
            return False
        self._decompressor = decompressor
        return True
