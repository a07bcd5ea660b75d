"""The served catalog answers over HTTP, on loopback, read-only, and follows new snapshots."""

import asyncio
import json
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from catalog.connection import Catalog, CatalogError, open_catalog
from catalog.schema.views import VIEWS
from catalog.serve.queries import QUERIES
from catalog.serve.server import _end_when_replaced, serve
from catalog.sharing.publish import publish

pytest.importorskip("datasette")
uvicorn = pytest.importorskip("uvicorn")

_PROGRAM = """
import sys
from catalog.serve.server import serve
serve(sys.argv[1], port=0, ready=lambda address: print(address, flush=True))
"""


@contextmanager
def serving(published: Path, errors: IO[str] | None = None) -> Iterator[str]:
    """Yield the address of a server over *published*, a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, published],
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def base(small_catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("published")
    publish(small_catalog, folder)
    with serving(folder) as address:
        yield address.rstrip("/")


def got(url: str) -> Any:
    with urlopen(url, timeout=30) as answer:
        return json.load(answer)


def test_it_listens_on_loopback(base: str) -> None:
    assert base.startswith("http://127.0.0.1:")


def test_the_home_page_runs_nothing_from_elsewhere(base: str) -> None:
    with urlopen(f"{base}/", timeout=30) as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = answer.read().decode()
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "//cdn" not in page


@pytest.mark.parametrize("words", ["量化", "剪枝", "署", "TNN量化", "torch-pruning"])
def test_the_search_box_of_a_table_finds_chinese(base: str, small: Catalog, words: str) -> None:
    from catalog.search import HitKind, search

    rows = got(f"{base}/catalog/items.json?_shape=array&_search={quote(words)}")
    expected = {hit.title for hit in search(small, words) if hit.kind is HitKind.ITEM}
    assert {row["title"] for row in rows} == expected
    assert expected


def test_what_is_no_word_finds_nothing_and_breaks_nothing(base: str) -> None:
    assert got(f"{base}/catalog/items.json?_shape=array&_search={quote('。、*')}") == []


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_view_is_shown_with_its_description(base: str, name: str) -> None:
    with urlopen(f"{base}/catalog/{name}", timeout=30) as answer:
        page = answer.read().decode()
    assert 'class="column-descriptions"' in page


@pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])
def test_every_question_is_answered(base: str, query: Any) -> None:
    given = query.example | dict.fromkeys(query.picked, "")
    filled = "&".join(f"{name}={quote(value)}" for name, value in given.items())
    answer = got(f"{base}/catalog/{query.name}.json?_shape=objects&{filled}")
    assert answer["ok"] is True
    assert answer["columns"]


ASKED = [
    ("search_items", {"words": "剪枝"}, 2),
    ("search_pages", {"words": "量化"}, 2),
    ("links_of_issue", {"file": "2021-01-19.md"}, 5),
    ("history_of_link", {"link_id": "1"}, 3),
    ("where_repository_is_named", {"repo": "tencent/tnn"}, 3),
    ("stars_over_time", {"repo": "Tencent/TNN"}, 6),
    ("links_of_host", {"host": "blog.example"}, 3),
    ("fastest_growing", {"at_least": "100"}, 1),
    ("dead_hosts", {"at_least": "2"}, 1),
    ("why_broken", {"year": ""}, 3),
    ("why_broken", {"year": "2021"}, 1),
    ("license_questions", {}, 2),
]


@pytest.mark.parametrize(("name", "given", "count"), ASKED)
def test_questions_with_words_filled_in(
    base: str, name: str, given: dict[str, str], count: int
) -> None:
    filled = "&".join(f"{key}={quote(value)}" for key, value in given.items())
    rows = got(f"{base}/catalog/{name}.json?_shape=array&{filled}")
    assert len(rows) == count


def test_what_is_filled_in_there_is(base: str) -> None:
    with urlopen(f"{base}/", timeout=30) as answer:
        page = unescape(answer.read().decode())
    picking = "|".join(query.name for query in QUERIES if query.picked)
    asked = re.findall(rf'href="(/catalog/(?:{picking})\?[^"]+)"', page.split('class="asked"')[1])
    assert len(asked) == picking.count("|") + 1
    for question in asked:
        path, _, given = question.partition("?")
        assert got(f"{base}{path}.json?_shape=array&{given}"), question


def test_a_page_that_is_not_there_is_told_to_its_reader_only(
    small_catalog: Path, tmp_path: Path
) -> None:
    publish(small_catalog, tmp_path)
    with (tmp_path / "said").open("w+") as said:
        with (
            serving(tmp_path, errors=said) as address,
            pytest.raises(HTTPError, match="404") as refused,
        ):
            urlopen(f"{address}nowhere/at/all", timeout=30)
        refused.value.close()
        said.seek(0)
        assert said.read() == ""


def test_nobody_writes(base: str) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{base}/catalog.json?sql={quote('delete from links')}", timeout=30)
    refused.value.close()
    assert refused.value.code == 400


def test_the_snapshot_can_be_downloaded(base: str, tmp_path: Path) -> None:
    with urlopen(f"{base}/catalog.db", timeout=30) as answer:
        (tmp_path / "copy.db").write_bytes(answer.read())
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM links").fetchone() == (15,)


def test_a_new_snapshot_is_served_as_soon_as_it_is_there(
    own: Catalog, own_catalog: Path, tmp_path: Path
) -> None:
    publish(own_catalog, tmp_path / "site")
    with serving(tmp_path / "site") as base:
        assert got(f"{base}catalog/hosts.json?_shape=array&name=new.example") == []
        own.execute("INSERT INTO hosts (name) VALUES ('new.example')")
        publish(own_catalog, tmp_path / "site")
        rows, deadline = [], time.monotonic() + 60
        while not rows and time.monotonic() < deadline:
            time.sleep(0.2)
            rows = got(f"{base}catalog/hosts.json?_shape=array&name=new.example")
    assert [row["name"] for row in rows] == ["new.example"]


async def test_a_snapshot_that_is_gone_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.serve.server._LOOK_AGAIN", 0.01)
    snapshot, running = tmp_path / "catalog.db", uvicorn.Server(uvicorn.Config("none"))
    watch = asyncio.create_task(_end_when_replaced(running, snapshot, (0, 0)))
    await asyncio.sleep(0.1)
    assert not watch.done()
    assert not running.should_exit
    snapshot.touch()
    await asyncio.wait_for(watch, 60)
    assert running.should_exit


async def test_a_catalog_without_a_night_has_a_home_page(tmp_path: Path) -> None:
    from catalog.serve.application import application

    open_catalog(tmp_path / "new.db").close()
    datasette = application(publish(tmp_path / "new.db", tmp_path / "site").path)
    await datasette.invoke_startup()
    answer = await datasette.client.get("/")
    assert answer.status_code == 200
    assert "No night has run yet." in answer.text
    assert "<b>0</b> broken, 0.0 %" in answer.text


def test_nothing_published_is_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="nothing is published in"):
        serve(tmp_path, ready=print)


def test_a_catalog_in_use_is_not_served(small_catalog: Path) -> None:
    with pytest.raises(CatalogError, match="is a catalog in use"):
        serve(small_catalog, ready=print)


def test_a_port_that_is_taken_is_said_in_a_line(small_catalog: Path, tmp_path: Path) -> None:
    publish(small_catalog, tmp_path)
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as taken,
        pytest.raises(CatalogError, match=r"cannot listen on 127\.0\.0\.1"),
    ):
        serve(tmp_path, port=taken.getsockname()[1], ready=print)
