"""The only module that knows Dask: it carries leases to workers, and what they return.

Nothing here is relied on for correctness. Dask is told never to do anything twice or anywhere
else, and where it forgets something, the lease ends.
"""

import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Self

import dask
from distributed import Client, Future, KilledWorker, LocalCluster
from distributed.security import Security

from crawler.cluster.address import ClusterError, SchedulerAddress, scheduler_address

# Each of these would let Dask give the hosts of a lease to a second worker.
_NOTHING_TWICE = {
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.work-stealing": False,
    # A worker that says nothing for so long is dropped, and with it what it was carrying.
    "distributed.scheduler.worker-ttl": "60 s",
}

_DASHBOARD_PORT = 8787

_TLS_FILES = {
    "ca-file": "tls_ca_file",
    "scheduler.cert": "tls_scheduler_cert",
    "scheduler.key": "tls_scheduler_key",
    "client.cert": "tls_client_cert",
    "client.key": "tls_client_key",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What a worker returned, or the `error` in its place; `died` if it is no more."""

    key: str
    worker: str
    value: Any = None
    error: BaseException | None = None
    died: bool = False


class Engine:
    """A Dask scheduler in this process; workers of any machine join it at *address*."""

    def __init__(self, address: str) -> None:
        parsed = scheduler_address(address)
        security = _security(parsed)
        self._config = dask.config.set(_NOTHING_TWICE)
        try:
            self._cluster = _scheduler(parsed, security)
        except (OSError, RuntimeError) as error:
            raise ClusterError(f"dask: nobody can join at {address}: {_cause(error)}") from error
        self._client = Client(self._cluster, set_as_default=False)
        self._arrived: SimpleQueue[Future] = SimpleQueue()
        self._futures: dict[str, tuple[str, Future]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._cluster.close()
        self._config.__exit__(None, None, None)

    @property
    def address(self) -> str:
        """Where workers find us."""
        return str(self._cluster.scheduler_address)

    @property
    def dashboard(self) -> str:
        """Where a person can watch."""
        return str(self._cluster.dashboard_link)

    def workers(self) -> frozenset[str]:
        """Return the addresses of the workers that are there now."""
        return frozenset(self._client.nthreads())

    def submit(
        self, worker: str, key: str, function: Callable[..., object], *args: object
    ) -> None:
        """Let *worker*, and no other, call *function* with *args*; the result has that *key*."""
        future = self._client.submit(
            function, *args, key=key, workers=[worker], pure=False, retries=0
        )
        self._futures[key] = (worker, future)
        future.add_done_callback(self._arrived.put)

    def receive(self, seconds: float) -> list[TaskResult]:
        """Return all that has arrived; wait up to *seconds* for the first."""
        results = []
        try:
            results.append(self._result(self._arrived.get(timeout=seconds)))
            while True:
                results.append(self._result(self._arrived.get_nowait()))
        except Empty:
            return [result for result in results if result is not None]

    def retire(self, worker: str) -> None:
        """Send *worker* away."""
        self._client.retire_workers([worker])

    def forget(self, worker: str) -> Sequence[str]:
        """Forget what a *worker* that has gone was to do; return the keys of it."""
        lost = [key for key, (to, _) in self._futures.items() if to == worker]
        for key in lost:
            self._futures.pop(key)[1].cancel()
        return lost

    def _result(self, future: Future) -> TaskResult | None:
        key = str(future.key)
        if key not in self._futures:
            return None  # it was forgotten
        worker, _ = self._futures.pop(key)
        try:
            return TaskResult(key=key, worker=worker, value=future.result())
        except KilledWorker as error:
            return TaskResult(key=key, worker=worker, error=error, died=True)
        except Exception as error:  # noqa: BLE001 (whatever went wrong there is raised here)
            return TaskResult(key=key, worker=worker, error=error)


def _scheduler(address: SchedulerAddress, security: Security) -> LocalCluster:
    with warnings.catch_warnings():
        # Then it takes another one, which `dashboard` tells.
        warnings.filterwarnings("ignore", "(?s)Port .* is already in use")
        return LocalCluster(
            n_workers=0,
            protocol=address.protocol,
            host=address.host,
            scheduler_port=address.port,
            security=security,
            # It shows what is visited, to anybody who asks: to this machine alone.
            dashboard_address=f"127.0.0.1:{_DASHBOARD_PORT}",
            silence_logs=logging.CRITICAL,
        )


def _security(address: SchedulerAddress) -> Security:
    """Return Dask's own TLS settings; raises `ClusterError` where some are missing."""
    security = Security(require_encryption=address.protocol == "tls")
    missing = [name for name, field in _TLS_FILES.items() if not getattr(security, field)]
    if address.protocol == "tls" and missing:
        raise ClusterError(
            f"dask: there is no {', '.join(missing)} to prove who is who; set them under "
            "distributed.comm.tls in Dask's configuration, see docs/scale.md"
        )
    return security


def _cause(error: BaseException) -> BaseException:
    """Return what *error* is about: Dask wraps it in several of its own."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error
