"""Two weeks of nights over a web whose truth is known, by a simulated clock."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nightly.clock import clock
from nightly.config import load_settings
from nightly.demo.internet import DemoInternet
from nightly.demo.places import sample_archive
from nightly.exits import Exit
from nightly.night import run_night
from nightly.phases import PHASES
from nightly.progress import Log

FIRST = datetime(2026, 11, 1, 3, tzinfo=UTC)
NIGHTS = 15
WECHAT = "https://mp.weixin.qq.com/s/"

# What dies before the second night, and what comes back; healthy links are looked at once a
# week, broken ones after 2, 4 and 8 nights.
DIES = (f"{WECHAT}Sample1114-leaked-npu1", "https://vote.edge-infer.example/2019/results")
COMES_BACK = "https://bench.edge-notes.example/2021/phone-frameworks"
PATIENCE = 8

# What is broken from the first night on, however often one has to look to be sure of it.
BROKEN_ALL_ALONG = {
    f"{WECHAT}Sample1017-nan-hunting",
    f"{WECHAT}Sample1003-roadmap-001",
    "https://www.jianshu.com/p/sample0905a1",
    "https://forms.sample-lab.example/2021-review",
    "https://arxiv.org/abs/2109.99999",
    "https://github.com/sample-lab/edge-bench",
    "2021-08-22.md",
    "",  # a link that was left empty
    "https://news.auto-chips.example/2021/09/cockpit-asil-b.html",
    "https://www.gov-sample.example/2021/10/notice-88.html",
    "http://forum.edge-infer.example/digest/2021-09",
    "https://www.edge-ai-weekly.example/about/farewell",
    "https://ops.edge-notes.example/2021/expired-certificate",
    "https://shop.sample-boards.example/products/npu-kit-2021",
    "http://drivers.sample-boards.example/npu-kit/latest",
}


@pytest.fixture(scope="module")
def mornings(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[str]]]:
    """What each morning's report says: the links of each group, and those that are fixed."""
    home = tmp_path_factory.mktemp("two weeks")
    with DemoInternet() as internet:
        flags = {
            **internet.settings(home),
            "catalog": home / "catalog.db",
            "published": home / "published",
            "sources": (str(sample_archive()),),
            "github_token": "demo",
        }
        return [_morning(internet, flags, night) for night in range(1, NIGHTS + 1)]


def _morning(internet: DemoInternet, flags: dict[str, object], night: int) -> dict[str, list[str]]:
    if night <= 2:
        internet.begin_night(night)
    now = clock(FIRST + timedelta(days=night - 1))
    summary = run_night(
        load_settings(None, flags), now, Log(), command="nightly", phases=tuple(PHASES)
    )
    assert summary.exit is Exit.DONE, summary
    published = flags["published"]
    assert isinstance(published, Path)
    report = json.loads((published / "report.json").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = {"fixed": [link["url"] for link in report["fixed"]]}
    for link in report["links"]:
        groups.setdefault(link["group"], []).append(link["url"])
    return groups


def test_every_break_is_found_within_its_patience(mornings: list[dict[str, list[str]]]) -> None:
    for url in DIES:
        found = [
            night for night, said in enumerate(mornings, 1) if url in said.get("newly_broken", ())
        ]
        assert found
        assert 2 <= found[0] <= 2 + PATIENCE
    broken = {*mornings[-1].get("newly_broken", ()), *mornings[-1].get("still_broken", ())}
    assert broken == BROKEN_ALL_ALONG | set(DIES)


def test_there_is_no_false_break(mornings: list[dict[str, list[str]]]) -> None:
    true = BROKEN_ALL_ALONG | set(DIES) | {COMES_BACK}
    for said in mornings:
        assert {*said.get("newly_broken", ()), *said.get("still_broken", ())} <= true


def test_what_comes_back_is_seen_and_told_once(mornings: list[dict[str, list[str]]]) -> None:
    told = [night for night, said in enumerate(mornings, 1) if COMES_BACK in said["fixed"]]
    assert len(told) == 1
    assert 2 <= told[0] <= 2 + PATIENCE


def test_each_break_is_news_once(mornings: list[dict[str, list[str]]]) -> None:
    news = Counter(url for said in mornings for url in said.get("newly_broken", ()))
    assert {url: count for url, count in news.items() if count > 1} == {}


def test_silence_is_a_break_in_its_third_night_only(mornings: list[dict[str, list[str]]]) -> None:
    shop = "https://shop.sample-boards.example/products/npu-kit-2021"
    assert [shop in said.get("suspect", ()) for said in mornings[:3]] == [True, True, False]
    assert shop in mornings[2]["newly_broken"]
