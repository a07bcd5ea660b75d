"""Bring a git repository from elsewhere onto this machine, as little of it as reading needs."""

import os
import subprocess
from typing import Final

from crawler.reading.trees import NO_GIT, SourceError

_TIMEOUT: Final = 300  # seconds
# Never ask anybody for a password at night, and run no program that an address names (`ext::`).
_SAFELY: Final = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file"}


def clone(url: str, folder: str) -> None:
    """Bring the newest commit at *url* into *folder*, without a work tree.

    Raises `SourceError` with git's own words where that fails.
    """
    address = url.removeprefix("git+")  # which pip and its like write, and git does not know
    command = ["git", "clone", "--bare", "--quiet", "--depth", "1", "--", address, folder]
    environment = os.environ | _SAFELY
    try:
        subprocess.run(  # noqa: S603 # fixed words, and after `--` nothing is an option
            command, env=environment, check=True, capture_output=True, timeout=_TIMEOUT
        )
    except FileNotFoundError as error:
        raise SourceError(f"{url}: {NO_GIT}") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines() or ["git failed"]
        raise SourceError(f"{url}: {said[-1]}") from error
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{url}: no answer within {_TIMEOUT} s") from error
