"""Reading a real archive: what is found, and in how long, beside lychee and bare markdown-it-py.

The figures of what is found come from the ten issues that a person has read (`gold/` in the
shared folder beside the checkout); seconds are of processor time, for all of its forty.
"""

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from catalog.address import is_web, link_key
from catalog.forges import repository_at
from catalog.records import Issue
from crawler.reading.issue import read_issue
from crawler.reading.trees import open_tree

SHARED = Path(os.environ.get("LINKLEDGER_SHARED", Path(__file__).parents[2] / "shared"))
ARCHIVE = SHARED / "archives/embedded-ai-report"
ROUNDS = 5

Found = dict[str, Counter[str]]


def keys(urls: Iterable[str]) -> Counter[str]:
    """Count web addresses; spellings of the same thing are one, whoever wrote them."""
    return Counter(link_key(url) for url in urls if is_web(url))


def gold() -> Found:
    """Return the web addresses that a person found, by file; those that do not matter apart."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (SHARED / "gold/links.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] != "title-repo" and not row.get("optional"):
            found[row["file"]].append(row["url"])
    return {file: keys(urls) for file, urls in found.items()}


def gold_repositories() -> set[tuple[str, str]]:
    """Return each repository with the file that names it, by link or by title."""
    rows = map(json.loads, (SHARED / "gold/links.jsonl").read_text("utf-8").splitlines())
    named = ((row["file"], repository_at(row["url"])) for row in rows)
    return {(file, repo.key) for file, repo in named if repo}


def by_linkledger(files: Sequence[str]) -> Iterator[tuple[str, Issue]]:
    """Yield what our own reading makes of each file."""
    for file in files:
        read = read_issue((ARCHIVE / file).read_bytes(), file)
        if isinstance(read, Issue):
            yield file, read


def by_markdown_it(files: Sequence[str]) -> Found:
    """Return the links of markdown-it-py with tables, strikethrough and linkify."""
    parser = MarkdownIt("gfm-like")
    return {
        file: keys(_addresses(parser.parse((ARCHIVE / file).read_text("utf-8")))) for file in files
    }


def _addresses(tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        url = token.attrs.get("href") or token.attrs.get("src")
        if url:
            yield str(url)
        yield from _addresses(token.children or ())


def by_lychee(program: str, files: Sequence[str]) -> Found:
    """Return what `lychee --dump` prints for each file."""
    found = {}
    for file in files:
        done = subprocess.run(
            [program, "--dump", "--no-progress", file],
            cwd=ARCHIVE,
            capture_output=True,
            text=True,
            check=True,
        )
        found[file] = keys(done.stdout.split())
    return found


def score(found: Found, truth: Found) -> tuple[float, float]:
    """Return recall and precision of *found*; each mention counts."""
    common = sum((found[file] & truth[file]).total() for file in truth)
    wanted = sum(truth[file].total() for file in truth)
    given = sum(found[file].total() for file in truth)
    return common / wanted, common / given


def processor_seconds(work: Callable[[], object]) -> float:
    """Return the least processor time of several rounds."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def of_a_program(*command: str) -> float:
    """Return the least processor time of running *command*, start-up and all."""
    seconds = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        )
    return min(seconds)


def main() -> None:
    """Print the section of `RESULTS.md`."""
    files = list(open_tree(ARCHIVE).files())
    truth, repositories = gold(), gold_repositories()
    issues = dict(by_linkledger(list(truth)))
    ours = {
        file: keys(m.url for m in issue.mentions if m.kind != "title-repo" and not m.optional)
        for file, issue in issues.items()
    }
    named = {
        (file, m.repo.key) for file, issue in issues.items() for m in issue.mentions if m.repo
    }
    bare = by_markdown_it(list(truth))

    reading = processor_seconds(lambda: list(by_linkledger(files)))
    parsing = processor_seconds(lambda: by_markdown_it(files))
    rows = [
        _row("linkledger", score(ours, truth), named, repositories, reading),
        _row("markdown-it-py", score(bare, truth), _named(bare), repositories, parsing),
    ]
    lychee = os.environ.get("LYCHEE") or shutil.which("lychee") or _beside_python("lychee")
    if lychee:
        found = by_lychee(lychee, list(truth))
        seconds = of_a_program(lychee, "--dump", "--no-progress", *_paths(files))
        rows.append(
            _row("lychee --dump", score(found, truth), _named(found), repositories, seconds)
        )
    links = of_a_program(
        *(sys.executable, "-m", "nightly", "links", str(ARCHIVE), "--format", "jsonl"),
    )
    size = sum((ARCHIVE / file).stat().st_size for file in files)
    print("## Reading\n")
    print(f"{len(files)} issues of a real newsletter, {size / 1e6:.2f} MB, {_machine(lychee)}.")
    print("Web addresses and repositories against what a person found in ten of the issues.\n")
    print("| | recall | precision | repositories | processor seconds |")
    print("|---|---:|---:|---:|---:|")
    print("\n".join(rows))
    print(f"\nReading costs {reading / parsing:.2f} times what bare markdown-it-py does;")
    print(f"`linkledger links` as a whole, Python's start included, takes {links:.2f} s.")
    print("lychee is a compiled program; its seconds include its start.")


def _row(
    name: str,
    scores: tuple[float, float],
    named: set[tuple[str, str]],
    repositories: set[tuple[str, str]],
    seconds: float,
) -> str:
    recall, precision = scores
    share = len(named & repositories)
    return (
        f"| {name} | {recall:.3f} | {precision:.3f} | {share} of {len(repositories)} "
        f"| {seconds:.2f} |"
    )


def _named(found: Found) -> set[tuple[str, str]]:
    pairs = ((file, repository_at(url)) for file, urls in found.items() for url in urls)
    return {(file, repo.key) for file, repo in pairs if repo}


def _paths(files: Iterable[str]) -> list[str]:
    return [str(ARCHIVE / file) for file in files]


def _beside_python(name: str) -> str | None:
    program = Path(sys.executable).parent / name
    return str(program) if program.exists() else None


def _machine(lychee: str | None) -> str:
    versions = [f"Python {platform.python_version()}"]
    versions += [
        f"{name} {metadata.version(name)}" for name in ("markdown-it-py", "linkify-it-py")
    ]
    if lychee:
        done = subprocess.run([lychee, "--version"], capture_output=True, text=True, check=True)
        versions.append(done.stdout.strip())
    return ", ".join(versions)


if __name__ == "__main__":
    if not ARCHIVE.is_dir():
        sys.exit(f"the real archive is not beside this checkout ({ARCHIVE})")
    main()
