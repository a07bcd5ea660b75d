"""The languages that people's formats come in: gettext catalogs, read as they are written.

The `.po` files below `locale/` are compiled in memory, so that an editable install and a
wheel behave alike and no compiled file can fall behind its source.
"""

from collections.abc import Iterable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "linkledger.po"

# The language that the messages in the source are written in.
SOURCE_LANGUAGE = "en"


class Words:
    """One language: its sentences, numbers and dates.

    Messages hold `{names}`, which are filled in after translation; what is filled in must
    already be safe for the place that it is printed to.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = {"zh": "zh_Hans_CN"}.get(language, language)
        self._translations = _translations(language)

    def say(self, message: str, **values: object) -> str:
        """Return *message* in this language, with *values* in place."""
        return str(self._translations.gettext(message)).format(**values)

    def say_many(self, one: str, many: str, number: int, **values: object) -> str:
        """Return *one* or *many* as *number* asks, which stands in it as `{n}`."""
        message = str(self._translations.ngettext(one, many, number))
        return message.format(n=self.number(number), **values)

    def number(self, number: int) -> str:
        """Return *number* with the separators of this language."""
        if -1000 < number < 1000:
            return str(number)  # which needs none; most numbers are small, and there are many
        return format_decimal(number, locale=self._locale)


def marked(message: str) -> str:
    """Return *message* as it is; marks it, for the extraction, as one to translate later."""
    return message


def marked_many(one: str, many: str) -> tuple[str, str]:
    """Return the pair as it is; marks it, for the extraction, as one to translate later."""
    return one, many


def languages() -> tuple[str, ...]:
    """Return the languages there are, the source's first."""
    others = sorted(path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}"))
    return (SOURCE_LANGUAGE, *others)


def closest_language(wanted: str, available: Iterable[str] | None = None) -> str:
    """Return the language to use for *wanted*, such as `zh-CN` or `en_GB.UTF-8`."""
    primary = wanted.lower().replace("_", "-").partition(".")[0].partition("-")[0]
    return primary if primary in (available or languages()) else SOURCE_LANGUAGE


def po_path(language: str) -> Path:
    """Return where the messages of *language* are kept."""
    return LOCALES / language / "LC_MESSAGES" / DOMAIN


@cache
def _translations(language: str) -> Any:
    """Return the compiled messages of *language*."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with po_path(language).open("rb") as source:
        messages = read_po(source, locale=language, domain="linkledger", abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)
