"""The data dictionary in docs/ is the one that the schema gives."""

from pathlib import Path

import pytest

from catalog.schema.dictionary import main

WRITTEN = Path(__file__).resolve().parents[2] / "docs" / "catalog.md"


def test_the_dictionary_in_docs_is_up_to_date() -> None:
    assert main([str(WRITTEN), "--check"]) == 0


def test_a_stale_dictionary_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stale = tmp_path / "catalog.md"
    stale.write_text(WRITTEN.read_text(encoding="utf-8").replace("STRICT", "LOOSE"), "utf-8")
    assert main([str(stale), "--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert main([str(stale)]) == 0
    assert main([str(stale), "--check"]) == 0
