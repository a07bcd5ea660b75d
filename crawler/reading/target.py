"""Say where a written address leads: on the web, within the archive, or nowhere as it stands."""

import posixpath
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urljoin

from catalog.address import is_web
from catalog.vocabulary import Reason
from crawler.reading.bare import is_site, whole_address

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
# `http:/x.org`, `https//x.org`, `htpp://x.org`, `hhttps://x.org`, `ttps://x.org`, …
_SLIP: Final = re.compile(
    r"(?P<scheme>h{0,2}t{1,3}pp?(?P<s>s?))(?::\\\\|(?:：|;|:|)//|:/(?!/)|:(?![/\\]))(?=[^\s/])",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# What a site generator fills in: where that leads shows on its pages only.
_TEMPLATE: Final = ("{{", "{%", "<%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Where an address leads.

    `target` is absolute, or a path from the archive's root where `relative`. `suggestion` is
    the address that was meant, where `finding` says that the written one leads nowhere.
    """

    target: str = ""
    relative: bool = False
    finding: Reason | None = None
    suggestion: str = ""


def resolve(url: str, file: str, base: str = "") -> Resolved:
    """Return where *url*, as written in *file* (a path from the archive's root), leads.

    *base* is the address of the page, where the issue was read from the web.
    """
    written = url.strip()
    if not written:
        return Resolved(finding=Reason.BAD_URL)
    if is_template(written):
        return Resolved()
    if slip := _slip(written):
        return Resolved(finding=Reason.BAD_URL, suggestion=slip)
    if written.startswith("//"):
        written = f"https:{written}"
    if _SCHEME.match(written):
        if not written.lower().startswith(("http:", "https:")) or is_web(written):
            return Resolved(target=written)
        return Resolved(finding=Reason.BAD_URL, suggestion=_without_spaces(written))
    if _MAIL.fullmatch(written):
        return Resolved(finding=Reason.BAD_URL, suggestion=f"mailto:{written}")
    if not written.startswith(("/", ".", "#", "?")) and (meant := _site(written)):
        return Resolved(finding=Reason.BAD_URL, suggestion=meant)
    if base:
        return Resolved(target=urljoin(base, written), relative=True)
    return Resolved(target=_path(written, file), relative=True)


def is_template(written: str) -> bool:
    """Return whether a site generator has yet to fill the address in."""
    return any(mark in written for mark in _TEMPLATE)


def _site(written: str) -> str:
    """Return the address meant where only its scheme is missing, else nothing."""
    return f"https://{written}" if is_site(written) else whole_address(written)


def _slip(written: str) -> str:
    """Return the address meant where only its scheme is misspelt, else nothing."""
    found = _SLIP.match(written)
    if found is None or written.lower().startswith(("http://", "https://")):
        return ""
    meant = f"http{found['s'].lower()}://{written[found.end() :]}"
    return meant if is_web(meant) else ""


def _without_spaces(written: str) -> str:
    """Return *written* without white space, where that makes it an address."""
    meant = re.sub(r"\s+", "", written)
    return meant if is_web(meant) else ""


def _path(written: str, file: str) -> str:
    """Return the path from the archive's root, with the fragment if there is one."""
    reference, _, fragment = written.partition("#")
    path = unquote(reference.partition("?")[0])
    if path.startswith("/"):
        path = posixpath.normpath(path.lstrip("/") or ".")
    elif path:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
    else:
        path = file
    return f"{path}#{fragment}" if fragment else path
