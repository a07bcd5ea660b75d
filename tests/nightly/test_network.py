"""What GitHub says of the time, from a server of ours."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from nightly.config import given_settings
from nightly.network import time_told_by_github

THEN = datetime(2026, 11, 22, 4, tzinfo=UTC)

DATES = [
    ("as the standard has it", "Sun, 22 Nov 2026 04:00:00 GMT", THEN),
    ("in UTC, wherever that is", "Sun, 22 Nov 2026 04:00:00 -0000", THEN),
    ("in another zone", "Sun, 22 Nov 2026 12:00:00 +0800", THEN),
    ("in no words of ours", "soon", None),
    ("in a year of twenty digits", f"Sun, 22 Nov {'9' * 20} 04:00:00 GMT", None),
]


class Teller(BaseHTTPRequestHandler):
    date = ""

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Date", self.date)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture(scope="module")
def teller() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Teller)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("date", "time"), [pytest.param(*row, id=name) for name, *row in DATES])
def test_the_time_that_a_server_tells(
    date: str, time: datetime | None, teller: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Teller, "date", date)
    assert time_told_by_github(given_settings({"github_api": teller})) == time
