"""Where the sample archive and the little web's pages lie: in a wheel, or in a checkout."""

from pathlib import Path

from nightly.exits import CommandError

_PACKAGE = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parents[2] / "data"


def sample_archive() -> Path:
    """Return the folder with the issues of the sample archive."""
    return _folder("sample") / "embedded-ai-report"


def web_pages() -> Path:
    """Return the folder with the little web's pages."""
    return _folder("web")


def _folder(name: str) -> Path:
    """Return the data folder *name*; the build puts it into the package."""
    for parent in (_PACKAGE, _CHECKOUT):
        if (parent / name).is_dir():
            return parent / name
    raise CommandError(
        f"the demo's files are not there ({_PACKAGE / name}); install linkledger again"
    )
