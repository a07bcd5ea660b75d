"""Whatever is typed, `linkledger` answers with one line and the right exit status."""

import errno
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import report.formats
from catalog.connection import CatalogError, open_catalog
from catalog.lock import HeldError
from crawler.cluster.address import ClusterError
from crawler.workers import WorkerError
from nightly.cli import COMMANDS, cli, run
from nightly.commands import reporting
from nightly.config import load_settings
from nightly.demo.places import sample_archive
from nightly.exits import MEANINGS, ConfigError, Exit, UntrustedError, explained

ROOT = Path(__file__).resolve().parents[2]

MISTAKES = [
    ("an unknown command", ["crwal"], "No such command 'crwal'"),
    ("an unknown option", ["report", "--colour"], "No such option"),
    ("no day", ["report", "--since", "yesterday"], "'yesterday' is no day; write it as in 20"),
    ("a missing argument", ["links"], "Missing argument"),
    ("a night without an archive", ["nightly"], "no SOURCE is given"),
    ("a word too many", ["report", "now"], "unexpected extra argument"),
    ("a value of the wrong type", ["doctor", "--delay", "soon"], "--delay"),
    ("an impossible value", ["doctor", "--delay", "-1"], "--delay"),
    ("a catalog published over itself", ["nightly", ".", "--published", "data"],
     "the catalog's own folder"),
    ("a dry run of writing", ["fix", "--write", "--dry-run"], "--diff shows what --write changes"),
    ("to show and to write", ["fix", "--diff", "--write"], "give one of them"),
    ("a dry run of showing", ["fix", "--dry-run"], "--dry-run goes with --pull-request"),
    ("to write and to offer", ["fix", "--write", "--pull-request", "o/r"], "leave it out"),
    ("a dry run of a report", ["report", "--dry-run"], "--dry-run goes with --github-issue"),
    ("an issue in a file", ["report", "--github-issue", "o/r", "--output", "x"], "leave it out"),
    ("two formats at once", ["report", "--format", "csv", "--json"], "or --format csv out"),
    ("two formats of links", ["links", ".", "--format", "text", "--json"], "--format text out"),
    ("a configuration file that is not there", ["doctor", "--config", "no.toml"], "no.toml"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "says"), [pytest.param(*row, id=name) for name, *row in MISTAKES]
)
def test_a_mistake_is_one_line_and_status_3(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == Exit.BAD_CONFIG
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("linkledger: ")
    assert says in err


def test_a_hostile_file_name_cannot_write_to_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["doctor", "--config", "\x1b[2Jno\nsuch.toml"])
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", [name for group in COMMANDS.values() for name in group])
def test_each_command_has_help_that_begins_with_its_line_of_the_list(name: str) -> None:
    context = cli.make_context("linkledger", [name, "--help"], resilient_parsing=True)
    command = cli.get_command(context, name)
    assert command is not None
    assert command.help
    line = next(group[name][1] for group in COMMANDS.values() if name in group)
    assert " ".join(command.help.split("\n\n")[0].split()) == line


def test_help_imports_no_stage(environment: dict[str, str]) -> None:
    code = (
        "import sys; from nightly.cli import run; run(['--help']); "
        "print([m for m in ('scrapy', 'pydantic', 'aiohttp', 'sqlite_utils') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_exit_status_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Exit)


def test_a_reader_that_leaves_early_is_no_mistake(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "1.md").write_text("- [a](https://a.example/)\n" * 20_000, encoding="utf-8")
    command = f"{sys.executable} -m nightly links 1.md | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (Exit.DONE, "")
    assert done.stdout == "1.md:1:3 https://a.example/\n"


def test_the_status_is_kept_where_the_reader_leaves_early(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    command = f"{sys.executable} -m nightly doctor --json | true; echo ${{PIPESTATUS[0]}}"
    nowhere = {
        "LINKLEDGER_CANARIES": "127.0.0.1:9",
        "LINKLEDGER_GITHUB_API": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment | nowhere,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.parametrize("encoding", ["gbk", "latin1"])
def test_what_the_encoding_of_the_output_lacks_is_replaced(
    encoding: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    nowhere = {
        "PYTHONIOENCODING": encoding,
        "LINKLEDGER_CANARIES": "127.0.0.1:9",
        "LINKLEDGER_GITHUB_API": "http://127.0.0.1:9",
    }

    def said(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "nightly", *arguments],
            capture_output=True,
            cwd=tmp_path,
            env=environment | nowhere,
            check=False,
        )
        assert b"fault" not in done.stderr, done.stderr
        return done.stdout.decode(encoding)

    # The mark of what is well is in neither.
    assert re.search(r"^\?  configuration ", said("doctor"), re.MULTILINE)
    demo = said("demo", "--catalog", "demo.db")
    assert re.search(r"^\?  crawl ", demo, re.MULTILINE)
    assert demo.splitlines()[-1].endswith("nightly")
    report = said("report", "--catalog", "demo.db", "--lang", "zh")
    assert report.splitlines()[0] == {"gbk": "嵌入式AI简报", "latin1": "???AI??"}[encoding]
    assert "https://mp.weixin.qq.com/s/" in report


@pytest.mark.parametrize("command", [["linkledger"], ["linkledger", "catalog"]], ids=" ".join)
def test_nothing_typed_shows_the_help(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command[1:]) == Exit.BAD_CONFIG
    shown = capsys.readouterr().err
    assert shown.startswith(f"Usage: {' '.join(command)} [OPTIONS] COMMAND")
    assert len(shown.splitlines()) > 10


@pytest.mark.parametrize("flags", ["-vv", "-v -v", "-vvv", "--verbose --verbose"])
def test_a_fault_of_ours_says_where_to_those_who_ask(
    flags: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("catalog.info.info", fault)
    with closing(open_catalog(Path("catalog.db"))):
        pass
    asked = ["catalog", "info", "--catalog", "catalog.db"]
    assert run(asked) == Exit.FAILED
    assert "Traceback" not in capsys.readouterr().err
    assert run([*asked, *flags.split()]) == Exit.FAILED
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert said.splitlines()[-1].startswith("linkledger: this is a fault in linkledger: Runtime")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("--help", id="help"),
        pytest.param("catalog info --catalog catalog.db", id="a few lines"),
        pytest.param("report --format json --catalog catalog.db", id="a report"),
    ],
)
def test_results_that_the_disk_has_no_room_for_are_one_line(asked: str) -> None:
    with closing(open_catalog(Path("catalog.db"))):
        pass
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "nightly", *asked.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
    assert ran.returncode == Exit.FAILED
    assert ran.stderr == "linkledger: No space left on device; what was committed is kept\n"


@pytest.mark.parametrize(
    ("error", "said", "status"),
    [
        (HeldError("held"), "held", Exit.BUSY),
        (CatalogError("no catalog"), "no catalog", Exit.FAILED),
        (ClusterError("no scheduler"), "no scheduler", Exit.FAILED),
        (WorkerError("all died"), "all died", Exit.FAILED),
        (ConfigError("no such key"), "no such key", Exit.BAD_CONFIG),
        (UntrustedError("no network"), "no network", Exit.UNTRUSTED),
        (
            OSError(errno.ENOSPC, "No space left on device", "x.db"),
            "x.db: No space left on device; what was committed is kept",
            Exit.FAILED,
        ),
    ],
)
def test_what_a_person_can_mend_is_explained(error: Exception, said: str, status: Exit) -> None:
    assert explained(error) == (said, status)
    assert explained(ZeroDivisionError()) is None


@pytest.mark.parametrize("asked", ["crawl", "enrich"])
def test_there_is_nothing_to_follow_without_a_catalog(
    asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([asked]) == Exit.FAILED
    said = capsys.readouterr().err
    assert said == (
        "linkledger: there is no catalog at data/catalog.db: `linkledger read` makes one\n"
    )
    assert not Path("data").exists()


@pytest.mark.parametrize("output", ["catalog.db", "link.db", "catalog.db-wal", "catalog.db.lock"])
def test_a_report_never_takes_the_place_of_a_catalog(
    output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(open_catalog(Path("catalog.db"))):
        pass
    Path("link.db").symlink_to("catalog.db")
    before = Path("catalog.db").read_bytes()
    asked = ["report", "--catalog", "catalog.db", "--output", output]
    assert run(asked) == Exit.BAD_CONFIG
    assert "is a database, or a part of one" in capsys.readouterr().err
    assert Path("catalog.db").read_bytes() == before


def test_init_writes_the_file_and_the_settings_that_it_is_given() -> None:
    Path("issues").mkdir()
    asked = ["init", "issues", "https://a.example/feed.xml"]
    assert run([*asked, "--config", "mine.toml", "--catalog", "other.db"]) == Exit.DONE
    settings = load_settings(Path("mine.toml"), {})
    assert settings.sources == ("issues", "https://a.example/feed.xml")
    assert settings.catalog == Path("other.db")


def test_init_mends_a_file_that_nobody_can_read() -> None:
    Path("linkledger.toml").write_text("delay = \n", encoding="utf-8")
    assert run(["init", "--force"]) == Exit.DONE
    assert load_settings(None, {}).delay == 1.0


def test_a_reading_is_no_night(capsys: pytest.CaptureFixture[str]) -> None:
    Path("1.md").write_text("- [a](https://a.example/)\n", encoding="utf-8")
    assert run(["read", "1.md"]) == Exit.DONE
    assert run(["catalog", "info"]) == Exit.DONE
    assert re.search(r"^nights +none yet", capsys.readouterr().out, re.MULTILINE)


def test_the_formats_of_the_help_are_those_there_are() -> None:
    assert set(reporting.FORMATS) == set(report.formats.FORMATS)


def test_a_guess_is_no_kind_of_repair(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_catalog(Path("catalog.db"))):
        pass
    assert run(["fix", "--catalog", "catalog.db", "--only", "file"]) == Exit.BAD_CONFIG
    assert "--only: file is no kind of repair" in capsys.readouterr().err


CLOSED = [
    ("mentions", f"links {sample_archive()}", Exit.DONE),
    ("what a reading came to", f"read {sample_archive()}", Exit.DONE),
    ("a report that there is no catalog for", "report", Exit.FAILED),
    ("help", "--help", Exit.DONE),
]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "status"), [pytest.param(*row, id=name) for name, *row in CLOSED]
)
def test_a_closed_output_is_no_fault(
    arguments: str, status: Exit, closed: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    ran = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m nightly {arguments} {closed}"],
        capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
    )  # fmt: skip
    assert (ran.returncode, "fault" in ran.stderr) == (status, False), ran.stderr
