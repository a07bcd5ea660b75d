"""Names to addresses: never private ones, unless the user has said so."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from catalog.connect_to import ConnectTo
from crawler.visiting.resolver import GuardedResolver, PrivateAddressError


@pytest.fixture
def resolver() -> Iterator[GuardedResolver]:
    connect_to = ConnectTo(("mapped.example::127.0.0.1:8080", "[2001:4860::8888]:::8081"))
    resolver = GuardedResolver(connect_to, allow_private=False, patience=5)
    yield resolver
    resolver.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "::ffff:10.0.0.1"])
async def test_what_leads_to_this_machine_is_refused(resolver: GuardedResolver, host: str) -> None:
    with pytest.raises(PrivateAddressError, match=f"{host} leads to"):
        await resolver.resolve(host, 80)


async def test_the_user_may_allow_it() -> None:
    resolver = GuardedResolver(ConnectTo(), allow_private=True, patience=5)
    found = await resolver.resolve("localhost", 80)
    assert ("127.0.0.1", 80) in [info[4] for info in found]
    resolver.close()


@pytest.mark.parametrize(
    ("host", "leads_to"),
    [
        pytest.param("mapped.example", ("127.0.0.1", 8080), id="a name"),
        pytest.param("2001:4860::8888", ("2001:4860::8888", 8081), id="an address"),
    ],
)
async def test_what_is_mapped_leads_where_the_user_said(
    resolver: GuardedResolver, host: str, leads_to: tuple[str, int]
) -> None:
    (found,) = await resolver.resolve(host, 443)
    assert found[4][:2] == leads_to


async def test_a_name_is_looked_up_once_for_all_who_ask(
    resolver: GuardedResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = GuardedResolver._ask_name_servers

    async def counted(self: GuardedResolver, host: str, port: int) -> Any:
        asked.append(host)
        return await ask(self, host, port)

    monkeypatch.setattr(GuardedResolver, "_ask_name_servers", counted)
    for _ in range(2):
        await asyncio.gather(
            *(resolver.resolve("localhost", 80) for _ in range(3)), return_exceptions=True
        )
    assert asked == ["localhost"]


async def test_names_that_nobody_answers_for_hold_up_no_others(
    resolver: GuardedResolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def ask_name_servers(host: str, *_: object, **__: object) -> list[Any]:
        if host.startswith("silent"):
            over.wait()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", ask_name_servers)
    silent = [asyncio.ensure_future(resolver.resolve(f"silent{n}.test", 80)) for n in range(200)]
    await asyncio.sleep(0)  # they are asked for first
    try:
        (found,) = await asyncio.wait_for(resolver.resolve("good.test", 80), 4)
    finally:
        over.set()
        await asyncio.gather(*silent)
    assert found[4] == ("93.184.215.14", 80)


async def test_what_could_not_be_found_is_looked_up_again(resolver: GuardedResolver) -> None:
    for _ in range(2):
        with pytest.raises(OSError, match=r".+"):
            await resolver.resolve("no-such-host.invalid", 80)
        await asyncio.sleep(0)
    assert not resolver._lookups


@pytest.mark.parametrize("host", ["a" * 64 + ".test", "a..test"])
async def test_what_can_be_no_name_is_none(resolver: GuardedResolver, host: str) -> None:
    with pytest.raises(socket.gaierror) as raised:
        await resolver.resolve(host, 80)
    assert raised.value.errno == socket.EAI_NONAME
