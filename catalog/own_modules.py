"""Processes that run a module of linkledger's own, and nothing from where its user stands.

Whoever reads an archive often stands in its folder, where anybody may have put a `socket.py`.
"""

import os
import sys


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs *module* in a Python like this one."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """Return the environment in which it finds what this process finds."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
