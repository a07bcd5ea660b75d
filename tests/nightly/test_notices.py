"""Pings and mails, against real servers on loopback."""

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme
from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from nightly.clock import clock
from nightly.config import given_settings
from nightly.demo.internet import DemoInternet
from nightly.demo.places import sample_archive
from nightly.exits import CommandError, Exit
from nightly.notices.mail import MailServer, log_in, send
from nightly.notices.ping import ping_end, ping_start
from nightly.stopping import Stopped
from nightly.summary import NightSummary
from nightly.telling import told

if TYPE_CHECKING:
    from email.message import EmailMessage

Linkledger = Callable[..., subprocess.CompletedProcess[str]]


class Heard(list[tuple[str, str]]):
    """The pings that arrived, path and note; the first `failures` were answered with a 500.

    The others are answered with a redirect to `sent_to`, if that is set.
    """

    failures = 0
    sent_to = ""


def listening(heard: Heard) -> web.Application:
    async def hear(request: web.Request) -> web.Response:
        heard.append((request.path, await request.text()))
        if heard.sent_to:
            return web.Response(status=302, headers={"Location": heard.sent_to})
        return web.Response(status=500 if len(heard) <= heard.failures else 200)

    application = web.Application()
    application.router.add_post("/{path:.*}", hear)
    return application


@pytest.fixture
async def switch() -> AsyncIterator[tuple[str, Heard]]:
    heard = Heard()
    runner = web.AppRunner(listening(heard))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/uuid", heard
    await runner.cleanup()


async def test_a_night_pings_when_it_begins_and_says_how_it_ended(
    switch: tuple[str, Heard],
) -> None:
    url, heard = switch
    assert await asyncio.to_thread(ping_start, url)
    assert await asyncio.to_thread(ping_end, url, Exit.UNTRUSTED, "nothing could be reached")
    assert heard == [("/uuid/start", ""), ("/uuid/4", "nothing could be reached")]


async def test_a_ping_tries_again(switch: tuple[str, Heard]) -> None:
    url, heard = switch
    heard.failures = 2
    assert await asyncio.to_thread(ping_start, url)
    assert len(heard) == 3


@pytest.mark.parametrize(
    "address", [pytest.param("/moved", id="an address"), pytest.param("http://[half", id="none")]
)
async def test_a_ping_that_is_sent_elsewhere_did_not_arrive(
    switch: tuple[str, Heard], address: str
) -> None:
    url, heard = switch
    heard.sent_to = address
    assert not await asyncio.to_thread(ping_start, url)


async def test_a_ping_trusts_the_authority_that_you_name(tmp_path: Path) -> None:
    authority, heard, context = trustme.CA(), Heard(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    runner = web.AppRunner(listening(heard))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/uuid"
    assert not await asyncio.to_thread(ping_start, url)
    assert await asyncio.to_thread(ping_start, url, tmp_path / "ca.pem")
    assert await asyncio.to_thread(ping_end, url, Exit.DONE, "all is well", tmp_path / "ca.pem")
    assert heard == [("/uuid/start", ""), ("/uuid/0", "all is well")]
    await runner.cleanup()


def test_a_ping_that_nobody_hears_stops_no_night_and_tells_no_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert not ping_start("http://127.0.0.1:9/secret")
    assert "the ping did not arrive" in caplog.text
    assert "secret" not in caplog.text


class Mailbox:
    """What aiosmtpd calls with each mail that arrives."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.encrypted: list[bool] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.encrypted.append(session.ssl is not None)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def started(box: Mailbox, context: ssl.SSLContext | None = None) -> Controller:
    with socket.create_server(("127.0.0.1", 0)) as taken:  # port 0 is not for aiosmtpd
        port = taken.getsockname()[1]
    controller = Controller(
        box, hostname="127.0.0.1", port=port, tls_context=context, ready_timeout=300
    )
    controller.start()
    return controller


@pytest.fixture
def mailbox() -> Iterator[tuple[str, Mailbox]]:
    box = Mailbox()
    controller = started(box)
    yield f"127.0.0.1:{controller.port}", box
    controller.stop()


def mail(address: str, ca_file: Path | None = None) -> None:
    send(
        MailServer(address=address, ca_file=ca_file),
        sender="ledger@example.org",
        to=("a@example.org", "b@example.org"),
        subject="2 links broke\nBcc: everyone@example.org",
        text="《端侧推理》的链接失效了\n",
    )


def test_a_mail_arrives_as_it_was_written(mailbox: tuple[str, Mailbox]) -> None:
    address, box = mailbox
    mail(address)
    (arrived,) = box.mails
    assert arrived["To"] == "a@example.org, b@example.org"
    assert arrived["Bcc"] is None
    assert arrived.get_content().splitlines() == ["《端侧推理》的链接失效了"]


def test_tls_is_used_where_it_is_offered_and_the_certificate_must_be_right() -> None:
    authority, box = trustme.CA(), Mailbox()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    controller = started(box, context)
    address = f"127.0.0.1:{controller.port}"
    try:
        with pytest.raises(CommandError, match="certificate verify failed"):
            mail(address)
        with authority.cert_pem.tempfile() as ca_file:
            mail(address, Path(ca_file))
    finally:
        controller.stop()
    assert box.encrypted == [True]


def test_a_server_is_tried_without_a_mail(mailbox: tuple[str, Mailbox]) -> None:
    address, box = mailbox
    log_in(MailServer(address=address))
    with pytest.raises(CommandError, match=f"^{address} takes no mail from us: "):
        log_in(MailServer(address=address, user="me", password="geheim ß"))
    assert box.mails == []


def test_a_mail_server_that_is_not_there_is_one_line() -> None:
    with pytest.raises(CommandError, match=r"^the mail did not leave by 127.0.0.1:9: [^\n]*$"):
        mail("127.0.0.1:9")


def test_a_night_tells_everyone_and_mails_its_news_once(
    mailbox: tuple[str, Mailbox],
    linkledger: Linkledger,
    led_there: dict[str, str],
    internet: DemoInternet,
    tmp_path: Path,
) -> None:
    address, box = mailbox
    told = led_there | {
        "LINKLEDGER_MAIL_TO": "maintainer@example.org",
        "LINKLEDGER_MAIL_SERVER": address,
        "LINKLEDGER_METRICS_FILE": str(tmp_path / "linkledger.prom"),
        "LINKLEDGER_LANGUAGE": "en",
    }
    for day, news in ((1, True), (2, True), (3, True), (4, False)):
        internet.web.night = min(day, 2)
        now = f"2026-11-{day:02}T04:00:00Z"
        ran = linkledger("nightly", sample_archive(), "--all", **told, LINKLEDGER_NOW=now)
        assert ran.returncode == Exit.DONE, ran.stderr
        assert bool(box.mails) is news, day
        if news:
            assert "newly broken" in box.mails[0]["Subject"]
            assert "Newly broken" in box.mails[0].get_content()
        box.mails.clear()
    metrics = (tmp_path / "linkledger.prom").read_text(encoding="utf-8")
    assert "linkledger_night_exit_status 0.0" in metrics
    assert 'linkledger_links{standing="broken"}' in metrics
    assert 'linkledger_phase_seconds{phase="crawl"}' in metrics


def test_a_quiet_night_says_which_notices_did_not_leave_and_nothing_else(
    linkledger: Linkledger, led_there: dict[str, str], internet: DemoInternet
) -> None:
    def problems(night: int, **notices: str) -> list[str]:
        internet.web.night = night
        now = f"2026-11-{night:02}T04:00:00Z"
        told = led_there | notices | {"LINKLEDGER_NOW": now}
        ran = linkledger("nightly", sample_archive(), "--all", "--quiet", **told)
        assert (ran.returncode, ran.stdout) == (Exit.DONE, "")
        return [line.partition(" WARNING ")[2] for line in ran.stderr.splitlines()]

    assert problems(1) == []
    nowhere = {
        "LINKLEDGER_MAIL_TO": "maintainer@example.org",
        "LINKLEDGER_MAIL_SERVER": "127.0.0.1:9",
        "LINKLEDGER_PING_URL": "http://127.0.0.1:9/uuid",
    }
    start, mail, end = problems(2, **nowhere)
    assert start == end == "nightly.notices.ping: the ping did not arrive: ConnectionError"
    assert mail.startswith("linkledger: the mail did not leave by 127.0.0.1:9: ")


def test_a_night_that_is_stopped_is_no_fault_to_its_ping(internet: DemoInternet) -> None:
    def stopped() -> NightSummary:
        raise Stopped

    heard = Heard()
    url = f"http://127.0.0.1:{internet.web.serve(listening(heard))}/uuid"
    with pytest.raises(Stopped):
        told(given_settings({"ping_url": url}), clock(None), stopped)
    assert heard == [("/uuid/start", ""), ("/uuid/1", "SIGINT")]


def test_a_night_that_fails_pings_with_its_status(
    linkledger: Linkledger, internet: DemoInternet
) -> None:
    heard = Heard()
    url = f"http://127.0.0.1:{internet.web.serve(listening(heard))}/uuid"
    ran = linkledger(
        "nightly", sample_archive(), LINKLEDGER_PING_URL=url, LINKLEDGER_CANARIES="127.0.0.1:9"
    )
    assert ran.returncode == Exit.UNTRUSTED
    assert [path for path, _ in heard] == ["/uuid/start", "/uuid/4"]
    assert "crawl: nothing could be reached: 127.0.0.1:9" in heard[1][1]
