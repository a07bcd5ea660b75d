"""What `linkledger init` writes can be read, and holds every setting."""

import re
import tomllib
from pathlib import Path

import pytest

from nightly.config import GROUPS, Settings, load_settings
from nightly.template import configuration


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_names_the_archive_at_hand() -> None:
    assert tomllib.loads(configuration(['my "issues"'])) == {"sources": ['my "issues"']}


def test_every_line_may_be_uncommented_and_shows_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    text = re.sub(r"^# (?=[a-z_]+ = )", "", configuration([]), flags=re.MULTILINE)
    assert set(tomllib.loads(text)) == set(Settings.model_fields)
    file = Path("linkledger.toml")
    file.write_text(text, encoding="utf-8")
    assert load_settings(file, {}).model_dump() == Settings().model_dump()


def test_every_setting_is_in_one_group() -> None:
    names = [name for group in GROUPS.values() for name in group]
    assert sorted(names) == sorted(Settings.model_fields)
