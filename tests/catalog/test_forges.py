"""Which repository or paper an address names, as tables."""

import pytest

from catalog.forges import (
    ALIASES,
    FORGES,
    RESERVED,
    Forge,
    is_repository_root,
    paper_at,
    repository_at,
)

REPOSITORIES = [
    ("its root", "https://github.com/Pallets/click", "github.com/Pallets/click"),
    ("a file below it", "https://github.com/a/b/blob/main/x.py#L3", "github.com/a/b"),
    ("its issues", "https://github.com/a/b/issues?q=is:open", "github.com/a/b"),
    ("a final slash", "https://github.com/a/b/", "github.com/a/b"),
    ("a word of GitHub's with a dash", "https://github.com/case-studies/x", None),
    ("what git clones", "https://github.com/a/b.git", "github.com/a/b"),
    ("over ssh", "git@github.com:a/b.git", "github.com/a/b"),
    ("over git's own protocol", "git://github.com/a/b.git", "github.com/a/b"),
    ("a dot in its name", "https://github.com/a/b.pytorch", "github.com/a/b.pytorch"),
    ("without a scheme", "github.com/a/b", "github.com/a/b"),
    ("www", "http://www.github.com/a/b", "github.com/a/b"),
    ("a full-width semicolon glued to it", "https://github.com/a/b；", "github.com/a/b"),
    ("the same, escaped", "https://github.com/a/b%EF%BC%9B", "github.com/a/b"),
    ("two slashes", "https://github.com//a/b", "github.com/a/b"),
    ("a raw file", "https://raw.githubusercontent.com/a/b/main/x.png", "github.com/a/b"),
    ("a large raw file", "https://media.githubusercontent.com/media/a/b/main/x", "github.com/a/b"),
    ("the API's address of it", "https://api.github.com/repos/a/b/releases", "github.com/a/b"),
    ("an archive of it", "https://codeload.github.com/a/b/zip/main", "github.com/a/b"),
    ("a user", "https://github.com/pallets", None),
    ("a user's stars", "https://github.com/pallets?tab=stars", None),
    ("a topic", "https://github.com/topics/cli", None),
    ("an organization's list", "https://github.com/orgs/pallets/repositories", None),
    ("a sponsor's page", "https://github.com/sponsors/pallets", None),
    ("the marketplace", "https://github.com/marketplace/actions/x", None),
    ("a feature", "https://github.com/features/actions", None),
    ("trending", "https://github.com/trending/python", None),
    ("a gist", "https://gist.github.com/a/0123456789abcdef", None),
    ("an upload", "https://user-images.githubusercontent.com/1234/5678-x.png", None),
    ("GitHub's own pages", "https://pages.github.com/a/b", None),
    ("somebody's web site", "https://a.github.io/b/", None),
    ("a name of dots", "https://github.com/a/..", None),
    ("a name that is none", "https://github.com/a/<name>", None),
    ("a host that ends the same", "https://notgithub.com/a/b", None),
    ("a path that starts the same", "https://example.org/github.com/a/b", None),
    ("Gitee", "https://gitee.com/mindspore/mindspore/tree/r1.1", "gitee.com/mindspore/mindspore"),
    ("Gitee's search", "https://gitee.com/explore/ai", None),
    ("GitLab", "https://gitlab.com/a/b/-/merge_requests/1", "gitlab.com/a/b"),
    ("GitLab's nested groups", "https://gitlab.com/a/b/c/-/tree/main", "gitlab.com/a/b/c"),
    ("GitLab before its dash", "https://gitlab.com/a/b/blob/master/x", "gitlab.com/a/b"),
    ("a GitLab of one's own", "https://gitlab.gnome.org/GNOME/gtk", "gitlab.gnome.org/GNOME/gtk"),
    ("a GitLab group", "https://gitlab.com/gitlab-org", None),
    ("GitLab's group list", "https://gitlab.com/groups/gitlab-org/-/epics", None),
    ("Codeberg", "https://codeberg.org/forgejo/forgejo/issues", "codeberg.org/forgejo/forgejo"),
    ("Bitbucket", "https://bitbucket.org/a/b/src/master/", "bitbucket.org/a/b"),
    ("a model", "https://huggingface.co/a/b/tree/main", "huggingface.co/a/b"),
    ("a short host", "https://hf.co/a/b", "huggingface.co/a/b"),
    ("a model without an owner", "https://huggingface.co/gpt2", "huggingface.co/gpt2"),
    ("a file of one", "https://huggingface.co/gpt2/resolve/main/x", "huggingface.co/gpt2"),
    ("a dataset", "https://huggingface.co/datasets/a/b", "huggingface.co/datasets/a/b"),
    ("an ownerless dataset", "https://hf.co/datasets/squad", "huggingface.co/datasets/squad"),
    ("a space", "https://huggingface.co/spaces/a/b", "huggingface.co/spaces/a/b"),
    ("the list of models", "https://huggingface.co/models", None),
    ("the list of datasets", "https://huggingface.co/datasets", None),
    ("a user of Hugging Face", "https://huggingface.co/facebook", None),
    ("its documentation", "https://huggingface.co/docs/transformers", None),
    ("its word on a paper", "https://huggingface.co/papers/2106.09685", None),
    ("half an address", "http://[half", None),
    ("nothing", "", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "name"), [pytest.param(*row, id=label) for label, *row in REPOSITORIES]
)
def test_repository_at(url: str, name: str | None) -> None:
    found = repository_at(url)
    assert (str(found) if found else None) == name


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        pytest.param("https://github.com/a/b", True, id="the page itself"),
        pytest.param("https://github.com/a/b.git", True, id="as git writes it"),
        pytest.param("https://github.com/a/b/#usage", True, id="a heading of it"),
        pytest.param("https://github.com/a/b?tab=MIT-1-ov-file", True, id="another tab of it"),
        pytest.param("https://gitlab.com/a/b/c", True, id="nested"),
        pytest.param("https://huggingface.co/datasets/a/b", True, id="a dataset"),
        pytest.param("https://github.com/a/b/wiki", False, id="a page below"),
        pytest.param("https://raw.githubusercontent.com/a/b", False, id="another service"),
        pytest.param("https://github.com/a", False, id="a user"),
    ],
)
def test_is_repository_root(url: str, answer: bool) -> None:
    assert is_repository_root(url) is answer


@pytest.mark.parametrize(
    ("url", "paper"),
    [
        pytest.param("https://arxiv.org/abs/1905.11946", "1905.11946", id="abstract"),
        pytest.param("http://arxiv.org/pdf/1905.11946v3.pdf", "1905.11946", id="pdf, version"),
        pytest.param("https://arxiv.org/pdf/1905.11946.", "1905.11946", id="a stop glued to it"),
        pytest.param("https://arxiv.org/html/2401.00001v1", "2401.00001", id="html"),
        pytest.param("https://arxiv.org/abs/cs/0112017v1", "cs/0112017", id="old identifiers"),
        pytest.param(
            "https://arxiv.org/abs/math.GT/0309136", "math.GT/0309136", id="with a class"
        ),
        pytest.param("https://doi.org/10.48550/arXiv.2106.09685", "2106.09685", id="its DOI"),
        pytest.param("https://arxiv.org/list/cs.CV/recent", None, id="a list"),
        pytest.param("https://arxiv.org/abs/1905.119", None, id="too short"),
        pytest.param("https://example.org/arxiv.org/abs/1905.11946", None, id="elsewhere"),
        pytest.param("https://doi.org/10.1145/3297858", None, id="another DOI"),
    ],
)
def test_paper_at(url: str, paper: str | None) -> None:
    assert paper_at(url) == paper


def test_every_forge_is_reached_and_has_its_own_pages() -> None:
    assert set(FORGES.values()) == set(Forge) == set(RESERVED)
    assert {host for host, _ in ALIASES.values()} <= set(FORGES)
    assert not set(ALIASES) & set(FORGES)
