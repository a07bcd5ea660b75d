"""An answer as it comes in, read as a browser would: forgiving, and no further than is wanted.

No parser that could be had takes what browsers do take: two lengths, a header line without a
colon, a status line in lower case, a version without a dot.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from catalog.vocabulary import Reason
from crawler.visiting.body import Body, is_readable
from crawler.visiting.chunks import Chunks
from crawler.visiting.exchange import KEPT_HEADERS
from crawler.visiting.failures import FetchError

# Chrome takes 256 kB of headers in all, so a page that a reader gets may have as many.
_LONGEST_HEAD: Final = 256 * 1024

# A body not worth reading is read all the same if it is this short: that is cheaper, for the
# server too, than to open the connection anew.
_DRAINED: Final = 16 * 1024

# No server has more to say beforehand; one that has might go on for ever.
_MOST_HINTS: Final = 20

# As browsers have it, more or less: what is set on the way goes with every later request.
_MOST_COOKIES: Final = 50
_LONGEST_COOKIE: Final = 4096
# What rules ask for is never longer, and goes into the catalog.
_LONGEST_KEPT: Final = 16 * 1024

_BEGINNING: Final = re.compile(rb"http/|icy[ \t]", re.IGNORECASE)
_STATUS: Final = re.compile(rb"(?:http/(\d(?:\.\d)?)|icy)[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_END_OF_HEAD: Final = re.compile(rb"\n\r{0,2}\n")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_HEADER: Final = re.compile(rb"^([^:\n]+):[ \t]*([^\n]*)", re.MULTILINE)
_SWITCHING: Final = 101
_WITHOUT_BODY: Final = frozenset({_SWITCHING, 204, 304})

_Header = tuple[str, bytes]


class Incoming:
    """One answer while it comes in.

    `has_head` says that its head is known, `is_over` that no more is wanted, `is_complete`
    that all of the body was seen, and `keeps_open` that its connection can carry another
    request. A body that has no words is wanted only if *any_type* is.
    """

    def __init__(self, body_size: int, *, any_type: bool = False) -> None:
        self.has_head = self.is_over = self.is_complete = self.keeps_open = False
        self.status = 0
        self.said: dict[str, str] = {}
        self.location: bytes | None = None
        self.cookies: tuple[str, ...] = ()
        self.body = Body("", body_size)
        self._body_size = body_size
        self._any_type = any_type
        self._is_wanted = self._is_lasting = False
        self._chunks: Chunks | None = None
        self._hints = 0
        self._left: int | None = None  # bytes of the body; None: nobody has said
        self._unread = bytearray()  # what is not understood before more has come

    @property
    def says_enough(self) -> bool:
        """Whether there is something to speak of, should no more come.

        A page that is announced, and of which not a byte comes, was seen by nobody.
        """
        is_page = self._is_wanted and 200 <= self.status < 300
        return self.has_head and (not is_page or self.body.received > 0)

    def feed(self, data: bytes) -> None:
        """Take in *data*. Raises `FetchError` for what is no HTTP."""
        if not self.has_head:
            data = self._feed_head(data)
        if not self.has_head or self.is_over:
            return
        if self._chunks is not None:
            self._feed_chunks(self._chunks, data)
        elif self._left is None:
            self._take(data)
        else:
            self._take(data[: self._left])
            self._left -= len(data)
            if self._left <= 0:
                # What comes unasked after the end belongs to nobody.
                self._complete(is_clean=self._left == 0)

    def end(self) -> None:
        """Take in that nothing more comes. Raises `FetchError` where there is no answer."""
        if not self.has_head:
            if self._unread and not _BEGINNING.match(self._unread):
                raise _no_http(self._unread)
            raise FetchError(Reason.CONNECTION_RESET, "closed without an answer")
        if self._left is None and self._chunks is None:
            self._complete(is_clean=False)
        elif not (self.is_over or self.says_enough):
            raise FetchError(Reason.CONNECTION_RESET, "closed before a byte of the page")
        self.is_over = True

    def _feed_head(self, data: bytes) -> bytes:
        """Take in *data* before there is a head; return what of it is the body's."""
        unread = self._unread
        searched = max(len(unread) - 3, 0)
        unread += data if unread else data.lstrip()
        while end := _END_OF_HEAD.search(unread, searched):
            head, rest = bytes(unread[: end.start()]), bytes(unread[end.end() :])
            unread.clear()
            status = _STATUS.match(head)
            if status is None:
                raise _no_http(head)
            if self._take_head(status[1] or b"1.0", int(status[2]), head):
                return rest
            self._hints += 1
            if self._hints > _MOST_HINTS:
                raise FetchError(Reason.PROTOCOL_ERROR, "hints without an answer")
            unread += rest.lstrip()
            searched = 0
        if len(unread) >= len("http/") and not _BEGINNING.match(unread):
            raise _no_http(unread)
        if len(unread) > _LONGEST_HEAD:
            raise FetchError(Reason.PROTOCOL_ERROR, "headers without an end")
        return b""

    def _take_head(self, version: bytes, status: int, head: bytes) -> bool:
        """Take in *head*; return False for a mere hint that comes before the answer."""
        if 100 <= status < 200 and status != _SWITCHING:
            return False
        headers = tuple(_headers(head))
        self.has_head = True
        self.status = status
        self.said = {
            name: value.decode("utf-8", "replace")
            for name, value in headers
            if name in KEPT_HEADERS and len(value) <= _LONGEST_KEPT
        }
        self.location = next((value for name, value in headers if name == "location"), None)
        self.cookies = tuple(islice(_cookies(headers), _MOST_COOKIES))
        self.body = Body(self.said.get("content-encoding", ""), self._body_size)
        self._is_lasting = status != _SWITCHING and _is_lasting(version, headers)
        self._frame(headers)
        return True

    def _frame(self, headers: Sequence[_Header]) -> None:
        """Learn where the body ends.

        Chunks go before a length, as RFC 9112, 6.3, has it; a length that is none is ignored.
        """
        length = next(iter(_values(headers, "content-length")), b"").lstrip(b"+")
        if self.status in _WITHOUT_BODY:
            self._left = 0
        elif b"chunked" in _values(headers, "transfer-encoding"):
            self._chunks = Chunks()
        elif length.isdigit():
            self._left = int(length.lstrip(b"0")[:12] or b"0")
        self._is_wanted = self._any_type or is_readable(self.said.get("content-type", ""))
        self.is_over = not self._is_wanted and (self._left is None or self._left > _DRAINED)

    def _feed_chunks(self, chunks: Chunks, data: bytes) -> None:
        self._take(chunks.feed(data))
        if chunks.is_over:
            self._complete(is_clean=chunks.ends_cleanly)
        elif chunks.is_broken and self.body.received:
            self.is_over = True
        elif chunks.is_broken:
            detail = f"a chunk without a length: {bytes(chunks.unread[:20])!r}"
            raise FetchError(Reason.PROTOCOL_ERROR, detail)

    def _take(self, data: bytes) -> None:
        if data and self._is_wanted:
            self.body.add(data)
            self.is_over = self.body.is_full

    def _complete(self, *, is_clean: bool) -> None:
        """Take in that the body is at its end, and if *is_clean*, nothing comes behind it."""
        self.is_over = True
        self.is_complete = not self.body.is_full
        self.keeps_open = is_clean and self._is_lasting


def _headers(head: bytes) -> Iterator[_Header]:
    """Return the header lines in *head*, names in lower case; what is no header is left out."""
    _, _, lines = head.partition(b"\n")
    if b"\n " in lines or b"\n\t" in lines:
        lines = _FOLD.sub(b" ", lines)
    for name, value in _HEADER.findall(lines):
        yield name.decode("latin-1").strip().lower(), value.translate(None, b"\r\0").strip()


def _values(headers: Iterable[_Header], wanted: str) -> list[bytes]:
    """Return what the headers *wanted* list, in lower case; one of them may list several."""
    lines = (value for name, value in headers if name == wanted)
    return [part.strip().lower() for line in lines for part in line.split(b",")]


def _cookies(headers: Iterable[_Header]) -> Iterator[str]:
    for name, value in headers:
        if name == "set-cookie" and len(value) <= _LONGEST_COOKIE:
            yield value.decode("latin-1")


def _is_lasting(version: bytes, headers: Iterable[_Header]) -> bool:
    """Whether a server that speaks *version* keeps a connection open, as far as it says."""
    said = _values(headers, "connection")
    return b"keep-alive" in said if version <= b"1.0" else b"close" not in said


def _no_http(data: bytes | bytearray) -> FetchError:
    first = bytes(data[:60]).decode("latin-1").split("\n")[0].strip()
    return FetchError(Reason.PROTOCOL_ERROR, f"no HTTP: {first!r}")
