"""Names to addresses: never private ones, unless the user has said so."""

import socket
from collections.abc import AsyncIterator

import pytest

from catalog.connect_to import ConnectTo
from crawler.visiting.resolver import GuardedResolver, PrivateAddressError, mapped_name


@pytest.fixture
async def resolver() -> AsyncIterator[GuardedResolver]:
    connect_to = ConnectTo(("mapped.example::127.0.0.1:8080",))
    resolver = GuardedResolver(connect_to, allow_private=False, patience=5)
    yield resolver
    await resolver.close()


async def test_a_name_that_leads_to_this_machine_is_refused(resolver: GuardedResolver) -> None:
    with pytest.raises(PrivateAddressError, match="localhost leads to"):
        await resolver.resolve("localhost", 80)


async def test_the_user_may_allow_it() -> None:
    resolver = GuardedResolver(ConnectTo(), allow_private=True, patience=5)
    found = await resolver.resolve("localhost", 80, socket.AF_INET)
    assert [(result["host"], result["port"]) for result in found] == [("127.0.0.1", 80)]
    await resolver.close()


async def test_a_mapped_name_leads_where_the_user_said(resolver: GuardedResolver) -> None:
    (found,) = await resolver.resolve("mapped.example", 443)
    assert (found["host"], found["port"]) == ("127.0.0.1", 8080)


@pytest.mark.parametrize("literal", ["93.184.215.14", "[2001:4860::8888]"])
def test_a_literal_has_a_name_to_be_mapped_by(literal: str) -> None:
    resolver = GuardedResolver(ConnectTo(("::127.0.0.1:8080",)), allow_private=False, patience=5)
    assert resolver.target(mapped_name(literal), 80) == ("127.0.0.1", 8080)


async def test_the_last_look_is_at_the_address_itself(resolver: GuardedResolver) -> None:
    here = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 8080))
    with pytest.raises(PrivateAddressError, match="loopback"):
        resolver.guarded_socket(here)
    await resolver.resolve("mapped.example", 443)
    resolver.guarded_socket(here).close()
