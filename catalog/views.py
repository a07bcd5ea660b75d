"""The views of the catalog: the questions that people ask, as tables to select from."""

from sqlite_utils import Database

VIEWS: dict[str, str] = {}


def refresh_views(db: Database, *, temporary: bool = False) -> None:
    """Make the views of *db* those of this version.

    Where *db* may not be written, *temporary* ones stand in front of its own.
    """
    there = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'"))
    wanted = {name: f"CREATE VIEW {name} AS\n{select}" for name, select in VIEWS.items()}
    if there == wanted:
        return
    if temporary:
        for name, select in VIEWS.items():
            db.conn.execute(f"CREATE TEMP VIEW {name} AS\n{select}")
        return
    with db.atomic():
        for name in there:
            db.conn.execute(f'DROP VIEW IF EXISTS "{name}"')
        for statement in wanted.values():
            db.conn.execute(statement)
