"""What all tests share: where the material lies that is not part of the project."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real archive and recordings, beside the checkout."""
    folder = Path(os.environ.get("LINKLEDGER_SHARED", _BESIDE))
    if not folder.is_dir():
        pytest.skip(f"the real material is not beside this checkout ({folder})")
    return folder
