"""Where a page shows an entry of the phrasebook."""

from crawler.phrases.phrasebook import Phrase, Place
from crawler.verdict.view import View, bare


def shown(phrase: Phrase, view: View) -> str:
    """Return the text with which *view* shows *phrase*, empty where it does not."""
    match phrase.place:
        case Place.HEADER:
            name, _, value = phrase.example.partition(": ")
            return f"{name}: {value}" if value in view.header(name) else ""
        case Place.ADDRESS:
            # A link that was made to lead there is no redirect to it.
            is_new = bool(view.visit.hops) and phrase.example not in view.asked.url
            return view.ended.url if is_new and phrase.example in view.ended.url else ""
        case Place.SOURCE:
            return phrase.example if phrase.name in view.page.markers else ""
        case Place.TITLE:
            return next((name for name in view.names if phrase.found_in(name)), "")
        case Place.WHOLE:
            parts = (*view.title_parts, bare(view.heading))
            return next((part for part in parts if phrase.pattern.fullmatch(part)), "")
        case Place.TEXT:
            texts = (*view.names, view.lead if view.is_thin else "\n".join(view.blocks))
            return next((found for text in texts if (found := phrase.found_in(text))), "")
