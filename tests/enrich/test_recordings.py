"""GitHub's real answers, recorded by others, replayed through a loopback server."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from catalog.clock import stamp
from enrich.answers import Kind, classify, classify_batch
from enrich.licenses import on_the_list
from enrich.options import GitHubWay

REST: dict[str, Any] = {"github_way": GitHubWay.REST, "licenses": 0}


@pytest.fixture(scope="module")
def recordings(shared: Path) -> Path:
    return shared / "github-recordings"


@pytest.fixture(scope="module")
def objects(recordings: Path) -> list[dict[str, Any]]:
    lines = (recordings / "repository_objects.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def exchanges(recordings: Path) -> list[dict[str, Any]]:
    return [
        json.loads(file.read_text("utf-8"))
        for file in sorted((recordings / "recordings").iterdir())
    ]


class Replay:
    """Serves recorded exchanges: those of one path in turn, the last one again and again."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, str], Any]]] = defaultdict(list)

    def add(self, path: str, status: int, headers: dict[str, str], body: Any) -> None:
        self.answers[path].append((status, headers, body))

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{tail:.*}", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.Response:
        answers = self.answers.get(request.path)
        if not answers:
            return web.json_response({"message": "Not Found"}, status=404)
        status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        sent = {
            name: value for name, value in headers.items() if name in KEPT and "{{" not in value
        }
        if "location" in sent:
            sent["location"] = sent["location"].replace(
                "https://api.github.com", str(request.url.origin())
            )
        text = body if isinstance(body, str) else json.dumps(body)
        shown = None if status == 304 else text
        return web.Response(status=status, headers=sent, text=shown, content_type=JSON)


JSON = "application/json"
KEPT = frozenset(
    {"etag", "last-modified", "location", "retry-after", "date"}
    | {f"x-ratelimit-{word}" for word in ("limit", "remaining", "used", "resource")}
)


def insert(desk: Any, *full_names: str) -> None:
    for full_name in full_names:
        owner, _, name = full_name.partition("/")
        desk.db.execute(
            "INSERT INTO repos (forge, owner, name, full_name, url, mentions, next_look_at)"
            " VALUES ('github.com', ?, ?, ?, '', 1, '2026-11-22T04:00:00Z')",
            [owner, name, full_name],
        )


def replayed(desk: Any, serve: Any, replay: Replay, **options: Any) -> Any:
    desk.github = serve(replay.app())
    return desk.enrich(**(REST | options))


def expected(said: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each column with the value that it should have, worked out from the raw object."""
    yield "forge_id", str(said["id"])
    yield "stars", said.get("stargazers_count")
    yield "forks", said.get("forks_count")
    yield "open_issues", said.get("open_issues_count")
    yield "language", said.get("language")
    yield "description", " ".join((said.get("description") or "").split()) or None
    yield "archived", int(bool(said.get("archived")))
    yield "is_fork", int(said["fork"])
    yield "is_mirror", int(bool(said.get("mirror_url")))
    yield "default_branch", said.get("default_branch")
    for name in ("created_at", "pushed_at"):
        time = said.get(name)
        yield name, stamp(datetime.fromtimestamp(time, UTC)) if isinstance(time, int) else time
    yield "topics", json.dumps(said.get("topics") or [], ensure_ascii=False)
    license_ = said.get("license")
    yield "license_spdx", license_["spdx_id"] if license_ else None
    yield "license_name", license_["name"] if license_ else None


def test_every_recorded_repository_is_stored_right(
    desk: Any, serve: Any, objects: list[dict[str, Any]]
) -> None:
    ids = Counter(said["id"] for said in objects)
    once = [said for said in objects if ids[said["id"]] == 1]
    replay = Replay()
    for said in once:
        replay.add(f"/repos/{said['full_name']}", 200, {}, said)
    insert(desk, *(said["full_name"] for said in once))
    summary = replayed(desk, serve, replay)
    assert (summary.found, summary.left) == (len(once), 0)
    rows = {row["full_name"]: row for row in desk.db["repos"].rows}
    wrong = [
        (said["full_name"], column, rows[said["full_name"]][column], value)
        for said in once
        for column, value in expected(said)
        if rows[said["full_name"]][column] != value
    ]
    assert wrong == []
    licenses = {row["license_spdx"] for row in rows.values()} - {None, "NOASSERTION"}
    assert all(on_the_list(spdx) == spdx for spdx in licenses)


def test_two_recorded_names_of_one_id_are_one_repository(
    desk: Any, serve: Any, objects: list[dict[str, Any]]
) -> None:
    ids = Counter(said["id"] for said in objects)
    twice = [said for said in objects if ids[said["id"]] > 1]
    replay = Replay()
    for said in twice:
        replay.add(f"/repos/{said['full_name']}", 200, {}, said)
    insert(desk, *(said["full_name"] for said in twice))
    replayed(desk, serve, replay)
    holders = [row["forge_id"] for row in desk.db["repos"].rows if row["forge_id"]]
    assert sorted(holders) == sorted({str(said["id"]) for said in twice})


# Recorded status, and what becomes of a repository that answers so, whatever was known.
ENDS = {
    200: {"ok", "renamed"},
    301: {"renamed", "unknown"},  # unknown where it leads to another host, or to itself
    304: {"ok"},
    400: {"unknown"},
    403: {"unknown"},
    404: {"gone"},
    429: {"unknown"},
    500: {"unknown"},
    502: {"unknown"},
}


def test_every_recorded_answer_ends_in_the_right_state(
    desk: Any, serve: Any, exchanges: list[dict[str, Any]]
) -> None:
    by_id = {said["path"]: said for said in exchanges if said["path"].startswith("/repositories/")}
    ends: dict[int, set[str]] = defaultdict(set)
    for said in exchanges:
        path = said["path"].removeprefix("/api/v3")
        if not path.startswith("/repos/") or "?" in path:
            continue
        replay = Replay()
        replay.add(path, said["status"], said["headers"], said["body"])
        for target in by_id.values():
            replay.add(target["path"], target["status"], target["headers"], target["body"])
        desk.db.execute("DELETE FROM repo_names")
        desk.db.execute("DELETE FROM repo_snapshots")
        desk.db.execute("DELETE FROM repos")
        insert(desk, path.removeprefix("/repos/"))
        if said["status"] == 304:
            desk.db.execute("UPDATE repos SET etag = ?", [said["headers"]["etag"]])
        replayed(desk, serve, replay, attempts=1, max_wait=0)
        states = {row["state"] for row in desk.db["repos"].rows}
        if isinstance(said["body"], str):  # a template, which is not JSON
            assert states == {"unknown"}
        else:
            ends[said["status"]] |= states
    assert set(ends) == set(ENDS)
    assert all(ends[status] <= ENDS[status] for status in ENDS), ends


# The words in a file's name, and what they mean.
MEANINGS = {
    "301": {Kind.MOVED},
    "304": {Kind.NOT_MODIFIED},
    "401": {Kind.AUTH, Kind.TRANSIENT},
    "403__API_Rate_Limit": {Kind.PRIMARY},
    "403__You_have_exceeded_a_secondary": {Kind.SECONDARY},
    "403__You_have_triggered_an_abuse": {Kind.SECONDARY},
    "403__Max_number_of_login": {Kind.AUTH},
    "403__nobody": {Kind.PRIMARY},  # its headers say that nothing is left
    "403__Must_have_push_access_to_repository": {Kind.SECONDARY},  # it says when to come back
    "403__": {Kind.UNCLEAR},
    "404": {Kind.GONE, Kind.TRANSIENT},
    "409": {Kind.UNCLEAR},
    "422": {Kind.UNCLEAR},
    "429": {Kind.SECONDARY},
    "500": {Kind.TRANSIENT},
    "502": {Kind.TRANSIENT},
    "503": {Kind.TRANSIENT},
}


def test_every_recorded_error_means_what_it_says(recordings: Path) -> None:
    wrong = []
    for file in sorted((recordings / "errors").iterdir()):
        said = json.loads(file.read_text("utf-8"))
        body = said["body"] if isinstance(said["body"], str) else json.dumps(said["body"])
        headers = {name.lower(): value for name, value in said["headers"].items()}
        kind = classify(said["status"], headers, body).kind
        meant = next(kinds for words, kinds in MEANINGS.items() if file.name.startswith(words))
        if kind not in meant:
            wrong.append((file.name, kind))
    assert wrong == []


CITED = {
    "200_graphql_argument_limit.json": Kind.SPLIT,
    "200_graphql_rate_limited.json": Kind.PRIMARY,
    "200_graphql_rate_limited_already.json": Kind.PRIMARY,
    "200_graphql_resource_limits.json": Kind.OK,
    "200_graphql_something_went_wrong.json": Kind.SPLIT,
    "403_primary_unauthenticated.json": Kind.PRIMARY,
    "403_primary_user.json": Kind.PRIMARY,
    "403_tos.json": Kind.BLOCKED,
    "451_dmca.json": Kind.BLOCKED,
    "451_dmca_2017.json": Kind.BLOCKED,
}


@pytest.mark.parametrize(("name", "kind"), CITED.items())
def test_every_cited_answer_means_what_it_says(recordings: Path, name: str, kind: Kind) -> None:
    said = json.loads((recordings / "cited" / name).read_text("utf-8"))
    read = classify_batch if "graphql" in name else classify
    assert read(said["status"], {}, json.dumps(said["body"])).kind is kind
