"""The licenses whose full texts a text holds, found in a process of its own.

Hundreds of patterns run over a stranger's text. Some texts could keep them busy for hours.
"""

import json
import re
import subprocess
import sys

import spdx_matcher  # type: ignore[import-untyped]  # it comes without types

from catalog import own_modules

# Seconds after which the process is ended.
PATIENCE = 30.0

# A text of the GPL does not say whether later versions are meant, and GitHub does not guess.
_VERSION_ONLY = re.compile(r"-(?:only|or-later)$")


def match_texts(text: str) -> list[str]:
    """Return the licenses whose full texts *text* holds, in its order.

    A text that keeps the patterns busy for longer than `PATIENCE` holds none.
    """
    try:
        done = subprocess.run(  # noqa: S603 (our own module, in our own Python)
            own_modules.command(__name__),
            env=own_modules.environment(),
            input=json.dumps(text).encode(),
            capture_output=True,
            check=True,
            timeout=PATIENCE,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):  # it died of the text
        return []
    return [str(name) for name in json.loads(done.stdout)]


def matches(text: str) -> list[str]:
    """Return the same, however long it takes."""
    analysis, _ = spdx_matcher.analyse_license_text(text, include_header_match=False)
    found = {_VERSION_ONLY.sub("", spdx) for spdx in analysis["licenses"]}
    return sorted(found, key=lambda spdx: (_place(text, spdx), spdx))


def _place(text: str, spdx: str) -> int:
    """Return where *text* first speaks of the license *spdx*, by the words of its own name."""
    name = spdx.partition("-")[0]
    place = text.lower().find(name.lower())
    return place if place >= 0 else len(text)


if __name__ == "__main__":
    json.dump(matches(json.load(sys.stdin.buffer)), sys.stdout)
