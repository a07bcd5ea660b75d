"""The files that start a cluster: each is held against the rules of the program that reads it."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.cluster.address import scheduler_address

FOLDER = Path(__file__).resolve().parents[2] / "contrib" / "cluster"
UNIT = FOLDER / "linkledger-worker.service"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES: list[dict[str, Any]] = list(
    yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text(encoding="utf-8"))
)


def containers() -> Iterator[dict[str, Any]]:
    """Yield the containers of the Kubernetes manifests."""
    for manifest in KUBERNETES:
        spec = manifest.get("spec", {})
        template = spec.get("jobTemplate", manifest).get("spec", {}).get("template")
        if template:
            yield from template["spec"]["containers"]


def unit_setting(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


COMMANDS = {
    "compose": [service["command"] for service in COMPOSE["services"].values()],
    "kubernetes": [container["args"] for container in containers()],
    "systemd": [shlex.split(unit_setting("ExecStart")[0])[2:]],
}
WORKERS = {
    name: next(command for command in commands if command[0] == "dask")
    for name, commands in COMMANDS.items()
}
COORDINATORS = {
    name: command
    for name, commands in COMMANDS.items()
    for command in commands
    if command[0] == "linkledger"
}
ENVIRONMENTS = {
    "compose": COMPOSE["x-linkledger"]["environment"],
    "kubernetes": KUBERNETES[0]["data"],
    "systemd": dict(
        line.split("=", 1) for line in unit_setting("Environment") if line.startswith("DASK")
    ),
}


def test_compose_file_keeps_to_the_compose_specification() -> None:
    pytest.importorskip("check_jsonschema")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", FOLDER / "compose.yaml"),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "manifest",
    [pytest.param(one, id=f"{one['kind']} {one['metadata']['name']}") for one in KUBERNETES],
)
def test_manifest_keeps_to_the_schema_of_kubernetes(manifest: dict[str, Any]) -> None:
    validator = pytest.importorskip("kubernetes_validate")
    validator.validate(manifest, validator.latest_version(), strict=True)


def test_every_volume_that_is_mounted_is_there() -> None:
    for manifest in KUBERNETES:
        spec = manifest.get("spec", {})
        template = spec.get("jobTemplate", manifest).get("spec", {}).get("template")
        if template:
            there = {volume["name"] for volume in template["spec"]["volumes"]}
            for container in template["spec"]["containers"]:
                assert {mount["name"] for mount in container["volumeMounts"]} == there


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_unit_is_understood_by_systemd() -> None:
    done = subprocess.run(["systemd-analyze", "verify", UNIT], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_workers_are_started_again_when_their_scheduler_has_gone() -> None:
    assert unit_setting("Restart") == ["always"]
    assert COMPOSE["services"]["worker"]["restart"] == "always"
    assert any(manifest["kind"] == "Deployment" for manifest in KUBERNETES)


@pytest.mark.parametrize("command", WORKERS.values(), ids=WORKERS.keys())
def test_dask_knows_every_option_of_the_workers(command: list[str]) -> None:
    worker = pytest.importorskip("distributed.cli.dask_worker")
    assert command[:2] == ["dask", "worker"]
    context = worker.main.make_context("dask worker", list(command[2:]))
    assert context.params["nthreads"] == 1, "a spider uses one core, whatever threads there are"


@pytest.mark.parametrize("command", COORDINATORS.values(), ids=COORDINATORS.keys())
def test_linkledger_knows_every_option_of_the_coordinator(command: list[str]) -> None:
    from nightly.commands.stages import nightly

    assert command[:2] == ["linkledger", "nightly"]
    context = nightly.make_context("linkledger nightly", list(command[2:]))
    assert scheduler_address(context.params["dask"]).protocol == "tls"


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_dask_knows_every_setting_in_the_environment(environment: dict[str, str]) -> None:
    dask = pytest.importorskip("dask")
    pytest.importorskip("distributed")
    known = dask.config.get("distributed.comm.tls")
    given = dask.config.collect_env(environment)["distributed"]["comm"]["tls"]
    for name, value in given.items():
        assert name.replace("_", "-") in known
        if isinstance(value, dict):
            assert value.keys() == {"cert", "key"}
            assert value.keys() <= known[name].keys()
