"""The audit of pinned dependencies, against databases on loopback."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).parents[2] / "release/audit.py"

Holes = dict[tuple[str, str], str]

OLD: Holes = {("urllib3", "1.24.1"): "PYSEC-0000-1"}


def vulnerability(name: str, number: str) -> dict[str, Any]:
    affected = {"package": {"name": name, "ecosystem": "PyPI"}}
    return {"id": number, "summary": "A hole that this test made up.", "affected": [affected]}


@pytest.fixture
def database() -> Iterator[Callable[[Holes], str]]:
    """Serve holes as OSV does, and return the address."""
    servers = []

    def serve(holes: Holes) -> str:
        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                name = asked["package"]["name"]
                number = holes.get((name, asked["version"]))
                body = json.dumps({"vulns": [vulnerability(name, number)]} if number else {})
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/v1/query"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    file = tmp_path / "constraints.txt"
    file.write_text("click==8.5.1\nJinja2==3.1.6\n")
    return file


def audit(url: str, pinned: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, AUDIT, pinned],
        env=os.environ | {"AUDIT_URL": url, "PIP_AUDIT_PROGRESS_SPINNER": "off"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_known_hole_fails_and_is_named(database: Callable[[Holes], str], pinned: Path) -> None:
    done = audit(database(OLD | {("jinja2", "3.1.6"): "PYSEC-0000-2"}), pinned)
    assert done.returncode == 1, done.stderr
    assert "jinja2 3.1.6" in done.stdout
    assert "PYSEC-0000-2" in done.stdout


def test_without_a_hole_all_is_well(database: Callable[[Holes], str], pinned: Path) -> None:
    done = audit(database(OLD), pinned)
    assert done.returncode == 0, done.stderr
    assert "No known vulnerabilities found" in done.stderr


def test_what_answers_for_everyone_is_no_database(
    database: Callable[[Holes], str], pinned: Path
) -> None:
    done = audit(database({}), pinned)
    assert done.returncode == 0
    assert done.stdout.startswith("not audited: ")


def test_without_a_database_one_line_says_so(pinned: Path) -> None:
    done = audit("http://127.0.0.1:9/v1/query", pinned)
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert "no database of vulnerabilities is at hand (ConnectionError)" in done.stdout
