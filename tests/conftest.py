"""What all tests share: an empty catalog, and the material that is not part of the project."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from catalog.connection import Catalog, open_catalog

# No test is about the time that something takes: a machine may be slow, or busy for a moment.
settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")

_BESIDE = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real archive and recordings, beside the checkout."""
    folder = Path(os.environ.get("LINKLEDGER_SHARED", _BESIDE))
    if not folder.is_dir():
        pytest.skip(f"the real material is not beside this checkout ({folder})")
    return folder


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Catalog]:
    """An empty catalog."""
    catalog = open_catalog(tmp_path / "catalog.db")
    yield catalog
    catalog.close()
