"""The setting `ca_file` adds to the authorities that are trusted, and takes none away."""

import ssl
from pathlib import Path

import certifi
import pytest
import trustme

from nightly.authorities import trusted
from nightly.exits import ConfigError
from nightly.network import time_told_by
from tests.loopback import Response, serve


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path / "ca.pem"


def authorities_in(file: Path) -> set[bytes]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=file)
    return set(context.get_ca_certs(binary_form=True))


def test_the_usual_authorities_and_ours_are_trusted(ca_file: Path) -> None:
    with trusted(ca_file) as file:
        assert file is not None
        assert authorities_in(file) == authorities_in(Path(certifi.where())) | (
            authorities_in(ca_file)
        )
    assert not file.exists()


def test_a_server_with_a_certificate_of_ours_tells_the_time(
    authority: trustme.CA, ca_file: Path
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with serve(lambda _: Response(), tls=tls) as url:
        assert time_told_by(url, ca_file) is not None
        assert time_told_by(url, None) is None


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match=r"ca_file: .*none\.pem cannot be read"),
        trusted(tmp_path / "none.pem"),
    ):
        pass
