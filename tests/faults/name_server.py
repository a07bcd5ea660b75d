"""A name server on loopback that knows every name but those that nobody has, until it fails."""

import re
import socket
import threading
from enum import StrEnum

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

ADDRESS = "127.0.0.1"
_MADE_UP = re.compile(r"[0-9a-f]{32}\.com\.")  # such a name tells a lying resolver


class Mood(StrEnum):
    """How the server answers."""

    RIGHT = "right"
    SILENT = "silent"
    FAILING = "failing"  # SERVFAIL: it has lost its own servers
    DENYING = "denying"  # NXDOMAIN: there is no such name, whatever the name


class NameServer:
    """Answers on UDP port 53 of loopback from making to closing; `mood` may be set any time."""

    def __init__(self) -> None:
        self.mood = Mood.RIGHT
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((ADDRESS, 53))
        threading.Thread(target=self._serve, daemon=True, name="name server").start()

    def _serve(self) -> None:
        while True:
            question, sender = self._socket.recvfrom(4096)
            if self.mood is not Mood.SILENT:
                self._socket.sendto(self._answer(question), sender)

    def _answer(self, question: bytes) -> bytes:
        asked = dns.message.from_wire(question)
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        (about,) = asked.question
        if self.mood is Mood.FAILING:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif self.mood is Mood.DENYING or _MADE_UP.fullmatch(about.name.to_text().lower()):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif about.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(about.name, 1, "IN", "A", ADDRESS))
        return answer.to_wire()
