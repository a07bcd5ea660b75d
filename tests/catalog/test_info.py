"""What `catalog info` tells of a catalog."""

from pathlib import Path

from catalog.connection import Catalog, open_catalog
from catalog.info import info


def test_the_figures_of_a_catalog(small: Catalog, small_catalog: Path) -> None:
    figures = info(small)
    assert figures.path == str(small_catalog)
    assert figures.size == small_catalog.stat().st_size
    assert (figures.since, figures.last_run) == ("2026-11-20T04:00:00Z", "2026-11-22T04:00:00Z")
    assert (figures.last_command, figures.last_state, figures.nights) == ("nightly", "done", 3)
    assert (figures.first_issue, figures.last_issue) == ("2019-03-31", "2024-08-01")
    assert sum(figures.standings.values()) == figures.rows["links"] == 15
    assert figures.standings["broken"] == 4
    assert figures.rows["repos"] == 5


def test_a_catalog_that_is_new(tmp_path: Path) -> None:
    db = open_catalog(tmp_path / "catalog.db")
    figures = info(db)
    db.close()
    assert (figures.since, figures.last_run, figures.nights) == ("", "", 0)
    assert not any(figures.rows.values())
