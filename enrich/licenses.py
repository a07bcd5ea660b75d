"""What a license is called on the SPDX list, and what it asks of those who use the work."""

import re
from functools import cache

from license_expression import (  # type: ignore[import-untyped]  # it comes without types
    get_license_index,
)

UNRECOGNISED = "NOASSERTION"

# From the freest to the strictest; of a choice the first counts, of a sum the last.
CATEGORIES = (
    "public domain",
    "permissive",
    "weak copyleft",
    "strong copyleft",
    "network copyleft",
    "source-available",
    "non-commercial",
    "custom",
    "unrecognised",
)

# The index's own categories, in our words.
_FROM_INDEX = {
    "Public Domain": "public domain",
    "Permissive": "permissive",
    "CLA": "permissive",
    "Copyleft Limited": "weak copyleft",
    "Copyleft": "strong copyleft",
    "Patent License": "custom",
    "Source-available": "source-available",
    "Free Restricted": "source-available",
    "Proprietary Free": "custom",
    "Commercial": "custom",
    "Unstated License": "unrecognised",
}

# Where one word of the index is not enough for an analyst.
_NETWORK = re.compile(r"^(?:AGPL|SSPL|OSL|EUPL|RPL|CPAL|WATCOM)-", re.IGNORECASE)
_NON_COMMERCIAL = re.compile(r"(?:^|-)(?:NC|NONCOMMERCIAL)(?:-|$)", re.IGNORECASE)


@cache
def _index() -> dict[str, str]:
    """Return the category of each SPDX identifier, present and former, in lower case."""
    found: dict[str, str] = {}
    for entry in get_license_index():
        for key in (entry.get("spdx_license_key"), *(entry.get("other_spdx_license_keys") or ())):
            if key and not entry.get("is_exception"):
                found.setdefault(key.lower(), _FROM_INDEX.get(entry["category"], "custom"))
    return found


def on_the_list(text: str | None) -> str | None:
    """Return *text* as it is spelt on the SPDX list, or None where it is not on it.

    *text* is one identifier. Former ones (`GPL-3.0`) stay as they are: only their author
    knows whether «or later» was meant.
    """
    if not text or not re.fullmatch(r"[A-Za-z0-9.+-]{1,64}", text):
        return None
    return _spellings().get(text.lower())


@cache
def _spellings() -> dict[str, str]:
    spellings: dict[str, str] = {}
    for entry in get_license_index():
        for key in (entry.get("spdx_license_key"), *(entry.get("other_spdx_license_keys") or ())):
            if key and not key.startswith("LicenseRef") and not entry.get("is_exception"):
                spellings.setdefault(key.lower(), key)
    return spellings


def category(expression: str | None) -> str | None:
    """Return what the license *expression* asks for, one of `CATEGORIES`; None for no license."""
    if expression is None:
        return None
    if expression == UNRECOGNISED:
        return "unrecognised"
    choices = re.split(r"\s+OR\s+", expression.strip("() "))
    return min((_sum(choice) for choice in choices), key=CATEGORIES.index)


def _sum(expression: str) -> str:
    """Return the strictest category of licenses that all apply."""
    parts = re.split(r"\s+AND\s+", expression)
    return max((_single(part) for part in parts), key=CATEGORIES.index)


def _single(identifier: str) -> str:
    plain, _, exception = identifier.strip("() ").partition(" WITH ")
    if _NON_COMMERCIAL.search(plain):
        return "non-commercial"
    if _NETWORK.match(plain):
        return "network copyleft"
    found = _index().get(plain.lower(), "custom")
    # An exception to a copyleft license is there to let others link to the work.
    return "weak copyleft" if exception and found == "strong copyleft" else found
