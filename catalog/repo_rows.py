"""Write one row of `repos` and what hangs on it: its names and its snapshot of the night."""

import json
from datetime import timedelta
from typing import Any

from catalog.clock import moment, stamp
from catalog.database import Database
from catalog.identity import KnownRepo, same_name
from catalog.records import RepoFacts, RepoLook
from catalog.vocabulary import RepoState

# Less than a day, so that a run that starts earlier than last night's still asks.
NEXT_LOOK = timedelta(hours=20)

# Whoever comes back does so soon: after a week, asking once a week is enough.
GIVE_UP_AFTER = timedelta(days=7)
NEXT_LOOK_AT_THE_LOST = timedelta(days=7)

# An older name of a repository that is followed by its present one is only asked whether
# somebody else has taken it.
NEXT_LOOK_AT_AN_OLDER_NAME = timedelta(days=30)

# Facts that have a column of the same name and need no conversion.
_PLAIN = (
    "stars",
    "forks",
    "open_issues",
    "downloads",
    "task",
    "language",
    "license_spdx",
    "license_name",
    "license_category",
    "description",
    "homepage",
    "archived",
    "disabled",
    "is_fork",
    "is_mirror",
    "is_template",
    "is_empty",
    "is_private",
    "parent",
    "default_branch",
    "created_at",
    "pushed_at",
    "latest_release",
)


def known(db: Database, where: str, values: list[Any]) -> KnownRepo | None:
    """Return the first row of `repos` that meets *where*, or None."""
    sql = f"""
        SELECT repos.id, repos.full_name,
               coalesce(repos.forge_id, successor.forge_id, '') AS forge_id
        FROM repos LEFT JOIN repos AS successor ON successor.id = repos.successor_id
        WHERE {where} LIMIT 1
    """
    for row in db.query(sql, values):
        return KnownRepo(repo_id=row["id"], full_name=row["full_name"], forge_id=row["forge_id"])
    return None


def describe(db: Database, run_id: int, repo_id: int, facts: RepoFacts, at: str) -> None:
    """Write *facts* to the row that keeps them, and take its snapshot."""
    row = known(db, "repos.id = ?", [repo_id])
    assert row is not None
    current = facts.name.full_name
    renamed = not same_name(row.full_name, current)
    values: dict[str, Any] = {name: getattr(facts, name) for name in _PLAIN}
    values["languages"] = json.dumps(dict(facts.languages), ensure_ascii=False)
    values["topics"] = json.dumps(facts.topics, ensure_ascii=False)
    values = {name: value for name, value in values.items() if name not in facts.unasked}
    values |= {
        "forge_id": facts.forge_id,
        "node_id": facts.node_id or None,
        "url": facts.url,
        "etag": facts.etag,
        "renamed_to": current if renamed else None,
        "successor_id": None,
        "name_taken_by": None,
        "name_taken_since": None,
        "fetched_at": at,
        "run_id": run_id,
        "message": "",
        "next_look_at": _after(at, NEXT_LOOK),
    }
    if not renamed:  # the forge's spelling, where ours differs in case
        values |= {"owner": facts.name.owner, "name": facts.name.name, "full_name": current}
    if facts.license_spdx != "NOASSERTION" and "license_spdx" not in facts.unasked:
        values |= {"license_detected": None, "license_read_at": None}
    else:
        _keep_category_read(db, repo_id, values)
    _update(db, repo_id, values)
    _date_archiving(db, repo_id, at)
    set_state(db, repo_id, RepoState.RENAMED if renamed else RepoState.OK, at)
    remember_names(db, repo_id, {row.full_name, current}, at)
    take_snapshot(db, run_id, repo_id, at)


def _keep_category_read(db: Database, repo_id: int, values: dict[str, Any]) -> None:
    """Let the category found by reading the file stand, while the forge recognises nothing."""
    for (category,) in db.execute(
        "SELECT license_category FROM repos WHERE id = ? AND license_detected IS NOT NULL",
        [repo_id],
    ):
        values["license_category"] = category


def confirm(db: Database, run_id: int, look: RepoLook) -> None:
    """Write that nothing has changed since the last look, which makes it a snapshot too."""
    _update(
        db,
        look.repo_id,
        {
            "fetched_at": look.looked_at,
            "message": "",
            "next_look_at": _after(look.looked_at, NEXT_LOOK),
        },
    )
    row = db.table("repos").get(look.repo_id)
    state = RepoState.RENAMED if row["renamed_to"] else RepoState.OK
    set_state(db, look.repo_id, state, look.looked_at)
    names = {name for name in (row["full_name"], row["renamed_to"]) if name}
    remember_names(db, look.repo_id, names, look.looked_at)
    take_snapshot(db, run_id, look.repo_id, look.looked_at)


def lose(db: Database, look: RepoLook) -> None:
    """Write that a repository is gone or blocked; every value it had stays."""
    set_state(db, look.repo_id, look.state, look.looked_at)
    since = moment(db.table("repos").get(look.repo_id)["state_since"])
    long_lost = moment(look.looked_at) - since > GIVE_UP_AFTER
    wait = NEXT_LOOK_AT_THE_LOST if long_lost else NEXT_LOOK
    _update(
        db,
        look.repo_id,
        {"message": look.message, "etag": "", "next_look_at": _after(look.looked_at, wait)},
    )


def leave_unknown(db: Database, look: RepoLook) -> None:
    """Write what was said in place of an answer about a repository of which nothing is known."""
    db.execute(
        "UPDATE repos SET message = ? WHERE id = ? AND state = 'unknown'",
        [look.message or f"status {look.status}", look.repo_id],
    )


def make_older_name(db: Database, repo_id: int, owner_id: int, facts: RepoFacts, at: str) -> None:
    """Make a row an older name of the row *owner_id*, which is where the facts go from now on."""
    current = facts.name.full_name
    row = known(db, "repos.id = ?", [repo_id])
    assert row is not None
    _update(
        db,
        repo_id,
        {
            "forge_id": None,
            "node_id": None,
            "etag": "",
            "url": facts.url,
            "renamed_to": current,
            "successor_id": owner_id,
            "name_taken_by": None,
            "name_taken_since": None,
            "message": "",
            "next_look_at": _after(at, NEXT_LOOK_AT_AN_OLDER_NAME),
        },
    )
    # Rows that pointed at this one point at the owner: nobody wants to follow a chain.
    db.execute(
        "UPDATE repos SET successor_id = ?, renamed_to = ?, url = ?"
        " WHERE successor_id = ? AND id <> ?",
        [owner_id, current, facts.url, repo_id, owner_id],
    )
    set_state(db, repo_id, RepoState.RENAMED, at)
    remember_names(db, repo_id, {row.full_name, current}, at)


def mark_taken(db: Database, repo_id: int, forge_id: str, at: str) -> None:
    """Write that another repository, *forge_id*, answers to this row's name now."""
    db.execute(
        "UPDATE repos SET name_taken_by = ?, name_taken_since = coalesce(name_taken_since, ?)"
        " WHERE id = ?",
        [forge_id, at, repo_id],
    )


def _date_archiving(db: Database, repo_id: int, at: str) -> None:
    """Write when an archived repository was first seen to be so; nothing where it is none."""
    db.execute(
        "UPDATE repos SET archived_since = CASE WHEN archived THEN coalesce(archived_since, ?) END"
        " WHERE id = ?",
        [at, repo_id],
    )


def set_state(db: Database, repo_id: int, state: RepoState, at: str) -> None:
    """Write *state*; `state_since` moves only when it changes."""
    db.execute(
        "UPDATE repos SET state = :state,"
        " state_since = CASE WHEN state = :state AND state_since IS NOT NULL"
        " THEN state_since ELSE :at END WHERE id = :id",
        {"state": state, "at": at, "id": repo_id},
    )


def remember_names(db: Database, repo_id: int, names: set[str], at: str) -> None:
    """Add *names* to those a repository has had, or write that they were seen again."""
    for name in sorted(names):
        db.execute(
            "INSERT INTO repo_names (repo_id, full_name, first_seen, last_seen)"
            " VALUES (?, ?, ?, ?)"
            " ON CONFLICT (repo_id, full_name) DO UPDATE SET last_seen = excluded.last_seen",
            [repo_id, name, at, at],
        )


def take_snapshot(db: Database, run_id: int, repo_id: int, at: str) -> None:
    """Write the row's numbers as those of the day of *at*, once however often it is asked."""
    db.execute(
        """
        INSERT INTO repo_snapshots (repo_id, taken_on, run_id, taken_at, source,
                                    stars, forks, open_issues, pushed_at, latest_release)
        SELECT id, :day, :run_id, :at, 'look', stars, forks, open_issues, pushed_at, latest_release
        FROM repos WHERE id = :id
        ON CONFLICT (repo_id, taken_on) DO UPDATE SET
            run_id = excluded.run_id, taken_at = excluded.taken_at, source = excluded.source,
            stars = excluded.stars, forks = excluded.forks, open_issues = excluded.open_issues,
            pushed_at = excluded.pushed_at, latest_release = excluded.latest_release
        """,
        {"day": at[:10], "run_id": run_id, "at": at, "id": repo_id},
    )


def _update(db: Database, repo_id: int, values: dict[str, Any]) -> None:
    columns = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"UPDATE repos SET {columns} WHERE id = ?", [*values.values(), repo_id])


def _after(at: str, wait: timedelta) -> str:
    return stamp(moment(at) + wait)
