"""How a command ends: the exit statuses, and the problems that a person can mend."""

import errno
import signal
from enum import IntEnum


class Exit(IntEnum):
    """The exit status of every command; scripts and timers rely on these numbers."""

    DONE = 0
    FAILED = 1
    FAIL_ON = 2
    BAD_CONFIG = 3
    UNTRUSTED = 4
    BUSY = 75


MEANINGS = {
    Exit.DONE: "done",
    Exit.FAILED: "could not run; the message says why and what to do",
    Exit.FAIL_ON: "the report holds what --fail-on names",
    Exit.BAD_CONFIG: "an option, a setting or the configuration file is wrong",
    Exit.UNTRUSTED: "the network failed, not the links; nothing was concluded from this night",
    Exit.BUSY: "another run holds the catalog",
}

# What a shell shows for a command that a signal ended: 128, and the signal's number.
STOPPED = {
    128 + signal.SIGINT: "stopped by Ctrl-C; what was done is kept, and the next run goes on",
    128 + signal.SIGTERM: "stopped by SIGTERM; the same",
}


class CommandError(Exception):
    """Something that a person can mend: the message is the one line they read."""

    exit = Exit.FAILED


class ConfigError(CommandError):
    """An option, an environment variable or the configuration file is wrong."""

    exit = Exit.BAD_CONFIG


class UntrustedError(CommandError):
    """The network failed, so that nothing may be concluded about any link."""

    exit = Exit.UNTRUSTED


# What the stages raise for a person to read, by its name: a command imports only what it needs.
_STAGES_ERRORS = {
    "catalog.lock:HeldError": Exit.BUSY,
    "catalog.connection:CatalogError": Exit.FAILED,
    "report.fix:FixError": Exit.FAILED,
    "report.github.repository:GithubError": Exit.FAILED,
    "crawler.cluster.address:ClusterError": Exit.FAILED,
    "crawler.workers:WorkerError": Exit.FAILED,
}

# What a machine is short of, whatever was being done.
_SHORT = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}


def explained(error: BaseException) -> tuple[str, Exit] | None:
    """Return what *error* says to a person, with its exit status; None where it is a fault."""
    if isinstance(error, CommandError):
        return str(error), error.exit
    for kind in type(error).__mro__:
        if (name := f"{kind.__module__}:{kind.__name__}") in _STAGES_ERRORS:
            return str(error), _STAGES_ERRORS[name]
    if isinstance(error, OSError) and error.errno in _SHORT:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}; what was committed is kept", Exit.FAILED
    return None


def fault(error: BaseException) -> str:
    """Return what is said of an *error* that nothing explains."""
    return f"a fault in linkledger: {type(error).__name__}: {error}"


def one_line(message: str) -> str:
    """Return *message* on one line that does a terminal no harm."""
    return printable(" ".join(message.split()))


def printable(text: str) -> str:
    """Return *text* with a sign in place of each character that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
