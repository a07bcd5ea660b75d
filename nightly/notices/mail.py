"""Send the short report by e-mail, when there is news in it."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from nightly.exits import CommandError

TIMEOUT = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes our mail: `host:port`, with TLS from the start on port 465.

    On other ports TLS is begun where the server offers it, and before a password is sent
    in any case.
    """

    address: str
    user: str = ""
    password: str = ""

    @property
    def host(self) -> str:
        """The server's name."""
        return self.address.rpartition(":")[0] or self.address

    @property
    def port(self) -> int:
        """The server's port, 25 where none is given."""
        return int(self.address.rpartition(":")[2]) if ":" in self.address else 25


def send(server: MailServer, *, sender: str, to: tuple[str, ...], subject: str, text: str) -> None:
    """Send *text* to everyone in *to*; raises `CommandError` in one line where that fails."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    try:
        _deliver(server, message)
    except (OSError, smtplib.SMTPException) as error:
        raise CommandError(
            f"the mail did not leave by {server.address}: {error}; see `linkledger doctor`"
        ) from error


def _deliver(server: MailServer, message: EmailMessage) -> None:
    context = ssl.create_default_context()
    if server.port == smtplib.SMTP_SSL_PORT:
        with smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT, context=context
        ) as connection:
            _submit(connection, server, message)
        return
    with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT) as connection:
        connection.ehlo()
        if server.user or connection.has_extn("starttls"):
            connection.starttls(context=context)
        _submit(connection, server, message)


def _submit(connection: smtplib.SMTP, server: MailServer, message: EmailMessage) -> None:
    if server.user:
        connection.login(server.user, server.password)
    connection.send_message(message)
