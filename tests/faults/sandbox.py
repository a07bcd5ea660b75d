"""A mount table and a network of our own, where the system allows that to whoever runs us.

Inside, a fault is the real one: a file system that is full or read-only, a loopback that is
down, a resolver of ours. Nothing outside of this process and its children notices.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
from functools import cache
from pathlib import Path

_SET_FLAGS = 0x8914  # SIOCSIFFLAGS
_UP = 0x1  # IFF_UP

ENTER = ("unshare", "--map-root-user", "--mount", "--net")


@cache
def is_allowed() -> bool:
    """Return whether a process may have such a sandbox here."""
    if shutil.which(ENTER[0]) is None:
        return False
    return subprocess.run([*ENTER, "true"], capture_output=True, check=False).returncode == 0


def set_network(*, up: bool) -> None:
    """Take the only network of the sandbox, its loopback, up or down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        wish = struct.pack("16sH14x", b"lo", _UP if up else 0)
        fcntl.ioctl(any_socket, _SET_FLAGS, wish)


def mount_small_disk(folder: Path, megabytes: int) -> None:
    """Put a file system of *megabytes* at *folder*, with what was there."""
    aside = folder.with_name(f"{folder.name}.aside")
    folder.rename(aside)
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "small-disk", folder)
    shutil.copytree(aside, folder, dirs_exist_ok=True)


def fill(folder: Path) -> Path:
    """Fill the file system of *folder* to its last byte, and return the file that does it."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for piece in (bytes(1 << 16), b"\0"):
            try:
                while file.write(piece):
                    pass
            except OSError:
                continue
    return filler


def mount_read_only(path: Path) -> None:
    """Let nobody write to *path*, a folder or a file."""
    _mount("--bind", path, path)
    _mount("-o", "remount,bind,ro", path)


def unmount(path: Path) -> None:
    """Take back the last mount at *path*."""
    subprocess.run(["umount", path], check=True)


def ask_name_server(address: str, folder: Path) -> None:
    """Let every program of the sandbox ask the name server at *address*, and soon give up."""
    configuration = folder / "resolv.conf"
    configuration.write_text(f"nameserver {address}\noptions timeout:1 attempts:1\n")
    _mount("--bind", configuration, os.path.realpath("/etc/resolv.conf"))


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *arguments], check=True)
