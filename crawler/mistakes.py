"""What is written down of a visit that failed in our own hands."""

from catalog.records import Judgement, Visit
from catalog.vocabulary import Reason


def our_mistake(url: str, error: Exception) -> tuple[Visit, Judgement]:
    """Return a visit to *url* that ended in *error*: nobody knows, and it shows."""
    reason = Reason.UNEXPECTED_ANSWER
    words = f"{type(error).__name__}: {error}"
    detail = words.encode("utf-8", "backslashreplace").decode()[:200]
    visit = Visit(url=url, failure=reason, detail=detail)
    return visit, Judgement(reason=reason, rule="our own mistake", evidence=detail)
