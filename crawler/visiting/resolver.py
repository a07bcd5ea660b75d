"""Names to addresses for the transport: mapped ones as the user said, others never private."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohappyeyeballs import AddrInfoType

from catalog.connect_to import ConnectTo
from crawler.visiting.egress import is_literal, refusal

# `getaddrinfo` blocks its thread for as long as a name server is silent. There are as many
# threads as hosts are visited at once, so that silent names hold up no others; they are
# started when they are needed.
_LOOKUPS_AT_ONCE = 256

# For how many seconds an answer of the name servers is good, as browsers hold it for a while.
_REMEMBERED_FOR = 10.0


class PrivateAddressError(OSError):
    """A name that leads into a private network, or an address there."""


class LookupTimeoutError(OSError):
    """The name servers did not answer in time."""


class GuardedResolver:
    """Resolve names, leaving out every address that must not be connected to."""

    def __init__(self, connect_to: ConnectTo, *, allow_private: bool, patience: float) -> None:
        self._connect_to = connect_to
        self._allow_private = allow_private
        self._patience = patience
        self._lookups: dict[tuple[str, int], asyncio.Future[list[AddrInfoType]]] = {}
        self._threads = ThreadPoolExecutor(_LOOKUPS_AT_ONCE, thread_name_prefix="lookup")

    async def resolve(self, host: str, port: int) -> list[AddrInfoType]:
        """Return where to connect to for *host*, a name or an address, and *port*.

        These are the last words on it: nothing is looked up again before connecting. Raises
        `PrivateAddressError` where only refused addresses are left, and what `getaddrinfo`
        raises where there are none.
        """
        if not is_literal(host) and not all(0 < len(label) < 64 for label in _labels(host)):
            raise socket.gaierror(socket.EAI_NONAME, f"{host[:80]} can be no name")
        if (target := self._connect_to.target(host, port)) is not None:
            return await self._look_up(*target)
        found = await self._look_up(host, port)
        if self._allow_private:
            return found
        refusals = [refusal(str(info[4][0])) for info in found]
        if all(refusals):
            raise PrivateAddressError(f"{host} leads to {refusals[0]}")
        return [info for info, why in zip(found, refusals, strict=True) if not why]

    def close(self) -> None:
        """Let go of the threads; those that still wait for a name server end with it."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look_up(self, host: str, port: int) -> list[AddrInfoType]:
        if is_literal(host):  # nobody has to be asked
            return _addresses(host, port, socket.AI_NUMERICHOST)
        name = (host, port)
        if name not in self._lookups:
            self._lookups[name] = asyncio.ensure_future(self._ask_name_servers(host, port))
        # It goes on for others, should the request that began it be over.
        return await asyncio.shield(self._lookups[name])

    async def _ask_name_servers(self, host: str, port: int) -> list[AddrInfoType]:
        loop = asyncio.get_running_loop()
        lookup = loop.run_in_executor(self._threads, _addresses, host, port, socket.AI_ADDRCONFIG)
        remembered_for = 0.0
        try:
            found = await asyncio.wait_for(lookup, self._patience)
            remembered_for = _REMEMBERED_FOR
        except TimeoutError as error:
            raise LookupTimeoutError(f"no name server answered for {host}") from error
        finally:
            loop.call_later(remembered_for, self._lookups.pop, (host, port))
        return found


def _addresses(host: str, port: int, flags: int) -> list[AddrInfoType]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags))


def _labels(host: str) -> list[str]:
    return host.removesuffix(".").split(".")
