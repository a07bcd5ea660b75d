"""The schema of the catalog, as the steps that lead to it; each released step is frozen."""

from enum import StrEnum

from catalog.database import Database, Migrations
from catalog.schema.derived_1 import DERIVED
from catalog.vocabulary import (
    Judge,
    MentionKind,
    Reason,
    RepoState,
    Standing,
    SuggestionKind,
    Verdict,
    Via,
)

migrations = Migrations("linkledger")


def _one_of(column: str, words: type[StrEnum]) -> str:
    """Return the SQL that *column* holds one of *words*, for a CHECK.

    Not by IN: in a CHECK, SQLite would make a table of the list anew for each row, which
    costs more than the rest of writing it.
    """
    return " OR ".join(f"{column} = '{word}'" for word in words)


# Views of the newest schema are not here: they hold no data and are made anew at each
# opening (`catalog/schema/views.py`).


@migrations()
def m001_tables(db: Database) -> None:
    """Create every table of the first release."""
    for statement in (*_TABLES_1, *DERIVED):
        db.execute(statement)


_TABLES_1 = (
    """
    CREATE TABLE archives (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL DEFAULT 'folder',
        title TEXT NOT NULL DEFAULT '',
        language TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        command TEXT NOT NULL,
        version TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        state TEXT NOT NULL DEFAULT 'running'
            CHECK (state IN ('running', 'done', 'cut_short', 'untrusted')),
        note TEXT NOT NULL DEFAULT '',
        summary TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(summary))
    ) STRICT""",
    """
    CREATE TABLE issues (
        id INTEGER PRIMARY KEY,
        archive_id INTEGER NOT NULL REFERENCES archives (id),
        run_id INTEGER NOT NULL REFERENCES runs (id),
        file TEXT NOT NULL,
        date TEXT,
        title TEXT NOT NULL DEFAULT '',
        subtitle TEXT NOT NULL DEFAULT '',
        declared INTEGER,
        sha256 TEXT NOT NULL DEFAULT '',
        problem TEXT NOT NULL DEFAULT '',
        present INTEGER NOT NULL DEFAULT 1 CHECK (present IN (0, 1)),
        items INTEGER NOT NULL DEFAULT 0,
        mentions INTEGER NOT NULL DEFAULT 0,
        links INTEGER NOT NULL DEFAULT 0,
        broken INTEGER NOT NULL DEFAULT 0,
        UNIQUE (archive_id, file)
    ) STRICT""",
    """
    CREATE TABLE items (
        id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        line INTEGER NOT NULL,
        section TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL DEFAULT '',
        source TEXT NOT NULL DEFAULT '',
        summary TEXT NOT NULL DEFAULT '',
        prefixes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(prefixes)),
        papers TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(papers)),
        fields TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(fields)),
        hot INTEGER NOT NULL DEFAULT 0 CHECK (hot IN (0, 1)),
        footer INTEGER NOT NULL DEFAULT 0 CHECK (footer IN (0, 1)),
        UNIQUE (issue_id, position)
    ) STRICT""",
    """
    CREATE TABLE hosts (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        robots_txt TEXT,
        robots_status INTEGER,
        robots_fetched_at TEXT,
        lease TEXT,
        leased_until TEXT,
        next_visit_at TEXT
    ) STRICT""",
    f"""
    CREATE TABLE repos (
        id INTEGER PRIMARY KEY,
        forge TEXT NOT NULL,
        forge_id TEXT,
        node_id TEXT,
        owner TEXT NOT NULL,
        name TEXT NOT NULL,
        full_name TEXT NOT NULL COLLATE NOCASE,
        url TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'unknown' CHECK ({_one_of("state", RepoState)}),
        state_since TEXT,
        message TEXT NOT NULL DEFAULT '',
        renamed_to TEXT,
        successor_id INTEGER REFERENCES repos (id),
        name_taken_by TEXT,
        name_taken_since TEXT,
        stars INTEGER,
        forks INTEGER,
        open_issues INTEGER,
        downloads INTEGER,
        task TEXT,
        language TEXT,
        languages TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(languages)),
        license_spdx TEXT,
        license_detected TEXT,
        license_name TEXT,
        license_category TEXT,
        description TEXT,
        homepage TEXT,
        topics TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(topics)),
        archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
        archived_since TEXT,
        disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
        is_fork INTEGER NOT NULL DEFAULT 0 CHECK (is_fork IN (0, 1)),
        is_mirror INTEGER NOT NULL DEFAULT 0 CHECK (is_mirror IN (0, 1)),
        is_template INTEGER NOT NULL DEFAULT 0 CHECK (is_template IN (0, 1)),
        is_empty INTEGER NOT NULL DEFAULT 0 CHECK (is_empty IN (0, 1)),
        is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
        parent TEXT,
        default_branch TEXT,
        created_at TEXT,
        pushed_at TEXT,
        latest_release TEXT,
        etag TEXT NOT NULL DEFAULT '',
        fetched_at TEXT,
        license_read_at TEXT,
        history_read_at TEXT,
        next_look_at TEXT NOT NULL,
        run_id INTEGER REFERENCES runs (id),
        mentions INTEGER NOT NULL DEFAULT 0,
        pages INTEGER NOT NULL DEFAULT 0,
        first_issue_id INTEGER REFERENCES issues (id),
        last_issue_id INTEGER REFERENCES issues (id),
        stars_night INTEGER,
        stars_week INTEGER,
        stars_month INTEGER,
        stars_year INTEGER,
        UNIQUE (forge, full_name),
        UNIQUE (forge, forge_id)
    ) STRICT""",
    """
    CREATE TABLE repo_names (
        id INTEGER PRIMARY KEY,
        repo_id INTEGER NOT NULL REFERENCES repos (id),
        full_name TEXT NOT NULL COLLATE NOCASE,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL,
        UNIQUE (repo_id, full_name)
    ) STRICT""",
    """
    CREATE TABLE repo_snapshots (
        repo_id INTEGER NOT NULL REFERENCES repos (id),
        taken_on TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs (id),
        taken_at TEXT NOT NULL,
        source TEXT NOT NULL DEFAULT 'look' CHECK (source IN ('look', 'history')),
        stars INTEGER,
        forks INTEGER,
        open_issues INTEGER,
        pushed_at TEXT,
        latest_release TEXT,
        PRIMARY KEY (repo_id, taken_on)
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE papers (
        id INTEGER PRIMARY KEY,
        arxiv_id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL DEFAULT 'unknown' CHECK (state IN ('ok', 'gone', 'unknown')),
        message TEXT NOT NULL DEFAULT '',
        title TEXT,
        authors TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(authors)),
        categories TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(categories)),
        published_at TEXT,
        updated_at TEXT,
        version INTEGER,
        withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
        fetched_at TEXT,
        next_look_at TEXT NOT NULL,
        run_id INTEGER REFERENCES runs (id)
    ) STRICT""",
    f"""
    CREATE TABLE links (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        url TEXT NOT NULL,
        host_id INTEGER REFERENCES hosts (id),
        judge TEXT NOT NULL DEFAULT 'page' CHECK ({_one_of("judge", Judge)}),
        repo_id INTEGER REFERENCES repos (id),
        paper_id INTEGER REFERENCES papers (id),
        present INTEGER NOT NULL DEFAULT 1 CHECK (present IN (0, 1)),
        first_seen_at TEXT NOT NULL,
        mentions INTEGER NOT NULL DEFAULT 0,
        first_mentioned TEXT,
        last_mentioned TEXT,
        standing TEXT NOT NULL DEFAULT 'unchecked' CHECK ({_one_of("standing", Standing)}),
        standing_since TEXT,
        reason TEXT CHECK ({_one_of("reason", Reason)}),
        first_seen_broken TEXT,
        last_ok TEXT,
        strikes INTEGER NOT NULL DEFAULT 0,
        flapping INTEGER NOT NULL DEFAULT 0 CHECK (flapping IN (0, 1)),
        fixed_at TEXT,
        suggestion TEXT NOT NULL DEFAULT '',
        next_check_at TEXT,
        last_check_id INTEGER REFERENCES checks (id),
        etag TEXT NOT NULL DEFAULT '',
        last_modified TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    f"""
    CREATE TABLE mentions (
        id INTEGER PRIMARY KEY,
        issue_id INTEGER NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
        item_id INTEGER REFERENCES items (id) ON DELETE CASCADE,
        link_id INTEGER REFERENCES links (id),
        file TEXT NOT NULL,
        line INTEGER NOT NULL CHECK (line > 0),
        column INTEGER NOT NULL CHECK (column > 0),
        url TEXT NOT NULL,
        url_line INTEGER NOT NULL CHECK (url_line > 0),
        url_column INTEGER NOT NULL CHECK (url_column > 0),
        kind TEXT NOT NULL CHECK ({_one_of("kind", MentionKind)}),
        text TEXT NOT NULL DEFAULT '',
        section TEXT NOT NULL DEFAULT '',
        footer INTEGER NOT NULL DEFAULT 0 CHECK (footer IN (0, 1)),
        relative INTEGER NOT NULL DEFAULT 0 CHECK (relative IN (0, 1)),
        optional INTEGER NOT NULL DEFAULT 0 CHECK (optional IN (0, 1))
    ) STRICT""",
    f"""
    CREATE TABLE checks (
        id INTEGER PRIMARY KEY,
        link_id INTEGER NOT NULL REFERENCES links (id),
        run_id INTEGER NOT NULL REFERENCES runs (id),
        checked_at TEXT NOT NULL,
        verdict TEXT NOT NULL CHECK ({_one_of("verdict", Verdict)}),
        reason TEXT NOT NULL CHECK ({_one_of("reason", Reason)}),
        status INTEGER,
        final_url TEXT NOT NULL DEFAULT '',
        failure TEXT CHECK ({_one_of("failure", Reason)}),
        detail TEXT NOT NULL DEFAULT '',
        rule TEXT NOT NULL DEFAULT '',
        evidence TEXT NOT NULL DEFAULT '',
        suggestion TEXT NOT NULL DEFAULT '',
        hops TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(hops)),
        seen TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(seen)),
        seconds REAL NOT NULL DEFAULT 0,
        size INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    """
    CREATE TABLE pages (
        link_id INTEGER PRIMARY KEY REFERENCES links (id),
        check_id INTEGER NOT NULL REFERENCES checks (id),
        run_id INTEGER NOT NULL REFERENCES runs (id),
        title TEXT NOT NULL DEFAULT '',
        heading TEXT NOT NULL DEFAULT '',
        lead TEXT NOT NULL DEFAULT '',
        description TEXT NOT NULL DEFAULT '',
        author TEXT NOT NULL DEFAULT '',
        language TEXT NOT NULL DEFAULT '',
        published TEXT NOT NULL DEFAULT '',
        canonical TEXT NOT NULL DEFAULT '',
        charset TEXT NOT NULL DEFAULT '',
        content_type TEXT NOT NULL DEFAULT '',
        fingerprint TEXT NOT NULL DEFAULT '',
        text_length INTEGER NOT NULL DEFAULT 0,
        drift TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    f"""
    CREATE TABLE repo_mentions (
        id INTEGER PRIMARY KEY,
        repo_id INTEGER NOT NULL REFERENCES repos (id),
        via TEXT NOT NULL CHECK ({_one_of("via", Via)}),
        mention_id INTEGER REFERENCES mentions (id) ON DELETE CASCADE,
        link_id INTEGER REFERENCES links (id),
        CHECK ((via = 'page') = (mention_id IS NULL)),
        CHECK ((via = 'page') = (link_id IS NOT NULL)),
        UNIQUE (repo_id, mention_id),
        UNIQUE (repo_id, link_id)
    ) STRICT""",
    f"""
    CREATE TABLE suggestions (
        id INTEGER PRIMARY KEY,
        link_id INTEGER NOT NULL REFERENCES links (id),
        kind TEXT NOT NULL CHECK ({_one_of("kind", SuggestionKind)}),
        address TEXT NOT NULL,
        found_at TEXT NOT NULL,
        visited_at TEXT,
        verdict TEXT CHECK ({_one_of("verdict", Verdict)}),
        UNIQUE (link_id, address),
        CHECK ((visited_at IS NULL) = (verdict IS NULL))
    ) STRICT""",
    """
    CREATE TABLE archived_copies (
        link_id INTEGER PRIMARY KEY REFERENCES links (id),
        before TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        taken_at TEXT,
        address TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    "CREATE INDEX idx_issues_run_id ON issues (run_id)",
    "CREATE INDEX idx_links_host_due ON links (host_id, judge, present, next_check_at)",
    "CREATE INDEX idx_links_standing ON links (standing, standing_since DESC) WHERE present = 1",
    "CREATE INDEX idx_links_fixed_at ON links (fixed_at) WHERE fixed_at IS NOT NULL",
    "CREATE INDEX idx_links_repo_id ON links (repo_id)",
    "CREATE INDEX idx_links_paper_id ON links (paper_id)",
    "CREATE INDEX idx_links_last_check_id ON links (last_check_id)",
    "CREATE INDEX idx_mentions_issue_id ON mentions (issue_id)",
    "CREATE INDEX idx_mentions_item_id ON mentions (item_id)",
    "CREATE INDEX idx_mentions_link_id ON mentions (link_id)",
    "CREATE INDEX idx_checks_link_id ON checks (link_id, checked_at)",
    "CREATE INDEX idx_checks_run_id ON checks (run_id)",
    "CREATE INDEX idx_pages_check_id ON pages (check_id)",
    "CREATE INDEX idx_pages_run_id ON pages (run_id)",
    "CREATE INDEX idx_repos_next_look_at ON repos (next_look_at)",
    "CREATE INDEX idx_repos_run_id ON repos (run_id)",
    "CREATE INDEX idx_repos_successor_id ON repos (successor_id)",
    "CREATE INDEX idx_repos_first_issue_id ON repos (first_issue_id)",
    "CREATE INDEX idx_repos_last_issue_id ON repos (last_issue_id)",
    "CREATE INDEX idx_repo_names_full_name ON repo_names (full_name)",
    "CREATE INDEX idx_repos_stars ON repos (stars)",
    "CREATE INDEX idx_repos_pushed_at ON repos (pushed_at)",
    "CREATE INDEX idx_repo_snapshots_run_id ON repo_snapshots (run_id)",
    "CREATE INDEX idx_repo_mentions_mention_id ON repo_mentions (mention_id)",
    "CREATE INDEX idx_repo_mentions_link_id ON repo_mentions (link_id)",
    "CREATE INDEX idx_papers_next_look_at ON papers (next_look_at)",
    "CREATE INDEX idx_papers_run_id ON papers (run_id)",
)
