"""Bytes to text: which of the charsets that a page claims it really is in."""

import codecs
import re
from contextlib import suppress
from typing import Final, NamedTuple

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

# These say nothing by decoding without an error: any bytes do. Servers add them by default.
_LATIN: Final = frozenset({"cp1252", "iso8859-1", "iso8859-15", "ascii", "latin-1"})

# Escape sequences of seven bits, so that being valid UTF-8 does not speak against them, and
# the wide ones, whose bytes are no text in any other.
_STATEFUL: Final = re.compile(r"iso-?2022|hz|utf-?16|utf-?32")
# What no text in one of them does without: ISO 2022's escape, HZ's, half of a wide character.
_SIGNS_OF_STATE: Final = (b"\x1b", b"~", b"\x00")

_NO_CHARSETS: Final = frozenset(
    {"utf-7", "undefined", "idna", "punycode", "unicode_escape", "unicode-escape"}
    | {"raw_unicode_escape", "raw-unicode-escape", "charmap", "mbcs", "oem"}
)

# Standard names for the supersets that servers mean by the smaller names.
_NAMES: Final = {
    "gb18030": "gb18030",
    "big5hkscs": "big5",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "cp1252": "windows-1252",
    "cp1251": "windows-1251",
    "euc_jp": "euc-jp",
    "koi8-r": "koi8-r",
}

# What frequent characters look like in text of a charset: the guess for pages that name none
# is the charset that turns most of their bytes into these.
_FREQUENT: Final[dict[str, re.Pattern[str]]] = {
    "gb18030": re.compile(
        "[的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过"
        "发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她"
        "本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问"
        "很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次"
        "度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何"
        "电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展"
        "页网站您访问器服请链接删除到失败误作者内容搜索首登录，。！？、：“”《》]"
    ),
    "big5hkscs": re.compile(
        "[的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過"
        "發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她"
        "本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問"
        "頁網站您訪問器服請連結刪除找不失敗誤作者內容搜尋首登錄載資訊檔，。！？、：「」]"
    ),
    "cp932": re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc、。「」]"),
    "euc_jp": re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc、。「」]"),
    "cp949": re.compile(
        "[이다는을를가에의하고은한지도로기사어자리시아서나대인해스그게수만들있것보주정부제전일여라원상장"
        "동공과생과안습니요청페찾없삭된되었거연결링크접근할내용보관신구소오무면우조비선경관화세유중모]"
    ),
    # In a run only: a single one is the accent of a Latin word.
    "cp1251": re.compile("[а-яё](?=[а-яё])|(?<=[а-яё])[а-яё]"),
    "koi8-r": re.compile("[а-яё](?=[а-яё])|(?<=[а-яё])[а-яё]"),
}
_ENOUGH: Final = 0.25

_OTHERS: Final = re.compile(r"[^\x00-\x7f\s]")
_GUESSED_FROM: Final = 20_000


class Decoded(NamedTuple):
    """Text, and the standard name of the charset that it was in."""

    text: str
    charset: str


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Return *body* as text: what a byte order mark, the header or the page itself names.

    A claim is believed if the bytes bear it out: servers send `iso-8859-1` or `utf-8`
    for whatever they have, and old pages keep their `gb2312` when an editor has long
    saved them as UTF-8. Bytes that fit nothing become U+FFFD; nothing is raised.
    """
    mark, _ = read_bom(body)
    if mark:
        return _as(body, mark)
    if not any(sign in body for sign in _SIGNS_OF_STATE):
        with suppress(UnicodeDecodeError):
            return Decoded(body.decode(), "utf-8")
    claims = _claims(body, content_type)
    if stateful := next((name for name in claims if _STATEFUL.match(name)), None):
        decoded = _as(body, stateful)
        if _damage(decoded.text) < 0.02:
            return decoded
    if _is_utf8(body):
        return _as(body, "utf-8")
    for name in sorted(claims, key=lambda name: name in _LATIN):
        if name in _LATIN:
            break
        decoded = _as(body, name)
        if _damage(decoded.text) < 0.02:
            return decoded
    return _as(body, _guess(body) or (claims[0] if claims else "cp1252"))


def _claims(body: bytes, content_type: str) -> list[str]:
    """Return the codecs that the header and the page name, in this order."""
    named = (http_content_type_encoding(content_type), html_body_declared_encoding(body[:8192]))
    return list(dict.fromkeys(name for name in named if name and is_charset(name)))


def is_charset(name: str) -> bool:
    """Return whether text may be in the codec: Python has others, which make text of no page.

    Raises `LookupError` for what is no codec at all.
    """
    info = codecs.lookup(name)
    return bool(getattr(info, "_is_text_encoding", True)) and info.name not in _NO_CHARSETS


def _as(body: bytes, codec: str) -> Decoded:
    text = body.decode(codec, "replace").removeprefix("\ufeff")
    return Decoded(text, _NAMES.get(codec, codecs.lookup(codec).name))


def _is_utf8(body: bytes) -> bool:
    """Whether *body* is UTF-8 throughout, but for a character cut in two at its end."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(body)
    except UnicodeDecodeError:
        return False
    is_cut = bool(decoder.getstate()[0])
    return not is_cut or not text.isascii()


def _damage(text: str) -> float:
    """Return the share of replaced characters among those that are not ASCII."""
    others = len(_OTHERS.findall(text))
    return text.count("\ufffd") / others if others else 0.0


def _guess(body: bytes) -> str | None:
    """Return the codec whose frequent characters *body* shows most of, if it shows enough."""
    sample = body[:_GUESSED_FROM]
    best, best_share = None, _ENOUGH
    for codec, frequent in _FREQUENT.items():
        text = sample.decode(codec, "replace")
        others = len(_OTHERS.findall(text))
        if not others or text.count("\ufffd") / others > 0.05:
            continue
        share = len(frequent.findall(text)) / others
        if share > best_share:
            best, best_share = codec, share
    return best
