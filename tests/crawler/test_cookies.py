"""Which cookies go with a later request of a visit, as browsers have it; their jar needs a loop."""

import pytest

from crawler.visiting.cookies import Cookies
from crawler.visiting.incoming import Incoming
from crawler.visiting.transport import request_head

HERE = "https://www.example.com/posts/1"

CASES = [
    ("one for the session", "a=1", HERE, "a=1"),
    ("one with all that is usual", "a=1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600", HERE, "a=1"),
    ("one without a domain, in so many words", "a=1; Domain=; Path=/", HERE, "a=1"),
    ("one of an old server", 'a=x; Version="1"; Path="/"', HERE, "a=x"),
    ("one whose age is no number", "a=1; Max-Age=", HERE, "a=1"),
    ("one whose path is none", "a=1; Path=posts", HERE, "a=1"),
    ("one of the whole domain", "a=1; Domain=example.com; Path=/", "https://blog.example.com/", "a=1"),
    ("one of a host, to another", "a=1; Path=/", "https://blog.example.com/", ""),
    ("one of another folder", "a=1; Path=/shop", HERE, ""),
    ("one for certificates, without one", "a=1; Secure; Path=/", HERE.replace("https", "http"), ""),
    ("one that is over", "a=1; Max-Age=0", HERE, ""),
    ("one of somebody else", "a=1; Domain=example.org; Path=/", "https://example.org/", ""),
    ("any, to a mailbox", "a=1", "mailto:editor@example.com", ""),
    ("any, to what is no address", "a=1", "http://[::1/", ""),
    ("any, to a port that is none", "a=1", "http://www.example.com:99999/", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "url", "sent"), [pytest.param(*row, id=name) for name, *row in CASES]
)
async def test_what_is_sent_back(line: str, url: str, sent: str) -> None:
    cookies = Cookies()
    cookies.take(HERE, [line])
    assert cookies.header(url) == sent


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "example.com"])
async def test_every_host_gets_its_own_back(host: str) -> None:
    cookies = Cookies()
    cookies.take(f"http://{host}/", ["a=1", "b=2; Path=/"])
    assert cookies.header(f"http://{host}/next") == "a=1; b=2"


async def test_later_ones_take_the_place_of_earlier_ones() -> None:
    cookies = Cookies([(HERE, "a=1; Path=/")])
    assert cookies.header(HERE) == "a=1"
    cookies.take(HERE, ["a=2; Path=/"])
    assert cookies.header(HERE) == "a=2"


@pytest.mark.parametrize("value", ["中".encode(), "中".encode("gbk"), b"\xe9"])
async def test_bytes_are_sent_back_as_they_came(value: bytes) -> None:
    incoming = Incoming(1_000)
    incoming.feed(b"HTTP/1.1 302 Found\r\nSet-Cookie: a=" + value + b"; Path=/\r\n\r\n")
    cookies = Cookies()
    cookies.take(HERE, incoming.cookies)
    assert b"\r\nCookie: a=" + value + b"\r\n" in request_head(
        HERE, {"Cookie": cookies.header(HERE)}
    )
