"""The demo's GitHub keeps GitHub's rules, over real sockets."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from nightly.demo.forge import DemoForge, forge_app
from nightly.demo.projects import Project, seed_projects

TOKEN = {"Authorization": "token secret"}


@pytest.fixture
def forge() -> DemoForge:
    return DemoForge(seed_projects(), clock=lambda: 1_800_000_000.0)


@pytest.fixture
async def client(forge: DemoForge) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(forge_app(forge))) as client:
        yield client


async def test_tnn_has_a_license_that_github_does_not_recognise(
    client: TestClient[Any, Any],
) -> None:
    answer = await client.get("/repos/tencent/tnn", headers=TOKEN)
    facts = await answer.json()
    assert facts["full_name"] == "Tencent/TNN"
    assert facts["language"] == "C++"
    assert facts["license"]["spdx_id"] == "NOASSERTION"


async def test_a_renamed_project_redirects_and_that_costs_a_request(
    client: TestClient[Any, Any], forge: DemoForge
) -> None:
    forge.rename("tencent-ailab/pika", "tencent/pika")
    moved = await client.get("/repos/tencent-ailab/pika", headers=TOKEN, allow_redirects=False)
    assert moved.status == 301
    assert moved.headers["Location"].endswith("/repositories/1008")
    answer = await client.get("/repositories/1008", headers=TOKEN)
    assert (await answer.json())["full_name"] == "tencent/pika"
    assert answer.headers["X-RateLimit-Used"] == "2"


async def test_a_new_project_takes_over_an_old_name(
    client: TestClient[Any, Any], forge: DemoForge
) -> None:
    forge.rename("tencent-ailab/pika", "tencent/pika")
    forge.projects.append(Project(full_name="tencent-ailab/pika", number=7))
    answer = await client.get("/repos/tencent-ailab/pika", headers=TOKEN)
    assert (await answer.json())["id"] == 7


@pytest.mark.parametrize(
    ("headers", "used"), [(TOKEN, "1"), ({}, "2")], ids=["with a token", "without"]
)
async def test_not_modified_is_free_only_with_a_token(
    client: TestClient[Any, Any], headers: dict[str, str], used: str
) -> None:
    first = await client.get("/repos/Tencent/TNN", headers=headers)
    again = {**headers, "If-None-Match": first.headers["ETag"]}
    second = await client.get("/repos/Tencent/TNN", headers=again)
    assert second.status == 304
    assert second.headers["X-RateLimit-Used"] == used


async def test_the_sixty_first_request_without_a_token_is_refused(
    client: TestClient[Any, Any],
) -> None:
    answers = [await client.get("/repos/Tencent/TNN") for _ in range(61)]
    assert [answer.status for answer in answers] == [200] * 60 + [403]
    assert answers[-1].headers["X-RateLimit-Remaining"] == "0"


async def test_a_missing_alias_is_null_beside_live_ones(client: TestClient[Any, Any]) -> None:
    query = """
      query { r0: repository(owner: "Tencent", name: "TNN") { ...facts }
              r1: repository(owner: "nobody", name: "nothing") { ...facts }
              rateLimit { cost remaining } }
      fragment facts on Repository { nameWithOwner stargazerCount licenseInfo { spdxId } }
    """
    answer = await client.post("/graphql", json={"query": query}, headers=TOKEN)
    body = await answer.json()
    assert body["data"]["r0"]["licenseInfo"] == {"spdxId": "NOASSERTION"}
    assert body["data"]["r1"] is None
    assert body["errors"][0]["type"] == "NOT_FOUND"
    assert body["errors"][0]["path"] == ["r1"]
    assert body["data"]["rateLimit"] == {"cost": 1, "remaining": 4999}


async def test_a_misspelt_field_is_refused(client: TestClient[Any, Any]) -> None:
    query = 'query { repository(owner: "Tencent", name: "TNN") { stargazerTotal } }'
    answer = await client.post("/graphql", json={"query": query}, headers=TOKEN)
    assert "stargazerTotal" in (await answer.json())["errors"][0]["message"]


async def test_a_blocked_project_says_why(client: TestClient[Any, Any], forge: DemoForge) -> None:
    forge.project("Tencent/TNN").blocked = "dmca"
    answer = await client.get("/repos/Tencent/TNN", headers=TOKEN)
    assert answer.status == 451
    assert (await answer.json())["block"]["reason"] == "dmca"
