"""JSON from outside: what it says, in text that the catalog can take."""

import json
import re
from typing import Any, Final

_HALF: Final = re.compile("[\ud800-\udfff]")


def said_in_json(text: str) -> Any:
    r"""Return what *text* says in JSON. Raises `ValueError` where it is none.

    JSON can spell half of a character (`\ud800`), which no encoding has, nor SQLite: it
    becomes U+FFFD.
    """
    try:
        said = json.loads(text, strict=False)
        if "\\ud" in text or "\\uD" in text:
            written = json.dumps(said, ensure_ascii=False)
            if _HALF.search(written):
                return json.loads(_HALF.sub("\ufffd", written))
    except RecursionError as error:
        raise ValueError("brackets without end") from error
    return said
