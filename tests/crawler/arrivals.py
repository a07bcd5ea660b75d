"""When a request reached the machine of a server, by the kernel's own stamp.

A server notes a request when it comes to read it, which on a busy machine is a moment late for
one and in time for the next. The stamp is taken when the last packet came in, whoever was
running. Only Linux gives it for TCP; elsewhere the time of reading has to do.
"""

import socket
import struct
import sys
import time
from asyncio import StreamWriter
from collections.abc import Iterable
from typing import Any

_SO_TIMESTAMPNS = 35  # the option, and the kind of the message that comes with what is read
_STAMP = struct.Struct("@qq")  # seconds and nanoseconds
_SPACE = socket.CMSG_SPACE(_STAMP.size)


class _StampedSocket(socket.socket):
    """A connection that remembers when what was read last had arrived, by `time.time()`."""

    arrived = 0.0

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        data, notes, _, _ = self.recvmsg(size, _SPACE, flags)
        self._note(notes)
        return data

    def recv_into(self, buffer: Any, size: int = 0, flags: int = 0, /) -> int:  # for TLS
        size, notes, _, _ = self.recvmsg_into([buffer], _SPACE, flags)
        self._note(notes)
        return size

    def _note(self, notes: Iterable[tuple[int, int, bytes]]) -> None:
        self.arrived = time.time()
        for level, kind, stamp in notes:
            if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
                seconds, nanoseconds = _STAMP.unpack(stamp)
                self.arrived = seconds + nanoseconds / 1e9


class _Listener(socket.socket):
    def accept(self) -> tuple[socket.socket, object]:
        number, address = self._accept()  # type: ignore[attr-defined] # what socket.accept calls
        connection = _StampedSocket(self.family, self.type, self.proto, fileno=number)
        if sys.platform == "linux":
            connection.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        return connection, address


def listener(host: str) -> socket.socket:
    """Return a socket that listens at any free port of *host*, to serve from."""
    sock = _Listener()
    if sys.platform == "linux":
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)  # before the first packet comes
    sock.bind((host, 0))
    return sock


def arrived(writer: StreamWriter) -> float:
    """Return when that which was read last from the connection of *writer* had come in."""
    connection = writer.get_extra_info("socket")._sock
    assert isinstance(connection, _StampedSocket)
    return connection.arrived
