"""Answers as they come in, as a table: what was sent, and what was meant."""

import gzip
from collections.abc import Callable

import pytest

from catalog.vocabulary import Reason
from crawler.visiting.failures import FetchError
from crawler.visiting.incoming import Incoming

PAGE = b"<p>A page.</p>"
SIZED = b"Content-Length: 14\r\n\r\n" + PAGE
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

CASES = [
    ("as it should be", b"HTTP/1.1 200 OK\r\n" + SIZED, 200, PAGE),
    ("without a reason", b"HTTP/1.1 200\r\n\r\n" + PAGE, 200, PAGE),
    ("without a minor version", b"HTTP/2 404\r\n\r\n", 404, b""),
    ("in lower case", b"http/1.0 200 ok\n\n" + PAGE, 200, PAGE),
    ("as radio stations say it", b"ICY 200 OK\r\n\r\n" + PAGE, 200, PAGE),
    ("after empty lines", b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + PAGE, 200, PAGE),
    ("with a hint before it", b"HTTP/1.1 103 Hint\r\nA: b\r\n\r\nHTTP/1.1 410 Gone\r\n\r\n", 410, b""),
    ("with two hints before it", b"HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 Hint\r\n\r\nHTTP/1.1 200 OK\r\n" + SIZED, 200, PAGE),
    ("an offer of another protocol", b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x05", 101, b""),
    ("no content, with a length", b"HTTP/1.1 204 No Content\r\n" + SIZED, 204, b""),
    ("not modified, with a length", b"HTTP/1.1 304 Not Modified\r\n" + SIZED, 304, b""),
    ("longer than it says", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + PAGE, 200, b"<p>"),
    ("with a length that is none", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + PAGE, 200, PAGE),
    ("with an empty length", b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n" + PAGE, 200, PAGE),
    ("with the same length twice", b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n" + SIZED, 200, PAGE),
    ("with an empty body", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, b""),
    ("in chunks", CHUNKED + b"3\r\n<p>\r\n2;x=y\r\nA \r\n0\r\n\r\n", 200, b"<p>A "),
    ("in chunks, and with a length", CHUNKED[:-2] + b"Content-Length: 2\r\n\r\n3\r\n<p>\r\n0\r\n\r\n", 200, b"<p>"),
    ("in chunks by Unix lines", b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\n<p>\n0\n\n", 200, b"<p>"),
    ("in chunks with room around their lengths", CHUNKED + b" 003 \r\n<p>\r\n0\r\n\r\n", 200, b"<p>"),
    ("in chunks, as one of two headers says", CHUNKED[:-2] + b"Transfer-Encoding: identity\r\n\r\n3\r\n<p>\r\n0\r\n\r\n", 200, b"<p>"),
    ("with a length of many digits", b"HTTP/1.1 200 OK\r\nContent-Length: 0000000000000014\r\n\r\n" + PAGE, 200, PAGE),
    ("with the same length twice in a line", b"HTTP/1.1 200 OK\r\nContent-Length: 14, 14\r\n\r\n" + PAGE, 200, PAGE),
    ("with a length that has a sign", b"HTTP/1.1 200 OK\r\nContent-Length: +14\r\n\r\n" + PAGE, 200, PAGE),
    ("in chunks that break off", CHUNKED + b"3\r\n<p>\r\nzz\r\n", 200, b"<p>"),
    ("in chunks, with a trailer", CHUNKED + b"3\r\n<p>\r\n0\r\nSet-Cookie: late=1\r\n\r\n", 200, b"<p>"),
    ("in gzip", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE), 200, PAGE),
]  # fmt: skip

PIECES = [
    pytest.param(lambda data: [data], id="in one piece"),
    pytest.param(lambda data: [bytes([byte]) for byte in data], id="byte by byte"),
    pytest.param(lambda data: [data[:20], data[20:41], data[41:]], id="in three pieces"),
]


def read(data: bytes, *, body_size: int = 1_000) -> Incoming:
    incoming = Incoming(body_size)
    incoming.feed(data)
    if not incoming.is_over:
        incoming.end()
    return incoming


@pytest.mark.parametrize("pieces_of", PIECES)
@pytest.mark.parametrize(
    ("data", "status", "body"), [pytest.param(*row, id=name) for name, *row in CASES]
)
def test_what_was_meant(
    data: bytes, status: int, body: bytes, pieces_of: Callable[[bytes], list[bytes]]
) -> None:
    incoming = Incoming(1_000)
    for piece in pieces_of(data):
        incoming.feed(piece)
    incoming.end()
    assert (incoming.status, incoming.body.data, incoming.cookies) == (status, body, ())


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        pytest.param(b"", Reason.CONNECTION_RESET, "closed", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nServer: x", Reason.CONNECTION_RESET, "closed", id="a head without an end"),
        pytest.param(b"Hi", Reason.PROTOCOL_ERROR, "no HTTP: 'Hi'", id="two letters"),
        pytest.param(PAGE, Reason.PROTOCOL_ERROR, "no HTTP: '<p>A", id="a page without a head"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", Reason.PROTOCOL_ERROR, "no HTTP: 'SSH", id="another protocol"),
        pytest.param(b"HTTP/1.1 abc OK\r\n\r\n", Reason.PROTOCOL_ERROR, "no HTTP", id="a status that is no number"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n\r\n", Reason.PROTOCOL_ERROR, "no HTTP", id="a status that is too long"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000, Reason.PROTOCOL_ERROR, "without an end", id="headers without an end"),
        pytest.param(b"HTTP/1.1 103 Hint\r\n\r\n" * 30, Reason.PROTOCOL_ERROR, "hints", id="hints without an answer"),
        pytest.param(CHUNKED + b"zz\r\nno", Reason.PROTOCOL_ERROR, "without a length: b'zz", id="a chunk without a length"),
        pytest.param(CHUNKED + b"1" * 5_000, Reason.PROTOCOL_ERROR, "without a length", id="a length without an end"),
    ],
)  # fmt: skip
def test_what_is_no_answer(data: bytes, reason: Reason, words: str) -> None:
    with pytest.raises(FetchError) as raised:
        read(data)
    assert raised.value.reason is reason
    assert words in raised.value.detail


@pytest.mark.parametrize(
    ("head", "rest", "keeps_open"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n", SIZED, True, id="as it is by default"),
        pytest.param(b"HTTP/1.1 200 OK\r\nConnection: Close\r\n", SIZED, False, id="the server wants to close it"),
        pytest.param(b"HTTP/1.0 200 OK\r\n", SIZED, False, id="an old server says nothing"),
        pytest.param(b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", SIZED, True, id="an old server offers it"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", SIZED + b"more", False, id="something follows that nobody asked for"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"\r\n" + PAGE, False, id="only its end ends the body"),
        pytest.param(CHUNKED, b"0\r\n\r\n", True, id="the last chunk has come"),
        pytest.param(CHUNKED, b"0\r\nA: b\r\n\r\n", False, id="a trailer follows"),
        pytest.param(CHUNKED, b"3\r\n<p>\r\n", False, id="chunks are missing"),
        pytest.param(b"HTTP/1.1 304 Not Modified\r\n", b"\r\n", True, id="there is no body"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\n", b"\r\n", False, id="another protocol follows"),
        pytest.param(b"HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nConnection: close\r\n", SIZED, False, id="the second of two headers closes it"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n", SIZED, True, id="a short body that is not read"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n", b"Content-Length: 90000\r\n\r\n", False, id="a long body that is not read"),
    ],
)  # fmt: skip
def test_whether_a_connection_can_carry_another_request(
    head: bytes, rest: bytes, keeps_open: bool
) -> None:
    assert read(head + rest).keeps_open is keeps_open


@pytest.mark.parametrize(
    ("data", "is_complete"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n" + SIZED, True, id="as long as it says"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + PAGE, False, id="shorter than it says"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE, True, id="until it ends"),
        pytest.param(CHUNKED + b"3\r\n<p>\r\n0\r\n\r\n", True, id="to the last chunk"),
        pytest.param(CHUNKED + b"3\r\n<p>\r\n", False, id="without the last chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE * 100, False, id="longer than is read"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + PAGE, False, id="of no interest"),
    ],
)  # fmt: skip
def test_whether_all_of_a_body_was_seen(data: bytes, is_complete: bool) -> None:
    assert read(data).is_complete is is_complete


def test_no_more_of_a_body_is_kept_than_is_wanted() -> None:
    incoming = read(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE * 1_000, body_size=100)
    assert incoming.is_over
    assert len(incoming.body.data) == 100


def test_headers_that_only_look_wrong() -> None:
    incoming = read(
        b"HTTP/1.1 200 OK: fine\r\nContent-Type : text/html\r\nwhat is this\r\nServer: a\0\rb\r\n"
        b"Link: </a>;\r\n rel=next\r\n: nameless\r\n\r\n"
    )
    assert incoming.said == {"content-type": "text/html", "server": "ab", "link": "</a>; rel=next"}


def test_what_comes_several_times() -> None:
    incoming = read(
        b"HTTP/1.1 302 Found\r\nLocation: /\xe5\x89\xaa\r\nLocation: /other\r\n"
        b"Set-Cookie: a=\xff\r\nset-cookie: b=2\r\n\r\n"
    )
    assert incoming.location == b"/\xe5\x89\xaa"
    assert incoming.cookies == ("a=\xff", "b=2")


def test_no_more_cookies_are_kept_than_browsers_keep() -> None:
    lines = b"".join(b"Set-Cookie: c%d=1\r\n" % n for n in range(1_000))
    long = b"Set-Cookie: long=" + b"x" * 5_000 + b"\r\n"
    incoming = read(b"HTTP/1.1 200 OK\r\n" + long + lines + b"\r\n")
    assert incoming.cookies == tuple(f"c{n}=1" for n in range(50))


def test_a_line_of_many_digits_is_read_once() -> None:
    incoming = Incoming(1_000)
    incoming.feed(CHUNKED)
    for byte in b"0" * 15 + b"1" + b"1" * 4_000:
        incoming.feed(bytes([byte]))  # each of them took longer than the one before, once
    assert not incoming.is_over
