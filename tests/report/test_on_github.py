"""The issue and the pull request, against a small GitHub on loopback with a real git behind it."""

import json
import os
import re
import subprocess
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.vocabulary import Reason
from report.findings import Report
from report.fix import plan_repairs, write_repairs
from report.formats import style_for
from report.github.issue import LABEL, MARKER, IssueAction, keep_issue
from report.github.pull_request import BRANCH, PullAction, blob_sha, offer_repairs
from report.github.repository import GithubError, repository_on_github
from report.words import Words
from tests.loopback import Request, Response, serve

NAME = "octo/weekly"
ENGLISH = Words("en")

Handler = Callable[..., tuple[int, Any]]


class SmallGithub:
    """The few endpoints that we use: issues and pulls in a list, git objects in a repository.

    `sent` remembers what changed anything, as method and path.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.issues: list[dict[str, Any]] = []
        self.pulls: list[dict[str, Any]] = []
        self.sent: list[str] = []
        self.refusal: tuple[int, str] | None = None
        self.git("init", "-q", "--bare", "-b", "main")

    def git(self, *arguments: str, data: bytes = b"", **environment: str) -> str:
        who = {
            f"GIT_{role}_{what}": "octo"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            input=data,
            capture_output=True,
            check=True,
            env={**os.environ, **who, **environment},
        )
        return done.stdout.decode()

    def commit(self, files: dict[str, bytes]) -> None:
        """Let the default branch hold *files*."""
        tree = self._tree("", [
            {"path": path, "mode": "100644", "sha": self._blob(data)}
            for path, data in files.items()
        ])  # fmt: skip
        commit = self.git("commit-tree", tree, "-m", "issues").strip()
        self.git("update-ref", "refs/heads/main", commit)

    def file(self, branch: str, path: str) -> bytes:
        return self.git("show", f"{branch}:{path}").encode()

    def _blob(self, data: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", data=data).strip()

    def _tree(self, base: str, elements: list[dict[str, str]]) -> str:
        index = {"GIT_INDEX_FILE": str(self.folder / "some-index")}
        self.git("read-tree", *([base] if base else ["--empty"]), **index)
        for one in elements:
            entry = f"{one['mode']},{one['sha']},{one['path']}"
            self.git("update-index", "--add", "--cacheinfo", entry, **index)
        return self.git("write-tree", **index).strip()

    def answer(
        self, method: str, path: str, query: dict[str, str], sent: dict[str, Any]
    ) -> tuple[int, Any]:
        if self.refusal:
            return self.refusal[0], {"message": self.refusal[1]}
        if method != "GET":
            self.sent.append(f"{method} {path}")
        root = f"/repos/{NAME}"
        for wanted, pattern, handler in self._routes():
            match = re.fullmatch(root + pattern, path)
            if wanted == method and match:
                return handler(*match.groups(), query=query, sent=sent)
        return 404, {"message": "Not Found"}

    def _routes(self) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", "", self.repository),
            ("GET", "/issues", self.list_issues),
            ("POST", "/issues", self.create_issue),
            ("GET", r"/issues/(\d+)", self.show_issue),
            ("PATCH", r"/issues/(\d+)", self.edit_issue),
            ("GET", "/branches/main", self.branch),
            ("GET", r"/git/commits/(\w+)", self.show_commit),
            ("POST", "/git/commits", self.create_commit),
            ("GET", r"/git/trees/(\w+)", self.list_tree),
            ("POST", "/git/trees", self.create_tree),
            ("POST", "/git/blobs", self.create_blob),
            ("GET", r"/git/ref/(.+)", self.show_ref),
            ("POST", "/git/refs", self.create_ref),
            ("PATCH", r"/git/refs/(.+)", self.move_ref),
            ("GET", "/pulls", self.list_pulls),
            ("POST", "/pulls", self.create_pull),
            ("PATCH", r"/pulls/(\d+)", self.edit_pull),
        ]

    def repository(self, **_: Any) -> tuple[int, Any]:
        return 200, {
            "full_name": NAME,
            "url": f"{self.url}/repos/{NAME}",
            "default_branch": "main",
        }

    def list_issues(self, query: dict[str, str], **_: Any) -> tuple[int, Any]:
        assert query["state"] == "all"
        return 200, [
            issue for issue in self.issues
            if query["labels"] in [label["name"] for label in issue["labels"]]
        ]  # fmt: skip

    def add_issue(self, title: str, body: str, *labels: str, **more: Any) -> dict[str, Any]:
        number = len(self.issues) + 1
        issue = {
            "number": number,
            "title": title,
            "body": body,
            "state": "open",
            "labels": [{"name": label} for label in labels],
            "url": f"{self.url}/repos/{NAME}/issues/{number}",
            "html_url": f"https://github.com/{NAME}/issues/{number}",
            **more,
        }
        self.issues.append(issue)
        return issue

    def create_issue(self, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        return 201, self.add_issue(sent["title"], sent["body"], *sent["labels"])

    def show_issue(self, number: str, **_: Any) -> tuple[int, Any]:
        return 200, self.issues[int(number) - 1]

    def edit_issue(self, number: str, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        assert len(sent.get("body", "")) <= 65_536
        issue = self.issues[int(number) - 1]
        issue.update(
            {k: v for k, v in sent.items() if k in ("title", "body", "state", "state_reason")}
        )
        return 200, issue

    def branch(self, **_: Any) -> tuple[int, Any]:
        sha = self.git("rev-parse", "refs/heads/main").strip()
        return 200, {"name": "main", "commit": {"sha": sha}}

    def show_commit(self, sha: str, **_: Any) -> tuple[int, Any]:
        tree, parents = self.git("show", "-s", "--format=%T%n%P", sha).split("\n")[:2]
        return 200, {
            "sha": sha,
            "tree": {"sha": tree},
            "parents": [{"sha": parent} for parent in parents.split()],
        }

    def create_commit(self, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        parents = [word for parent in sent["parents"] for word in ("-p", parent)]
        sha = self.git("commit-tree", sent["tree"], *parents, "-m", sent["message"]).strip()
        return 201, {"sha": sha, "tree": {"sha": sent["tree"]}, "parents": []}

    def list_tree(self, sha: str, query: dict[str, str], **_: Any) -> tuple[int, Any]:
        assert query == {"recursive": "1"}
        rows = [line for line in self.git("ls-tree", "-r", "-z", sha).split("\0") if line]
        elements = []
        for row in rows:
            (mode, kind, blob), path = row.split("\t")[0].split(), row.split("\t")[1]
            elements.append({"path": path, "mode": mode, "type": kind, "sha": blob})
        return 200, {"sha": sha, "tree": elements, "truncated": False}

    def create_tree(self, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        return 201, {"sha": self._tree(sent["base_tree"], sent["tree"]), "tree": []}

    def create_blob(self, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        assert sent["encoding"] == "base64"
        return 201, {"sha": self._blob(b64decode(sent["content"]))}

    def show_ref(self, ref: str, **_: Any) -> tuple[int, Any]:
        found = self.git("for-each-ref", "--format=%(objectname)", f"refs/{ref}").strip()
        return (200, self._ref(f"refs/{ref}", found)) if found else (404, {"message": "Not Found"})

    def _ref(self, ref: str, sha: str) -> dict[str, Any]:
        url = f"{self.url}/repos/{NAME}/git/{ref}"
        return {"ref": ref, "url": url, "object": {"sha": sha, "type": "commit"}}

    def create_ref(self, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        self.git("update-ref", sent["ref"], sent["sha"])
        return 201, self._ref(sent["ref"], sent["sha"])

    def move_ref(self, ref: str, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        assert sent["force"] is True
        self.git("update-ref", f"refs/{ref}", sent["sha"])
        return 200, self._ref(f"refs/{ref}", sent["sha"])

    def list_pulls(self, query: dict[str, str], **_: Any) -> tuple[int, Any]:
        assert (query["state"], query["base"]) == ("open", "main")
        branch = query["head"].partition(":")[2]
        return 200, [p for p in self.pulls if p["state"] == "open" and p["head"]["ref"] == branch]

    def create_pull(self, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        number = len(self.pulls) + 1
        pull = {
            "number": number,
            "title": sent["title"],
            "body": sent["body"],
            "state": "open",
            "head": {"ref": sent["head"]},
            "base": {"ref": sent["base"]},
            "url": f"{self.url}/repos/{NAME}/pulls/{number}",
            "html_url": f"https://github.com/{NAME}/pull/{number}",
        }
        self.pulls.append(pull)
        return 201, pull

    def edit_pull(self, number: str, sent: dict[str, Any], **_: Any) -> tuple[int, Any]:
        self.pulls[int(number) - 1].update(sent)
        return 200, self.pulls[int(number) - 1]


@pytest.fixture
def github(tmp_path: Path) -> Iterator[SmallGithub]:
    folder = tmp_path / "github.git"
    folder.mkdir()
    small = SmallGithub(folder)

    def respond(request: Request) -> Response:
        split = urlsplit(request.target)
        sent = json.loads(request.body) if request.body else {}
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        assert request.headers["Authorization"] == "token secret"
        status, content = small.answer(request.method, split.path, query, sent)
        headers = {"Content-Type": "application/json"}
        return Response(status=status, headers=headers, body=json.dumps(content).encode())

    with serve(respond) as small.url:
        yield small


def kept(github: SmallGithub, report: Report, **settings: Any):
    with repository_on_github(NAME, token="secret", api=github.url, pause=0) as repository:
        return keep_issue(repository, report, style_for(report, "en"), **settings)


def test_the_issue_lives_as_the_links_do(github, ledger) -> None:
    url = "https://a.example/"
    ledger.read({"2026-11-01.md": f"- [News]({url})\n"})
    ledger.night("2026-11-20")
    assert kept(github, ledger.report("2026-11-20")).action is IssueAction.NOTHING
    assert github.issues == []

    ledger.night("2026-11-21", {url: Reason.NOT_FOUND})
    first = kept(github, ledger.report("2026-11-21"))
    assert (first.action, first.number) == (IssueAction.CREATE, 1)
    (issue,) = github.issues
    assert issue["title"] == "1 broken link, 1 of them new"
    assert issue["body"].startswith(f"{MARKER}\n# ")
    assert "https://a.example/" in issue["body"]

    ledger.night("2026-11-22", {url: Reason.NOT_FOUND})
    assert kept(github, ledger.report("2026-11-22")).action is IssueAction.EDIT
    assert issue["title"] == "1 broken link"
    again = kept(github, ledger.report("2026-11-22"))
    assert (again.action, again.why) == (IssueAction.NOTHING, "it says so already")

    ledger.night("2026-11-23")
    assert kept(github, ledger.report("2026-11-23")).action is IssueAction.CLOSE
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert kept(github, ledger.report("2026-11-23")).action is IssueAction.NOTHING

    ledger.night("2026-11-24", {url: Reason.NOT_FOUND})
    assert kept(github, ledger.report("2026-11-24")).action is IssueAction.REOPEN
    assert issue["state"] == "open"
    assert len(github.issues) == 1


def test_a_dry_run_sends_nothing_and_shows_everything(github, two_nights) -> None:
    plan = kept(github, two_nights.report(), dry_run=True)
    assert plan.action is IssueAction.CREATE
    assert plan.body.startswith(MARKER)
    assert github.sent == []


def test_a_night_that_is_not_trusted_touches_no_issue(github, two_nights) -> None:
    kept(github, two_nights.report())
    github.sent.clear()
    two_nights.night("2026-11-23", state="untrusted", note="no network")
    assert kept(github, two_nights.report("2026-11-23")).action is IssueAction.NOTHING
    assert github.sent == []


def test_a_marker_that_somebody_else_wrote_is_not_ours(github, two_nights) -> None:
    github.add_issue("spoofed", f"{MARKER}\nmine")
    github.add_issue("a pull request", f"{MARKER}\n", LABEL, pull_request={"url": "x"})
    github.add_issue("quoted", f"look at {MARKER}", LABEL)
    plan = kept(github, two_nights.report())
    assert (plan.action, plan.number) == (IssueAction.CREATE, 4)


REFUSALS = [
    ("a wrong token", 401, "Bad credentials", "does not accept the token"),
    ("a token that may not", 403, "Resource not accessible", "may the token write"),
    ("no such repository", 404, "Not Found", "knows no such repository"),
    ("issues are off", 410, "Issues are disabled", "turned off"),
    ("GitHub is down", 502, "Bad Gateway", "answers 502"),
]


@pytest.mark.parametrize(
    ("status", "said", "told"), [pytest.param(*row, id=name) for name, *row in REFUSALS]
)
def test_a_refusal_is_one_sentence(github, two_nights, status: int, said: str, told: str) -> None:
    github.refusal = status, said
    with pytest.raises(GithubError, match=told) as caught:
        kept(github, two_nights.report())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["weekly", "octo/../x", "octo/a b", "https://github.com/o/n", ""])
def test_what_is_no_name_is_not_asked_for(github, name: str) -> None:
    with (
        pytest.raises(GithubError, match="write OWNER/NAME"),
        repository_on_github(name, token="secret", api=github.url, pause=0),
    ):
        pass


def test_without_a_token_or_a_network_nothing_is_tried() -> None:
    with (
        pytest.raises(GithubError, match="set GITHUB_TOKEN"),
        repository_on_github(NAME, token=""),
    ):
        pass
    with (
        pytest.raises(GithubError, match="cannot be reached"),
        repository_on_github(NAME, token="secret", api="http://127.0.0.1:9"),
    ):
        pass


OLD, NEW = "https://old.example/", "https://new.example/"


@pytest.fixture
def weekly(github, ledger):
    """An archive whose two issues are on GitHub as well, in a work tree; one link moved."""
    (ledger.folder.parent / ".git").mkdir()
    ledger.read({"2026-10-01.md": f"- [x]({OLD})\r\n", "2026-11-01.md": f"- [更多]({OLD})"})
    files = {f"archive/{name}": data for name, data in ledger.texts.items()}
    github.commit({**files, "README.md": b"hello\n"})
    seen = ledger.seen(reason=Reason.MOVED_PERMANENTLY, suggestion=NEW, final_url=NEW)
    ledger.night("2026-11-21", {OLD: seen})
    return ledger


def offered(github: SmallGithub, ledger, **settings: Any):
    repairs = plan_repairs(ledger.db, ledger.report())
    with repository_on_github(NAME, token="secret", api=github.url, pause=0) as repository:
        return offer_repairs(repository, repairs, ENGLISH, **settings)


def test_the_repairs_become_one_branch_and_one_pull_request(github, weekly) -> None:
    plan = offered(github, weekly)
    assert (plan.action, plan.number) == (PullAction.CREATE, 1)
    assert plan.title == "Repair 2 links"
    assert github.file(BRANCH, "archive/2026-10-01.md") == f"- [x]({NEW})\r\n".encode()
    assert github.file(BRANCH, "archive/2026-11-01.md") == f"- [更多]({NEW})".encode()
    assert github.file(BRANCH, "README.md") == b"hello\n"
    assert github.git("rev-parse", f"{BRANCH}~1") == github.git("rev-parse", "main")
    assert f"`archive/2026-10-01.md:1` `{OLD}` → `{NEW}`" in github.pulls[0]["body"]


def test_offered_twice_is_pushed_once(github, weekly) -> None:
    offered(github, weekly)
    head = github.git("rev-parse", BRANCH)
    github.sent.clear()
    assert offered(github, weekly).action is PullAction.UPDATE
    assert github.git("rev-parse", BRANCH) == head
    assert not [sent for sent in github.sent if "refs" in sent or "pulls" in sent]


def test_the_branch_follows_the_default_branch(github, weekly) -> None:
    offered(github, weekly)
    files = {f"archive/{name}": data for name, data in weekly.texts.items()}
    github.commit({**files, "README.md": b"new\n"})
    offered(github, weekly)
    assert github.file(BRANCH, "README.md") == b"new\n"
    assert github.git("rev-parse", f"{BRANCH}~1") == github.git("rev-parse", "main")
    assert len(github.pulls) == 1


def test_without_a_work_tree_the_archive_is_the_repository(github, weekly) -> None:
    (weekly.folder.parent / ".git").rmdir()
    github.commit(weekly.texts)
    assert offered(github, weekly).files == ("2026-10-01.md", "2026-11-01.md")


def test_the_branch_moves_with_a_commit_that_changes_no_file(github, weekly) -> None:
    offered(github, weekly)
    empty = github.git("commit-tree", "main^{tree}", "-p", "main", "-m", "nothing").strip()
    github.git("update-ref", "refs/heads/main", empty)
    offered(github, weekly)
    assert github.git("rev-parse", f"{BRANCH}~1").strip() == empty


def test_a_file_that_is_another_one_on_github_is_left_alone(github, weekly) -> None:
    github.commit({"archive/2026-10-01.md": b"edited\n"})
    plan = offered(github, weekly)
    assert plan.action is PullAction.NOTHING
    assert plan.left_alone == (
        "2026-10-01.md: the file is another one on GitHub's default branch",
        "2026-11-01.md: the file is not on GitHub's default branch",
    )
    assert github.sent == []


def test_a_dry_run_pushes_nothing(github, weekly) -> None:
    plan = offered(github, weekly, dry_run=True)
    assert (plan.action, len(plan.files)) == (PullAction.CREATE, 2)
    assert github.sent == []


def test_with_nothing_to_repair_there_is_no_pull_request(github, weekly) -> None:
    write_repairs(plan_repairs(weekly.db, weekly.report()))
    assert offered(github, weekly).action is PullAction.NOTHING
    assert github.sent == []


def test_we_name_blobs_as_git_does(github) -> None:
    data = "标题\r\n".encode()
    assert blob_sha(data) == github.git("hash-object", "--stdin", data=data).strip()
