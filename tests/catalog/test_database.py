"""A process that opens a catalog loads what it needs of sqlite-utils, and nothing else."""

import subprocess
import sys

import pytest

LOADED = "print([name for name in ('numpy', 'pandas') if name in sys.modules])"

ORDERS = [
    ("a crawl does without", f"import sys, crawler.crawl; {LOADED}", "[]"),
    (
        "who wants them afterwards has them",
        f"import sys, catalog.connection, pandas; {LOADED}",
        "['numpy', 'pandas']",
    ),
    (
        "who has them already keeps them, and sqlite-utils knows their columns",
        "import pandas, sys; from catalog.database import Database;"
        "Database(memory=True)['t'].insert({'at': pandas.Timestamp(0)}); " + LOADED,
        "['numpy', 'pandas']",
    ),
]


@pytest.mark.parametrize(
    ("program", "printed"), [pytest.param(*row, id=name) for name, *row in ORDERS]
)
def test_what_is_loaded(program: str, printed: str) -> None:
    pytest.importorskip("pandas")
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == printed
