"""What a page says in its sentences: where they begin, whom they address, and who speaks."""

import re
from collections.abc import Iterator
from typing import Final

from crawler.phrases.phrasebook import Phrase
from crawler.verdict.view import MESSAGE, View

_SENTENCE_END: Final = re.compile(
    r"(?<=[.!?])\s+|(?<=。)|(?<=[!?])(?=[\u2e80-\u9fff\uac00-\ud7a3])"
    r"|(?<=[\u2e80-\u9fff]) ?[—-]{2,} ?"
)
# A quotation mark stays: what follows it is somebody else's.
_BULLET: Final = re.compile(r"^[^\w\"'«「『]+")
# What is said before it is said, in the languages of Europe.
_SIGH: Final = re.compile(
    r"^(?:(?:hm+|oo+ps|w?hoops|sorry|uh[- ]?oh|oh no|ouch|yikes|darn|bummer|ah|well|error"
    r"|(?:we're|we are) sorry|unfortunately|apologies|our apologies|(?:that's )?too bad"
    r"|bad (?:news|luck)|alas|aw+|a+rgh|rats|nope|yikes|dang|zoinks|that's (?:odd|strange|weird)"
    r"|houston,? we have a problem"
    r"|(?:we|i)(?:'ve| have)? (?:looked|searched|checked|tried|hunted)\b[^.!?]{0,40}?\bbut"
    r"|u+ps|ops|hopp(?:la|á|san)|oh nein|leider|entschuldigung|(?:es )?tut uns leid|schade|fehler"
    r"|oups|désolée?s?|nous sommes (?:vraiment )?désolés|hélas|zut|aïe|erreur|malheureusement"
    r"|uy|vaya|lo sentimos(?: mucho)?|lo siento|disculpa|opa|desculpe(?:-nos)?|lamentamos"
    r"|pedimos desculpas?|[ao]h n[ãa]o|que pena|erro|puxa|ci dispiace|siamo spiacenti|spiacenti"
    r"|purtroppo|attenzione|errore|helaas|oeps|oei|onze excuses|het spijt ons|fout|oj|och|niestety"
    r"|przepraszamy|przykro nam|błąd|ой|упс|увы|к сожалению|извините|простите|ошибка|внимание"
    r"|на жаль|вибачте|помилка|üzgünüz|maalesef|özür dileriz|hata|tyvärr|beklag[ae]r|desværre"
    r"|dessverre|fel|hups|valitettavasti|pahoittelut|virhe|jejda|bohužel|omlouváme se|ľutujeme"
    r"|žiaľ|chyba|sajnáljuk|sajnos|ne pare rău|din păcate|eroarea?|σφάλμα|greška|napaka)"
    r"[\W_]+(?:(?:but|aber|mais|pero|mas|ma|maar|но|ale) )?)++"
)
_NUMBER: Final = re.compile(r"^(?:404|410)[\W_]+")
QUESTION: Final = re.compile(r"[?吗呢]\W*$|怎么办|为什么|如何|怎样|怎么解决")
"""A line that asks for help, or promises it."""
_ASKED: Final = re.compile(
    r"(?:有人|大家|各位|谁|哪位).{0,12}[?吗]|(?:遇到|碰到)过|^如题|求助|求解|请教|请问|怎么|为什么"
)
"""A sentence in which one reader asks the others, and tells what he saw."""
_REPORTED: Final = re.compile(
    r"(?!.*(?:我们|[您你]|本[站服产平社网]))[^,]{0,20}(?:宣布|表示|报道|获悉|透露|消息)[,:]"
)
"""A sentence of news: what became of somebody else's pages."""
_CLAUSE_END: Final = re.compile(r"(?<=[\u2e80-\u9fff]), ?|或者?(?=[该此您你])")
ADDRESSED: Final = re.compile(
    r"\b(?:you|your|this|that|requested|we)\b|[您你该此]|お探し|指定|この|アクセス|하신|찾으시는|해당"
    r"|\b(?:diese[rsnm]?|ihnen|sie|wir|gesuchte\w?|angeforderte\w?|gewünschte\w?"
    r"|cet(?:te)?|vous|nous|demandée?|est[ae]|est[áa]s?|busca[ns]?|intentas|solicitad[ao]|hemos"
    r"|você|procura|encontramos|conseguimos|quest[ao]|cerc(?:hi|ando|ata)|richiest[ao]"
    r"|deze|dit|u|je|we|ta|ten|szuka\w*|żądan\w+|эт\w+|вы|вами|мы|запрашиваем\w+|данн\w+|так\w+"
    r"|ця|bu|aradığınız|istediğiniz|den(?:n[ae])?|du|vi)\b"
)
TO_READER: Final = re.compile(
    r"\b(?:you|your|you're|requested)\b|[您你]|お探し|ご指定|(?:요청|접속|입력|원)하신|찾으시는"
)
STATEMENT: Final = re.compile(r"^.{7,}[.!?。…]\W*$")
# After the admission, what else may have become of it, or where to go instead.
_SENT_AWAY: Final = re.compile(
    r"^[\W_]*(?:或|被|可能|也许|大概|请|[快先再]?去|返回|回到|[看试逛听读瞧]{2}|换[个一]|点击"
    r"|\d+ ?秒|暂不|暂时|即将|将(?:在|于)|自动|正在(?:返回|跳转)"
    r"|如有疑问|如需|感谢|敬请|下次|不妨|还有|为[您你]"
    r"|(?:go|head|try|visit|browse|return|or|oder|ou|o|of|lub|albo|или|либо|або|veya|eller)\b)"
)
# What was said before was somebody else's words.
_UNQUOTE: Final = re.compile(
    r"\s*[\"»」』][\s—–-]*+\w|,? (?:it|he|she|they) (?:says?|said|reads?)\b|\s*[-–—] by\b"
)
# «页面不存在的艺术»: of something that is called so; so too in Japanese.
_ATTRIBUTE: Final = re.compile(r"的\w|エラー|という|と(?:表示|出る)|の?(?:场合|とき|时)")
# Out of date, and below it all the same.
_DATED: Final = re.compile(r"\W*(?:请|可|建议)?(?:查看|参考|参阅|使用|阅读)最?新版")
# Whoever writes of himself, or greets and thanks, is no error page.
_PERSON: Final = re.compile(
    r"\b(?:i|i'm|i've|i'd|my)\b.*[.!]\W*$|^(?:hi|hello|hey|dear)(?: \w+)?[,!]"
    r"|^(?:many )?thanks\b(?! (?:for|to)\b)"
)
_MOST: Final = 0.6
_LONGEST_SENTENCE: Final = 300
LONGEST_NAME: Final = 120
_LONGEST_BLOCK: Final = 300


def beginnings(block: str, view: View) -> Iterator[str]:
    """Yield the sentences of *block* without their sighs; on a longer page, the first ones."""
    if len(block) > _LONGEST_BLOCK and not view.is_thin:
        return
    sentences = _SENTENCE_END.split(block)
    for sentence in sentences if view.is_thin else sentences[:2]:
        yield _SIGH.sub("", _BULLET.sub("", sentence))[:_LONGEST_SENTENCE]


def clauses(sentence: str) -> list[str]:
    """Return what a Chinese *sentence* says behind its first comma, a clause each.

    What readers ask about, and news report or quote, is another page.
    """
    is_quoted = sentence.startswith(('"', "「", "『", "«"))
    is_of_others = is_quoted or _ASKED.search(sentence) or _REPORTED.match(sentence)
    return [] if is_of_others else _CLAUSE_END.split(sentence)[1:]


def sayings(part: str) -> Iterator[str]:
    """Yield *part*, and what it says after a sigh or a number; nothing if it is too long."""
    if not part or len(part) > LONGEST_NAME:
        return
    yield part
    after = _SIGH.sub("", _NUMBER.sub("", _SIGH.sub("", part)))
    if after and after != part:
        yield after


def admits(phrase: Phrase, sentence: str, view: View) -> bool:
    """Whether *sentence* says it to the reader of this page, or says nothing besides.

    A page whose address speaks of errors says such words as well where it explains them.
    """
    found = phrase.pattern.match(sentence)
    if not found or view.is_named(found[0]):
        return False
    if QUESTION.search(sentence) and not found[0].endswith("?"):
        return False
    rest = sentence[found.end() :]
    if _UNQUOTE.match(rest) or _ATTRIBUTE.match(rest) or _DATED.match(rest):
        return False
    if view.is_about_errors:
        return ADDRESSED.search(found[0]) is not None
    return (
        found.end() >= _MOST * len(sentence)
        or ADDRESSED.search(found[0]) is not None
        or _SENT_AWAY.match(rest) is not None
    )


def is_somebody_speaking(view: View) -> bool:
    """Whether a person speaks on the page, as on forums, in lists and under articles."""
    return any(
        _PERSON.search(sentence) and not MESSAGE.search(sentence)
        for block in view.lead.split("\n")
        if _PERSON.search(block)
        for sentence in _SENTENCE_END.split(block)
    )
