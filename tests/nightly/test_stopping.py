"""Being stopped in the middle of whatever SQLite is doing."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.connection import open_catalog
from nightly.stopping import Stopped, TimeUp, heard, stop_on_signals, time_limit

# For a good while SQLite does nothing but call our function.
LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
    " SELECT count(search_text('剪枝' || i)) FROM n"
)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    handlers = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)}
    yield
    heard()
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_while_sqlite_calls_us_is_heard_after_that(
    number: signal.Signals, tmp_path: Path
) -> None:
    stop_on_signals()
    db = open_catalog(tmp_path / "catalog.db")
    sender = threading.Timer(0.05, os.kill, (os.getpid(), number))
    sender.start()
    with pytest.raises(Stopped) as raised:
        _work(db.conn)
    assert raised.value.signum == number
    sender.join()
    db.close()


def test_so_is_the_end_of_the_time(tmp_path: Path) -> None:
    db = open_catalog(tmp_path / "catalog.db")
    with pytest.raises(TimeUp), time_limit(0.05):
        _work(db.conn)
    db.close()


def _work(connection: sqlite3.Connection) -> None:
    for _ in range(5):
        connection.execute(LONG).fetchall()
        time.sleep(0.02)
