"""JSON as pages carry it: what it says, in text that can be written down."""

import json
import re
from typing import Any, Final

_HALF: Final = re.compile("[\ud800-\udfff]")


def parsed(text: str) -> Any:
    r"""Return what the JSON *text* says, None where it is no JSON.

    JSON can spell half of a character (`\ud800`), which no encoding has, nor a database:
    it becomes U+FFFD.
    """
    try:
        said = json.loads(text, strict=False)
        if "\\ud" in text or "\\uD" in text:
            written = json.dumps(said, ensure_ascii=False)
            if _HALF.search(written):
                return json.loads(_HALF.sub("\ufffd", written))
    except (ValueError, RecursionError):  # anybody may write anything
        return None
    return said
