"""Open a catalog, bring its schema up to date, and say in one sentence why that fails."""

import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from catalog.database import Database
from catalog.schema.migrations import migrations
from catalog.schema.views import refresh_views
from catalog.words import search_text

# «LLdg», so that `file` and we know a catalog from any other SQLite database.
APPLICATION_ID = 0x4C4C6467

# Of each SQLite database that is not empty.
BEGINNING = b"SQLite format 3\0"

# How many seconds a writer waits for another one before it gives up.
PATIENCE = 10.0

# What lies beside a snapshot that is published.
CHECKSUMS = "SHA256SUMS"

_STEPS = frozenset(step.name for step in migrations.pending(Database(memory=True)))


class CatalogError(Exception):
    """A catalog that cannot be used; the message tells a person what to do about it."""


class Catalog(Database):
    """A catalog that is open: a `Database` whose transactions are a single writer's.

    `atomic` takes the right to write when it begins, and not at its first write: a
    transaction that had read before would be refused at once, however patient it is.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, patience: float) -> None:
        self.path = path
        self._patience = patience
        super().__init__(connection)
        # The triggers that keep the search indexes call this one.
        self.register_function(search_text, deterministic=True)

    def execute(
        self, sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None
    ) -> sqlite3.Cursor:
        """Run one statement; outside of `atomic`, what it writes is committed at once."""
        with in_words(self.path):
            return super().execute(sql, parameters)

    @contextmanager
    def atomic(self) -> Generator[Database, None, None]:
        """Run the block as one transaction, or as a part of the one that is open.

        A part has no savepoint, which would keep a copy of each page that it changes: what
        fails in a part ends the transaction, and is not to be caught in between. Raises
        `CatalogError` where another writer holds the catalog, the disk is full or the file
        may not be written; nothing of the block is kept then.
        """
        if self.conn.in_transaction:
            yield self
            return
        with in_words(self.path):
            self.execute_patiently("BEGIN IMMEDIATE")
            try:
                yield self
                self.conn.execute("COMMIT")
            except BaseException:
                self.rollback()
                raise

    @contextmanager
    def one_moment(self) -> Generator[None, None, None]:
        """Let all that is read within the block be of one moment, even while a run writes."""
        if self.conn.in_transaction:
            yield
            return
        with in_words(self.path):
            self.conn.execute("BEGIN")
            try:
                yield
            finally:
                self.rollback()

    def execute_patiently(self, statement: str) -> None:
        """Execute what needs the right to write; another writer is waited for while we can.

        SQLite waits for `PATIENCE` at most, deaf to signals; longer waits are many short ones.
        """
        deadline = time.monotonic() + self._patience
        while True:
            try:
                self.conn.execute(statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                    raise
            else:
                return


def open_catalog(
    path: str | Path,
    *,
    create: bool = True,
    read_only: bool = False,
    patience: float = PATIENCE,
) -> Catalog:
    """Return the catalog at *path*, with the newest schema and views.

    A missing one is made where *create* says so. *patience* is how many seconds a write
    waits for another writer. Raises `CatalogError` where the file is not there, is no
    catalog, is damaged, may not be read or written, or was written by a newer linkledger.
    """
    path = Path(path)
    create = create and not read_only
    _look_before_opening(path, create)
    if not read_only:
        _refuse_snapshot(path)
    mode = "ro" if read_only else "rwc" if create else "rw"
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    with in_words(path):
        connection = sqlite3.connect(address, uri=True, timeout=min(patience, PATIENCE))
        try:
            return _prepared(Catalog(connection, path, patience), create, read_only)
        except BaseException:
            connection.close()
            raise


# By the beginning of SQLite's own name for the error. What is not here is a mistake of
# ours and stays an exception of SQLite's.
_WORDS = {
    "SQLITE_NOTADB": "{path} is not an SQLite database: give another path with --catalog",
    "SQLITE_CORRUPT": (
        "{path} is damaged or cut off: put the last published snapshot or a backup in its place"
    ),
    "SQLITE_BUSY": "{path} is being written by another program: try again when it is done",
    "SQLITE_LOCKED": "{path} is being written by another program: try again when it is done",
    "SQLITE_FULL": "{path} cannot grow, the disk is full: free some space and run again",
    "SQLITE_READONLY": "{path} may not be written: change its permissions, or use a copy",
    "SQLITE_PERM": "{path} may not be opened: change its permissions",
    "SQLITE_CANTOPEN": "{path} cannot be opened: may you read it, and write in its folder?",
    "SQLITE_IOERR": "{path} cannot be read or written: the disk reports an error",
}


@contextmanager
def in_words(path: Path) -> Generator[None, None, None]:
    """Turn what SQLite says of the file at *path* within the block into a `CatalogError`."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        for start, words in _WORDS.items():
            if name.startswith(start):
                raise CatalogError(words.format(path=path)) from error
        raise


# How a writer writes. NORMAL waits for the disk at checkpoints only: a killed process loses
# nothing by it, and after a power cut the catalog is whole, without the last transactions.
# In MEMORY is what a statement with triggers would need to be undone; on disk, keeping that
# costs as much as the statement. The cache, 32 MB, is for the links of a host, which lie as
# far apart as the issues that name them. A checkpoint comes after 16 MB: by then most pages that
# it would have written several times are written once.
_WRITING = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "wal_autocheckpoint = 4000",
    "temp_store = MEMORY",
    "cache_size = -32000",
)


def look_before_holding(path: Path, *, create: bool) -> None:
    """Refuse what is no catalog and cannot become one, before anything is made beside it.

    Not for a file that this process has open: closing it again would let go of SQLite's locks.
    """
    _look_at(path, create)
    _refuse_snapshot(path)
    try:
        if not path.is_file():
            return
        with path.open("rb") as file:
            begins = file.read(len(BEGINNING))
    except OSError as error:
        raise CatalogError(f"{path} cannot be opened: {error.strerror}") from error
    if begins not in (b"", BEGINNING):
        raise CatalogError(_WORDS["SQLITE_NOTADB"].format(path=path))


def _look_before_opening(path: Path, create: bool) -> None:
    """Refuse what SQLite would report badly or not at all."""
    _look_at(path, create)
    if not path.parent.is_dir():
        raise CatalogError(f"the folder {path.parent} does not exist: make it first")


def _look_at(path: Path, create: bool) -> None:
    try:
        there, is_folder = path.exists(), path.is_dir()
    except OSError as error:
        raise CatalogError(f"{path} cannot be opened: {error.strerror}") from error
    if is_folder:
        raise CatalogError(f"{path} is a folder, not a catalog")
    if not there and not create:
        raise CatalogError(f"there is no catalog at {path}: `linkledger read` makes one")


def _refuse_snapshot(path: Path) -> None:
    """Refuse to write to what was published: its checksum says that it never changes."""
    try:
        sums = path.with_name(CHECKSUMS).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if any(line.split()[1:] == [path.name] for line in sums.splitlines()):
        raise CatalogError(f"{path} is a published snapshot: name the catalog itself, or a copy")


def _prepared(db: Catalog, create: bool, read_only: bool) -> Catalog:
    db.conn.execute("PRAGMA foreign_keys = ON")
    applied = {step.name for step in migrations.applied(db)}
    _refuse_strangers(db, applied, create)
    pending = _STEPS - applied
    if read_only:
        if pending:
            raise CatalogError(
                f"{db.path} was written by an older linkledger: run `linkledger read` once"
                " to bring it up to date"
            )
        refresh_views(db, temporary=True)
        return db
    # Outside of any transaction: only there SQLite changes its journal.
    for setting in _WRITING:
        db.execute_patiently(f"PRAGMA {setting}")
    if pending:
        with db.atomic():
            # What another program did while this one waited is not done again.
            migrations.apply(db)
            db.conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    refresh_views(db)
    return db


def _refuse_strangers(db: Catalog, applied: set[str], create: bool) -> None:
    """Refuse a database of another program, and one of a linkledger newer than this one."""
    if unknown := applied - _STEPS:
        raise CatalogError(
            f"{db.path} was written by a newer linkledger (it has the step {max(unknown)},"
            " which this one does not know): update linkledger"
        )
    if applied:
        return
    if db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise CatalogError(
            f"{db.path} is a database of another program, not a catalog:"
            " give another path with --catalog"
        )
    if not create:
        raise CatalogError(f"{db.path} is empty: `linkledger read` makes a catalog")
