"""The address at which workers join the coordinator, and which addresses are too open for that."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

_PORT = 8786  # Dask's own


class ClusterError(Exception):
    """There can be no cluster; the message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerAddress:
    """An address of Dask: `tcp` or `tls`, and where the coordinator listens."""

    protocol: str
    host: str
    port: int


def scheduler_address(address: str) -> SchedulerAddress:
    """Return what *address* says, as `tls://A:8786`.

    Raises `ValueError` with a line for a person where it is no address, or one where anybody
    could run programs on every worker: Dask believes whoever gets through to it.
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        port = _PORT if parts.port is None else parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or port < 0 or parts.path:
        raise ValueError(
            f"{address} is no address for workers to join at; write tls://HOST:PORT, "
            "or tcp://127.0.0.1:PORT for workers on this machine alone"
        )
    if parts.scheme == "tcp" and not _is_loopback(parts.hostname):
        raise ValueError(
            f"whoever reaches {address} could run programs on every worker; "
            "write tls:// and give Dask certificates (docs/scale.md)"
        )
    return SchedulerAddress(protocol=parts.scheme, host=parts.hostname, port=port)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
