"""A small GitHub on loopback: REST and GraphQL over a table of projects that may change.

It keeps GitHub's rules that matter to a client: quotas by token and by kind of API, a 301
that costs a request, a 304 that costs none with a token, errors of one alias beside the
data of others, limits on the size of a query. GraphQL queries are parsed by graphql-core and
answered field by field, so that a misspelt field is refused here as it is there.
"""

import base64
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import web
from graphql import GraphQLSyntaxError, parse

from nightly.demo.forge_query import QueryError, answer
from nightly.demo.projects import Project

HOUR = 3600
ANONYMOUS_LIMIT = 60
TOKEN_LIMIT = 5000

Interruption = Callable[[web.Request], Awaitable[web.StreamResponse | None]]

_DOCS = "https://docs.github.com/rest"


class DemoForge:
    """The table of projects, and what a test or a demo may do to it between two nights.

    `calls` counts requests by kind: `rest`, `graphql`, `not modified`, `moved`, `missing`.
    `tokens` are the accepted ones (empty: any). `interruption`, where set, sees each
    request first and may answer in GitHub's place. `clock` gives seconds since 1970.
    """

    def __init__(self, projects: Iterable[Project], *, clock: Callable[[], float]) -> None:
        self.projects = list(projects)
        self.clock = clock
        self.calls: Counter[str] = Counter()
        self.used: Counter[tuple[str, str]] = Counter()
        self.tokens: frozenset[str] = frozenset()
        self.interruption: Interruption | None = None
        self.history: dict[int, list[dict[str, Any]]] = {}

    def project(self, full_name: str) -> Project:
        """Return the project that is called *full_name* now; KeyError where there is none."""
        for project in self.projects:
            if project.full_name.casefold() == full_name.casefold():
                return project
        raise KeyError(full_name)

    def rename(self, full_name: str, new_name: str) -> None:
        """Rename or transfer a project; its old name redirects, as long as nobody takes it."""
        project = self.project(full_name)
        project.former_names.append(project.full_name)
        project.full_name = new_name

    def remove(self, full_name: str) -> None:
        """Delete a project, or make it private: from outside, both are a 404."""
        self.projects.remove(self.project(full_name))

    def grow(self, full_name: str, stars: int) -> None:
        """Give a project *stars* more stars."""
        self.project(full_name).stars += stars

    def find(self, full_name: str) -> Project | None:
        """Return the project that answers to *full_name*, by its present or a former name."""
        try:
            return self.project(full_name)
        except KeyError:
            former = full_name.casefold()
        for project in self.projects:
            if former in (name.casefold() for name in project.former_names):
                return project
        return None


def forge_app(forge: DemoForge) -> web.Application:
    """Return GitHub's API over *forge*, to be served at any base URL."""
    handlers = _Handlers(forge)
    app = web.Application(middlewares=[handlers.guard])
    app.router.add_get("/repos/{owner}/{name}", handlers.repository)
    app.router.add_get("/repositories/{number}", handlers.repository)
    app.router.add_get("/repos/{owner}/{name}/license", handlers.license)
    app.router.add_get("/repositories/{number}/license", handlers.license)
    app.router.add_get("/repos/{owner}/{name}/releases/latest", handlers.release)
    app.router.add_get("/repos/{owner}/{name}/languages", handlers.languages)
    app.router.add_get("/repos/{owner}/{name}/stargazers/history", handlers.star_history)
    app.router.add_get("/repositories/{number}/stargazers/history", handlers.star_history)
    app.router.add_get("/rate_limit", handlers.rate_limit)
    app.router.add_post("/graphql", handlers.graphql)
    return app


class _Handlers:
    """The handlers: HTTP in, HTTP out."""

    def __init__(self, forge: DemoForge) -> None:
        self.forge = forge
        self.window = self._reset()

    @web.middleware
    async def guard(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Let the interruption answer, refuse bad tokens and empty quotas, count the rest."""
        if self.forge.interruption is not None:
            answered = await self.forge.interruption(request)
            if answered is not None:
                return answered
        who = _token(request)
        if who and self.forge.tokens and who not in self.forge.tokens:
            return _problem(401, "Bad credentials")
        bucket = "graphql" if request.path.endswith("/graphql") else "core"
        self._open_window()
        if request.path == "/rate_limit":
            return await handler(request)
        if bucket == "graphql" and not who:
            return _problem(401, "This endpoint requires you to be authenticated.")
        if self.forge.used[who, bucket] >= _limit(who):
            response: web.StreamResponse = _exceeded(request.remote or "")
        else:
            self.forge.calls["graphql" if bucket == "graphql" else "rest"] += 1
            response = await handler(request)
            # «Not modified» is free, but only for those who say who they are.
            self.forge.used[who, bucket] += not (response.status == 304 and who)
        self._account(response, who, bucket)
        return response

    def _account(self, response: web.StreamResponse, who: str, bucket: str) -> None:
        limit, used = _limit(who), self.forge.used[who, bucket]
        response.headers["X-RateLimit-Limit"] = str(limit)
        response.headers["X-RateLimit-Used"] = str(used)
        response.headers["X-RateLimit-Remaining"] = str(max(limit - used, 0))
        response.headers["X-RateLimit-Reset"] = str(self._reset())
        response.headers["X-RateLimit-Resource"] = bucket

    def _open_window(self) -> None:
        """Fill the quotas again when a new hour has begun."""
        if self._reset() != self.window:
            self.forge.used.clear()
            self.window = self._reset()

    def _reset(self) -> int:
        return (int(self.forge.clock()) // HOUR + 1) * HOUR

    def _asked(self, request: web.Request) -> Project | None:
        if "number" in request.match_info:
            wanted = request.match_info["number"]
            return next((p for p in self.forge.projects if str(p.number) == wanted), None)
        return self.forge.find("{owner}/{name}".format(**request.match_info))

    async def repository(self, request: web.Request) -> web.Response:
        """Answer `/repos/{owner}/{name}` and `/repositories/{id}`."""
        project = self._asked(request)
        if project is None:
            self.forge.calls["missing"] += 1
            return _problem(404, "Not Found")
        if project.blocked:
            return _blocked(project)
        named = "name" in request.match_info
        name = "{owner}/{name}".format(**request.match_info) if named else project.full_name
        if name.casefold() != project.full_name.casefold():
            self.forge.calls["moved"] += 1
            location = f"{request.url.origin()}/repositories/{project.number}"
            return web.json_response(
                {"message": "Moved Permanently", "url": location, "documentation_url": _DOCS},
                status=301,
                headers={"Location": location},
            )
        if request.headers.get("If-None-Match") == project.etag:
            self.forge.calls["not modified"] += 1
            return web.Response(status=304, headers={"ETag": project.etag})
        return web.json_response(repository_json(project), headers={"ETag": project.etag})

    async def license(self, request: web.Request) -> web.Response:
        """Answer with the license file, if there is one."""
        project = self._asked(request)
        if project is None or project.license_spdx is None:
            return _problem(404, "Not Found")
        content = base64.encodebytes(project.license_file).decode()
        return web.json_response(
            {
                "name": "LICENSE",
                "path": "LICENSE",
                "size": len(project.license_file),
                "type": "file",
                "encoding": "base64",
                "content": content,
                "license": _license(project),
            }
        )

    async def release(self, request: web.Request) -> web.Response:
        """Answer with the latest release, if there is one."""
        project = self._asked(request)
        if project is None or project.latest_release is None:
            return _problem(404, "Not Found")
        return web.json_response({"tag_name": project.latest_release, "draft": False})

    async def languages(self, request: web.Request) -> web.Response:
        """Answer with the bytes of each language."""
        project = self._asked(request)
        return (
            _problem(404, "Not Found") if project is None else web.json_response(project.languages)
        )

    async def star_history(self, request: web.Request) -> web.Response:
        """Answer with the stars won in each week, the newest first, at most 30 a page."""
        project = self._asked(request)
        if project is None:
            return _problem(404, "Not Found")
        size = min(int(request.query.get("per_page", "30")), 30)
        start = (int(request.query.get("page", "1")) - 1) * size
        weeks = self.forge.history.get(project.number, [])
        return web.json_response(weeks[start : start + size])

    async def rate_limit(self, request: web.Request) -> web.Response:
        """Answer how much is left; asking costs nothing."""
        who = _token(request)
        return web.json_response(
            {
                "resources": {
                    bucket: {
                        "limit": _limit(who),
                        "used": self.forge.used[who, bucket],
                        "remaining": max(_limit(who) - self.forge.used[who, bucket], 0),
                        "reset": self._reset(),
                    }
                    for bucket in ("core", "graphql")
                }
            }
        )

    async def graphql(self, request: web.Request) -> web.Response:
        """Answer a query; its errors stand beside its data, with status 200."""
        asked = await request.json()
        try:
            document = parse(asked["query"])
            limits = {
                "limit": TOKEN_LIMIT,
                "used": self.forge.used[_token(request), "graphql"],
                "reset": self._reset(),
            }
            result = answer(self.forge, document, asked.get("variables") or {}, limits)
        except (GraphQLSyntaxError, QueryError) as error:
            return web.json_response({"errors": [{"message": str(error)}]})
        return web.json_response(result)


def repository_json(project: Project) -> dict[str, Any]:
    """Return *project* as REST describes it."""
    url = f"https://github.com/{project.full_name}"
    shown: dict[str, Any] = {
        "id": project.number,
        "node_id": project.node_id,
        "name": project.name,
        "full_name": project.full_name,
        "private": project.private,
        "owner": {"login": project.owner, "type": "Organization"},
        "html_url": url,
        "description": project.description,
        "fork": project.fork_of is not None,
        "created_at": project.created_at,
        "pushed_at": project.pushed_at,
        "homepage": project.homepage,
        "size": 0 if project.empty else 1000,
        "stargazers_count": project.stars,
        "watchers_count": project.stars,
        "language": project.language,
        "forks_count": project.forks,
        "mirror_url": project.mirror_of,
        "archived": project.archived,
        "disabled": project.disabled,
        "open_issues_count": project.open_issues,
        "license": _license(project),
        "is_template": project.template,
        "topics": project.topics,
        "visibility": "public",
        "default_branch": project.default_branch,
    }
    if project.fork_of is not None:
        shown["parent"] = {"full_name": project.fork_of}
    return shown


def _license(project: Project) -> dict[str, Any] | None:
    if project.license_spdx is None:
        return None
    return {
        "key": project.license_key,
        "name": project.license_name or project.license_spdx,
        "spdx_id": project.license_spdx,
        "url": None,
    }


def _token(request: web.Request) -> str:
    """Return the token that *request* carries, empty where it carries none."""
    return request.headers.get("Authorization", "").rpartition(" ")[2]


def _limit(who: str) -> int:
    return TOKEN_LIMIT if who else ANONYMOUS_LIMIT


def _problem(status: int, message: str) -> web.Response:
    return web.json_response(
        {"message": message, "documentation_url": _DOCS, "status": str(status)}, status=status
    )


def _exceeded(address: str) -> web.Response:
    return _problem(403, f"API rate limit exceeded for {address}.")


def _blocked(project: Project) -> web.Response:
    dmca = project.blocked == "dmca"
    notice = "https://github.com/github/dmca" if dmca else "https://github.com/tos"
    body = {
        "message": "Repository access blocked",
        "block": {
            "reason": project.blocked,
            "created_at": "2024-01-01T00:00:00Z",
            "html_url": notice,
        },
    }
    return web.Response(
        text=json.dumps(body), status=451 if dmca else 403, content_type="application/json"
    )
