"""Bodies in bounded memory: which are worth reading, and their bytes without compression."""

import re
import zlib
from collections.abc import Iterator
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


class _Decoder(Protocol):
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Body:
    """The bytes of one body as they come in, decompressed, never more than *limit* of them.

    `is_full` says that nothing more is taken, `received` how many bytes came over the wire. A
    body that is not compressed as its headers say is taken as it came.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._limit = limit
        self._readings = _readings(encoding.strip().lower())
        self._decoder = next(self._readings)
        self._held = b""  # until one of the readings has made something of it
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
        if not self.is_full:
            self.received += len(chunk)
            self._read(chunk)

    def _read(self, chunk: bytes) -> None:
        room = self._limit - self._size
        if self._decoder is None:
            self._keep(chunk[:room])
            return
        if not self._size:
            self._held += chunk
        try:
            self._keep(self._decoder.decompress(chunk, room))
        except zlib.error:
            if self._size:  # spoiled on the way; what follows makes no sense
                self._limit = self._size
            else:
                self._decoder, held, self._held = next(self._readings), self._held, b""
                self._read(held)

    def _keep(self, data: bytes) -> None:
        if data:
            self._parts.append(data)
            self._size += len(data)


def _readings(encoding: str) -> Iterator[_Decoder | None]:
    """Yield what *encoding* may mean, the likeliest first; None for bytes as they are."""
    if encoding in ("gzip", "x-gzip"):
        yield zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    if encoding == "deflate":
        yield zlib.decompressobj()
        yield zlib.decompressobj(wbits=-zlib.MAX_WBITS)  # without zlib's header, as some take it
    yield None
