"""Send the short report by e-mail, when there is news in it."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from nightly.exits import CommandError

TIMEOUT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes our mail: `host:port`, with TLS from the start on port 465.

    On other ports TLS is begun where the server offers it, and before a password is sent
    in any case. Authorities in *ca_file* are trusted beside the usual ones.
    """

    address: str
    ca_file: Path | None = None
    user: str = ""
    password: str = ""

    @property
    def host(self) -> str:
        """The server's name."""
        return urlsplit(f"//{self.address}").hostname or ""

    @property
    def port(self) -> int:
        """The server's port, 25 where none is given."""
        return urlsplit(f"//{self.address}").port or smtplib.SMTP_PORT


def send(server: MailServer, *, sender: str, to: tuple[str, ...], subject: str, text: str) -> None:
    """Send *text* to everyone in *to*; raises `CommandError` in one line where that fails."""
    try:
        message = EmailMessage()
        message["Subject"] = " ".join(subject.split())
        message["From"] = sender
        message["To"] = ", ".join(to)
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        with _connection(server) as connection:
            connection.send_message(message)
    except _FAILURES as error:
        raise CommandError(
            f"the mail did not leave by {server.address}: {error}; see `linkledger doctor`"
        ) from error


def log_in(server: MailServer) -> None:
    """Connect to *server* as for a mail, and send none; raises `CommandError` likewise."""
    try:
        with _connection(server) as connection:
            connection.noop()
    except _FAILURES as error:
        raise CommandError(f"{server.address} takes no mail from us: {error}") from error


# The last of them: a name, an address or a password that cannot be written in a mail's letters.
_FAILURES = (OSError, smtplib.SMTPException, ValueError)


@contextmanager
def _connection(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Yield a connection to *server*, logged in where it wants that."""
    context = ssl.create_default_context()
    if server.ca_file is not None:
        context.load_verify_locations(server.ca_file)
    if server.port == smtplib.SMTP_SSL_PORT:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    with connection:
        if server.port != smtplib.SMTP_SSL_PORT:
            connection.ehlo()
            if server.user or connection.has_extn("starttls"):
                connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        yield connection
