"""Names to addresses for the transport: mapped ones as the user said, others never private."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from catalog.connect_to import ConnectTo
from crawler.visiting.egress import is_literal, refusal

# `getaddrinfo` blocks its thread for as long as a name server is silent, so that slow names
# must not be able to hold up the others.
_LOOKUPS_AT_ONCE = 32

# An address cannot be handed to a resolver; a mapped one is asked for under such a name.
_MAPPED_LITERAL = ".mapped.invalid"


class PrivateAddressError(OSError):
    """A name that leads into a private network, or an address there."""


class LookupTimeoutError(OSError):
    """The name servers did not answer in time."""


def mapped_name(literal: str) -> str:
    """Return the name under which `GuardedResolver` takes *literal*, an IP address."""
    return literal.strip("[]").replace(":", "-").replace(".", "-") + _MAPPED_LITERAL


class GuardedResolver(AbstractResolver):
    """Resolve names, leaving out every address that must not be connected to."""

    def __init__(self, connect_to: ConnectTo, *, allow_private: bool, patience: float) -> None:
        self._connect_to = connect_to
        self._allow_private = allow_private
        self._patience = patience
        self._chosen: set[str] = set()
        self._threads = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return where to connect to for *host* and *port*.

        Raises `PrivateAddressError` where only refused addresses are left, and what
        `getaddrinfo` raises where there are none.
        """
        if (target := self.target(host, port)) is not None:
            results = await self._look_up(*target, family)
            self._chosen.update(result["host"] for result in results)
            return results
        results = await self._look_up(host, port, family)
        if self._allow_private:
            return results
        refusals = [refusal(result["host"]) for result in results]
        if all(refusals):
            raise PrivateAddressError(f"{host} leads to {refusals[0]}")
        return [result for result, why in zip(results, refusals, strict=True) if not why]

    def target(self, host: str, port: int) -> tuple[str, int] | None:
        """Return where the user wants connections to *host* and *port* to go, if anywhere."""
        if host.endswith(_MAPPED_LITERAL):
            bare = host.removesuffix(_MAPPED_LITERAL)
            as_v4, as_v6 = bare.replace("-", "."), bare.replace("-", ":")
            host = as_v4 if is_literal(as_v4) else as_v6
        return self._connect_to.target(host, port)

    def guarded_socket(self, info: AddrInfoType) -> socket.socket:
        """Return a socket for *info*: the last look at the address before it is connected to."""
        family, kind, protocol, _, address = info
        given = str(address[0])
        if not self._allow_private and given not in self._chosen and (why := refusal(given)):
            raise PrivateAddressError(why)
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Let go of the threads; those that still wait for a name server end with it."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look_up(
        self, host: str, port: int, family: socket.AddressFamily
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        lookup = loop.run_in_executor(
            self._threads,
            lambda: socket.getaddrinfo(
                host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
            ),
        )
        try:
            found = await asyncio.wait_for(lookup, self._patience)
        except TimeoutError as error:
            raise LookupTimeoutError(f"no name server answered for {host}") from error
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=found_family,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found_family, _, protocol, _, address in found
        ]
