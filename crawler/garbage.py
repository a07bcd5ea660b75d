"""Python's search for garbage, told what a crawl makes: many objects, and hardly a cycle."""

import gc


def search_rarely() -> None:
    """Look for garbage seldom from now on, and never among what is loaded by now.

    With Python's usual thresholds a third of a worker's time goes into looking.
    """
    gc.freeze()
    gc.set_threshold(50_000, 5, 5)
