"""`make audit`: look every pinned dependency up in a database of known vulnerabilities.

The database is OSV's, or any other that speaks its protocol, at the address in `AUDIT_URL`.
Where none can be reached nothing is checked, which one line says, and that is no failure. A
database that does not know an old hole is none: some networks answer for everyone.
"""

import os
import subprocess
import sys
from pathlib import Path

import requests

ROOT = Path(__file__).parents[1]
OSV = "https://api.osv.dev/v1/query"
TIMEOUT = 15.0

# CVE-2019-11324, which every database of Python packages has.
_OLD_HOLE = {"package": {"name": "urllib3", "ecosystem": "PyPI"}, "version": "1.24.1"}


def why_not(url: str) -> str:
    """Return why the database at *url* cannot be asked, empty where it can."""
    try:
        answer = requests.post(url, json=_OLD_HOLE, timeout=TIMEOUT)
        answer.raise_for_status()
        known = answer.json()
    except requests.RequestException as error:
        return type(error).__name__
    return "" if isinstance(known, dict) and known.get("vulns") else "it knows no old hole"


def main() -> int:
    """Return 1 where a pinned dependency has a known hole, which is printed."""
    url = os.environ.get("AUDIT_URL", OSV)
    constraints = sys.argv[1] if len(sys.argv) > 1 else ROOT / "constraints.txt"
    if why := why_not(url):
        sys.stdout.write(f"not audited: no database of vulnerabilities is at hand ({why})\n")
        return 0
    asked = ["-s", "osv", "--osv-url", url, "-r", str(constraints), "--no-deps", "--disable-pip"]
    done = subprocess.run(  # noqa: S603 - our own Python, our own arguments
        [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", *asked], check=False
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
