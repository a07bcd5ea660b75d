"""Error pages: pages whose own words say that what was linked is not there any more."""

import re
from typing import Final

from catalog.records import Judgement
from catalog.vocabulary import Reason
from crawler.phrases.phrasebook import Confidence, Kind, Phrase, Place, any_of, phrases_for
from crawler.verdict.places import shown
from crawler.verdict.sentences import (
    ADDRESSED,
    LONGEST_NAME,
    STATEMENT,
    TO_READER,
    admits,
    beginnings,
    clauses,
    is_somebody_speaking,
    sayings,
)
from crawler.verdict.signs import gives_itself_up, shows_signs_of_loss, speaks_of_loss
from crawler.verdict.subject import (
    CHANGES,
    OMINOUS,
    above_prose,
    is_named_otherwise,
    is_on_something,
    message_above,
    tells_of_more,
)
from crawler.verdict.view import View, bare

_PLACES: Final = (Place.ADDRESS, Place.SOURCE, Place.TITLE, Place.WHOLE, Place.TEXT)

# What is said below the name of a thing whose page is kept: it is sold no more, or withdrawn.
_KEPT: Final = re.compile(
    r"\b(?:product|item|part|device|produkt|artikel|produit|article|producto|art[ií]culo|produto"
    r"|prodotto|articolo|товар|ürün)\w*\b.*(?:available|discontinued|retired|verfügbar|lieferbar"
    r"|disponib|dispon[ií]vel|beschikbaar|leverbaar|dostępn|доступ|налич|mevcut)"
    r"|\b(?:paper|preprint|manuscript|submission|standard|specification|draft|patent|thesis)\b"
    r".*\b(?:withdrawn|retracted|superseded)\b"
)
_ONE_LINE: Final = 100
_GREETING: Final = re.compile(r"^(?:[^\W\d]+ ){0,2}[^\W\d]+[,!] ")
# So long a sentence in Chinese is none of a menu's, and in English hardly.
_STORY: Final = 30

# Both a title and a heading that admit it outweigh an article's worth of menus and notices.
_NEVER_SO_LONG: Final = 5_000

_JSON_404: Final = re.compile(
    r'"(?:code|status|status_?code|errno|error_?code|err)"\s*:\s*"?(?:404|410)\b'
    r'|"(?:error|message|msg|detail|title)"\s*:\s*"(?:page |resource )?not[ _]found"'
)
_JSON_MESSAGE: Final = re.compile(
    r'"(?:error|(?:err(?:or)?_?)?(?:message|msg)|detail|reason|info)"\s*:\s*"([^"\n]{2,120})"'
)


def shows_itself(view: View) -> bool:
    """Whether the page holds what only a living page of its site has."""
    phrases = phrases_for(view.scope, Kind.ALIVE, Place.SOURCE)
    return any(phrase.name in view.page.markers for phrase in phrases)


def is_known_error_page(view: View) -> Judgement | None:
    """Judge a page by what its site, or a hosting company, is known to write on error pages."""
    if view.status in (404, 410) or not view.is_words or shows_itself(view):
        return None
    for place in _plain_places(view):
        for phrase in phrases_for(view.scope, Kind.ERROR_PAGE, place):
            if not _applies(phrase, view) or not (found := shown(phrase, view)):
                continue
            # A server's own heading above what it says of the page: «Server Error», «404 - …».
            is_heading = place is Place.WHOLE and not phrase.hosts
            if is_heading and phrase.reason is Reason.SERVER_ERROR and has_admission(view):
                continue
            if place is Place.ADDRESS or not _is_its_subject(phrase, found, view):
                return _says_gone(phrase, found)
    return None


def _plain_places(view: View) -> tuple[Place, ...]:
    """Return where words would be the message of this page: on an article they may be quotation.

    Not what a site's front page alone is called: what a server shows until it has a site can
    be long, and tells how to set it up.
    """
    if not view.is_article:
        return _PLACES
    is_front_page = view.ended.is_home and len(view.title_parts) == 1 and not view.heading
    places = (Place.ADDRESS,) if view.visit.hops else ()
    return (*places, Place.WHOLE) if is_front_page else places


def _is_its_subject(phrase: Phrase, found: str, view: View) -> bool:
    """Whether the link was made to lead to a page on *phrase*, by its own address."""
    is_on_heading = not phrase.hosts and view.is_named(bare(view.heading))
    return is_on_heading or view.is_named(phrase.found_in(found))


def says_not_found(view: View) -> Judgement | None:
    """Judge a page that says in the words of any site that there is nothing here."""
    if not view.is_good or not view.is_words or shows_itself(view):
        return None
    if not view.is_html:
        return _by_plain_text(view)
    said = (
        _by_names(view)
        or _by_blocks(view)
        or _by_sentences(view)
        or _by_message(view)
        or speaks_of_loss(view)
        or shows_signs_of_loss(view)
        or gives_itself_up(view)
    )
    if said and is_somebody_speaking(view) and not _is_called_that(view):
        said = None
    return said or _by_build(view)


def _applies(phrase: Phrase, view: View) -> bool:
    """Whether *phrase* would be the message of this page, and not a quotation on it."""
    if phrase.place is Place.ADDRESS:
        return True
    if phrase.place is Place.WHOLE and view.is_about_errors:
        return False
    if view.is_thin:
        return True
    is_sure = phrase.confidence is Confidence.HIGH
    return is_sure and (bool(phrase.hosts) or phrase.place is not Place.TEXT)


def _by_names(view: View) -> Judgement | None:
    """Judge by a title or first heading that says nothing else."""
    if view.is_about_errors or view.page.prose_length > _NEVER_SO_LONG:
        return None
    heading = _whole(view, [bare(view.heading)])
    title = None if _is_longer(view) else _whole(view, view.title_parts)
    if not view.is_article:
        return heading or title
    if heading:
        is_sure = title or "error page" in view.page.markers
        return heading if is_sure or _is_said_to_reader(view) or _is_repeated(view) else None
    return title if view.is_boilerplate else None


def _is_called_that(view: View) -> bool:
    """Whether a page's title says nothing else, and another heading below it may say anything."""
    parts = () if view.has_headline else view.title_parts
    return bool(parts) and all(_says_only_that(part, view) for part in parts)


def _is_longer(view: View) -> bool:
    """Whether the heading is all of the title, of which an admission is but a part."""
    if len(view.title_parts) < 2 or view.heading not in view.titles:
        return False
    return not all(_says_only_that(part, view) for part in view.title_parts)


def _is_said_to_reader(view: View) -> bool:
    """Whether the first heading speaks to the reader, above what there is to read instead.

    An article has its heading in its title, its own container or its date.
    """
    is_titled = any(bare(view.heading) in title for title in view.titles)
    if is_titled or view.is_declared_article:
        return False
    return ADDRESSED.search(view.heading) is not None


def _is_repeated(view: View) -> bool:
    """Whether what stands below a heading of nothing else admits it to the reader again.

    Below that may be what to read instead. An article on the matter has its heading in
    its title.
    """
    heading = bare(view.heading)
    if any(heading in title for title in view.titles):
        return False
    below = view.lead.partition(view.heading)[2].strip().split("\n")[:2]
    return any(_is_admission(bare(block), view) for block in below)


def _is_admission(block: str, view: View) -> bool:
    """Whether a short *block* tells the reader of this page that it is not there."""
    if len(block) > LONGEST_NAME:
        return False
    return any(
        phrase.pattern.match(block) and ADDRESSED.search(block)
        for phrase in phrases_for(view.scope, Kind.NOT_FOUND, Place.TEXT)
    )


def has_admission(view: View) -> bool:
    """Whether a title, a heading or a line at the page's top says nothing but that it is gone."""
    short = (block for block in (view.heading, *view.blocks[:8]) if len(block) <= LONGEST_NAME)
    parts = dict.fromkeys((*view.title_parts, *map(bare, short)))
    return any(_says_only_that(part, view) for part in parts)


def _says_only_that(part: str, view: View) -> bool:
    """Whether all of *part* is an admission, and no name that the link's address has too."""
    return any(
        any_of(view.scope, Kind.NOT_FOUND, Place.WHOLE, said).fullmatch(said)
        and not view.is_named(said)
        for said in sayings(part)
    )


def _by_blocks(view: View) -> Judgement | None:
    """Judge a page with little else by a block, such as a large «404», that says nothing else."""
    if not view.is_meagre or view.is_about_errors or CHANGES.search(view.heading):
        return None
    blocks = above_prose(view)[:12] if view.is_thin else ()
    message = () if is_on_something(view) else message_above(view)
    return _whole(view, [bare(block) for block in (*blocks, *message)])


def _whole(view: View, parts: list[str] | tuple[str, ...]) -> Judgement | None:
    for said in (said for part in parts for said in sayings(part)):
        anything = any_of(view.scope, Kind.NOT_FOUND, Place.WHOLE, said)
        if not anything.fullmatch(said) or view.is_named(said) or _keeps_its_page(said, view):
            continue
        for phrase in phrases_for(view.scope, Kind.NOT_FOUND, Place.WHOLE):
            is_enough = phrase.confidence is Confidence.HIGH or view.is_meagre
            if is_enough and phrase.pattern.fullmatch(said):
                return _says_gone(_more_telling(said, view) or phrase, said)
    return None


def _keeps_its_page(said: str, view: View) -> bool:
    """Whether *said* is of a thing that is not to be had any more, below what that is called."""
    if len(view.heading.split()) < 2 or OMINOUS.search(view.heading):
        return False
    is_below = 0 <= view.lead.find(view.heading) < view.lead.find(said)
    return is_below and _KEPT.search(said) is not None


def _more_telling(part: str, view: View) -> Phrase | None:
    """Return the entry that knows why what *part* says is not there, if one does."""
    for phrase in phrases_for(view.scope, Kind.NOT_FOUND, Place.TEXT):
        if phrase.reason is not Reason.SOFT_404 and phrase.pattern.match(part):
            return phrase
    return None


def _by_sentences(view: View) -> Judgement | None:
    """Judge by a sentence that begins with the admission; quoting it takes other words first."""
    if view.is_article or CHANGES.search(view.heading):
        return None
    says_more = tells_of_more(view)
    is_only_message = view.is_thin and not is_on_something(view) and not says_more
    above = above_prose(view)
    names = (*view.title_parts, view.heading)
    no_message = names if _is_longer(view) else ()
    for n, block in enumerate((*names, *view.blocks)):
        is_below = n >= len(names) + len(above)
        if block in no_message or (is_below and not TO_READER.search(block)):
            continue
        if judgement := _admission(block, view, is_only_message=is_only_message):
            return judgement
    # Among much else to read, only where a page's message stands.
    if not view.is_meagre or is_named_otherwise(view) or says_more:
        return None
    messages = (block for block in message_above(view) if block not in no_message)
    admissions = (_admission(block, view, is_only_message=True) for block in messages)
    return next(filter(None, admissions), None)


def _by_message(view: View) -> Judgement | None:
    """Judge a page without a name of its own by the line that tells its reader so.

    It may stand below a long menu, and above any amount to read instead.
    """
    if not view.is_boilerplate or view.is_declared_article:
        return None
    if view.is_about_errors or CHANGES.search(view.heading):
        return None
    for block in view.lead.split("\n"):
        if TO_READER.search(block) and len(block) <= LONGEST_NAME:
            if judgement := _admission(block, view, is_only_message=False):
                return judgement
        elif len(block) >= _STORY and STATEMENT.search(block):
            return None
    return None


def _admission(block: str, view: View, *, is_only_message: bool) -> Judgement | None:
    """Judge a *block* by its first sentence that is an entry of the phrasebook."""
    said = [*beginnings(block, view)]
    if is_only_message:
        said += [clause for sentence in said for clause in clauses(sentence)]
    if is_only_message and view.page.text_length < _ONE_LINE:  # it may greet whom it likes
        said += [told for sentence in said if (told := _GREETING.sub("", sentence)) != sentence]
    for sentence in said:
        anything = any_of(view.scope, Kind.NOT_FOUND, Place.TEXT, sentence)
        if not anything.match(sentence) or _keeps_its_page(sentence, view):
            continue
        for phrase in phrases_for(view.scope, Kind.NOT_FOUND, Place.TEXT):
            is_enough = phrase.confidence is Confidence.HIGH or is_only_message
            if is_enough and admits(phrase, sentence, view):
                return _says_gone(phrase, sentence)
    return None


def _by_build(view: View) -> Judgement | None:
    """Judge by how the page is built: an error page's class, status or canonical address."""
    markers = view.page.markers
    if view.is_article or view.is_about_errors:
        return None
    if "error page" in markers:
        return _soft("built as an error page", "a class, an id or a status in its markup", view)
    if "error box" in markers and view.is_bare and not view.is_shell:
        return _soft("built as an error page", "a box for errors, and little else", view)
    if re.search(r"/(?:404|not[-_]?found)(?:\.\w+)?/?$", view.page.canonical.lower()):
        return _soft("canonical address of an error page", view.page.canonical, view)
    return None


def _by_plain_text(view: View) -> Judgement | None:
    """Judge a few words or a few fields that are no markup: an API's, or a proxy's."""
    if view.page.text_length > 600:
        return None
    if found := _JSON_404.search(view.lead):
        return _soft("an error in JSON", found[0], view)
    for field in _JSON_MESSAGE.finditer(view.lead):
        if any_of(view.scope, Kind.NOT_FOUND, Place.TEXT, field[1]).match(field[1]):
            return _soft("an error in JSON", field[0], view)
    if view.page.text_length <= LONGEST_NAME and not view.is_about_errors:
        return _whole(view, [bare(view.lead)])
    return None


def _says_gone(phrase: Phrase, found: str) -> Judgement:
    return Judgement(
        reason=phrase.reason, rule=f"says so, {phrase.name}"[:200], evidence=found[:300]
    )


def _soft(rule: str, evidence: str, view: View) -> Judgement:
    shown = f"{evidence}: {view.names[0]}" if view.names else evidence
    return Judgement(reason=Reason.SOFT_404, rule=rule, evidence=shown[:300])
