"""Which module speaks with which kind of forge."""

from catalog.forges import FORGES, Forge
from enrich.forges.bitbucket import Bitbucket
from enrich.forges.dialect import Dialect
from enrich.forges.forgejo import Forgejo
from enrich.forges.gitee import Gitee
from enrich.forges.gitlab import GitLab
from enrich.forges.huggingface import HuggingFace

# GitHub is not here: it is asked in batches (`enrich/github/looks.py`).
DIALECTS: dict[Forge, Dialect] = {
    Forge.GITEE: Gitee(),
    Forge.GITLAB: GitLab(),
    Forge.FORGEJO: Forgejo(),
    Forge.HUGGINGFACE: HuggingFace(),
    Forge.BITBUCKET: Bitbucket(),
}


def other_forges() -> dict[str, Dialect]:
    """Return the hosts of forges other than GitHub, each with the dialect it speaks.

    Only these are asked: that an address looks like a forge's is no reason to trust it.
    """
    return {host: DIALECTS[forge] for host, forge in FORGES.items() if forge in DIALECTS}
