"""Every entry of the phrasebook is found where it is looked for, and means what it says."""

from urllib.parse import urljoin

import pytest

from catalog.records import Hop, Page, Visit
from catalog.vocabulary import Reason
from crawler.pages.page import read_page
from crawler.phrases.phrasebook import (
    Confidence,
    Kind,
    Phrase,
    Place,
    _pack,
    fold,
    phrases,
    phrases_for,
    scope_of,
)
from crawler.verdict import judge

ENTRIES = [pytest.param(phrase, id=f"{phrase.name} ({phrase.place})") for phrase in phrases()]


def html(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def showing(phrase: Phrase) -> Visit:
    """Return a visit to a page that shows *phrase* where it is looked for, and little else."""
    host = phrase.hosts[0] if phrase.hosts else "example.com"
    url, end, status, headers = f"https://{host}/p/small-boards", "", 200, {}
    title, body = "Small boards", "<p>Hm.</p>"
    match phrase.place:
        case Place.TITLE | Place.WHOLE:
            title = phrase.example
        case Place.TEXT:
            body = f"<p>{phrase.example}</p>"
        case Place.SOURCE:
            title = ""
            body = f"<script>/* {phrase.example} */</script>"
            if phrase.kind is Kind.WALL and phrase.confidence is Confidence.LOW:
                status = 403
        case Place.ADDRESS:
            is_whole = phrase.example.partition("/")[0].endswith(host)
            end = f"https://{phrase.example if is_whole else urljoin(url, '/')[8:]}"
            end += "" if is_whole else phrase.example.removeprefix("/")
        case Place.HEADER:
            name, _, value = phrase.example.partition(": ")
            headers, status = {name: value}, 403
    at = end or url
    page = read_page(
        html(title, body).encode(), {"content-type": "text/html"}, at, truncated=False
    )
    hops = (Hop(url=url, status=302, location=end),) if end else ()
    return Visit(
        url=url, status=status, final_url=at, hops=hops, headers=headers, page=page, size=99
    )


@pytest.mark.parametrize("phrase", ENTRIES)
def test_an_entry_matches_its_own_example(phrase: Phrase) -> None:
    is_raw = phrase.place in (Place.SOURCE, Place.ADDRESS, Place.HEADER)
    assert phrase.found_in(phrase.example if is_raw else fold(phrase.example))


@pytest.mark.parametrize("phrase", ENTRIES)
def test_a_page_that_shows_an_entry_is_judged_by_it(phrase: Phrase) -> None:
    judgement = judge(showing(phrase))
    assert judgement.reason is phrase.reason, judgement


@pytest.mark.parametrize(
    "phrase", [p for p in ENTRIES if p.values[0].place is Place.TEXT and not p.values[0].hosts]
)
def test_an_article_that_quotes_an_entry_is_alive(phrase: Phrase) -> None:
    prose = "<p>The board runs a network that recognises digits from a microphone, all day.</p>"
    body = f"<h1>On pages that went</h1><p>{phrase.example}</p>{prose * 40}"
    page = read_page(
        html("On pages that went", body).encode(), {"content-type": "text/html"}, "https://e.com/a",
        truncated=False,
    )  # fmt: skip
    visit = Visit(url="https://e.com/a", status=200, final_url="https://e.com/a", page=page)
    assert judge(visit).reason is Reason.OK


def test_no_entry_is_there_twice() -> None:
    keys = [(p.kind, p.place, p.example, p.hosts) for p in phrases()]
    assert len(keys) == len(set(keys))


def test_every_kind_and_place_has_an_entry() -> None:
    assert {phrase.kind for phrase in phrases()} == set(Kind)
    assert {phrase.place for phrase in phrases()} == set(Place)


def test_entries_of_a_host_are_for_the_names_under_it() -> None:
    assert scope_of("zhuanlan.zhihu.com") == "zhihu.com"
    assert scope_of("notzhihu.com") == ""
    walls = {p.example for p in phrases_for("zhihu.com", Kind.WALL, Place.TITLE) if p.hosts}
    assert walls == {"安全验证"}


def test_punctuation_and_width_do_not_matter() -> None:
    account = next(p for p in phrases() if p.example == "此帐号已被屏蔽, 内容无法查看")
    assert account.found_in(fold("此账号已被屏蔽，内容无法查看"))


def test_one_script_is_compared_with_the_other() -> None:
    assert fold("該內容已被發佈者刪除") == "该内容已被发布者删除"
    deleted = next(p for p in phrases() if p.example == "该内容已被发布者删除")
    assert deleted.found_in(fold("此連結：該內容已被發佈者刪除"))


def test_parts_are_written_out_in_patterns_that_name_them() -> None:
    assert not any("(?&" in phrase.expression for phrase in phrases())


def test_a_pack_that_names_no_such_part_is_refused() -> None:
    pack = {"parts": {"a": "(?&b)"}, "phrase": [{"pattern": "(?&a)", "example": "x"}]}
    with pytest.raises(ValueError, match="no part is called b"):
        list(_pack("faulty", pack))


def test_a_page_is_known_by_the_names_of_the_entries_in_its_source() -> None:
    page = read_page(
        b'<html><body data-adblockkey="x">Hm</body></html>', {}, "https://e.com/", truncated=False
    )
    assert page == Page(
        content_type="text/html",
        charset="utf-8",
        lead="Hm",
        text_length=2,
        fingerprint=page.fingerprint,
        markers=("parking: data-adblockkey=",),
    )
