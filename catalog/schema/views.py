"""The views of the catalog: the questions that people ask, as tables to select from.

They hold no data and are made anew whenever a newer linkledger opens a catalog to write.
What they count was counted when it was written (`catalog/schema/derived_1.py`). Those with a row
for each link, issue, host or repository have no order of their own: SQLite would calculate
every column of every row before it counted them.
"""

from catalog.database import Database
from catalog.names import IS_NAMED
from catalog.schema.derived_1 import broken_level
from catalog.suggestions import BEST_FIRST
from catalog.vocabulary import Standing

# One night is one `nightly`, or the commands of a night one after the other: what comes after
# the last run whose command was run again since. It is a crawl of what is due that makes a night:
# to read before it, and to read, to ask forges or to look at a few links once more after it,
# belongs to it, however often that is done. Untrusted runs count for nothing.
_LAST_NIGHT = """
    WITH looks AS (
        SELECT * FROM runs WHERE state <> 'untrusted' AND (
            EXISTS (SELECT 1 FROM checks WHERE checks.run_id = runs.id)
            OR EXISTS (SELECT 1 FROM repo_snapshots WHERE repo_snapshots.run_id = runs.id))
    ),
    crawls AS (
        SELECT id FROM looks WHERE command NOT IN ('read', 'enrich', 'crawl chosen')
    ),
    earlier AS (
        SELECT id FROM looks WHERE state NOT IN ('running', 'cut_short')
            AND iif(EXISTS (SELECT 1 FROM crawls),
                command <> 'read' AND id < (SELECT max(id) FROM crawls), true)
            AND EXISTS (
            SELECT 1 FROM looks AS later
            WHERE later.id > looks.id AND later.command = looks.command)
        ORDER BY id DESC LIMIT 1
    )
    SELECT min(id) AS first_run_id, max(id) AS last_run_id, min(started_at) AS started_at,
        max(finished_at) AS finished_at
    FROM looks WHERE id > ifnull((SELECT id FROM earlier), 0) HAVING count(*) > 0"""

# All that is not in `links` itself is a select of its own: what nobody asks for, such as
# the text of a hundred thousand links while they are counted, is then never looked up.
_HOST = "(SELECT name FROM hosts WHERE hosts.id = links.host_id) AS host"


def _seen(column: str) -> str:
    """Return a column of the check that the standing rests on."""
    return f"(SELECT {column} FROM checks WHERE checks.id = links.last_check_id) AS {column}"


def _met(column: str) -> str:
    """Return a column of the place where a reader met the link last."""
    return f"""(SELECT mentions.{column} FROM mentions WHERE mentions.link_id = links.id
            ORDER BY mentions.id DESC LIMIT 1) AS {column}"""


_PLACE = f"""
        {_met("file")},
        {_met("line")},
        {_met("text")},
        (SELECT items.title FROM mentions JOIN items ON items.id = mentions.item_id
            WHERE mentions.link_id = links.id ORDER BY mentions.id DESC LIMIT 1) AS item,
        links.mentions, links.first_mentioned,
        (SELECT full_name FROM repos WHERE repos.id = links.repo_id) AS repo"""

_SUGGESTION = f"""
        coalesce(nullif(links.suggestion, ''), (
            SELECT address FROM suggestions
            WHERE suggestions.link_id = links.id AND verdict IN ('ok', 'moved')
            ORDER BY {BEST_FIRST} LIMIT 1)) AS suggestion"""

_BROKEN = f"""
    SELECT links.id AS link_id, links.url, {_HOST}, links.reason,
        {broken_level("links")} AS level, {_seen("status")}, {_seen("evidence")},
        {_seen("final_url")}, links.standing_since, links.first_seen_broken, links.last_ok,
        links.strikes, links.flapping, {_SUGGESTION}, {_PLACE}
    FROM links"""

_NEWS_SINCE = "(SELECT started_at FROM last_night)"


def _share(part: str, whole: str) -> str:
    return f"round(1.0 * {part} / nullif({whole}, 0), 4)"


def _standing(standing: str) -> str:
    return f"sum(iif(standing = '{standing}', links, 0))"


def _level(level: str) -> str:
    return f"sum(iif({broken_level('year_totals')} = '{level}', links, 0))"


_COUNTED = ", ".join(standing.value for standing in Standing)

# What the forge says of a license, unless it found one that it does not know.
_LICENSE = """
    CASE WHEN ifnull(repos.license_spdx, 'NOASSERTION') = 'NOASSERTION'
    THEN coalesce(repos.license_detected, repos.license_spdx) ELSE repos.license_spdx END"""

VIEWS: dict[str, str] = {
    "last_night": _LAST_NIGHT,
    "broken_links": f"""{_BROKEN}
    WHERE links.present = 1 AND links.standing = 'broken'""",
    "newly_broken": f"""{_BROKEN}
    WHERE links.present = 1 AND links.standing = 'broken'
        AND links.standing_since >= {_NEWS_SINCE}""",
    "suspect_links": f"""
    SELECT links.id AS link_id, links.url, {_HOST}, links.reason, {_seen("status")},
        {_seen("evidence")}, {_seen("detail")}, links.standing_since, links.first_seen_broken,
        links.last_ok, links.strikes, links.next_check_at, {_PLACE}
    FROM links
    WHERE links.present = 1 AND links.standing = 'suspect'""",
    "moved_links": f"""
    SELECT links.id AS link_id, links.url, {_SUGGESTION}, {_seen("final_url")}, links.reason,
        {_HOST}, links.standing_since, {_PLACE}
    FROM links
    WHERE links.present = 1 AND links.standing = 'moved'""",
    "fixed_links": f"""
    SELECT links.id AS link_id, links.url, {_HOST}, links.fixed_at, links.standing,
        {_seen("final_url")}, {_PLACE}
    FROM links
    WHERE links.present = 1 AND links.fixed_at >= {_NEWS_SINCE}
        AND links.standing IN ('ok', 'moved')""",
    "issue_overview": f"""
    SELECT issues.id AS issue_id, issues.file, issues.date, issues.title, issues.declared,
        issues.items, issues.mentions, issues.links, issues.broken,
        {_share("issues.broken", "issues.links")} AS broken_share, issues.problem,
        archives.source AS archive
    FROM issues JOIN archives ON archives.id = issues.archive_id
    WHERE issues.present = 1""",
    "host_overview": f"""
    SELECT hosts.id AS host_id, hosts.name AS host, host_totals.links, {_COUNTED},
        {_share("broken", "host_totals.links")} AS broken_share
    FROM host_totals JOIN hosts ON hosts.id = host_totals.host_id
    WHERE host_totals.links > 0""",
    "link_rot_by_year": f"""
    SELECT year, sum(links) AS links, {_standing("ok")} AS ok, {_standing("moved")} AS moved,
        {_standing("broken")} AS broken,
        {_level("page")} AS broken_pages, {_level("host")} AS broken_hosts,
        {_standing("suspect")} AS suspect, {_standing("blocked")} AS blocked,
        {_share(_standing("broken"), "sum(links)")} AS broken_share,
        {_share(_level("page"), "sum(links)")} AS broken_pages_share,
        {_share(_level("host"), "sum(links)")} AS broken_hosts_share
    FROM year_totals WHERE links > 0 GROUP BY year ORDER BY year""",
    "repo_overview": f"""
    SELECT repos.id AS repo_id, repos.forge, repos.full_name, repos.url, repos.state,
        repos.renamed_to, repos.stars, repos.stars_night, repos.stars_week,
        repos.stars_month, repos.stars_year,
        repos.forks, repos.open_issues, repos.language, {_LICENSE} AS license,
        repos.license_spdx, repos.license_detected, repos.license_category,
        repos.archived, repos.pushed_at, repos.latest_release,
        repos.description, first.date AS first_issue_date, first.file AS first_issue,
        last.date AS last_issue_date, last.file AS last_issue, repos.mentions, repos.pages,
        repos.fetched_at,
        (SELECT json_group_array(DISTINCT repo_names.full_name) FROM repos AS named
            JOIN repo_names ON repo_names.repo_id = named.id
            WHERE named.id = repos.id OR named.successor_id = repos.id) AS names
    FROM repos
    LEFT JOIN issues AS first ON first.id = repos.first_issue_id
    LEFT JOIN issues AS last ON last.id = repos.last_issue_id
    WHERE repos.successor_id IS NULL AND {IS_NAMED}""",
    "license_overview": f"""
    SELECT {_LICENSE} AS license, max(license_category) AS category, count(*) AS repos,
        {_share("count(*)", "sum(count(*)) OVER ()")} AS share, sum(stars) AS stars,
        sum(archived) AS archived, sum(mentions) AS mentions
    FROM repos WHERE successor_id IS NULL AND fetched_at IS NOT NULL AND {IS_NAMED}
    GROUP BY 1 ORDER BY repos DESC""",
    "language_by_year": """
    SELECT ifnull(substr(issues.date, 1, 4), '') AS year, repos.language, count(*) AS repos,
        sum(repos.stars) AS stars, sum(repos.mentions) AS mentions
    FROM repos JOIN issues ON issues.id = repos.first_issue_id
    WHERE repos.successor_id IS NULL AND repos.fetched_at IS NOT NULL
    GROUP BY 1, 2 ORDER BY year, repos DESC""",
    "stale_repos": f"""
    SELECT repos.id AS repo_id, repos.forge, repos.full_name, repos.url, repos.pushed_at,
        cast(julianday(repos.fetched_at) - julianday(repos.pushed_at) AS INTEGER)
            AS days_since_push,
        repos.archived, repos.stars, repos.language, {_LICENSE} AS license, repos.mentions,
        last.date AS last_issue_date, last.file AS last_issue
    FROM repos LEFT JOIN issues AS last ON last.id = repos.last_issue_id
    WHERE repos.successor_id IS NULL AND repos.state IN ('ok', 'renamed') AND {IS_NAMED}
        AND (repos.archived OR repos.pushed_at < date(repos.fetched_at, '-2 years'))""",
}


def refresh_views(db: Database, *, temporary: bool = False) -> None:
    """Make the views of *db* those of this version.

    Where *db* may not be written, *temporary* ones stand in front of its own.
    """
    wanted = {name: f"CREATE VIEW {name} AS{select}" for name, select in VIEWS.items()}
    if _views(db) == wanted:
        return
    if temporary:
        for name, select in VIEWS.items():
            db.conn.execute(f"CREATE TEMP VIEW {name} AS{select}")
        return
    with db.atomic():
        # Looked at again: another program may have made them while this one waited.
        for name in _views(db):
            db.conn.execute(f'DROP VIEW "{name}"')
        for statement in wanted.values():
            db.conn.execute(statement)


def _views(db: Database) -> dict[str, str]:
    return dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())
