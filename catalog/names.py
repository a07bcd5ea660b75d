"""Hosts, repositories and papers by name: the row of each, made where it is new."""

from catalog.database import Database
from catalog.records import RepoName

# Whether an issue that is still there names a repository, by any of its names, or the page of
# a link that is. What nothing names any more is kept, and neither asked about nor listed.
IS_NAMED = """(repos.mentions > 0 OR EXISTS (
        SELECT 1 FROM repos AS named
        JOIN repo_mentions ON repo_mentions.repo_id = named.id
        JOIN links ON links.id = repo_mentions.link_id
        WHERE (named.id = repos.id OR named.successor_id = repos.id) AND links.present = 1))"""


def name_host(db: Database, host: str) -> int:
    """Return the number of the host called *host*."""
    row = db.execute("SELECT id FROM hosts WHERE name = ?", (host,)).fetchone()
    if row is None:
        row = db.execute("INSERT INTO hosts (name) VALUES (?) RETURNING id", (host,)).fetchone()
    return int(row[0])


def name_repository(db: Database, repo: RepoName, now: str) -> int:
    """Return the number of the repository that *repo* names, now or in earlier times.

    A name that a repository has today goes before one that another had once: names
    change hands. A new repository is due for a look from *now*, a stamp, on.
    """
    row = db.execute(
        "SELECT id FROM repos WHERE forge = ? AND full_name = ?", (repo.host, repo.full_name)
    ).fetchone()
    if row is None:
        row = db.execute(
            """
            SELECT repos.id FROM repo_names JOIN repos ON repos.id = repo_names.repo_id
            WHERE repos.forge = ? AND repo_names.full_name = ?
            ORDER BY repo_names.last_seen DESC LIMIT 1""",
            (repo.host, repo.full_name),
        ).fetchone()
    if row is not None:
        return int(row[0])
    return _new_repository(db, repo, now)


def name_paper(db: Database, arxiv_id: str, now: str) -> int:
    """Return the number of the paper with *arxiv_id*; a new one is due from *now* on."""
    row = db.execute("SELECT id FROM papers WHERE arxiv_id = ?", (arxiv_id,)).fetchone()
    if row is None:
        row = db.execute(
            "INSERT INTO papers (arxiv_id, next_look_at) VALUES (?, ?) RETURNING id",
            (arxiv_id, now),
        ).fetchone()
    return int(row[0])


def _new_repository(db: Database, repo: RepoName, now: str) -> int:
    (repo_id,) = db.execute(
        """
        INSERT INTO repos (forge, owner, name, full_name, url, next_look_at)
        VALUES (?, ?, ?, ?, ?, ?) RETURNING id""",
        (
            repo.host,
            repo.owner,
            repo.name,
            repo.full_name,
            f"https://{repo.host}/{repo.full_name}",
            now,
        ),
    ).fetchone()
    db.execute(
        "INSERT INTO repo_names (repo_id, full_name, first_seen, last_seen) VALUES (?, ?, ?, ?)",
        (repo_id, repo.full_name, now, now),
    )
    return int(repo_id)
