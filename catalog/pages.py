"""Pages beside what the archive says of them, and what they were when they were first seen."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """A page as last seen, the texts of the archive that lead to it, and the page at first."""

    link_id: int
    title: str
    heading: str
    lead: str
    description: str
    fingerprint: str
    texts: tuple[str, ...]
    first_title: str
    first_fingerprint: str


_SEEN = """
    SELECT pages.link_id, pages.title, pages.heading, pages.lead, pages.description,
        pages.fingerprint, texts.said,
        ifnull(json_extract(first.seen, '$.page.title'), '') AS first_title,
        ifnull(json_extract(first.seen, '$.page.fingerprint'), '') AS first_fingerprint
    FROM pages
    JOIN (
        SELECT link_id, json_group_array(DISTINCT items.title) AS said
        FROM mentions JOIN items ON items.id = mentions.item_id
        WHERE items.title <> '' AND items.footer = 0 AND mentions.footer = 0
            AND link_id IN (SELECT link_id FROM pages WHERE run_id = :run)
        GROUP BY link_id
    ) AS texts ON texts.link_id = pages.link_id
    LEFT JOIN checks AS first ON first.id = (
        SELECT min(id) FROM checks WHERE checks.link_id = pages.link_id
            AND verdict IN ('ok', 'moved') AND json_extract(seen, '$.page') IS NOT NULL)
    WHERE pages.run_id = :run"""


def seen_pages(db: Database, run_id: int) -> Iterator[SeenPage]:
    """Yield the pages that a run saw and that an item of the archive speaks of."""
    for row in db.query(_SEEN, {"run": run_id}):
        row["texts"] = tuple(json.loads(row.pop("said")))
        yield SeenPage(**row)


def save_drift(db: Database, drift: Mapping[int, str]) -> None:
    """Write, in one transaction, how the page of each link drifted; empty where it did not."""
    with db.atomic():
        db.conn.executemany(
            "UPDATE pages SET drift = :drift WHERE link_id = :link AND drift <> :drift",
            [{"link": link_id, "drift": text} for link_id, text in drift.items()],
        )
