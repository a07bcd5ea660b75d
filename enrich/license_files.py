"""Read a license file that its forge did not recognise: odd encodings, several licenses, none."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.encodings import byte_order_mark
from enrich.license_texts import match_texts
from enrich.licenses import UNRECOGNISED, category

# The longest license on the SPDX list has some 50,000 characters.
LONGEST = 200_000

# From here on, a file speaks of what it contains and not of what it is.
_THIRD_PARTIES = re.compile(
    r"^[\W\d]*(?:(?:open[- ]source|other|bundled|included)\b.*\b)?"
    r"(?:third[- ]part(?:y|ies)|dependenc(?:y|ies)|open[- ]source software licensed)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)

_CHOICE = re.compile(
    r"\bat your option\b|\byour choice of\b|\bdual[- ]?licen[cs]ed?\b|\beither of\b"
    r"|\beither\b[^.]{0,80}\blicen[cs]e\b[^.]{0,80}\bor\b|任选其一|双重?许可",
    re.IGNORECASE,
)

# The GPL offers a choice of its versions in much the same words.
_LATER_VERSIONS = re.compile(r"either version[^.]{0,80}any later version", re.IGNORECASE)

# A file that offers a choice does so before the texts to choose from.
_HEAD = 2000

_NON_COMMERCIAL = re.compile(
    r"non[- ]?commercial|(?:research|academic|educational|personal)(?: and \w+)? "
    r"(?:use|purposes?) only|not? (?:be used )?for (?:any )?commercial"
    r"|非商业|禁止商用|不得用于商业|仅供(?:研究|学术|个人)|仅限(?:研究|学术|个人)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a license file says: an SPDX expression or `NOASSERTION`, and its category."""

    detected: str
    category: str


def read_license(data: bytes, match: Callable[[str], Sequence[str]] | None = None) -> Finding:
    """Return what the license file *data* says.

    Where a file goes on with the licenses of what it bundles, only its own counts. Several
    full texts are a choice (`OR`) where the file offers one, and else all apply (`AND`).
    *match* returns the licenses whose full texts a text holds.
    """
    text = decode(data)[:LONGEST]
    match = match or match_texts
    cut = _THIRD_PARTIES.search(text)
    found: Sequence[str] = match(text[: cut.start()]) if cut else ()
    found = found or match(text)
    if not found:
        custom = bool(_words(text))
        restricted = _NON_COMMERCIAL.search(text)
        kind = "non-commercial" if restricted else "custom" if custom else "unrecognised"
        return Finding(detected=UNRECOGNISED, category=kind)
    word = " OR " if _CHOICE.search(_LATER_VERSIONS.sub("", text[:_HEAD])) else " AND "
    expression = word.join(found)
    return Finding(detected=expression, category=category(expression) or "unrecognised")


def decode(data: bytes) -> str:
    """Return *data* as text: by its byte order mark, or UTF-8, or what is likely then."""
    mark, encoding = byte_order_mark(data)
    if mark:
        return data[len(mark) :].decode(encoding, "replace")
    if data[:200].count(0) > len(data[:200]) // 4:  # UTF-16 whose mark was lost
        little = data[1:200:2].count(0) > data[0:200:2].count(0)
        return data.decode("utf-16-le" if little else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            return data.decode("latin-1")


def _words(text: str) -> list[str]:
    return re.findall(r"\w{2,}", text)
