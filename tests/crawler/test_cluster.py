"""Who may join a cluster, and how: by the command, with certificates, of the same build."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from tests.crawler.cluster_field import DELAY, HOSTS, LINKS, ROOT, Field, state
from tests.crawler.cluster_web import Record
from tests.crawler.crawling import catalog_of

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

ROLES = ("SCHEDULER", "WORKER", "CLIENT")


def test_unfit_workers_get_a_sentence_and_no_work(cluster: Field, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for package in ("catalog", "crawler"):
        shutil.copytree(ROOT / package, other / package)
    with (other / "crawler" / "verdict" / "__init__.py").open("a", encoding="utf-8") as rules:
        rules.write("\n# Another rule\n")
    cluster.begin()
    cluster.join(1, PYTHONPATH=str(other))
    cluster.join(1, PYTHONPATH=clock_ahead_by(30, tmp_path / "late"))
    for worker in cluster.workers:
        worker.wait(timeout=180)  # it was sent away
    assert cluster.log.read_bytes() == b""

    # Its clock is wrong as well, but not by more than can be reckoned with.
    cluster.join(1, PYTHONPATH=clock_ahead_by(1.5, tmp_path / "nearly"))
    cluster.join(1)
    notes = " ".join(cluster.finish()["notes"])

    assert "it has linkledger" in notes
    assert re.search(r"its clock is \+\d\d\.\d seconds off", notes)
    assert notes.count("gets no work") == 2
    record = Record(cluster.log)
    assert len(record.fetched) == HOSTS * LINKS
    assert record.overlaps == []
    assert record.shortest_gap() >= DELAY


def clock_ahead_by(seconds: float, folder: Path) -> str:
    """Return a PYTHONPATH on which every clock of the day is wrong."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        f"import time\n\nright = time.time\ntime.time = lambda: right() + {seconds}\n",
        encoding="utf-8",
    )
    return os.pathsep.join((str(folder), str(ROOT)))


def test_the_command_crawls_by_tls_and_every_worker_guards_private_addresses(
    cluster: Field,
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(cluster.folder / "ca.pem")
    certificate.private_key_and_cert_chain_pem.write_to_path(cluster.folder / "own.pem")
    tls = {"CA_FILE": "ca.pem"}
    tls |= {f"{role}__{part}": "own.pem" for role in ROLES for part in ("CERT", "KEY")}
    tls = {f"DASK_DISTRIBUTED__COMM__TLS__{k}": str(cluster.folder / v) for k, v in tls.items()}
    cluster.address = cluster.address.replace("tcp://", "tls://")
    private = f"http://127.0.0.1:{cluster.web_port}/1"
    catalog_of(cluster.catalog, [private]).close()
    cluster.join(2, **tls)

    command = [
        *(sys.executable, "-m", "nightly", "crawl", "--json", "--delay", "0.05"),
        *("--catalog", cluster.catalog, "--dask", cluster.address),
        *("--connect-to", f"::127.0.0.1:{cluster.web_port}"),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | tls, capture_output=True, text=True, timeout=300
    )

    assert done.returncode == 0, done.stderr
    record = Record(cluster.log)
    assert len(record.fetched) == HOSTS * LINKS
    assert all(asked.host.endswith(".test") for asked in record.requests)
    checks = {url: reason for url, _, reason, *_ in state(cluster.catalog)["checks"]}
    assert checks.pop(private) == "private_address"
    assert set(checks.values()) == {"ok"}


def test_off_the_loopback_nobody_joins_without_certificates(cluster: Field) -> None:
    cluster.address = "tls://127.0.0.1:0"
    command = [sys.executable, "-m", "nightly", "crawl", "--catalog", cluster.catalog]
    command += ["--dask", cluster.address, "--connect-to", f"::127.0.0.1:{cluster.web_port}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert "there is no ca-file, scheduler.cert" in done.stderr + done.stdout
