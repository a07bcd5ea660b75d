"""Archives on this machine: which files are issues, and whether their relative links lead on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalog.records import Issue, UnreadIssue
from catalog.vocabulary import Reason
from crawler.read import read_source
from crawler.reading.archive import read_archive
from crawler.reading.guesses import guesses
from crawler.reading.profile import ArchiveProfile
from crawler.reading.trees import SourceError

Read = Callable[[str], Iterator[Issue | UnreadIssue]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive = tmp_path / "archive"
    for name, text in {
        "README.md": "# about",
        "issues/2022-01.md": "# One\n\n## A\n\n[two](2022-02.md#二) [gone](2022-03.md)",
        "issues/2022-02.md": "# Two\n\n## 二\n\n[a](2022-01) [b](2022-01.md#gone) [c](../a.png)",
        "a.png": "",
        ".git-like/2022-09.md": "hidden",
    }.items():
        (archive / name).parent.mkdir(parents=True, exist_ok=True)
        (archive / name).write_text(text, "utf-8")
    return archive


def read(source: Path, profile: ArchiveProfile | None = None) -> list[Issue]:
    issues = list(read_archive(source, profile or ArchiveProfile()))
    assert all(isinstance(issue, Issue) for issue in issues)
    return [issue for issue in issues if isinstance(issue, Issue)]


def test_issues_have_numbers_and_about_files_have_not(folder: Path) -> None:
    assert [issue.file for issue in read(folder)] == ["issues/2022-01.md", "issues/2022-02.md"]


def test_a_profile_says_which_files_are_issues(folder: Path) -> None:
    some = ArchiveProfile(include=("*.md",), exclude=("*-01.md",))
    assert [issue.file for issue in read(folder, some)] == ["README.md", "issues/2022-02.md"]


def test_one_file_is_an_archive_of_one(folder: Path) -> None:
    assert [issue.file for issue in read(folder / "issues/2022-02.md")] == ["2022-02.md"]


def test_relative_links_are_tried(folder: Path) -> None:
    found = {m.url: (m.target, m.finding) for issue in read(folder) for m in issue.mentions}
    assert found == {
        "2022-02.md#二": ("issues/2022-02.md#二", None),
        "2022-03.md": ("issues/2022-03.md", Reason.FILE_MISSING),
        "2022-01": ("issues/2022-01", None),
        "2022-01.md#gone": ("issues/2022-01.md#gone", Reason.FRAGMENT_MISSING),
        "../a.png": ("a.png", None),
    }


def test_a_path_out_and_back_in_is_a_detour(folder: Path) -> None:
    (folder / "3.md").write_text("[a](../archive/a.png) [b](../archive/b.png) [c](../c.png)")
    mentions = next(issue for issue in read(folder) if issue.file == "3.md").mentions
    assert [(m.target, m.finding) for m in mentions] == [
        ("a.png", None),
        ("b.png", Reason.FILE_MISSING),
        ("../c.png", None),  # nobody here can say
    ]


def test_what_lies_outside_is_known_in_a_git_work_tree(folder: Path) -> None:
    (folder.parent / ".git").mkdir()
    (folder / "3.md").write_text("[c](../c.png)")
    mentions = next(issue for issue in read(folder) if issue.file == "3.md").mentions
    assert [m.finding for m in mentions] == [Reason.FILE_MISSING]


def test_a_site_s_own_paths_are_its_builder_s_business(folder: Path) -> None:
    (folder / "3.md").write_text("[a](/2022/01/) [b](/a.png)")
    mentions = next(issue for issue in read(folder) if issue.file == "3.md").mentions
    assert [m.finding for m in mentions] == [None, None]


def test_what_looks_like_a_site_may_be_a_file(folder: Path) -> None:
    (folder / "example.com").write_text("")
    (folder / "3.md").write_text("[a](example.com) [b](example.org)")
    mentions = next(issue for issue in read(folder) if issue.file == "3.md").mentions
    assert [(m.relative, m.finding, m.suggestion) for m in mentions] == [
        (True, None, ""),
        (False, Reason.BAD_URL, "https://example.org"),
    ]


def test_an_issue_that_cannot_be_read_does_not_stop_the_others(folder: Path) -> None:
    (folder / "issues/2022-03.md").write_bytes(b"\xff\xff")
    (folder / "issues/2022-04.md").write_text("x")
    found = [(issue.file, isinstance(issue, Issue)) for issue in read_archive(folder)]
    assert found[2:] == [("issues/2022-03.md", False), ("issues/2022-04.md", True)]


def test_50_megabytes_are_not_even_loaded(folder: Path) -> None:
    with (folder / "issues/2022-03.md").open("wb") as file:
        file.truncate(50_000_000)
    problems = [one.problem for one in read_archive(folder) if isinstance(one, UnreadIssue)]
    assert problems == ["it is larger than 8 MiB, as no issue is"]


def test_a_link_to_a_file_elsewhere_is_not_followed(folder: Path) -> None:
    (folder.parent / "2022-05.md").write_text("secret")
    (folder / "issues/2022-05.md").symlink_to(folder.parent / "2022-05.md")
    assert [issue.file for issue in read(folder)] == ["issues/2022-01.md", "issues/2022-02.md"]


def committed(folder: Path, bare: Path) -> Path:
    """Commit all of *folder*, and return *bare* as a repository that holds it."""
    git = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@localhost"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], check=True)
    subprocess.run(["git", "clone", "-q", "--bare", str(folder), str(bare)], check=True)
    return bare


def test_a_repository_without_a_work_tree(folder: Path, tmp_path: Path) -> None:
    assert read(committed(folder, tmp_path / "bare.git")) == read(folder)


def runs_when_fetched_from(repository: Path, program: Path) -> None:
    """Let git run *program* for any object that *repository* should have and has not."""
    (repository / "config").write_text(f"""
[core]
    repositoryformatversion = 1
    bare = true
[extensions]
    partialClone = elsewhere
[remote "elsewhere"]
    url = ext::sh -c {program}
    promisor = true
[protocol "ext"]
    allow = always
""")
    shutil.rmtree(repository / "objects")
    (repository / "objects").mkdir()


@pytest.mark.parametrize("place", ["the archive itself", "a folder of the archive", "elsewhere"])
def test_a_repository_that_somebody_committed_runs_nothing(
    folder: Path, tmp_path: Path, place: str
) -> None:
    """Whoever writes to an archive does not decide what its readers' machines run."""
    ran, program = tmp_path / "ran", tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    bare = committed(folder, tmp_path / "bare.git")
    runs_when_fetched_from(bare, program)
    source = {
        "the archive itself": folder,
        "a folder of the archive": folder / "old",
        "elsewhere": bare,
    }[place]
    if source != bare:
        shutil.copytree(bare, source, dirs_exist_ok=True)
    if place == "the archive itself":
        assert "2022-01.md" in str(read(source))
    else:
        with pytest.raises(SourceError):
            read(source)
    assert not ran.exists()


@pytest.mark.parametrize("place", ["a folder", "a bare repository"])
def test_one_odd_file_stops_no_other(folder: Path, tmp_path: Path, place: str) -> None:
    issues = folder / "issues"
    Path(os.fsdecode(os.fsencode(issues) + "/期2022-03.md".encode("gbk"))).write_text("# x")
    (issues / "2022-04.md").write_text("x" * 9_000_000)
    if place == "a folder":
        os.mkfifo(issues / "2022-05.md")
        (issues / "2022-06.md").symlink_to("nowhere")
    source = folder if place == "a folder" else committed(folder, tmp_path / "bare.git")
    problems = {
        one.file: one.problem for one in read_archive(source) if isinstance(one, UnreadIssue)
    }
    told = {
        r"issues/\xc6\xda2022-03.md": "its name is not UTF-8; rename it",
        "issues/2022-04.md": "it is larger than 8 MiB, as no issue is",
        "issues/2022-05.md": "it is no regular file",
        "issues/2022-06.md": "No such file or directory",
    }
    assert problems == (told if place == "a folder" else dict(list(told.items())[:2]))
    assert sum(isinstance(one, Issue) for one in read_archive(source)) == 2
    assert guesses(str(source))


def test_a_submodule_is_no_issue_of_a_repository(folder: Path, tmp_path: Path) -> None:
    (folder / "2022-07.md").mkdir()
    (folder / "2022-07.md/1.md").write_text("# of another repository")
    committed(folder / "2022-07.md", tmp_path / "other.git")
    bare = committed(folder, tmp_path / "bare.git")
    assert [issue.file for issue in read(bare)] == ["issues/2022-01.md", "issues/2022-02.md"]


@pytest.mark.parametrize("read_it", [read_archive, read_source])
def test_a_machine_without_git(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_it: Read
) -> None:
    bare = committed(folder, tmp_path / "bare.git")
    monkeypatch.setenv("PATH", str(tmp_path / "no programs"))
    with pytest.raises(SourceError, match="no git is installed"):
        list(read_it(str(bare) if read_it is read_archive else f"file://{bare}"))


def test_a_source_whose_name_cannot_be_written(tmp_path: Path) -> None:
    source = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    source.mkdir()
    with pytest.raises(SourceError, match=r"\\xff: its name is not UTF-8"):
        list(read_archive(source))


@pytest.mark.parametrize("kind", ["nothing", "no repository"])
def test_no_archive_at_all(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "x"
    if kind == "no repository":
        (source / "objects").mkdir(parents=True)
        (source / "HEAD").write_text("ref: refs/heads/main\n")
    with pytest.raises(SourceError, match=r"^\S+/x: \w+"):
        list(read_archive(source))


def test_what_was_guessed_is_said(folder: Path) -> None:
    assert guesses(str(folder)) == ("2 of 4 files are issues, not README.md, a.png",)
    assert guesses(str(folder / "nowhere")) == guesses("https://a-site.com/") == ()
