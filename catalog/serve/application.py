"""Datasette, set up for one published snapshot. Needs the extra `serve`."""

from contextlib import closing
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from catalog.connection import Catalog, CatalogError, open_catalog
from catalog.schema.descriptions import tables_of
from catalog.serve import home, words_plugin
from catalog.serve.metadata import metadata

_HERE = Path(__file__).parent

_SETTINGS = {
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 500,
    "facet_suggest_time_limit_ms": 10,
    "truncate_cells_html": 300,
}


def application(snapshot: Path) -> Datasette:
    """Return Datasette over *snapshot*, read-only, with our home page and descriptions.

    Raises `CatalogError` where *snapshot* is a catalog in use: what its write-ahead log
    holds would not be seen.
    """
    for name, plugin in (("linkledger-home", home), ("linkledger-words", words_plugin)):
        if not pm.has_plugin(name):
            pm.register(plugin, name=name)
    # It would write what its variables hold to the terminal for each page that is not there.
    pm.get_plugin("datasette.handle_exception").rich = None
    with closing(open_catalog(snapshot, read_only=True)) as db:
        if db.execute("PRAGMA journal_mode").fetchone() == ("wal",):
            raise CatalogError(
                f"{snapshot} is a catalog in use: publish it with `linkledger catalog publish`,"
                " and serve what that wrote"
            )
        return Datasette(
            immutables=[str(snapshot)],
            metadata=metadata(db, snapshot.stem),
            inspect_data={snapshot.stem: _inspected(db)},
            settings=_SETTINGS,
            template_dir=str(_HERE / "templates"),
            static_mounts=[("linkledger", str(_HERE / "static"))],
        )


def _inspected(db: Catalog) -> dict[str, Any]:
    """Return what Datasette would otherwise count and hash while somebody waits."""
    stat = db.path.stat()
    counts = {
        name: {"count": db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]}
        for name in tables_of(db)
        if not name.endswith("_fts")
    }
    return {
        # Only to tell snapshots apart: a snapshot never changes in place.
        "hash": f"{stat.st_ino:032x}{stat.st_mtime_ns:032x}",
        "size": stat.st_size,
        "file": str(db.path),
        "tables": counts,
    }
