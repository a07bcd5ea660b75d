"""Requests go where `--connect-to` leads, under the names that were meant."""

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from enrich.options import GitHubWay
from nightly.demo.forge import DemoForge, forge_app


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture
def secure(authority: trustme.CA, serve: Any, forge: DemoForge) -> tuple[str, list[str]]:
    """A GitHub over TLS as api.github.com; the port, and the hosts that requests named."""
    hosts: list[str] = []

    async def listen(request: web.Request) -> None:
        hosts.append(request.headers["Host"])

    forge.interruption = listen
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.github.com").configure_cert(context)
    return serve(forge_app(forge), tls=context).rpartition(":")[2], hosts


@pytest.mark.parametrize("way", [GitHubWay.GRAPHQL, GitHubWay.REST])
def test_github_itself_may_be_played(
    desk: Any, forge: DemoForge, secure: tuple[str, list[str]], ca_file: Path, way: GitHubWay
) -> None:
    port, hosts = secure
    desk.read_projects(forge)
    summary = desk.enrich(
        github_api="https://api.github.com",
        github_way=way,
        connect_to=(f":443:127.0.0.1:{port}",),
        ca_file=ca_file,
    )
    assert (summary.found, summary.left) == (10, 0)
    assert {host.removesuffix(":443") for host in hosts} == {"api.github.com"}


def test_an_authority_that_nobody_named_is_not_trusted(
    desk: Any, forge: DemoForge, secure: tuple[str, list[str]]
) -> None:
    port, hosts = secure
    desk.read_projects(forge)
    summary = desk.enrich(
        github_api="https://api.github.com",
        connect_to=(f":443:127.0.0.1:{port}",),
        attempts=1,
    )
    assert (summary.found, hosts) == (0, [])


def test_a_certificate_for_another_name_is_refused(
    desk: Any, secure: tuple[str, list[str]], ca_file: Path
) -> None:
    port, hosts = secure
    desk.read("https://gitee.com/o/a")
    desk.enrich(connect_to=(f"gitee.com::127.0.0.1:{port}",), ca_file=ca_file, attempts=1)
    assert desk.states() == {"o/a": "unknown"}
    assert hosts == []


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(
    desk: Any, forge: DemoForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    desk.read_projects(forge)
    assert desk.enrich(attempts=1).found == 10


def test_other_forges_are_connected_to_elsewhere_too(
    desk: Any, serve: Any, authority: trustme.CA, ca_file: Path
) -> None:
    async def project(request: web.Request) -> web.StreamResponse:
        assert request.headers["Host"] == "gitee.com"
        return web.json_response({"id": 1, "full_name": "o/a", "stargazers_count": 3})

    app = web.Application()
    app.router.add_get("/api/v5/repos/o/a", project)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("gitee.com").configure_cert(context)
    port = serve(app, tls=context).rpartition(":")[2]
    desk.read("https://gitee.com/o/a")
    desk.enrich(connect_to=(f":443:127.0.0.1:{port}",), ca_file=ca_file, attempts=1)
    assert desk.states() == {"o/a": "ok"}
