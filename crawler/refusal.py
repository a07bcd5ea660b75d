"""How a spider ends that was started by itself, by `scrapy crawl`, and cannot begin."""

import os
import sys
from typing import NoReturn


def refuse(error: Exception) -> NoReturn:
    """Say what is wrong on one line, and end with status 1.

    At once, since Scrapy would show its own stack, and asyncio each task's. Nothing is open yet.
    """
    sys.stderr.write(f"linkledger: {error}\n")
    sys.stderr.flush()
    os._exit(1)
