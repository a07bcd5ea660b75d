"""The data dictionary, `docs/catalog.md`, made of the schema and its descriptions.

`python -m catalog.schema.dictionary docs/catalog.md` writes it; with `--check` it only compares.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from catalog.connection import open_catalog
from catalog.database import Database
from catalog.schema.descriptions import describe, tables_of
from catalog.schema.views import VIEWS

_HEAD = """\
# The catalog

One SQLite file that any tool opens. Times are UTC, as ISO 8601 text that ends in `Z`; flags
are 0 or 1; lists are JSON. Every table is `STRICT`, every foreign key is declared and indexed.
What stands of a link is derived from its checks, and what is counted is kept by triggers: read
as you like, but let only `linkledger` write.

Start with the views. [The cookbook](cookbook.md) has twenty questions with their SQL.

`linkledger catalog publish DIR` writes a copy that never changes, with its checksum, and what
Datasette needs to show it as `linkledger catalog serve DIR` does, without linkledger:

    datasette --immutable catalog.db --metadata metadata.json --plugins-dir plugins

![The home page of a served catalog: figures, link rot by year, verdicts](images/home-dark.png)

<!-- Made by `python -m catalog.schema.dictionary docs/catalog.md` from the schema and from
catalog/schema/descriptions.toml: change those. -->
"""


def dictionary(db: Database) -> str:
    """Return the data dictionary of *db* in Markdown."""
    tables = [name for name in tables_of(db) if not name.endswith("_fts")]
    indexes = [name for name in tables_of(db) if name.endswith("_fts")]
    parts = [_HEAD, "## How the tables hang together\n", _diagram(db, tables), "## Views\n"]
    parts += [_section(db, name) for name in VIEWS]
    parts.append("## Tables\n")
    parts += [_section(db, name) for name in tables]
    parts.append("## Full-text search\n")
    parts += [_section(db, name) for name in indexes]
    return "\n".join(parts).rstrip("\n") + "\n"


def _diagram(db: Database, tables: Sequence[str]) -> str:
    lines = sorted(
        f"    {key.other_table} ||--o{{ {name} : {key.column}"
        for name in tables
        for key in db.table(name).foreign_keys
        # Everything that was observed points to its run; drawn, that would hide the rest.
        if key.other_table != "runs"
    )
    return "\n".join(["```mermaid", "erDiagram", *lines, "```", ""])


def _section(db: Database, name: str) -> str:
    rows = db.execute(f'PRAGMA table_info("{name}")').fetchall()
    words = describe(name, [row[1] for row in rows])
    lines = [f"### {name}\n", f"{words.about}\n"]
    if name in VIEWS or name.endswith("_fts"):
        lines += ["| column | meaning |", "|---|---|"]
        lines += [f"| `{row[1]}` | {_cell(words.columns[row[1]])} |" for row in rows]
    else:
        lines += ["| column | type | meaning |", "|---|---|---|"]
        lines += list(_columns(db, name, rows, words.columns))
    return "\n".join([*lines, ""])


def _columns(
    db: Database, name: str, rows: Sequence[tuple[Any, ...]], meaning: Mapping[str, str]
) -> Iterator[str]:
    targets = {key.column: key.other_table for key in db.table(name).foreign_keys}
    for _, column, kind, not_null, _, part_of_key in rows:
        notes = [kind]
        if part_of_key:
            notes.append("key")
        elif not not_null:
            notes.append("may be empty")
        if column in targets:
            notes.append(f"→ [{targets[column]}](#{targets[column]})")
        yield f"| `{column}` | {', '.join(notes)} | {_cell(meaning[column])} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Write the dictionary to the file named first, or compare it with `--check`."""
    path = Path(arguments[0])
    with TemporaryDirectory() as folder:
        db = open_catalog(Path(folder) / "catalog.db")
        text = dictionary(db)
        db.close()
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8")
        return 0
    if path.read_text(encoding="utf-8") == text:
        return 0
    advice = f"run `python -m catalog.schema.dictionary {path}`"
    print(f"{path} is out of date: {advice}", file=sys.stderr)  # noqa: T201 - a developers' tool
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
