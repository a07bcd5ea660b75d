"""Which charset a page is in, by real bytes: what it claims, and what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.charset import decode

SIMPLIFIED = "抱歉，您要访问的页面不存在或已被作者删除，请返回首页。"
TRADITIONAL = "很抱歉，您要找的網頁不存在，請回到首頁繼續瀏覽。"
JAPANESE = "お探しのページは移動または削除されました。"
KOREAN = "요청하신 페이지를 찾을 수 없습니다"
RUSSIAN = "Запрашиваемая страница удалена"
WESTERN = "La page demandée n’existe plus — désolé"


def meta(charset: str) -> bytes:
    return f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'.encode()


# what happened, the bytes, the Content-Type, the text, the charset that we name
CASES = [
    ("the header says UTF-8", SIMPLIFIED.encode(), "utf-8", SIMPLIFIED, "utf-8"),
    ("the header says GBK", SIMPLIFIED.encode("gbk"), "gbk", SIMPLIFIED, "gb18030"),
    ("the header says GB2312", SIMPLIFIED.encode("gbk"), "gb2312", SIMPLIFIED, "gb18030"),
    ("a rare character of GB18030", "㐀页𠮷".encode("gb18030"), "gb18030", "㐀页𠮷", "gb18030"),
    ("the header says Big5", TRADITIONAL.encode("big5"), "big5", TRADITIONAL, "big5"),
    ("the header says Shift_JIS", JAPANESE.encode("cp932"), "shift_jis", JAPANESE, "shift_jis"),
    ("the header says EUC-KR", KOREAN.encode("euc-kr"), "euc-kr", KOREAN, "euc-kr"),
    ("the page says GBK", meta("gbk") + SIMPLIFIED.encode("gbk"), "", SIMPLIFIED, "gb18030"),
    ("the page says Big5", meta("big5") + TRADITIONAL.encode("big5"), "", TRADITIONAL, "big5"),
    (
        "the page says Shift_JIS",
        meta("Shift_JIS") + JAPANESE.encode("cp932"),
        "",
        JAPANESE,
        "shift_jis",
    ),
    (
        "an XML declaration says GB2312",
        b'<?xml version="1.0" encoding="gb2312"?>' + SIMPLIFIED.encode("gbk"),
        "",
        SIMPLIFIED,
        "gb18030",
    ),
    ("nobody says GBK", SIMPLIFIED.encode("gbk"), "", SIMPLIFIED, "gb18030"),
    ("nobody says Big5", TRADITIONAL.encode("big5"), "", TRADITIONAL, "big5"),
    ("nobody says Shift_JIS", JAPANESE.encode("cp932"), "", JAPANESE, "shift_jis"),
    ("nobody says EUC-JP", JAPANESE.encode("euc_jp"), "", JAPANESE, "euc-jp"),
    ("nobody says EUC-KR", KOREAN.encode("euc-kr"), "", KOREAN, "euc-kr"),
    ("nobody says windows-1251", RUSSIAN.encode("cp1251"), "", RUSSIAN, "windows-1251"),
    ("nobody says windows-1252", WESTERN.encode("cp1252"), "", WESTERN, "windows-1252"),
    ("nobody says UTF-8", SIMPLIFIED.encode(), "", SIMPLIFIED, "utf-8"),
    ("only a title, in GBK", "页面不存在".encode("gbk"), "", "页面不存在", "gb18030"),
    (
        "the server's default against the page's own GBK",
        meta("gbk") + SIMPLIFIED.encode("gbk"),
        "iso-8859-1",
        SIMPLIFIED,
        "gb18030",
    ),
    (
        "the server says UTF-8 of a GBK page that says so",
        meta("gbk") + SIMPLIFIED.encode("gbk"),
        "utf-8",
        SIMPLIFIED,
        "gb18030",
    ),
    (
        "the page says GB2312 and was saved as UTF-8",
        meta("gb2312") + SIMPLIFIED.encode(),
        "",
        SIMPLIFIED,
        "utf-8",
    ),
    (
        "the header says GBK of a page in UTF-8",
        meta("utf-8") + SIMPLIFIED.encode(),
        "gbk",
        SIMPLIFIED,
        "utf-8",
    ),
    (
        "the header is right and the page wrong",
        meta("big5") + SIMPLIFIED.encode("gbk"),
        "gbk",
        SIMPLIFIED,
        "gb18030",
    ),
    ("a mark of UTF-8", b"\xef\xbb\xbf" + SIMPLIFIED.encode(), "gbk", SIMPLIFIED, "utf-8"),
    ("a mark of UTF-16", SIMPLIFIED.encode("utf-16"), "utf-8", SIMPLIFIED, "utf-16-le"),
    (
        "UTF-16 by the header alone",
        SIMPLIFIED.encode("utf-16-be"),
        "utf-16be",
        SIMPLIFIED,
        "utf-16-be",
    ),
    (
        "seven bits with escapes",
        JAPANESE.encode("iso2022_jp"),
        "iso-2022-jp",
        JAPANESE,
        "iso2022_jp",
    ),
    ("a charset nobody knows", SIMPLIFIED.encode(), "x-nobody-knows", SIMPLIFIED, "utf-8"),
    ("a codec that is none", b"plain words", "zip", "plain words", "utf-8"),
    ("cut in the middle of a character", SIMPLIFIED.encode()[:-1], "", SIMPLIFIED[:-1], "utf-8"),
]


@pytest.mark.parametrize(
    ("body", "charset", "text", "name"), [pytest.param(*row, id=what) for what, *row in CASES]
)
def test_decode(body: bytes, charset: str, text: str, name: str) -> None:
    header = f"text/html; charset={charset}" if charset else "text/html"
    decoded = decode(body, header)
    assert text in decoded.text
    assert decoded.charset == name


@given(st.binary(max_size=300), st.text(max_size=20))
def test_no_bytes_and_no_header_raise(body: bytes, charset: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={charset}").text, str)
