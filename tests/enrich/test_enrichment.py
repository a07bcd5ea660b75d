"""Whole enrichments against the demo's GitHub: what is stored, what it costs, what may change."""

from typing import Any

import pytest
from aiohttp import web

from enrich.options import GitHubWay
from nightly.demo.forge import DemoForge
from nightly.demo.projects import Project

WAYS = [
    pytest.param({}, id="in batches, with a token"),
    pytest.param({"github_way": GitHubWay.REST}, id="one by one, with a token"),
    pytest.param({"github_tokens": ()}, id="one by one, without a token"),
]

# Project, language, license as GitHub says it, license as its file says it.
SEED = [
    ("Tencent/TNN", "C++", "NOASSERTION", "BSD-3-Clause"),
    ("VainF/Torch-Pruning", "Python", "MIT", None),
    ("microsoft/nnfusion", "C++", "MIT", None),
    ("alibaba/heterogeneity-aware-lowering-and-optimization", "C++", "Apache-2.0", None),
    ("margaretmz/awesome-tensorflow-lite", None, "Apache-2.0", None),
    ("ml-gde/e2e-tflite-tutorials", None, "Apache-2.0", None),
    ("sovrasov/flops-counter.pytorch", "Python", "MIT", None),
    ("tencent-ailab/pika", "Python", "Apache-2.0", None),
    ("mindspore-ai/mindspore", "C++", "Apache-2.0", None),
    ("PaddlePaddle/Serving", "C++", "Apache-2.0", None),
]


@pytest.mark.parametrize("way", WAYS)
def test_the_ten_projects_have_their_language_and_license(
    desk: Any, forge: DemoForge, way: dict[str, Any]
) -> None:
    desk.read_projects(forge)
    summary = desk.enrich(**way)
    rows = [
        (row["full_name"], row["language"], row["license_spdx"], row["license_detected"])
        for row in desk.db["repos"].rows
    ]
    assert rows == SEED
    assert (summary.found, summary.left, summary.licenses, summary.notes) == (10, 0, 1, [])
    assert desk.repo("Tencent/TNN")["license_category"] == "permissive"
    assert {row["standing"] for row in desk.db["links"].rows} == {"ok"}


@pytest.mark.parametrize("way", WAYS)
def test_between_two_nights_a_rename_a_loss_and_new_stars_are_seen(
    desk: Any, forge: DemoForge, way: dict[str, Any]
) -> None:
    desk.read_projects(forge)
    desk.enrich(**way)
    forge.rename("tencent-ailab/pika", "tencent/pika")
    forge.remove("microsoft/nnfusion")
    forge.grow("Tencent/TNN", 5)
    forge.project("PaddlePaddle/Serving").blocked = "dmca"
    desk.next_night()
    summary = desk.enrich(**way)
    assert (summary.found, summary.renamed, summary.gone, summary.blocked) == (8, 1, 1, 1)
    assert desk.repo("tencent-ailab/pika")["renamed_to"] == "tencent/pika"
    assert desk.link("tencent-ailab/pika")["suggestion"] == "https://github.com/tencent/pika"
    assert desk.repo("microsoft/nnfusion")["state"] == "gone"
    assert desk.repo("microsoft/nnfusion")["stars"] == 900
    assert desk.link("microsoft/nnfusion")["reason"] == "repo_gone"
    assert desk.repo("PaddlePaddle/Serving")["state"] == "blocked"
    assert "dmca" in desk.repo("PaddlePaddle/Serving")["message"]
    assert desk.link("PaddlePaddle/Serving")["reason"] == "legal"
    assert desk.repo("Tencent/TNN")["stars"] == 4005


@pytest.mark.parametrize("way", WAYS)
def test_a_stranger_under_an_old_name_is_no_mistake_for_the_repository(
    desk: Any, forge: DemoForge, way: dict[str, Any]
) -> None:
    desk.read_projects(forge)
    desk.enrich(**way)
    forge.rename("tencent-ailab/pika", "tencent/pika")
    forge.remove("microsoft/nnfusion")
    forge.projects.append(Project(full_name="microsoft/nnfusion", number=77, stars=1))
    desk.next_night()
    desk.enrich(**way)
    forge.projects.append(Project(full_name="tencent-ailab/pika", number=78, stars=1))
    desk.next_night()
    desk.enrich(**way)
    lost, renamed = desk.repo("microsoft/nnfusion"), desk.repo("tencent-ailab/pika")
    assert (lost["state"], lost["name_taken_by"], lost["stars"]) == ("gone", "77", 900)
    assert (renamed["state"], renamed["name_taken_by"], renamed["stars"]) == ("renamed", "78", 300)
    assert renamed["renamed_to"] == "tencent/pika"


@pytest.mark.parametrize("way", WAYS)
def test_both_names_of_one_repository_are_one_identity(
    desk: Any, forge: DemoForge, way: dict[str, Any]
) -> None:
    forge.rename("tencent-ailab/pika", "tencent/pika")
    desk.read("https://github.com/tencent-ailab/pika", "https://github.com/tencent/pika")
    desk.enrich(**way)
    old, current = desk.repo("tencent-ailab/pika"), desk.repo("tencent/pika")
    assert (old["state"], old["successor_id"]) == ("renamed", current["id"])
    assert (current["state"], current["forge_id"]) == ("ok", "1008")


@pytest.mark.parametrize("way", WAYS)
def test_what_only_our_token_sees_is_broken_for_readers(
    desk: Any, forge: DemoForge, way: dict[str, Any]
) -> None:
    forge.project("Tencent/TNN").private = True
    desk.read("https://github.com/Tencent/TNN")
    desk.enrich(**way)
    assert (desk.repo("Tencent/TNN")["state"], desk.repo("Tencent/TNN")["is_private"]) == ("ok", 1)
    assert desk.link("Tencent/TNN")["reason"] == "repo_gone"


def test_a_repository_named_in_a_page_is_enriched_too(desk: Any, forge: DemoForge) -> None:
    desk.read("https://mp.weixin.qq.com/s/abc")
    desk.db.execute(
        "INSERT INTO repos (forge, owner, name, full_name, url, next_look_at)"
        " VALUES ('github.com', 'Tencent', 'TNN', 'Tencent/TNN', '', '2026-11-22T04:00:00Z')"
    )
    desk.db.execute("INSERT INTO repo_mentions (repo_id, via, link_id) VALUES (1, 'page', 1)")
    desk.enrich()
    assert (desk.repo("Tencent/TNN")["language"], desk.repo("Tencent/TNN")["state"]) == (
        "C++",
        "ok",
    )


def test_stars_of_the_year_before_are_filled_in_once(desk: Any, forge: DemoForge) -> None:
    week = 604_800
    begin = 1_795_305_600  # a Sunday before the night
    forge.history[1001] = [
        {"week": begin - n * week, "total": 10, "days": [10, 0, 0, 0, 0, 0, 0]} for n in range(45)
    ]
    desk.read("https://github.com/Tencent/TNN")
    assert desk.enrich(histories=5).histories == 1
    rows = list(desk.db.query("SELECT * FROM repo_snapshots ORDER BY taken_on DESC"))
    assert len(rows) == 46
    assert [row["stars"] for row in rows[:3]] == [4000, 3990, 3980]
    assert [row["source"] for row in rows[:2]] == ["look", "history"]
    desk.next_night()
    assert desk.enrich(histories=5).histories == 0


def test_a_name_never_leaves_its_place_in_a_path(desk: Any, forge: DemoForge) -> None:
    asked: list[str] = []

    async def listen(request: web.Request) -> None:
        asked.append(request.raw_path)

    forge.interruption = listen
    desk.db.execute(
        "INSERT INTO repos (forge, owner, name, full_name, url, mentions, next_look_at) VALUES"
        " ('github.com', 'o', 'a?x=1#f', 'o/a?x=1#f', '', 1, '2026-11-22T04:00:00Z'),"
        " ('github.com', 'o', '..', 'o/..', '', 1, '2026-11-22T04:00:00Z')"
    )
    desk.enrich()
    assert set(desk.states().values()) == {"gone"}
    assert asked == ["/repos/o/a%3Fx%3D1%23f"]


def many(count: int) -> list[Project]:
    return [
        Project(full_name=f"o/r{number}", number=number, stars=number) for number in range(count)
    ]


def test_a_thousand_repositories_take_at_most_25_graphql_calls(
    desk: Any, forge: DemoForge
) -> None:
    forge.projects = many(1000)
    desk.read_projects(forge)
    assert desk.enrich().found == 1000
    assert forge.calls == {"graphql": 20}
    forge.calls.clear()
    desk.next_night()
    assert desk.enrich().found == 1000
    assert forge.calls == {"graphql": 10}
    assert desk.db["repo_snapshots"].count == 2000


def test_a_second_night_by_rest_with_a_token_costs_nothing_for_the_unchanged(
    desk: Any, forge: DemoForge
) -> None:
    forge.projects = many(30)
    desk.read_projects(forge)
    desk.enrich(github_way=GitHubWay.REST)
    used = sum(forge.used.values())
    forge.grow("o/r7", 1)
    desk.next_night()
    forge.used.clear()
    summary = desk.enrich(github_way=GitHubWay.REST)
    assert used == 30
    assert sum(forge.used.values()) == 1
    assert summary.found == 30
    assert desk.repo("o/r7")["stars"] == 8
    assert desk.db["repo_snapshots"].count == 60


def test_without_a_token_sixty_a_night_are_asked_and_all_in_the_end(
    desk: Any, forge: DemoForge
) -> None:
    forge.projects = many(130)
    desk.read_projects(forge)
    first = desk.enrich(github_tokens=(), max_wait=0)
    assert (first.found, first.left) == (60, 70)
    assert any("70 repositories wait for the next night" in note for note in first.notes)
    assert any("GITHUB_TOKEN" in note for note in first.notes)
    for _ in range(2):
        desk.next_night()
        desk.enrich(github_tokens=(), max_wait=0)
    assert set(desk.states().values()) == {"ok"}
    assert forge.calls["rest"] <= 180
