"""sqlite-utils as the catalog uses it: its database and its migrations, and little besides.

It loads numpy and pandas wherever they are installed, to know the types of their columns,
which no row of ours has: 90 MB and half a second for every process of a crawl. Import it
from here, and they are loaded when something of the same process asks for them.
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def _without(*names: str) -> Generator[None, None, None]:
    """Let the imports of the block not find the modules *names*, unless they are there by now."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment] # how Python marks what is not there
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _without("numpy", "pandas"):
    from sqlite_utils import Database, Migrations

__all__ = ["Database", "Migrations"]
