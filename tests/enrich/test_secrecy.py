"""A token is never written down: not by a run that goes well, nor by one that fails."""

import io
import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from enrich.options import EnrichOptions, GitHubWay
from nightly.demo.forge import DemoForge

SECRETS = ("ghp_0123456789abcdefSECRETsecretSECRETwxyz", "github_pat_ANOTHERanotherANOTHER_98765")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that anybody logs, down to the last detail."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def assert_silent(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text
        assert secret[:-4] not in text


FAULTS = [
    ("nothing goes wrong", None),
    ("the tokens are refused", lambda _: web.json_response({"message": "no"}, status=401)),
    ("everything fails", lambda _: web.Response(status=500)),
    ("it leads elsewhere", lambda r: web.HTTPMovedPermanently(f"http://localhost{r.path}")),
    ("the answer is nonsense", lambda _: web.Response(text="<html>")),
    ("headers are nonsense", lambda _: web.Response(headers={"X-RateLimit-Reset": "soon"})),
]


@pytest.mark.parametrize("way", list(GitHubWay))
@pytest.mark.parametrize("fault", [pytest.param(fault, id=name) for name, fault in FAULTS])
def test_nothing_that_a_run_writes_holds_a_token(
    desk: Any,
    forge: DemoForge,
    log: io.StringIO,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    way: GitHubWay,
    fault: Any,
) -> None:
    if fault is not None:

        async def interrupt(request: web.Request) -> web.StreamResponse:
            return fault(request)

        forge.interruption = interrupt
    desk.read_projects(forge)
    try:
        summary = desk.enrich(github_tokens=SECRETS, github_way=way, attempts=2, max_wait=0)
    finally:
        assert_silent(log.getvalue())
    assert_silent(json.dumps(summary.notes))
    assert_silent("".join(desk.said))
    assert_silent("".join(desk.db.conn.iterdump()))
    for file in tmp_path.iterdir():
        assert_silent(file.read_bytes().decode("latin-1"))
    assert_silent("".join(capfd.readouterr()))


def test_a_traceback_of_a_bug_holds_no_token(desk: Any, forge: DemoForge) -> None:
    class BugError(Exception):
        pass

    def breaks(_: float) -> None:
        raise BugError

    async def interrupt(_: web.Request) -> web.StreamResponse:
        return web.Response(status=500)

    forge.interruption = interrupt
    desk.read_projects(forge)
    with pytest.raises(BugError) as caught:
        desk.enrich(github_tokens=SECRETS, sleep=breaks)
    assert_silent("".join(traceback.format_exception(caught.value)))


def test_options_and_tokens_show_no_token() -> None:
    assert_silent(repr(EnrichOptions(github_tokens=SECRETS)))


def test_other_hosts_get_no_token(desk: Any, serve: Any) -> None:
    seen: list[str] = []

    async def listen(request: web.Request) -> web.StreamResponse:
        seen.append(str(dict(request.headers)))
        return web.json_response({"message": "Not Found"}, status=404)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", listen)
    base = serve(app)
    desk.read(
        "https://gitee.com/o/a",
        "https://gitlab.com/o/a",
        "https://codeberg.org/o/a",
        "https://huggingface.co/o/a",
        "https://bitbucket.org/o/a",
        "https://arxiv.org/abs/1812.00332",
    )
    hosts = ("gitee.com", "gitlab.com", "codeberg.org", "huggingface.co", "bitbucket.org")
    desk.enrich(
        github_tokens=SECRETS,
        forge_apis=dict.fromkeys(hosts, base),
        arxiv_api=f"{base}/api/query",
        attempts=1,
    )
    assert len(seen) >= 6
    for headers in seen:
        assert_silent(headers)
        assert "Authorization" not in headers
