"""The night as Prometheus metrics, in a file that node_exporter's textfile collector reads."""

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from catalog.clock import moment
from catalog.database import Database
from catalog.names import IS_NAMED
from nightly.exits import CommandError
from nightly.summary import NightSummary, PhaseState


def write_metrics(file: Path, db: Database, summary: NightSummary) -> None:
    """Write to *file*, at once and in whole, how the night went and what stands in *db*."""
    registry = CollectorRegistry()
    _night(registry, summary)
    _count(registry, "linkledger_links", "Links by standing.", "standing", db, _LINKS)
    _count(registry, "linkledger_repositories", "Repositories by state.", "state", db, _REPOS)
    try:
        write_to_textfile(str(file), registry)
    except OSError as error:
        raise CommandError(f"{file}: cannot write the metrics: {error.strerror}") from error


_LINKS = "SELECT standing, count(*) FROM links WHERE present = 1 GROUP BY standing"
_REPOS = f"SELECT state, count(*) FROM repos WHERE {IS_NAMED} GROUP BY state"  # noqa: S608


def _night(registry: CollectorRegistry, summary: NightSummary) -> None:
    def gauge(name: str, text: str, value: float) -> None:
        Gauge(f"linkledger_night_{name}", text, registry=registry).set(value)

    gauge(
        "end_time_seconds", "When the last night ended.", moment(summary.finished_at).timestamp()
    )
    gauge("seconds", "How long the last night took.", summary.seconds)
    gauge("exit_status", "How the last night ended; 4 is not to be trusted.", int(summary.exit))
    seconds = Gauge(
        "linkledger_phase_seconds", "How long each phase took.", ["phase"], registry=registry
    )
    failed = Gauge(
        "linkledger_phase_failed", "Whether the phase failed.", ["phase"], registry=registry
    )
    for phase in summary.phases:
        seconds.labels(phase.name).set(phase.seconds)
        failed.labels(phase.name).set(phase.state is PhaseState.FAILED)


def _count(
    registry: CollectorRegistry, name: str, text: str, label: str, db: Database, query: str
) -> None:
    counts = Gauge(name, text, [label], registry=registry)
    for value, count in db.execute(query).fetchall():
        counts.labels(value).set(count)
