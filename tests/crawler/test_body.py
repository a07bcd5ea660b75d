"""Bodies as they come over the wire: never more than the limit, whatever their headers say."""

import gzip
import zlib

import pytest

from crawler.visiting.body import Body, is_readable

TEXT = b"<p>Words of a page.</p>" * 200


def read(encoding: str, data: bytes, *, limit: int = 1_000_000, step: int = 1000) -> Body:
    body = Body(encoding, limit)
    for at in range(0, len(data), step):
        if body.is_full:
            break
        body.add(data[at : at + step])
    return body


CASES = [
    ("as it is", "", TEXT),
    ("identity", "identity", TEXT),
    ("gzip", "gzip", gzip.compress(TEXT)),
    ("gzip in capitals", " GZIP ", gzip.compress(TEXT)),
    ("deflate", "deflate", zlib.compress(TEXT)),
    ("deflate as some servers mean it", "deflate", zlib.compress(TEXT)[2:-4]),
    ("gzip in name only", "gzip", TEXT),
    ("deflate in name only", "deflate", TEXT),
]


@pytest.mark.parametrize(
    ("encoding", "data"), [pytest.param(*row, id=name) for name, *row in CASES]
)
def test_the_text_comes_out(encoding: str, data: bytes) -> None:
    assert read(encoding, data, step=len(data)).data == TEXT


@pytest.mark.parametrize(
    ("encoding", "data"), [pytest.param(*row, id=name) for name, *row in CASES]
)
def test_it_does_not_matter_where_packets_end(encoding: str, data: bytes) -> None:
    assert read(encoding, data, step=1).data == TEXT


def test_what_is_spoiled_on_the_way_is_not_taken_for_text() -> None:
    text = b" ".join(str(number).encode() for number in range(5_000))
    body = read("gzip", gzip.compress(text)[:4_000] + b"spoiled" * 1_000)
    assert len(body.data) > 5_000
    assert b"spoiled" not in body.data
    assert body.is_full


def test_what_breaks_off_gives_what_there_was() -> None:
    data = gzip.compress(TEXT)
    assert TEXT.startswith(read("gzip", data[: len(data) // 2]).data)


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_never_more_than_the_limit(encoding: str) -> None:
    zeros = b"\0" * 50_000_000
    data = {"": zeros, "gzip": gzip.compress(zeros), "deflate": zlib.compress(zeros)}[encoding]
    body = read(encoding, data, limit=10_000)
    assert len(body.data) == 10_000
    assert body.is_full
    assert body.received < 60_000


def test_gzip_that_holds_nothing_is_not_read_for_ever() -> None:
    data = gzip.compress(b"")[:10] + b"\0\0\0\xff\xff" * 10_000  # empty blocks
    body = read("gzip", data, limit=10_000)
    assert body.data == b""
    assert body.received == 10_000


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/html; charset=utf-8", True),
        ("application/xhtml+xml", True),
        ("application/json", True),
        ("application/atom+xml", True),
        ("", True),
        ("application/pdf", False),
        ("application/zip", False),
        ("image/png", False),
        ("video/mp4", False),
        ("application/octet-stream", False),
    ],
)
def test_is_readable(content_type: str, expected: bool) -> None:
    assert is_readable(content_type) is expected
