"""The log: on stderr, as text for people or an object a line for programs."""

import json
import logging
import sys
from datetime import UTC, datetime

from nightly.exits import printable

# How much the log says with no -v, with one, and with two. With --quiet it says no less than
# with none: what it warns of, such as a mail that did not leave, nobody would hear of otherwise.
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class TextLines(logging.Formatter):
    """Text for people, which does their terminal no harm."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as a line, and lines below it where there is a traceback."""
        return "\n".join(printable(line) for line in super().format(record).splitlines())


class JsonLines(logging.Formatter):
    """One JSON object for each record, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as JSON; a traceback is one string in it."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def start_log(form: str, *, verbose: int, quiet: bool) -> None:
    """Write the log of this process to stderr from now on, in the form `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    text = TextLines("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if form == "json" else text)
    level = _LEVELS[0 if quiet else min(verbose, len(_LEVELS) - 1)]
    logging.basicConfig(level=level, handlers=[handler], force=True)
    if verbose < 2:  # others' remarks are for those who look for a fault
        for name in ("scrapy", "twisted", "asyncio", "urllib3", "github"):
            logging.getLogger(name).setLevel(max(level, logging.WARNING))
