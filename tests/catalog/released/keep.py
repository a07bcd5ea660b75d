"""Keep a catalog as this version makes it, at each release: `tests/catalog/released/keep.py`.

Later versions must bring it up to date without losing a row (`test_released.py`).
"""

import importlib.util
import lzma
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def main() -> None:
    """Write the small catalog of the tests beside this file, under the version's number."""
    sys.path.insert(0, str(ROOT))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    spec = importlib.util.spec_from_file_location("conftest", HERE.parent / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    conftest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conftest)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        conftest.build(path)
        (HERE / f"{version}.db.xz").write_bytes(lzma.compress(path.read_bytes(), preset=9))


if __name__ == "__main__":
    main()
