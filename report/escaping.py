"""Make text from outside harmless, once for each place that it is printed to."""

import re
from urllib.parse import quote, urlsplit

from catalog.spreadsheets import harmless

# Controls, and the invisible characters that reorder text or hide in it. The joiners that
# Indic scripts and emoji need (U+200C, U+200D) stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff\ufffe\uffff]"
)
_SPACE = re.compile(r"\s+")

# GitHub makes links, mentions and references of bare text; a zero-width space in the right
# place stops it, and is what its own bots use.
_STOP = "\u200b"
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-!|~$:&\"'^=])")
_NUMBERED = re.compile(r"^(\d+)\.")
_AUTOMATIC = re.compile(r"(?i)(@|#(?=\d)|://|\bwww(?=\.)|\bGH-(?=\d))")

_COLLAPSED_LENGTH = 300


def plain(text: str, *, limit: int = _COLLAPSED_LENGTH) -> str:
    """Return *text* on one line, without control characters or anything that reorders it.

    What is longer than *limit* characters ends in an ellipsis.
    """
    line = " ".join(_visible(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def plain_address(url: str) -> str:
    """Return *url* without what cannot be printed, and whole: addresses are for copying."""
    return url if url.isascii() and url.isprintable() else _visible(_SPACE.sub(" ", url))


def web_address(url: str) -> str:
    """Return *url* where it may be made a link, that is with http or https; else nothing.

    Only characters that stand for themselves in HTML, Markdown and XML are left as they are.
    """
    try:
        parts = urlsplit(url.strip())
        port_is_fine = parts.port is None or parts.port >= 0
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or not port_is_fine:
        return ""
    return quote(
        plain_address(url.strip()),
        safe=":/?#[]@!$&'()*+,;=%~-._",
        encoding="utf-8",
        errors="replace",
    )


def markdown(text: str) -> str:
    """Return *text* as Markdown that shows it: no markup, link, mention, image or reference."""
    line = _AUTOMATIC.sub(lambda match: match[0] + _STOP, plain(text))
    return _NUMBERED.sub(r"\1\\.", _MARKDOWN_SIGNS.sub(r"\\\1", line))


def markdown_code(text: str) -> str:
    """Return *text* as a code span, whatever backquotes it holds."""
    line = plain_address(text)
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def markdown_link(label: str, url: str) -> str:
    """Return a link to *url* that shows *label* (Markdown already), or the label alone."""
    address = web_address(url)
    return f"[{label}](<{address}>)" if address else label


def csv_cell(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula."""
    return harmless(_visible(text))


def xml_text(text: str) -> str:
    """Return *text* without the characters that XML 1.0 has no way to write."""
    return _visible(text)


def _visible(text: str) -> str:
    """Return *text* without what cannot be seen; most texts hold nothing of it."""
    return text if text.isprintable() else _INVISIBLE.sub("", text)
