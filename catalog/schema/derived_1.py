"""What the first release derives from its tables: totals, search indexes, and their triggers.

Triggers, and not the code that writes, keep these in step: whoever writes, and wherever a
run is killed, a total is the sum of its rows. `catalog/totals.py` counts them anew, and
`catalog check` compares. The text that FTS5 indexes comes from `search_text`
(`catalog/words.py`), which `open_catalog` provides.
"""

from collections.abc import Iterable

from catalog.vocabulary import Standing

_STANDINGS = tuple(standing.value for standing in Standing)

# The reasons that speak of the whole host and not of the one page.
HOST_REASONS = (
    "host_not_found",
    "dns_failure",
    "parked",
    "timeout",
    "connection_refused",
    "connection_reset",
    "tls_invalid",
    "tls_error",
    "protocol_error",
)


def broken_level(row: str) -> str:
    """Return SQL for what is broken of the link in *row*: its host, its page, or nothing."""
    reasons = ", ".join(f"'{reason}'" for reason in HOST_REASONS)
    return (
        f"CASE WHEN {row}.standing <> 'broken' THEN ''"
        f" WHEN {row}.reason IN ({reasons}) THEN 'host' ELSE 'page' END"
    )


def _reason(row: str) -> str:
    return f"ifnull({row}.reason, '')"


def _year(row: str) -> str:
    return f"ifnull(substr({row}.first_mentioned, 1, 4), '')"


_COUNTERS = ",\n".join(f"        {standing} INTEGER NOT NULL DEFAULT 0" for standing in _STANDINGS)

_TOTALS = (
    f"""
    CREATE TABLE host_totals (
        host_id INTEGER PRIMARY KEY REFERENCES hosts (id),
        links INTEGER NOT NULL DEFAULT 0,
{_COUNTERS}
    ) STRICT""",
    """
    CREATE TABLE year_totals (
        year TEXT NOT NULL,
        standing TEXT NOT NULL,
        reason TEXT NOT NULL,
        links INTEGER NOT NULL,
        PRIMARY KEY (year, standing, reason)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX idx_host_totals_broken ON host_totals (broken)",
    "CREATE INDEX idx_host_totals_links ON host_totals (links)",
)


def _same(row: str) -> str:
    """Return SQL that finds the total of the year in which the link in *row* is counted."""
    return f"year = {_year(row)} AND standing = {row}.standing AND reason = {_reason(row)}"


def _moves(standings: Iterable[str]) -> str:
    """Return SQL that counts a link of a host no more as the old, but as the new standing."""
    return ", ".join(
        f"{name} = {name} + (new.standing = '{name}') - (old.standing = '{name}')"
        for name in standings
    )


def _count(row: str, sign: int) -> str:
    """Return SQL that counts the link in *row*, or takes it out again where *sign* is -1."""
    same = _same(row)
    counters = ", ".join(
        f"{name} = {name} + ({row}.standing = '{name}') * {sign}" for name in _STANDINGS
    )
    return f"""
        INSERT INTO host_totals (host_id) SELECT {row}.host_id
        WHERE {row}.present AND {row}.host_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM host_totals WHERE host_id = {row}.host_id);
        UPDATE host_totals SET links = links + ({sign}), {counters}
        WHERE {row}.present AND host_id = {row}.host_id;
        INSERT INTO year_totals (year, standing, reason, links)
        SELECT {_year(row)}, {row}.standing, {_reason(row)}, 0
        WHERE {row}.present AND NOT EXISTS (SELECT 1 FROM year_totals WHERE {same});
        UPDATE year_totals SET links = links + ({sign}) WHERE {row}.present AND {same};"""


# What the totals are to be: the same counts, taken from the links at once.
HOST_COUNTS = f"""
    SELECT links.host_id, count(*),
        {", ".join(f"sum(links.standing = '{name}')" for name in _STANDINGS)}
    FROM links WHERE links.present AND links.host_id IS NOT NULL GROUP BY links.host_id"""

YEAR_COUNTS = f"""
    SELECT {_year("links")} AS year, links.standing, {_reason("links")} AS reason, count(*)
    FROM links WHERE links.present GROUP BY 1, 2, 3"""

RECOUNT = (
    "DELETE FROM host_totals",
    f"INSERT INTO host_totals (host_id, links, {', '.join(_STANDINGS)}) {HOST_COUNTS}",
    "DELETE FROM year_totals",
    f"INSERT INTO year_totals (year, standing, reason, links) {YEAR_COUNTS}",
)

# Where a link is counted, and as what.
_PLACES = ("present", "host_id", "first_mentioned")
_STATES = ("standing", "reason")


def _changed(columns: Iterable[str]) -> str:
    return " OR ".join(f"old.{name} IS NOT new.{name}" for name in columns)


_COUNTING = (
    f"CREATE TRIGGER links_counted AFTER INSERT ON links BEGIN {_count('new', 1)} END",
    f"CREATE TRIGGER links_discounted AFTER DELETE ON links BEGIN {_count('old', -1)} END",
    f"""
    CREATE TRIGGER links_recounted AFTER UPDATE OF {", ".join(_PLACES)} ON links
    WHEN {_changed(_PLACES)}
    BEGIN {_count("old", -1)} {_count("new", 1)} END""",
    # Each visit may come to this one. It changes only what changes of the totals: the numbers
    # of links of a host, and of broken ones, have an index each.
    f"""
    CREATE TRIGGER links_stand_otherwise AFTER UPDATE OF {", ".join(_STATES)} ON links
    WHEN new.present AND ({_changed(_STATES)}) AND NOT ({_changed(_PLACES)})
    BEGIN
        UPDATE host_totals SET {_moves(name for name in _STANDINGS if name != "broken")}
        WHERE host_id = new.host_id AND old.standing <> new.standing;
        UPDATE host_totals SET {_moves(["broken"])}
        WHERE host_id = new.host_id AND (old.standing = 'broken') <> (new.standing = 'broken');
        UPDATE year_totals SET links = links - 1 WHERE {_same("old")};
        INSERT INTO year_totals (year, standing, reason, links)
        VALUES ({_year("new")}, new.standing, {_reason("new")}, 1)
        ON CONFLICT DO UPDATE SET links = links + 1;
    END""",
    """
    CREATE TRIGGER links_broke AFTER UPDATE OF standing ON links
    WHEN (old.standing = 'broken') <> (new.standing = 'broken')
    BEGIN
        UPDATE issues SET broken = broken + (new.standing = 'broken') - (old.standing = 'broken')
        WHERE id IN (SELECT issue_id FROM mentions WHERE link_id = new.id);
    END""",
)


def count_names(repo: str, where: str) -> str:
    """Return SQL that counts anew which issues name the repositories that *where* chooses.

    *repo* is the expression for the repository's number. What names a row for one of its
    older names names it, too.
    """
    named = f"""
        SELECT issues.id, issues.date FROM repos AS named
        JOIN repo_mentions ON repo_mentions.repo_id = named.id
        JOIN mentions ON mentions.id = repo_mentions.mention_id
        JOIN issues ON issues.id = mentions.issue_id
        WHERE named.id = {repo} OR named.successor_id = {repo}"""
    return f"""
        UPDATE repos SET
            mentions = (SELECT count(*) FROM ({named})),
            first_issue_id = (SELECT id FROM ({named}) ORDER BY date IS NULL, date, id LIMIT 1),
            last_issue_id = (SELECT id FROM ({named}) ORDER BY date DESC, id DESC LIMIT 1)
        WHERE {where}"""


# Stars gained since a snapshot that is at least so many days older than the newest one,
# and not more than twice as old: a gap in the history is no growth.
def _gained(days: int) -> str:
    return f"""
        (SELECT newest.stars - older.stars FROM repo_snapshots AS older
         WHERE older.repo_id = newest.repo_id AND older.stars IS NOT NULL
             AND older.taken_on BETWEEN date(newest.taken_on, '-{2 * days} days')
                 AND date(newest.taken_on, '-{days} days')
         ORDER BY older.taken_on DESC LIMIT 1)"""


def count_growth(repo: str, where: str) -> str:
    """Return SQL that counts anew how the stars of the repositories in *where* grew."""
    return f"""
        UPDATE repos SET (stars_night, stars_week, stars_month, stars_year) = (
            SELECT (SELECT newest.stars - older.stars FROM repo_snapshots AS older
                    WHERE older.repo_id = newest.repo_id AND older.stars IS NOT NULL
                        AND older.taken_on < newest.taken_on
                    ORDER BY older.taken_on DESC LIMIT 1),
                {_gained(7)}, {_gained(30)}, {_gained(365)}
            FROM repo_snapshots AS newest
            WHERE newest.repo_id = {repo} AND newest.stars IS NOT NULL
            ORDER BY newest.taken_on DESC LIMIT 1)
        WHERE {where}"""


_NAMING = (
    """
    CREATE TRIGGER repo_named_by_page AFTER INSERT ON repo_mentions WHEN new.via = 'page'
    BEGIN UPDATE repos SET pages = pages + 1 WHERE id = new.repo_id; END""",
    """
    CREATE TRIGGER repo_not_named_by_page AFTER DELETE ON repo_mentions WHEN old.via = 'page'
    BEGIN UPDATE repos SET pages = pages - 1 WHERE id = old.repo_id; END""",
    f"""
    CREATE TRIGGER repo_succeeded AFTER UPDATE OF successor_id ON repos
    WHEN old.successor_id IS NOT new.successor_id
    BEGIN
        {count_names("old.successor_id", "id = old.successor_id")};
        {count_names("new.successor_id", "id = new.successor_id")};
    END""",
    f"""
    CREATE TRIGGER repo_grew AFTER INSERT ON repo_snapshots WHEN new.stars IS NOT NULL
    BEGIN {count_growth("new.repo_id", "id = new.repo_id")}; END""",
    f"""
    CREATE TRIGGER repo_grew_again AFTER UPDATE OF stars ON repo_snapshots
    WHEN old.stars IS NOT new.stars
    BEGIN {count_growth("new.repo_id", "id = new.repo_id")}; END""",
)

# Index, the table whose text it holds, that table's key, and its columns.
SEARCHED = (
    ("items_fts", "items", "id", ("title", "summary", "source")),
    ("pages_fts", "pages", "link_id", ("title", "description", "author")),
    ("repos_fts", "repos", "id", ("full_name", "description", "topics")),
)


def _search(index: str, table: str, key: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Return the index of *table* and the triggers that keep it."""
    names = ", ".join(columns)

    def texts(row: str) -> str:
        return ", ".join(f"search_text({row}.{column})" for column in columns)

    put = f"INSERT INTO {index} (rowid, {names}) VALUES (new.{key}, {texts('new')});"
    take = (
        f"INSERT INTO {index} ({index}, rowid, {names})"
        f" VALUES ('delete', old.{key}, {texts('old')});"
    )
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    return (
        # The double quotes are how Datasette finds the index of a table.
        f"""
    CREATE VIRTUAL TABLE {index} USING fts5 (
        {names}, content="{table}", content_rowid="{key}", tokenize="unicode61"
    )""",
        f"CREATE TRIGGER {index}_put AFTER INSERT ON {table} BEGIN {put} END",
        f"CREATE TRIGGER {index}_taken AFTER DELETE ON {table} BEGIN {take} END",
        f"CREATE TRIGGER {index}_changed AFTER UPDATE OF {names} ON {table}"
        f" WHEN {changed} BEGIN {take} {put} END",
    )


DERIVED = (
    *_TOTALS,
    *_COUNTING,
    *_NAMING,
    *(statement for searched in SEARCHED for statement in _search(*searched)),
)
