"""Offer the repairs as one pull request on GitHub, brought up to date night by night."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha1

from github import InputGitTreeElement, UnknownObjectException
from github.GitCommit import GitCommit
from github.GitTree import GitTree
from github.PullRequest import PullRequest
from github.Repository import Repository

from report.escaping import markdown_code
from report.fix import FileRepair, Repairs
from report.words import Words

BRANCH = "linkledger/repairs"

# GitHub takes 65,536 characters; the rest of the repairs is in the diff.
_MOST_CHARACTERS = 60_000


class PullAction(StrEnum):
    """What becomes of the pull request."""

    CREATE = "create"
    UPDATE = "update"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPlan:
    """What is to be sent, or was sent."""

    action: PullAction
    title: str = ""
    body: str = ""
    files: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()
    number: int | None = None
    url: str = ""


def offer_repairs(
    repository: Repository,
    repairs: Repairs,
    words: Words,
    *,
    dry_run: bool = False,
) -> PullPlan:
    """Bring the branch and the pull request of the repairs up to date, and return what was sent.

    A file that is not the same there as here is left alone. The branch always stands one
    commit ahead of the default branch. With *dry_run* GitHub is only asked what there is.
    """
    base = repository.get_branch(repository.default_branch)
    commit = repository.get_git_commit(base.commit.sha)
    tree = repository.get_git_tree(commit.tree.sha, recursive=True)
    files, left = _fitting(repairs, tree)
    pull = _open_pull(repository)
    plan = PullPlan(
        action=PullAction.NOTHING,
        files=tuple(files),
        left_alone=left,
        number=pull.number if pull else None,
        url=pull.html_url if pull else "",
    )
    if not files:
        return plan
    title, body = _text(files, words)
    action = PullAction.UPDATE if pull else PullAction.CREATE
    plan = replace(plan, action=action, title=title, body=body)
    if dry_run:
        return plan
    _push(repository, commit, tree, files, title)
    pull = _told(repository, pull, title, body)
    return replace(plan, number=pull.number, url=pull.html_url)


def _fitting(repairs: Repairs, tree: GitTree) -> tuple[dict[str, FileRepair], tuple[str, ...]]:
    """Return the repairs by their paths in the repository, and in words what does not fit."""
    there = {element.path: element.sha for element in tree.tree if element.type == "blob"}
    fitting: dict[str, FileRepair] = {}
    left = list(repairs.left_alone)
    for one in repairs.files:
        path = one.in_repository
        if there.get(path) == blob_sha(one.before):
            fitting[path] = one
        else:
            state = "is another one" if path in there else "is not"
            left.append(f"{one.file}: the file {state} on GitHub's default branch")
    return fitting, tuple(left)


def blob_sha(data: bytes) -> str:
    """Return the name that git gives to a file with the content *data*."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _open_pull(repository: Repository) -> PullRequest | None:
    owner = repository.full_name.partition("/")[0]
    pulls = repository.get_pulls(
        state="open", head=f"{owner}:{BRANCH}", base=repository.default_branch
    )
    # An API that does not know `head` answers with every pull request.
    return next((pull for pull in pulls if pull.head.ref == BRANCH), None)


def _told(repository: Repository, pull: PullRequest | None, title: str, body: str) -> PullRequest:
    """Return the pull request, made or edited so that it says *title* and *body*."""
    if pull is None:
        base = repository.default_branch
        return repository.create_pull(base=base, head=BRANCH, title=title, body=body)
    if (pull.title, (pull.body or "").replace("\r\n", "\n")) != (title, body):
        pull.edit(title=title, body=body)
    return pull


def _push(
    repository: Repository,
    base: GitCommit,
    tree: GitTree,
    files: dict[str, FileRepair],
    title: str,
) -> None:
    """Let the branch hold *files*, one commit ahead of *base*, unless it does already."""
    modes = {element.path: element.mode for element in tree.tree}
    elements = []
    for path, one in files.items():
        blob = repository.create_git_blob(b64encode(one.after).decode(), "base64")
        elements.append(InputGitTreeElement(path, modes[path], "blob", sha=blob.sha))
    new_tree = repository.create_git_tree(elements, tree)
    try:
        branch = repository.get_git_ref(f"heads/{BRANCH}")
    except UnknownObjectException:
        commit = repository.create_git_commit(title, new_tree, [base])
        repository.create_git_ref(f"refs/heads/{BRANCH}", commit.sha)
        return
    head = repository.get_git_commit(branch.object.sha)
    if head.tree.sha != new_tree.sha or [one.sha for one in head.parents] != [base.sha]:
        commit = repository.create_git_commit(title, new_tree, [base])
        branch.edit(commit.sha, force=True)


def _text(files: dict[str, FileRepair], words: Words) -> tuple[str, str]:
    """Return the title and the text of the pull request."""
    links = sum(len(one.edits) for one in files.values())
    title = words.say_many("Repair {n} link", "Repair {n} links", links)
    lines = list(_lines(files))
    note = words.say("Every new address was visited before it was written here.")
    room, shown = _MOST_CHARACTERS, []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    left = len(lines) - len(shown)
    more = words.say_many("… and {n} more", "… and {n} more", left) if left else ""
    return title, "\n".join([note, "", *shown, more]).rstrip() + "\n"


def _lines(files: dict[str, FileRepair]) -> Iterator[str]:
    for path, one in files.items():
        for edit in one.edits:
            place, address = edit.repair.place, edit.repair.suggestion.address
            where = markdown_code(f"{path}:{place.line}")
            yield f"- {where} {markdown_code(place.url)} → {markdown_code(address)}"
