"""The little web behaves as its files say, over real sockets."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from nightly.demo.pages import World
from nightly.demo.places import sample_archive, web_pages
from nightly.demo.web import LOOPBACK, LittleWeb


class Everywhere(AbstractResolver):
    """Every host is on loopback."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=LOOPBACK, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def little_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LittleWeb, Path]]:
    ca_file = tmp_path_factory.mktemp("ca") / "ca.pem"
    with LittleWeb(World(web_pages())) as web:
        web.write_ca(ca_file)
        yield web, ca_file


CASES = [
    ("an article that nobody described", "any.example/a/b", 1, 200, "a · b"),
    ("a page of a host that walls robots off", "zhuanlan.zhihu.com/p/1", 1, 403, "40352"),
    ("a WeChat article", "mp.weixin.qq.com/s/Sample1114-leaked-npu1", 1, 200, "js_content"),
    ("the same, deleted", "mp.weixin.qq.com/s/Sample1114-leaked-npu1", 2, 200, "发布者删除"),
    ("a page that comes back", "bench.edge-notes.example/2021/phone-frameworks", 1, 404, "不存在"),
    ("there it is", "bench.edge-notes.example/2021/phone-frameworks", 2, 200, "完整数据"),
    ("robots.txt, where there is one", "mirror.sample-lab.example/robots.txt", 1, 200, "/help/"),
    ("robots.txt, where there is none", "any.example/robots.txt", 1, 404, "no robots.txt"),
    ("a PDF", "papers.example/p.pdf", 1, 200, "%PDF"),
]


@pytest.mark.parametrize(
    ("address", "night", "status", "holds"), [pytest.param(*row, id=name) for name, *row in CASES]
)
async def test_answers(
    address: str, night: int, status: int, holds: str, little_web: tuple[LittleWeb, Path]
) -> None:
    web, ca_file = little_web
    web.night = night
    host, _, path = address.partition("/")
    url = f"https://{host}:{web.https_port}/{path}"
    async with (
        _session(ca_file) as session,
        session.get(url, headers={"Host": host}, allow_redirects=False) as response,
    ):
        assert response.status == status
        assert holds in await response.text()


async def test_an_expired_certificate_is_refused(little_web: tuple[LittleWeb, Path]) -> None:
    web, ca_file = little_web
    async with _session(ca_file) as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError, match="expired"):
            await session.get(f"https://ops.edge-notes.example:{web.https_port}/")


async def test_a_crashed_server_resets_the_connection(little_web: tuple[LittleWeb, Path]) -> None:
    web, ca_file = little_web
    host = "drivers.sample-boards.example"
    url = f"http://{host}:{web.http_port}/npu-kit/latest"
    async with _session(ca_file) as session:
        with pytest.raises(aiohttp.ClientOSError, match="reset by peer"):
            await session.get(url, headers={"Host": host})


def test_pages_nobody_described_differ_from_each_other() -> None:
    world = World(web_pages())
    bodies = {world.answer(f"https://any.example/{n}", 1).body for n in range(100)}
    assert len(bodies) == 100


def test_each_described_page_is_in_the_sample_or_a_redirect_leads_there() -> None:
    issues = "".join(f.read_text(encoding="utf-8") for f in sample_archive().glob("*.md"))
    world = World(web_pages())
    targets = [page.location for page in world.pages]
    lost = [
        page.url
        for page in world.pages
        if page.url not in issues and not any(t and page.url.endswith(t) for t in targets)
    ]
    assert lost == []


def _session(ca_file: Path) -> aiohttp.ClientSession:
    context = ssl.create_default_context(cafile=ca_file)
    connector = aiohttp.TCPConnector(ssl=context, resolver=Everywhere())
    return aiohttp.ClientSession(connector=connector)
