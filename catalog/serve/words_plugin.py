"""Let Datasette's own search box find Chinese words in a catalog of linkledger."""

import sqlite3

from datasette import hookimpl

from catalog.words import match_expression

_CATALOG = 0x4C4C6467  # what `PRAGMA application_id` says of a catalog


# Last, since Datasette brings a function of this name itself.
@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Put our reading of what people type in the place of Datasette's, in catalogs only."""
    if conn.execute("PRAGMA application_id").fetchone()[0] == _CATALOG:
        conn.create_function("escape_fts", 1, _escape, deterministic=True)


def _escape(words: str) -> str:
    return match_expression(words) or '""'
