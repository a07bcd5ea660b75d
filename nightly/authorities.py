"""Whom requests trusts: the usual certificate authorities, and those of the setting `ca_file`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

import certifi

from nightly.exits import ConfigError


@contextmanager
def trusted(ca_file: Path | None) -> Iterator[Path | None]:
    """Yield a file with the usual authorities and those in *ca_file*, None for the usual alone.

    Requests trusts one file or the other, and never both. Raises `ConfigError` where
    *ca_file* cannot be read.
    """
    if ca_file is None:
        yield None
        return
    try:
        ours = ca_file.read_bytes()
    except OSError as error:
        raise ConfigError(f"ca_file: {ca_file} cannot be read: {error.strerror}") from None
    with NamedTemporaryFile(prefix="linkledger-", suffix=".pem") as file:
        file.write(Path(certifi.where()).read_bytes() + b"\n" + ours)
        file.flush()
        yield Path(file.name)
