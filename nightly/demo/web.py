"""The little web: every host there is, played on loopback by our own process."""

import asyncio
import logging
import socket
import struct
import threading
from collections import Counter
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from nightly.demo.answers import Answer
from nightly.demo.answers import answer as text_answer
from nightly.demo.certificates import Authority
from nightly.demo.pages import World

LOOPBACK = "127.0.0.1"


class Weather(StrEnum):
    """What lies between the little web and its visitors; for tests of what an outage does."""

    FAIR = "fair"
    STORM = "storm"  # every connection is reset
    PORTAL = "portal"  # a hotel's page answers for everyone
    REFUSING = "refusing"  # a proxy answers 403 for everyone


class LittleWeb:
    """The pages of *world* over HTTP and HTTPS on free ports, from entering to leaving.

    `night` and `weather` may be set at any time. `visits` counts how often each address was
    asked for.
    """

    def __init__(self, world: World) -> None:
        """Remember what to play; nothing listens yet."""
        self.world = world
        self.night = 1
        self.weather = Weather.FAIR
        self.visits: Counter[str] = Counter()
        self.http_port = 0
        self.https_port = 0
        self._authority = Authority(self._has_expired)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="little web")
        self._runners: list[web.AppRunner] = []

    def __enter__(self) -> Self:
        """Open the ports."""
        self._thread.start()
        self.http_port = self.serve(self._application())
        self.https_port = self.serve(self._application(), tls=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every port and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def connect_to(self) -> tuple[str, ...]:
        """The values of `--connect-to` that lead every host here."""
        return (
            f":80:{LOOPBACK}:{self.http_port}",
            f":443:{LOOPBACK}:{self.https_port}",
        )

    def write_ca(self, file: Path) -> None:
        """Write what `--ca-file` needs to *file*."""
        self._authority.write(file)

    def answer_at(self, *, http: int, https: int) -> None:
        """Play every host on these ports of loopback, too."""
        self.serve(self._application(), port=http)
        self.serve(self._application(), tls=True, port=https)

    def serve(self, application: web.Application, *, tls: bool = False, port: int = 0) -> int:
        """Serve *application* on a *port* of loopback too, a free one if 0, and return it."""
        opening = self._open(application, tls, port)
        return asyncio.run_coroutine_threadsafe(opening, self._loop).result()

    async def _open(self, application: web.Application, tls: bool, wanted: int) -> int:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        context = self._authority.server_context() if tls else None
        await web.TCPSite(runner, LOOPBACK, wanted, ssl_context=context).start()
        port: int = runner.addresses[0][1]
        return port

    async def _close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(logger=logging.getLogger("nightly.demo"))
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as the host would that *request* names."""
        url = f"{request.scheme}://{request.host}{request.raw_path}"
        self.visits[url] += 1
        answer = _IN_BAD_WEATHER.get(self.weather) or self.world.answer(url, self.night)
        if answer.wait:
            await asyncio.sleep(answer.wait)
        if answer.fault == "reset":
            _reset(request)
        return _response(answer)

    def _has_expired(self, host: str) -> bool:
        played = self.world.hosts.get(host)
        return played is not None and played.certificate == "expired"


_IN_BAD_WEATHER = {
    Weather.STORM: Answer(status=200, headers={}, body=b"", fault="reset"),
    Weather.PORTAL: text_answer(
        200,
        "text/html; charset=utf-8",
        "<title>Sample Hotel</title><h1>Welcome to our guest network</h1>"
        "<p>Please enter your room number and your name, accept the terms of use below, "
        "and enjoy your stay. Breakfast is served from seven to ten in the garden.</p>",
    ),
    Weather.REFUSING: text_answer(
        403, "text/html; charset=utf-8", "<title>Proxy</title><p>Access denied by policy.</p>"
    ),
}


def _reset(request: web.Request) -> None:
    """Break the connection as a crashed server does: with a reset, without a word."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


def _response(answer: Answer) -> web.Response:
    """Return *answer* as aiohttp sends it."""
    return web.Response(status=answer.status, headers=dict(answer.headers), body=answer.body)
