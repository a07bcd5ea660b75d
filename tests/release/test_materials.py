"""The bill of materials names linkledger, its license, and all that it needs."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def normal(name: str) -> str:
    """Return *name* as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_bill_of_materials_is_complete(tmp_path: Path) -> None:
    bill = tmp_path / "linkledger.cdx.json"
    command = ["-m", "cyclonedx_py", "environment", "--pyproject", ROOT / "pyproject.toml"]
    subprocess.run([sys.executable, *command, "--output-file", bill, sys.executable], check=True)
    made = json.loads(bill.read_text(encoding="utf-8"))
    root = made["metadata"]["component"]
    assert root["name"] == "linkledger"
    assert root["licenses"][0]["license"]["id"] == "MIT"
    there = {normal(part["name"]): part["bom-ref"] for part in made["components"]}
    (needed,) = (entry for entry in made["dependencies"] if entry["ref"] == root["bom-ref"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name in project["dependencies"]:
        assert there[normal(name)] in needed["dependsOn"], name
