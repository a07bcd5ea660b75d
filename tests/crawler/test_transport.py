"""What a request looks like on the wire."""

import pytest

from crawler.visiting.transport import request_head


@pytest.mark.parametrize(
    ("url", "head"),
    [
        pytest.param("http://a.test/", b"GET / HTTP/1.1\r\nHost: a.test\r\n", id="a front page"),
        pytest.param("http://a.test:8080/b?c=d&e", b"GET /b?c=d&e HTTP/1.1\r\nHost: a.test:8080\r\n", id="a port and a query"),
        pytest.param("http://a.test/b?#c", b"GET /b? HTTP/1.1\r\nHost: a.test\r\n", id="an empty query, and a fragment"),
        pytest.param("http://a.test", b"GET / HTTP/1.1\r\nHost: a.test\r\n", id="no path at all"),
        pytest.param("http://[2001:db8::1]:81/x/@y", b"GET /x/@y HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n", id="an address in IPv6"),
        pytest.param("http://me:p%40ss@a.test/", b"GET / HTTP/1.1\r\nHost: a.test\r\nAuthorization: Basic bWU6cEBzcw==\r\n", id="a name and a password"),
        pytest.param("http://me@a.test/", b"GET / HTTP/1.1\r\nHost: a.test\r\nAuthorization: Basic bWU6\r\n", id="a name alone"),
    ],
)  # fmt: skip
def test_request(url: str, head: bytes) -> None:
    assert request_head(url, {"Accept": "*/*"}) == head + b"Accept: */*\r\n\r\n"
