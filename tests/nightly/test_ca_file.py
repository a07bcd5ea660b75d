"""The setting `ca_file` adds to the authorities that are trusted, for whoever asks anybody."""

import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import certifi
import pytest
import trustme

from enrich.transport import ConnectToAdapter, open_session
from nightly.config import Settings, given_settings
from nightly.github import opened
from nightly.network import time_told_by_github
from nightly.stage_options import enrich_options, wayback_options
from report.github.repository import GithubError
from report.wayback import WaybackError, open_wayback
from tests.loopback import Request, Response, serve


def github_and_archive(request: Request) -> Response:
    """Answer as GitHub does about a repository, and else as an archive without captures."""
    repository = {"full_name": "owner/name", "url": request.target}
    is_about_one = request.target == "/repos/owner/name"
    return Response(
        headers={"Content-Type": "application/json"},
        body=json.dumps(repository if is_about_one else []).encode(),
    )


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[str]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with serve(github_and_archive, tls=tls) as url:
        yield url


def told_the_time(settings: Settings) -> bool:
    return time_told_by_github(settings) is not None


def opened_a_repository(settings: Settings) -> bool:
    try:
        with opened(settings, "owner/name") as repository:
            return repository.full_name == "owner/name"
    except GithubError:
        return False


def looked_for_a_copy(settings: Settings) -> bool:
    options = wayback_options(settings)
    assert options is not None
    try:
        with open_wayback(options) as wayback:
            return wayback.last_before("https://a.example/", "2020-01-01") is None
    except WaybackError:
        return False


def authorities_in(file: Path) -> set[bytes]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=file)
    return set(context.get_ca_certs(binary_form=True))


def test_the_usual_authorities_are_trusted_as_well(authority: trustme.CA, tmp_path: Path) -> None:
    ours = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ours)
    with open_session(enrich_options(given_settings({"ca_file": ours}))) as session:
        adapter = session.get_adapter("https://a.example/")
        assert isinstance(adapter, ConnectToAdapter)
        context = adapter.poolmanager.connection_pool_kw["ssl_context"]
    trusted = set(context.get_ca_certs(binary_form=True))
    assert trusted == authorities_in(Path(certifi.where())) | authorities_in(ours)


@pytest.mark.parametrize("asks", [told_the_time, opened_a_repository, looked_for_a_copy])
def test_a_server_with_a_certificate_of_ours_is_asked(
    asks: Callable[[Settings], bool], authority: trustme.CA, server: str, tmp_path: Path
) -> None:
    settings = {"github_api": server, "wayback_api": server, "github_token": "one,two"}
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    assert asks(given_settings(settings | {"ca_file": tmp_path / "ca.pem"}))
    assert not asks(given_settings(settings))
