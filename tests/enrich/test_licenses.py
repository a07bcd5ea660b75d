"""Licenses: which are on the SPDX list, what they ask for, and what an odd file says."""

import time
from pathlib import Path

import pytest

from enrich import license_texts
from enrich.license_files import decode, read_license
from enrich.license_texts import match_texts, matches
from enrich.licenses import CATEGORIES, category, on_the_list
from nightly.demo.projects import license_text

LISTED = [
    ("as on the list", "MIT", "MIT"),
    ("another spelling", "apache-2.0", "Apache-2.0"),
    ("a former identifier stays", "GPL-3.0", "GPL-3.0"),
    ("a Chinese license", "MulanPSL-2.0", "MulanPSL-2.0"),
    ("GitHub's word for «I do not know»", "NOASSERTION", None),
    ("a made-up name", "Best-License-1.0", None),
    ("an expression", "MIT OR Apache-2.0", None),
    ("a long text", "M" * 5000, None),
    ("nothing", "", None),
    ("none", None, None),
]


@pytest.mark.parametrize(("text", "spdx"), [pytest.param(*row, id=name) for name, *row in LISTED])
def test_on_the_list(text: str | None, spdx: str | None) -> None:
    assert on_the_list(text) == spdx


KINDS = [
    ("no license", None, None),
    ("not recognised", "NOASSERTION", "unrecognised"),
    ("given to everybody", "CC0-1.0", "public domain"),
    ("MIT", "MIT", "permissive"),
    ("Mulan", "MulanPSL-2.0", "permissive"),
    ("the library's GPL", "LGPL-2.1", "weak copyleft"),
    ("the GPL, by its former name", "GPL-3.0", "strong copyleft"),
    ("over a network, too", "AGPL-3.0", "network copyleft"),
    ("to be looked at", "BUSL-1.1", "source-available"),
    ("not for trade", "CC-BY-NC-4.0", "non-commercial"),
    ("with an exception", "GPL-2.0 WITH Classpath-exception-2.0", "weak copyleft"),
    ("a choice: the freer counts", "GPL-2.0 OR MIT", "permissive"),
    ("both at once: the stricter counts", "GPL-2.0 AND MIT", "strong copyleft"),
    ("a name of its own", "Best-License-1.0", "custom"),
]


@pytest.mark.parametrize(
    ("expression", "kind"), [pytest.param(*row, id=name) for name, *row in KINDS]
)
def test_category(expression: str | None, kind: str | None) -> None:
    assert category(expression) == kind


def test_every_category_can_come_about() -> None:
    assert {kind for *_, kind in KINDS} - {None} == set(CATEGORIES)


MIT, APACHE, BSD, GPL = map(license_text, ("MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0-only"))
HEAD = "Ours is the first of these licenses, except for the parts listed below.\n\n"
THIRD = "\n\nOther dependencies and licenses:\n\n1. zlib\n\nTerms of the MIT License:\n\n"
CHOICE = "You may use this under either of the two licenses below, at your option.\n\n"

FILES = [
    ("UTF-16 with a mark", ("\ufeff" + BSD).encode("utf-16-le"), "BSD-3-Clause", "permissive"),
    (
        "UTF-16 the other way round",
        ("\ufeff" + BSD).encode("utf-16-be"),
        "BSD-3-Clause",
        "permissive",
    ),
    ("UTF-16 without a mark", BSD.encode("utf-16-le"), "BSD-3-Clause", "permissive"),
    ("UTF-8 with a mark", BSD.encode("utf-8-sig"), "BSD-3-Clause", "permissive"),
    ("a Chinese remark, in GBK", ("许可证如下\n\n" + MIT).encode("gbk"), "MIT", "permissive"),
    ("indented", MIT.replace("\n", "\n    ").encode(), "MIT", "permissive"),
    (
        "what it bundles does not count",
        (HEAD + BSD + THIRD + MIT).encode(),
        "BSD-3-Clause",
        "permissive",
    ),
    ("a choice", (CHOICE + MIT + "\n\n" + GPL).encode(), "MIT OR GPL-2.0", "permissive"),
    ("two that both apply", (MIT + "\n\n" + GPL).encode(), "MIT AND GPL-2.0", "strong copyleft"),
    ("its own words", b"You may use this if you like cats.", "NOASSERTION", "custom"),
    ("not for trade", b"For research purposes only.", "NOASSERTION", "non-commercial"),
    (
        "not for trade, in Chinese",
        "本软件仅供学术研究，禁止商用".encode(),
        "NOASSERTION",
        "non-commercial",
    ),
    ("an empty file", b"", "NOASSERTION", "unrecognised"),
    ("bytes", bytes(range(256)) * 8, "NOASSERTION", "custom"),
]


@pytest.mark.parametrize(
    ("data", "detected", "kind"), [pytest.param(*row, id=name) for name, *row in FILES]
)
def test_read_license(data: bytes, detected: str, kind: str) -> None:
    finding = read_license(data, match=matches)
    assert set(finding.detected.split()) == set(detected.split())
    assert finding.category == kind


def test_matching_has_a_process_of_its_own() -> None:
    assert match_texts(BSD) == ["BSD-3-Clause"]


def test_that_process_loads_nothing_from_the_folder_that_the_user_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('loaded')")
    monkeypatch.chdir(tmp_path)
    assert match_texts(MIT) == ["MIT"]


def test_a_text_that_takes_too_long_has_no_license(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(license_texts, "PATIENCE", 0.0)
    begin = time.monotonic()
    assert match_texts(MIT) == []
    assert time.monotonic() - begin < 60  # it was not waited for


def test_bytes_are_always_some_text() -> None:
    assert decode(b"\xff\xfe\x00") == "\ufffd"
    assert decode("许可".encode("gb18030")) == "许可"
    assert decode(b"\x80\xff") == "\x80\xff"
