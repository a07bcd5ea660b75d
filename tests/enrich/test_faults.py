"""Whatever GitHub does wrong, in the middle of a run: nothing is lost, nothing falsely gone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from enrich.options import GitHubWay
from nightly.demo.forge import DemoForge
from nightly.demo.projects import Project

GRAPHQL: dict[str, Any] = {}
REST: dict[str, Any] = {"github_way": GitHubWay.REST}
ANONYMOUS: dict[str, Any] = {"github_tokens": ()}
WAYS = [
    pytest.param(GRAPHQL, id="in batches"),
    pytest.param(REST, id="one by one"),
    pytest.param(ANONYMOUS, id="without a token"),
]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def told(status: int, body: Any, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "text/html" if text.startswith("<") else "application/json"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers=named, content_type=kind)

    return handler


async def reset(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def slow(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(1.5)
    return web.Response()


async def trickle(request: web.Request) -> web.StreamResponse:
    return await _trickled(request, web.StreamResponse())


async def trickle_away(request: web.Request) -> web.StreamResponse:
    return await _trickled(request, web.StreamResponse(status=302, headers={"Location": "/away"}))


async def _trickled(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    response.content_length = 100_000
    await response.prepare(request)
    for _ in range(200):
        await response.write(b" ")
        await asyncio.sleep(0.1)
    return response


async def cut_short(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"id": 1, "full_name": "o/')
    assert request.transport is not None
    request.transport.close()
    return response


SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
STRANGE_ERRORS = {
    "data": {"r0": None, "nodes": [None]},
    "errors": [{"path": [alias]} for alias in ("r²", "r" + "9" * 5000, "", 0)],
}
ERROR_ONLY = {"errors": [{"message": "Something went wrong while executing your query."}]}

# The clock of these tests stands at 04:00, 2026-11-22.
NOW = 1_795_320_000
PRIMARY = told(
    403,
    {"message": "API rate limit exceeded for user ID 1."},
    X_RateLimit_Remaining="0",
    X_RateLimit_Reset=str(NOW + 300),
)

# What happens, and at least how long is waited because of it.
PASSING = [
    ("the quota is used up, and comes back", PRIMARY, 300.0),
    ("too fast, 403 with Retry-After", told(403, SECONDARY, Retry_After="7"), 7.0),
    ("too fast, 429 with Retry-After", told(429, SECONDARY, Retry_After="7"), 7.0),
    ("too fast, 403 without Retry-After", told(403, SECONDARY), 60.0),
    ("too fast, 429 without Retry-After", told(429, SECONDARY), 60.0),
    ("500", told(500, {"error": "Server Error"}), 0.0),
    ("502 in HTML", told(502, "<html><body>Unicorn!</body></html>"), 0.0),
    ("HTML with status 200", told(200, "<html><body>Hello!</body></html>"), 0.0),
    ("a reset", reset, 0.0),
    ("an answer that comes too late", slow, 0.0),
    ("an answer that trickles", trickle, 0.0),
    ("not ready yet", told(202, {}), 0.0),
    ("an answer that is cut short", cut_short, 0.0),
    ("only errors with status 200", told(200, ERROR_ONLY), 0.0),
    ("errors about what nobody asked for", told(200, STRANGE_ERRORS), 0.0),
    ("a redirect to no address", told(302, "", Location="http://[half"), 0.0),
    ("a redirect that trickles", trickle_away, 0.0),
    ("a proxy's own 404", told(404, "<html>nginx</html>"), 0.0),
]


# Nothing that passes while anybody waits.
STAYING = [
    *((name, handler) for name, handler, _ in PASSING),
    ("a quota that comes back in a year that no clock knows",
     told(403, {"message": "API rate limit exceeded"}, X_RateLimit_Reset="9" * 400)),
    ("too fast, until a year of twenty digits",
     told(429, SECONDARY, Retry_After=f"Sun, 22 Nov {'9' * 20} 04:00:00 GMT")),
]  # fmt: skip


class Once:
    """Answers the *number*th request with *handler*, and leaves the others to the forge."""

    def __init__(self, number: int, handler: Handler) -> None:
        self.left = number
        self.handler = handler

    async def __call__(self, request: web.Request) -> web.StreamResponse | None:
        self.left -= 1
        return await self.handler(request) if self.left == 0 else None


def always(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse | None]]:
    async def answer(request: web.Request) -> web.StreamResponse | None:
        return await handler(request)

    return answer


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("handler", "wait"), [pytest.param(*row, id=name) for name, *row in PASSING]
)
def test_trouble_that_passes_costs_time_and_nothing_else(
    desk: Any, forge: DemoForge, handler: Handler, wait: float, way: dict[str, Any]
) -> None:
    desk.read_projects(forge)
    forge.interruption = Once(1 if way is GRAPHQL else 4, handler)
    summary = desk.enrich(timeout=1, licenses=0, **way)
    unclear = summary.failed
    assert (summary.found + unclear, summary.gone, summary.left) == (10, 0, 0)
    assert set(desk.states().values()) <= {"ok", "unknown"}
    assert sum(desk.time.slept) >= wait


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("handler", [pytest.param(row[1], id=row[0]) for row in STAYING])
def test_trouble_that_stays_leaves_everything_as_it_was_and_due(
    desk: Any, forge: DemoForge, handler: Handler, way: dict[str, Any]
) -> None:
    if handler in (slow, trickle, trickle_away):  # each costs a second
        forge.projects = forge.projects[:2]
    desk.read_projects(forge)
    desk.enrich(licenses=0)
    before = list(desk.db.query("SELECT id, state, stars, fetched_at FROM repos"))
    links = list(desk.db.query("SELECT id, standing FROM links"))
    desk.next_night()
    forge.interruption = always(handler)
    summary = desk.enrich(timeout=1, attempts=2, max_wait=5, licenses=0, **way)
    assert list(desk.db.query("SELECT id, state, stars, fetched_at FROM repos")) == before
    assert list(desk.db.query("SELECT id, standing FROM links")) == links
    assert summary.found == summary.gone == 0
    assert sum(desk.time.slept) <= 5
    forge.interruption = None
    assert desk.enrich(licenses=0).found == len(forge.projects)


@pytest.mark.parametrize("way", [WAYS[0], WAYS[1]])
def test_a_limit_in_the_middle_keeps_what_came_before_it(
    desk: Any, forge: DemoForge, way: dict[str, Any]
) -> None:
    forge.projects = [Project(full_name=f"o/r{n}", number=n) for n in range(120)]
    desk.read_projects(forge)
    forge.interruption = Once(3 if way is GRAPHQL else 51, PRIMARY)
    first = desk.enrich(max_wait=0, **way)
    assert (first.found, first.left) == ((100, 20) if way is GRAPHQL else (50, 70))
    assert any("wait for the next night" in note for note in first.notes)
    second = desk.enrich(max_wait=0, **way)
    assert (second.found, second.left) == (first.left, 0)
    assert desk.db["repo_snapshots"].count == 120


def test_the_quota_may_run_out_inside_a_batch(desk: Any, forge: DemoForge) -> None:
    desk.read_projects(forge)
    node = {"id": "R_demo1001", "databaseId": 1001, "nameWithOwner": "Tencent/TNN"}
    body = {
        "data": {"r0": node | {"stargazerCount": 5}, "r1": None},
        "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}],
    }
    forge.interruption = Once(1, told(200, body, X_RateLimit_Reset=str(NOW + 3000)))
    summary = desk.enrich(max_wait=0)
    assert (summary.found, summary.left, desk.repo("Tencent/TNN")["stars"]) == (1, 9, 5)


def test_too_much_at_once_is_asked_again_in_halves(desk: Any, forge: DemoForge) -> None:
    forge.projects = [Project(full_name=f"o/r{n}", number=n) for n in range(60)]
    desk.read_projects(forge)

    async def at_most_20(request: web.Request) -> web.StreamResponse | None:
        query = (await request.json())["query"]
        if query.count("repository(") > 20:
            return await told(502, "<html>Unicorn!</html>")(request)
        return None

    forge.interruption = at_most_20
    summary = desk.enrich()
    assert (summary.found, summary.failed, sum(desk.time.slept)) == (60, 0, 0)


def test_what_came_beside_a_resource_limit_is_kept(desk: Any, forge: DemoForge) -> None:
    forge.projects = [Project(full_name=f"o/r{n}", number=n) for n in range(200)]
    desk.read_projects(forge)
    assert desk.enrich(batch=100).found == 200
    assert forge.calls == {"graphql": 2}


def test_a_failed_field_leaves_only_that_field_alone(desk: Any, forge: DemoForge) -> None:
    desk.read("https://github.com/Tencent/TNN")
    desk.enrich(licenses=0)
    desk.next_night()
    node = {
        "id": "R_demo1001",
        "databaseId": 1001,
        "nameWithOwner": "Tencent/TNN",
        "stargazerCount": 4242,
        "languages": None,
    }
    error = {"type": "FORBIDDEN", "path": ["nodes", 0, "languages"], "message": "no"}
    forge.interruption = always(told(200, {"data": {"nodes": [node]}, "errors": [error]}))
    desk.enrich(licenses=0)
    row = desk.repo("Tencent/TNN")
    assert (row["stars"], json.loads(row["languages"])["C++"]) == (4242, 20_300_000)


@pytest.mark.parametrize("status", [301, 302, 307])
@pytest.mark.parametrize("way", WAYS)
def test_a_redirect_to_another_host_is_not_followed(
    desk: Any, forge: DemoForge, serve: Any, way: dict[str, Any], status: int
) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        asked.append(str(request.headers))
        return web.json_response({"id": 1, "full_name": "evil/repo"})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", elsewhere)
    other = serve(app).replace("127.0.0.1", "localhost")
    desk.read_projects(forge)
    forge.interruption = always(told(status, {}, Location=f"{other}/repositories/1"))
    summary = desk.enrich(licenses=0, attempts=1, **way)
    assert asked == []
    assert (summary.found, summary.gone) == (0, 0)
    assert set(desk.states().values()) == {"unknown"}


def test_a_bad_token_is_named_by_its_end_and_the_others_go_on(desk: Any, forge: DemoForge) -> None:
    good, bad = "ghp_goodgoodgoodgood1111", "ghp_badbadbadbadbadb2222"
    forge.tokens = frozenset({good})
    desk.read_projects(forge)
    summary = desk.enrich(github_tokens=(bad, good))
    assert (summary.found, summary.left) == (10, 0)
    assert any("…2222" in note for note in summary.notes)
    assert not any(bad in note for note in summary.notes)


def test_with_no_good_token_left_it_goes_on_without(desk: Any, forge: DemoForge) -> None:
    forge.tokens = frozenset({"another"})
    desk.read_projects(forge)
    assert desk.enrich().found == 10


def test_tokens_take_turns_and_an_empty_one_rests(desk: Any, forge: DemoForge) -> None:
    forge.projects = [Project(full_name=f"o/r{n}", number=n) for n in range(40)]
    desk.read_projects(forge)
    first, second = "ghp_first_first_first", "ghp_second_second_second"
    desk.enrich(github_way=GitHubWay.REST, github_tokens=(first, second))
    assert (forge.used[first, "core"], forge.used[second, "core"]) == (20, 20)
    forge.used[first, "core"] = 5000
    desk.time.now += timedelta(minutes=20)
    options = {"everything": True, "max_wait": 0, "github_tokens": (first, second)}
    forge.used[first, "graphql"] = 5000
    summary = desk.enrich(**options)
    assert (summary.found, summary.left) == (40, 0)
    forge.used[second, "graphql"] = 5000
    assert desk.enrich(**options).left == 40


def test_most_of_what_was_known_gone_at_once_is_not_believed(desk: Any, forge: DemoForge) -> None:
    desk.read_projects(forge)
    desk.enrich(licenses=0)
    forge.projects = forge.projects[:3]
    desk.next_night()
    summary = desk.enrich(licenses=0)
    assert (summary.found, summary.gone, summary.left) == (3, 0, 7)
    assert any("not believed" in note for note in summary.notes)
    assert set(desk.states().values()) == {"ok"}
