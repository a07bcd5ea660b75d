"""Answers that are not quite HTTP, as a table: what was sent, and what was meant."""

import pytest

from crawler.visiting.failures import FetchError
from crawler.visiting.lenient import reply_of

PAGE = b"<p>A page.</p>"

CASES = [
    ("as it should be", b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" + PAGE, 200, PAGE),
    ("without a reason", b"HTTP/1.1 200\r\n\r\n" + PAGE, 200, PAGE),
    ("without a minor version", b"HTTP/2 404\r\n\r\n", 404, b""),
    ("in lower case", b"http/1.0 200 ok\n\n" + PAGE, 200, PAGE),
    ("as radio stations say it", b"ICY 200 OK\r\n\r\n" + PAGE, 200, PAGE),
    ("after an empty line", b"\r\nHTTP/1.1 200 OK\r\n\r\n" + PAGE, 200, PAGE),
    ("with a hint before it", b"HTTP/1.1 103 Hint\r\nA: b\r\n\r\nHTTP/1.1 410 Gone\r\n\r\n", 410, b""),
    ("longer than it says", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + PAGE, 200, b"<p>"),
    ("with a length that is none", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + PAGE, 200, PAGE),
    ("in chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<p>\r\n2;x=y\r\nA \r\n0\r\n\r\n", 200, b"<p>A "),
    ("in chunks by Unix lines", b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\n<p>\n0\n\n", 200, b"<p>"),
    ("in chunks that break off", b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\n<p>\nzz\n", 200, b"<p>"),
]  # fmt: skip


def test_chunks_without_a_length_are_no_page() -> None:
    with pytest.raises(FetchError, match="a chunk without a length: b'zz"):
        reply_of(b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\nno", is_complete=True)


@pytest.mark.parametrize(
    ("data", "status", "body"), [pytest.param(*row, id=name) for name, *row in CASES]
)
def test_what_was_meant(data: bytes, status: int, body: bytes) -> None:
    reply = reply_of(data, is_complete=True)
    assert reply is not None
    assert (reply.status, reply.body) == (status, body)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(PAGE, id="a page without a head"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 abc OK\r\n\r\n", id="a status that is no number"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n\r\n", id="a status that is too long"),
        pytest.param(b"HTTP/1.1 200 OK\r\nServer: x", id="a head without an end"),
    ],
)
def test_what_is_no_http(data: bytes) -> None:
    assert reply_of(data, is_complete=True) is None


def test_headers_that_only_look_wrong() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type : text/html\r\nwhat is this\r\nX-Null: a\0\r\n\r\n"
    reply = reply_of(head, is_complete=True)
    assert reply is not None
    assert reply.headers == (("content-type", b"text/html"), ("x-null", b"a"))
