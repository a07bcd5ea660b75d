"""What Datasette is told about a catalog: descriptions, labels, facets, canned queries."""

from typing import Any

from catalog.archives import present_archives
from catalog.database import Database
from catalog.schema.descriptions import describe, tables_of
from catalog.serve.queries import QUERIES

# The column that stands for a row wherever another table points to it.
_LABELS = {
    "archives": "source",
    "runs": "started_at",
    "issues": "file",
    "items": "title",
    "hosts": "name",
    "links": "url",
    "mentions": "text",
    "checks": "reason",
    "pages": "title",
    "repos": "full_name",
    "papers": "title",
}

# How a table is shown at first: by which columns people narrow it down, and its order.
_SHOWN: dict[str, dict[str, Any]] = {
    "runs": {"sort_desc": "id"},
    "issues": {"sort_desc": "date"},
    "items": {"facets": ["section"]},
    "links": {"facets": ["standing", "reason", "judge"]},
    "mentions": {"facets": ["kind"]},
    "checks": {"sort_desc": "id"},
    "repos": {"sort_desc": "stars", "facets": ["language", "license_spdx", "state"]},
    "papers": {"facets": [{"array": "categories"}]},
    "broken_links": {"sort_desc": "standing_since", "facets": ["reason", "level"]},
    "newly_broken": {"sort_desc": "standing_since", "facets": ["reason", "level"]},
    "suspect_links": {"sort_desc": "standing_since"},
    "moved_links": {"sort_desc": "standing_since"},
    "fixed_links": {"sort_desc": "fixed_at"},
    "issue_overview": {"sort_desc": "date"},
    "host_overview": {"sort_desc": "links"},
    "repo_overview": {"sort_desc": "stars", "facets": ["language", "license", "state"]},
    "stale_repos": {"sort": "pushed_at", "facets": ["language", "archived"]},
}

# Kept for triggers and searching; people read the views that are made of them.
_HIDDEN = frozenset({"host_totals", "year_totals"})


def metadata(db: Database, name: str) -> dict[str, Any]:
    """Return Datasette's metadata for the catalog *db*, which it knows by *name*."""
    titles = [archive.title for archive in present_archives(db) if archive.title]
    return {
        "title": "Link ledger" + (f" of {', '.join(titles)}" if titles else ""),
        "databases": {
            name: {
                "description": (
                    "Every link and repository that a newsletter archive names, night after"
                    " night, and what became of them."
                ),
                "tables": {table: _table(db, table) for table in _names(db)},
                "queries": {
                    query.name: {
                        "title": query.title,
                        "description": query.about,
                        "sql": query.sql.strip(),
                    }
                    for query in QUERIES
                },
            }
        },
    }


def _names(db: Database) -> list[str]:
    return [*tables_of(db), *db.view_names()]


def _table(db: Database, name: str) -> dict[str, Any]:
    words = describe(name, [row[1] for row in db.execute(f'PRAGMA table_info("{name}")')])
    told: dict[str, Any] = {"description": words.about, "columns": dict(words.columns)}
    if name in _LABELS:
        told["label_column"] = _LABELS[name]
    if name in _HIDDEN or name.endswith("_fts"):
        told["hidden"] = True
    return told | _SHOWN.get(name, {})
