"""A web of our own on loopback, where each host misbehaves in its own way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.cluster_field import Field, new_field
from tests.crawler.fault_web import FaultWeb


@pytest.fixture(scope="module")
def fault_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultWeb]:
    """A running web without any behaviours yet: each module adds its own."""
    with FaultWeb(tmp_path_factory.mktemp("fault-web")) as web:
        yield web


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Field]:
    """The processes of a cluster, of which none is started yet but the web."""
    with new_field(tmp_path) as prepared:
        yield prepared
