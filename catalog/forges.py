"""Which repository or paper an address names: the forges we know, and how they lay out paths."""

import re
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

from catalog.records import RepoName


class Forge(StrEnum):
    """The software that runs a forge: what its paths look like and which API it speaks."""

    GITHUB = "github"
    GITEE = "gitee"
    GITLAB = "gitlab"
    FORGEJO = "forgejo"
    BITBUCKET = "bitbucket"
    HUGGINGFACE = "huggingface"


# The host under which a forge's repositories are known, and what runs there.
FORGES: Final[dict[str, Forge]] = {
    "github.com": Forge.GITHUB,
    "gitee.com": Forge.GITEE,
    "gitlab.com": Forge.GITLAB,
    "gitlab.gnome.org": Forge.GITLAB,
    "gitlab.freedesktop.org": Forge.GITLAB,
    "gitlab.haskell.org": Forge.GITLAB,
    "gitlab.inria.fr": Forge.GITLAB,
    "framagit.org": Forge.GITLAB,
    "invent.kde.org": Forge.GITLAB,
    "salsa.debian.org": Forge.GITLAB,
    "codeberg.org": Forge.FORGEJO,
    "bitbucket.org": Forge.BITBUCKET,
    "huggingface.co": Forge.HUGGINGFACE,
}

# Other hosts that serve a forge's repositories, with the path before `owner/name`.
ALIASES: Final[dict[str, tuple[str, str]]] = {
    "www.github.com": ("github.com", ""),
    "m.github.com": ("github.com", ""),
    "api.github.com": ("github.com", "repos/"),
    "codeload.github.com": ("github.com", ""),
    "raw.github.com": ("github.com", ""),
    "raw.githubusercontent.com": ("github.com", ""),
    "media.githubusercontent.com": ("github.com", "media/"),
    "www.gitee.com": ("gitee.com", ""),
    "raw.gitee.com": ("gitee.com", ""),
    "www.gitlab.com": ("gitlab.com", ""),
    "www.bitbucket.org": ("bitbucket.org", ""),
    "api.bitbucket.org": ("bitbucket.org", "2.0/repositories/"),
    "www.huggingface.co": ("huggingface.co", ""),
    "hf.co": ("huggingface.co", ""),
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# First path segments that are the forge's own pages, so that nobody can own them.
RESERVED: Final[dict[Forge, frozenset[str]]] = {
    Forge.GITHUB: _words(
        """
        about accelerator account advisories apps assets blog branding business careers
        case-studies changelog codespaces collections contact copilot customer-stories dashboard
        discussions edu education enterprise enterprises events explore features gist gists
        git-guides github-copilot home images integrations issues join login logos logout
        marketplace mobile models new newsroom nonprofit notifications open-source organizations
        orgs partners personal premium-support press pricing projects pulls readme
        recommendations repositories resources search security sessions settings showcases
        signup site solutions spark sponsors stars status suggestions support team teams terms
        topics trending tour user user-attachments users watching why-github wiki
        """
    ),
    Forge.GITEE: _words(
        """
        about all-about-git api community dashboard education education_center enterprises
        events explore features gists gitee-go gvp help issues login notifications oauth
        organizations profile projects pulls search signup stars terms user
        """
    ),
    Forge.GITLAB: _words(
        """
        - admin api assets dashboard explore groups help import jwt oauth profile projects
        public search snippets uploads user users v2
        """
    ),
    Forge.FORGEJO: _words(
        """
        - admin api assets avatars devtest explore issues notifications org pulls repo user
        """
    ),
    Forge.BITBUCKET: _words(
        """
        account api blog dashboard gateway product plans repo site snippets support
        """
    ),
    Forge.HUGGINGFACE: _words(
        """
        api blog brand chat code-of-conduct collections content-guidelines course docs
        enterprise front inference inference-api inference-endpoints join jobs languages learn
        login logout metrics models new notifications organizations papers posts pricing privacy
        search settings spaces-launch storage subscribe support tasks terms-of-service
        transformers welcome
        """
    ),
}

# Where a path leaves the repository's name (GitLab's nested groups have no fixed depth).
_GITLAB_ROUTES: Final = _words(
    """
    - activity archive blame blob branches builds ci commit commits compare edit forks
    graphs issues jobs labels merge_requests milestones network pipelines raw releases
    repository snippets tags tree wikis
    """
)

# Hugging Face's own models from before names had owners; any other single segment is a user.
_HF_OWNERLESS: Final = re.compile(
    r"(?:albert|bert|camembert|ctrl|distilbert|distilgpt2|distilroberta|gpt2|openai-gpt"
    r"|roberta|t5|transfo-xl|xlm|xlm-roberta|xlnet)(?:-[\w.-]+)?"
)
_HF_ROUTES: Final = frozenset({"blob", "commits", "discussions", "raw", "resolve", "tree"})

_SCHEME: Final = re.compile(r"(?:git\+)?(?:https?|git|ssh)://", re.IGNORECASE)
_SCP: Final = re.compile(r"git@([\w.-]+):(?!//)")
# What a name may hold; the rest of a segment is punctuation that was glued to it.
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_OWNER: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")

_ARXIV_HOSTS: Final = frozenset({"arxiv.org", "www.arxiv.org", "export.arxiv.org", "cn.arxiv.org"})
_ARXIV_PATH: Final = re.compile(
    r"/(?:abs|pdf|html|ps|format|e-print|src|tb)/"
    r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?(?:[^\w.].*|\.)?",
    re.DOTALL,
)
_ARXIV_DOI: Final = re.compile(
    r"/10\.48550/arxiv\.(\d{4}\.\d{4,5})(?:v\d+)?(?:\W.*)?", re.IGNORECASE
)


def repository_at(url: str) -> RepoName | None:
    """Return the repository that *url* belongs to: its root or anything below it.

    *url* may lack a scheme (`github.com/owner/name`) or be what git takes
    (`git@github.com:owner/name.git`). Hugging Face's datasets and spaces have an owner
    that starts with `datasets` or `spaces`. None for users, gists and forges' own pages.
    """
    located = _locate(url)
    return located[0] if located else None


def is_repository_root(url: str) -> bool:
    """Return whether *url* is a repository's own page, so that its forge's API knows all of it."""
    located = _locate(url)
    return located is not None and located[1]


def paper_at(url: str) -> str | None:
    """Return the arXiv identifier, without version, of the paper that *url* leads to.

    Identifiers before April 2007 look like `cs/0112017`.
    """
    if "arxiv" not in url.lower():
        return None
    split = _split(url)
    if split is None:
        return None
    host, path = split
    if host in _ARXIV_HOSTS:
        found = _ARXIV_PATH.fullmatch(path)
        return found["id"] if found else None
    if host in ("doi.org", "dx.doi.org", "www.doi.org"):
        found = _ARXIV_DOI.fullmatch(path)
        return found[1] if found else None
    return None


def _split(url: str) -> tuple[str, str] | None:
    """Return host and path of *url*; a scheme may be missing."""
    text = _SCP.sub(r"ssh://\1/", url.strip())
    if not _SCHEME.match(text):
        text = f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:  # such as `http://[half`
        return None
    return (host, unquote(parts.path)) if host else None


def _locate(url: str) -> tuple[RepoName, bool] | None:
    """Return the repository at *url*, and whether *url* is its root."""
    split = _split(url)
    if split is None:
        return None
    served, path = split
    host, prefix = ALIASES.get(served, (served, ""))
    forge = FORGES.get(host)
    path = path.lstrip("/")
    if forge is None or not path.startswith(prefix):
        return None
    segments = [part for part in path.removeprefix(prefix).split("/") if part]
    if not segments or segments[0].lower() in RESERVED[forge]:
        return None
    depth = _depth(forge, segments)
    if depth == 0 or len(segments) < depth:
        return None
    *owners, last = segments[:depth]
    name = _NAME.match(last)
    if name is None or not all(_OWNER.fullmatch(owner) for owner in owners):
        return None
    plain = name[0].rstrip(".").removesuffix(".git")
    if not plain.strip("."):
        return None
    # A query (`?tab=readme-ov-file`) shows another side of the same page.
    is_root = len(segments) == depth and host == served.removeprefix("www.")
    return RepoName(host=host, owner="/".join(owners), name=plain), is_root


def _depth(forge: Forge, segments: list[str]) -> int:
    """Return how many of *segments* name the repository, 0 where none do."""
    if forge is Forge.GITLAB:
        routes = (i for i, part in enumerate(segments) if i > 1 and part in _GITLAB_ROUTES)
        return next(routes, max(len(segments), 2))
    if forge is Forge.HUGGINGFACE:
        if segments[0] == "spaces":
            return 3
        if segments[0] == "datasets":
            return 3 if len(segments) > 2 and segments[2] not in _HF_ROUTES else 2
        if len(segments) == 1:
            return 1 if _HF_OWNERLESS.fullmatch(segments[0]) else 0
        if segments[1] in _HF_ROUTES:
            return 1
    return 2
