"""Run the benchmarks named (or all) and put what they print into `RESULTS.md`.

A section stands between `<!-- name -->` and `<!-- end of name -->`; what else the file
holds stays as it is.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
TITLE = "# Measured\n\nMade by `python -m benchmarks`; each section says how.\n"


def names() -> list[str]:
    """Return the benchmarks there are."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def with_section(text: str, name: str, section: str) -> str:
    """Return *text* with *section* in the place of the last one of that name, or at the end."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = f"{start}\n{section.strip()}\n{end}"
    known = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if known.search(text):
        return known.sub(lambda _: block, text)
    return f"{text.rstrip()}\n\n{block}\n"


def main(wanted: list[str]) -> int:
    """Run *wanted* one after the other; return 1 if one of them failed."""
    unknown = set(wanted) - set(names())
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 1
    failed = False
    for name in wanted or names():
        print(f"{name} ...", file=sys.stderr)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], stdout=subprocess.PIPE, text=True
        )
        if done.returncode:
            failed = True
            continue
        text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else TITLE
        RESULTS.write_text(with_section(text, name, done.stdout), encoding="utf-8")
        print(done.stdout)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
