"""Ask arXiv about papers, a hundred at a time and at the pace that it asks for."""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlencode

from lxml import etree

from catalog.clock import stamp
from catalog.http_times import http_date, retry_after
from catalog.records import DuePaper, PaperLook
from enrich.answers import Answer, Kind
from enrich.facts import moment_of, words
from enrich.retries import ForgeDownError, LimitReachedError
from enrich.web_client import WebClient

# arXiv's own advice; its answers take seconds as it is.
BATCH = 100

_NAMES = {"atom": "http://www.w3.org/2005/Atom", "arxiv": "http://arxiv.org/schemas/atom"}
_ID = re.compile(r"/abs/(?P<id>.+?)(?:v(?P<version>[0-9]{1,4})[0-9]*)?$")
_WITHDRAWN = re.compile(r"\b(?:this|the)\b[^.]{0,60}\bwithdrawn\b|^withdrawn\b", re.IGNORECASE)
_ASKABLE = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")


def read_answer(status: int, headers: dict[str, str], body: str) -> Answer:
    """Return what an answer of arXiv means: a feed is OK, an error in it asks to split.

    One identifier that arXiv does not understand spoils the answer for all.
    """
    if status in (429, 503):
        wait = retry_after(headers.get("retry-after", ""), http_date(headers.get("date", "")))
        return Answer(kind=Kind.SECONDARY, status=status, message="too fast", wait=wait)
    if status >= 500:
        return Answer(kind=Kind.TRANSIENT, status=status, message=f"status {status}")
    if status in (301, 302, 303, 307, 308):
        return Answer(kind=Kind.MOVED, status=status, headers=headers)
    feed = _feed(body)
    if feed is None:
        said = "an answer that is no feed" if status == 200 else f"status {status}"
        return Answer(kind=Kind.TRANSIENT, status=status, message=said)
    if status != 200 or any("/api/errors" in _text(e, "atom:id") for e in _entries(feed)):
        return Answer(kind=Kind.SPLIT, status=status, message="an identifier it does not know")
    return Answer(kind=Kind.OK, status=status, data=feed)


class Arxiv:
    """The looks at papers, batch by batch, as they come in.

    `in_vain` has the numbers of the papers that it was asked about for nothing, with what it
    said instead, and `cut_short` those of the question at which it would hear no more.
    """

    def __init__(self, client: WebClient, clock: Callable[[], datetime]) -> None:
        self.in_vain: dict[int, str] = {}
        self.cut_short: dict[int, str] = {}
        self._client = client
        self._clock = clock

    def looks(self, due: Sequence[DuePaper]) -> Iterator[list[PaperLook]]:
        """Yield a look at each of *due* that arXiv spoke about, in lists to be saved together.

        A paper that is missing from an answer is asked for once more on its own terms: only
        an answer without it and without an error says that there is none. Raises
        `LimitReachedError` and `ForgeDownError`.
        """
        askable = [each for each in due if _ASKABLE.fullmatch(each.arxiv_id)]
        odd = [each for each in due if not _ASKABLE.fullmatch(each.arxiv_id)]
        if odd:
            yield [self._missing(each) for each in odd]
        queue = deque(askable[start : start + BATCH] for start in range(0, len(askable), BATCH))
        while queue:
            batch = queue.popleft()
            answer = self._ask(batch)
            if answer.kind is Kind.OK:
                found = {look.arxiv_id: look for look in self._read(batch, answer)}
                missing = [each for each in batch if each.arxiv_id not in found]
                yield [*found.values(), *self._second_look(missing)]
            elif answer.kind is not Kind.SPLIT:
                self._give_up(batch, answer.message or f"status {answer.status}")
            elif len(batch) == 1:
                yield [self._missing(batch[0])]
            else:
                middle = len(batch) // 2
                queue.extendleft((batch[middle:], batch[:middle]))

    def _second_look(self, missing: Sequence[DuePaper]) -> list[PaperLook]:
        """Return looks at papers that an answer left out; arXiv has been seen to forget some."""
        if not missing:
            return []
        answer = self._ask(missing)
        if answer.kind is not Kind.OK:
            self._give_up(missing, answer.message or f"status {answer.status}")
            return []
        found = {look.arxiv_id: look for look in self._read(missing, answer)}
        return [found.get(each.arxiv_id) or self._missing(each) for each in missing]

    def _give_up(self, batch: Sequence[DuePaper], said: str) -> None:
        self.in_vain |= dict.fromkeys((each.paper_id for each in batch), said)

    def _ask(self, batch: Sequence[DuePaper]) -> Answer:
        ids = ",".join(each.arxiv_id for each in batch)
        try:
            return self._client.get("?" + urlencode({"id_list": ids, "max_results": len(batch)}))
        except (LimitReachedError, ForgeDownError) as trouble:
            self.cut_short = dict.fromkeys((each.paper_id for each in batch), str(trouble))
            raise

    def _read(self, batch: Sequence[DuePaper], answer: Answer) -> Iterator[PaperLook]:
        asked = {each.arxiv_id: each for each in batch}
        for entry in _entries(answer.data):
            named = _ID.search(_text(entry, "atom:id"))
            if named is not None and named["id"] in asked:
                yield self._look(asked[named["id"]], entry, int(named["version"] or 1))

    def _look(self, due: DuePaper, entry: etree._Element, version: int) -> PaperLook:
        remark = _text(entry, "arxiv:comment")
        abstract = _text(entry, "atom:summary")
        return PaperLook(
            paper_id=due.paper_id,
            arxiv_id=due.arxiv_id,
            looked_at=stamp(self._clock()),
            found=True,
            title=_text(entry, "atom:title"),
            authors=_texts(entry, "atom:author/atom:name/text()"),
            categories=_texts(entry, "atom:category/@term"),
            published_at=moment_of(_text(entry, "atom:published")) or "",
            updated_at=moment_of(_text(entry, "atom:updated")) or "",
            version=version,
            withdrawn=bool(_WITHDRAWN.search(remark) or _WITHDRAWN.match(abstract)),
        )

    def _missing(self, due: DuePaper) -> PaperLook:
        return PaperLook(
            paper_id=due.paper_id,
            arxiv_id=due.arxiv_id,
            looked_at=stamp(self._clock()),
            found=False,
        )


def _feed(body: str) -> etree._Element | None:
    """Return the feed in *body*; entities and addresses in it are never followed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None
    return root if root.tag == f"{{{_NAMES['atom']}}}feed" else None


def _entries(feed: etree._Element) -> list[etree._Element]:
    return feed.findall("atom:entry", _NAMES)


def _text(entry: etree._Element, path: str) -> str:
    return words(entry.findtext(path, "", _NAMES)) or ""


def _texts(entry: etree._Element, path: str) -> tuple[str, ...]:
    found = entry.xpath(path, namespaces=_NAMES)
    texts = found if isinstance(found, list) else []
    return tuple(dict.fromkeys(text for text in map(words, map(str, texts)) if text))
