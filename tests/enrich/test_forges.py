"""Forges other than GitHub: how each is asked, and what becomes of what it says."""

import json
from collections import Counter
from typing import Any

import pytest
from aiohttp import web

from catalog.forges import FORGES, Forge
from enrich.forges.registry import DIALECTS, other_forges


class FakeForge:
    """A forge that answers each path with a status and a body, or sends it on to another path."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: Counter[str] = Counter()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{tail:.*}", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.Response:
        self.asked[request.raw_path] += 1
        status, body = self.answers.get(request.raw_path, (404, {"message": "Not Found"}))
        if status in (301, 302, 307):
            return web.Response(status=status, headers={"Location": body})
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(status=status, text=text, content_type="application/json")


@pytest.fixture
def fake_forge() -> FakeForge:
    return FakeForge()


@pytest.fixture
def look(desk: Any, serve: Any, fake_forge: FakeForge) -> Any:
    """Read a link to a repository, ask the played forge, and give the row it made."""
    base = serve(fake_forge.app())

    def run(url: str, **options: Any) -> dict[str, Any]:
        desk.read(url)
        desk.enrich(forge_apis=dict.fromkeys(other_forges(), base), attempts=1, **options)
        (row,) = desk.db["repos"].rows
        return dict(row)

    return run


def test_gitee(look: Any, fake_forge: FakeForge) -> None:
    fake_forge.answers["/repos/mindspore/mindspore"] = (
        200,
        {
            "id": 7,
            "full_name": "mindspore/mindspore",
            "stargazers_count": 8,
            "forks_count": 3,
            "language": "C++",
            "license": "Apache-2.0",
            "default_branch": "master",
            "created_at": "2020-03-28T10:00:00+08:00",
            "pushed_at": "2021-01-01T00:00:00+08:00",
        },
    )
    row = look("https://gitee.com/mindspore/mindspore")
    assert (row["state"], row["stars"], row["license_spdx"]) == ("ok", 8, "Apache-2.0")
    assert (row["forge_id"], row["created_at"]) == ("7", "2020-03-28T02:00:00Z")


def test_gitlab_takes_nested_groups_and_gives_shares_of_languages(
    look: Any, fake_forge: FakeForge
) -> None:
    fake_forge.answers["/projects/group%2Fsub%2Fproject?license=true"] = (
        200,
        {
            "id": 5,
            "path_with_namespace": "group/sub/project",
            "star_count": 4,
            "forks_count": 1,
            "archived": True,
            "license": {"key": "gpl-3.0", "name": "GNU General Public License v3.0"},
            "topics": ["ai"],
            "last_activity_at": "2024-05-06T07:08:09.123Z",
        },
    )
    fake_forge.answers["/projects/5/languages"] = (200, {"Rust": 80.4, "C": 19.6})
    row = look("https://gitlab.com/group/sub/project")
    assert (row["full_name"], row["stars"], row["archived"]) == ("group/sub/project", 4, 1)
    assert (row["language"], row["languages"]) == ("Rust", '{"Rust": 80, "C": 20}')
    assert (row["license_spdx"], row["license_category"]) == ("GPL-3.0", "strong copyleft")
    assert row["pushed_at"] == "2024-05-06T07:08:09Z"


def test_codeberg_sends_on_to_the_new_name(look: Any, fake_forge: FakeForge, desk: Any) -> None:
    fake_forge.answers["/repos/old/tool"] = (307, "/repos/young/tool")
    fake_forge.answers["/repos/young/tool"] = (
        200,
        {"id": 3, "full_name": "young/tool", "stars_count": 2, "licenses": ["MIT", "Apache-2.0"]},
    )
    row = look("https://codeberg.org/old/tool")
    assert (row["state"], row["renamed_to"], row["stars"]) == ("renamed", "young/tool", 2)
    assert (row["license_spdx"], row["license_category"]) == ("MIT AND Apache-2.0", "permissive")
    (link,) = desk.db["links"].rows
    assert (link["standing"], link["suggestion"]) == ("moved", "https://codeberg.org/young/tool")


HUB = {
    "_id": "abc",
    "likes": 9,
    "downloads": 1000,
    "pipeline_tag": "image-classification",
    "tags": ["pytorch", "license:apache-2.0", "region:us"],
    "lastModified": "2024-01-02T03:04:05.000Z",
}


@pytest.mark.parametrize(
    ("url", "path", "identity"),
    [
        ("https://huggingface.co/o/model", "/models/o/model", "o/model"),
        ("https://huggingface.co/datasets/o/data", "/datasets/o/data", "o/data"),
        ("https://huggingface.co/spaces/o/space", "/spaces/o/space", "o/space"),
    ],
    ids=["a model", "a dataset", "a space"],
)
def test_hugging_face(
    look: Any, fake_forge: FakeForge, url: str, path: str, identity: str
) -> None:
    fake_forge.answers[path] = (200, HUB | {"id": identity})
    row = look(url)
    assert (row["state"], row["stars"], row["downloads"]) == ("ok", 9, 1000)
    assert (row["task"], row["license_spdx"]) == ("image-classification", "Apache-2.0")
    assert json.loads(row["topics"]) == ["pytorch"]


def test_hugging_face_says_401_for_what_is_not_there(
    look: Any, fake_forge: FakeForge, desk: Any
) -> None:
    fake_forge.answers["/models/o/model"] = (401, {"error": "Invalid username or password."})
    assert look("https://huggingface.co/o/model")["state"] == "gone"
    (link,) = desk.db["links"].rows
    assert link["reason"] == "repo_gone"


def test_a_license_with_a_name_of_its_own_is_not_recognised(
    look: Any, fake_forge: FakeForge
) -> None:
    card = {"cardData": {"license": "openrail"}, "id": "o/model"}
    fake_forge.answers["/models/o/model"] = (200, HUB | card)
    row = look("https://huggingface.co/o/model")
    assert (row["license_spdx"], row["license_name"]) == ("NOASSERTION", "openrail")


def test_bitbucket(look: Any, fake_forge: FakeForge) -> None:
    fake_forge.answers["/repositories/team/tool"] = (
        200,
        {
            "uuid": "{1-2}",
            "full_name": "team/tool",
            "language": "python",
            "mainbranch": {"name": "main"},
        },
    )
    row = look("https://bitbucket.org/team/tool")
    assert (row["state"], row["stars"], row["default_branch"]) == ("ok", None, "main")


FAILURES = [
    ("not found", 404, {"message": "404 Project Not Found"}, "gone"),
    ("not found, says a proxy", 404, "<html>", "unknown"),
    ("a login", 401, {"message": "401 Unauthorized"}, "unknown"),
    ("forbidden", 403, {"message": "403 Forbidden"}, "unknown"),
    ("too fast", 429, {"message": "slow down"}, "unknown"),
    ("a server error", 500, {"message": "oops"}, "unknown"),
    ("nonsense", 200, "<html>", "unknown"),
    ("another thing", 200, {"hello": "world"}, "unknown"),
    ("a list", 200, [], "unknown"),
    ("numbers for texts", 200, {"id": "x", "full_name": 7}, "unknown"),
    ("to another host", 302, "https://example.com/login", "unknown"),
    ("in a circle", 302, "/repos/o/a", "unknown"),
]


@pytest.mark.parametrize(
    ("status", "body", "state"), [pytest.param(*row, id=name) for name, *row in FAILURES]
)
def test_only_a_forges_own_word_makes_a_repository_gone(
    look: Any, fake_forge: FakeForge, status: int, body: Any, state: str
) -> None:
    fake_forge.answers["/repos/o/a"] = (status, body)
    assert look("https://gitee.com/o/a", max_wait=0)["state"] == state


def test_a_redirect_to_another_host_is_not_followed(
    look: Any, fake_forge: FakeForge, serve: Any
) -> None:
    other = FakeForge()
    other.answers["/repos/o/a"] = (200, {"id": 1, "full_name": "o/a"})
    base = serve(other.app()).replace("127.0.0.1", "localhost")
    fake_forge.answers["/repos/o/a"] = (302, f"{base}/repos/o/a")
    assert look("https://gitee.com/o/a")["state"] == "unknown"
    assert not other.asked


def test_a_redirect_to_no_address_is_no_answer(look: Any, fake_forge: FakeForge) -> None:
    fake_forge.answers["/repos/o/a"] = (302, "http://[half")
    assert look("https://gitee.com/o/a")["state"] == "unknown"


def test_a_forge_that_is_down_is_left_alone_after_three_questions(
    desk: Any, serve: Any, fake_forge: FakeForge
) -> None:
    base = serve(fake_forge.app())
    urls = [f"https://gitee.com/o/r{n}" for n in range(20)]
    for n in range(20):
        fake_forge.answers[f"/repos/o/r{n}"] = (500, "")
    desk.read(*urls)
    summary = desk.enrich(forge_apis={"gitee.com": base}, attempts=2)
    assert sum(fake_forge.asked.values()) == 6
    assert (summary.failed, summary.left) == (2, 18)
    assert any("gitee.com does not answer" in note for note in summary.notes)


def test_an_answer_of_any_size_is_read_only_so_far(look: Any, fake_forge: FakeForge) -> None:
    fake_forge.answers["/repos/o/a"] = (200, json.dumps({"x": "y" * 9_000_000}))
    assert look("https://gitee.com/o/a")["state"] == "unknown"


def test_every_kind_of_forge_but_github_has_a_dialect() -> None:
    assert set(DIALECTS) == set(Forge) - {Forge.GITHUB}
    assert set(other_forges()) == set(FORGES) - {"github.com"}
    for host, dialect in other_forges().items():
        assert dialect.base(host).startswith("https://")
        assert host in dialect.base(host)
