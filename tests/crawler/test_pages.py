"""Pages as read from bytes: what a reader would see, and what the page says about itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.records import Page, Visit
from catalog.vocabulary import Reason
from crawler.pages.fingerprint import distance, fingerprint, tokens
from crawler.pages.page import media_type, read_page
from crawler.pages.source import words_in
from crawler.verdict import judge

URL = "https://example.com/2021/post.html"
HTML = {"content-type": "text/html; charset=utf-8"}


def read(source: str, url: str = URL, **headers: str) -> Page:
    said = HTML | {name.replace("_", "-"): value for name, value in headers.items()}
    return read_page(source.encode(), said, url, truncated=False)


# what the page says, its source, the field, what we read
FIELDS = [
    ("a title", "<title> Small\n networks </title>", "title", "Small networks"),
    ("og:title before the title", "<title>A - Site</title><meta property=og:title content=A>",
     "title", "A"),
    ("the title beside og:title", "<title>A - Site</title><meta property=og:title content=A>",
     "tab_title", "A - Site"),
    ("no second title where both are the same",
     "<title>A</title><meta property=og:title content=A>", "tab_title", ""),
    ("an empty og:title", "<title>A</title><meta property=og:title content=''>", "title", "A"),
    ("entities in a title", "<title>you&#39;re &amp; 网络</title>", "title", "you're & 网络"),
    ("a title of a drawing is none", "<body><svg><title>icon</title></svg>", "title", ""),
    ("a title with markup in it", "<title>a <b>c</b></title>", "title", "a <b>c</b>"),
    ("the first heading", "<h2>b</h2><h1>a <i>one</i></h1><h1>c</h1>", "heading", "a one"),
    ("a lower heading where there is no first", "<h3>c</h3><h2>b</h2>", "heading", "b"),
    ("a description", "<meta name=Description content=' few words '>", "description", "few words"),
    ("og:description", "<meta property=og:description content=few>", "description", "few"),
    ("an author", "<meta name=author content=Zhang>", "author", "Zhang"),
    ("an author's profile is no name", "<meta property=article:author content=https://a.b/c>",
     "author", ""),
    ("an author in linked data", '<script type="application/ld+json">{"@graph":[{"@type":'
     '"BlogPosting","author":[{"name":"Li"}]}]}</script>', "author", "Li"),
    ("linked data that is none", '<script type="application/ld+json">{"@type":</script><title>A',
     "title", "A"),
    ("linked data without end", f'<script type="application/ld+json">{"[" * 9_999}</script>',
     "author", ""),
    ("half a character in linked data", '<script type="application/ld+json">{"@type":"Article",'
     '"author":"\\ud800 Li \\ud83d\\ude00"}</script>', "author", "\ufffd Li \U0001f600"),
    ("a language", "<html lang=zh_CN><title>A</title>", "language", "zh-CN"),
    ("a language that is none", "<html lang='{{ lang }}'><title>A</title>", "language", ""),
    ("a date", "<meta property=article:published_time content=2021-01-19T08:00:00Z>",
     "published", "2021-01-19"),
    ("a date in linked data", '<script type="application/ld+json">{"@type":["Article"],'
     '"datePublished":"2021/1/9"}</script>', "published", "2021-01-09"),
    ("a date that never was", "<meta name=pubdate content=2021-02-31>", "published", ""),
    ("a canonical address", "<link rel='canonical' href='/a?b=1'>", "canonical",
     "https://example.com/a?b=1"),
    ("a canonical address by the base", "<base href=//cdn.example/x/><link rel=canonical href=y>",
     "canonical", "https://cdn.example/x/y"),
    ("a canonical address that is none", "<link rel=canonical href='http://[half'>", "canonical",
     ""),
    ("a refresh", "<meta http-equiv=Refresh content=\"0; URL='/next'\">", "refresh",
     "https://example.com/next"),
    ("a refresh without a space", "<meta http-equiv=refresh content='5;url=/next'>", "refresh",
     "https://example.com/next"),
    ("a refresh after a minute", "<meta http-equiv=refresh content='60; url=/next'>", "refresh",
     ""),
    ("a refresh of itself", f"<meta http-equiv=refresh content='1; url={URL}'>", "refresh", ""),
    ("a refresh without an address", "<meta http-equiv=refresh content=5>", "refresh", ""),
    ("a refresh to a script", "<meta http-equiv=refresh content='0;url=javascript:a()'>",
     "refresh", ""),
    ("a refresh for readers without scripts",
     "<noscript><meta http-equiv=refresh content='0;url=/nojs'></noscript>", "refresh", ""),
    ("a script that sends on", "<script>location.replace('/x')</script>", "script_target",
     "https://example.com/x"),
    ("a script that sends on, on a page with words",
     f"<p>{'words ' * 99}</p><script>location.replace('/x')</script>", "script_target", ""),
    ("visible text", "<p>One <b>two</b><br>three<script>four</script><style>five</style>",
     "lead", "One two\nthree"),
    ("text that is hidden", "<p>a<span hidden>b</span><i style='DISPLAY : none'>c</i>d", "lead",
     "ad"),
    ("text in comments", "<p>a<!-- b -->c", "lead", "ac"),
    ("text for readers without scripts", "<p>a<noscript>b</noscript>", "lead", "a"),
    ("text after nought bytes", "<p>a\x00b", "lead", "ab"),
    ("lengths count what is seen", "<p>abc</p><p>de</p><script>xyz</script>", "text_length", 5),
    ("menus are no prose", "<ul>" + "<li><a href=/a>Topic</a></li>" * 99 + "</ul>",
     "prose_length", 0),
    ("lines of links are no prose", "<p>" + "<a href=/a>A topic of interest</a> | " * 9,
     "prose_length", 0),
    ("sentences are", "<p>The board runs a network that recognises digits.", "prose_length", 48),
    ("Chinese sentences are, though short", "<p>开发板上运行着一个很小的神经网络，能识别数字。",
     "prose_length", 23),
    ("nothing but bytes", "", "lead", ""),
    ("text in a page whose first tag closes itself",
     "<!doctype html>\n<html lang='en' />\n<head></head><body><p>a</p></body></html>", "lead",
     "a"),
    ("text in the place of pictures, where there is no other", "<h1><img alt='No page'></h1><img>",
     "lead", "No page"),
    ("no text of pictures beside other text", "<img alt=b><p>a</p>", "lead", "a"),
    ("no text of a picture that is not shown", "<div hidden><img alt=b></div>", "lead", ""),
    ("text after an end that came early", "<html><head></head></HTML><body><p>a</p></body></html>",
     "lead", "a"),
    ("text between two ends", "<html><body><p>a</p></html><p>b</p></html>", "lead", "a\nb"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "field", "value"), [pytest.param(*row, id=what) for what, *row in FIELDS]
)
def test_read_page(source: str, field: str, value: object) -> None:
    assert getattr(read(source), field) == value


# how the page is built, its source, the marker
BUILT = [
    ("by a script", "<script src=/m.js></script>", "script"),
    ("of elements that a script makes", "<x-app></x-app>", "script"),
    ("with a picture", "<img src=a.png>", "media"),
    ("around a PDF", "<iframe src='/a.pdf?x'></iframe>", "viewer"),
    ("as a login", "<input type=PASSWORD>", "password"),
    ("as an article", "<article>a</article>", "article"),
    ("as an article by its type", "<meta property=og:type content=article>", "article"),
    ("as an article by its body", "<div itemprop=articleBody>a</div>", "article"),
    ("as an error page", "<body class='page error404'>a", "error page"),
    ("with a box for errors", "<div id=not-found>a</div>", "error box"),
    ("for prerendering as not found", "<meta name=prerender-status-code content=404>",
     "error page"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "marker"), [pytest.param(*row, id=what) for what, *row in BUILT]
)
def test_markers(source: str, marker: str) -> None:
    assert marker in read(source).markers
    assert read("<p>a").markers == ()


def test_a_box_for_errors_that_is_not_shown_is_none() -> None:
    assert read("<p>a</p><div class=not-found hidden>b</div>").markers == ()


def test_a_wechat_article_says_its_account_its_day_and_where_it_went() -> None:
    source = (
        "<title></title><body><div id=\"js_content\">文</div><script>var msg_title = '一个标题';"
        'var nickname = htmlDecode("某号"); var ct = "1611072000";'
        "var transferTargetLink = 'https://mp.weixin.qq.com/s/new';</script>"
    )
    page = read(source, "https://mp.weixin.qq.com/s/old")
    assert (page.title, page.author, page.published) == ("一个标题", "某号", "2021-01-20")
    assert page.migrated_to == "https://mp.weixin.qq.com/s/new"
    assert page.markers == ("script", 'wechat: id="js_content"')
    assert not read(source).migrated_to, "only WeChat's own word counts"


REPOS = [
    ("a link", '<p><a href="https://github.com/Tencent/ncnn/issues">n</a>', ["Tencent/ncnn"]),
    ("an address in print", "<p>代码在 github.com/Tencent/ncnn 。", ["Tencent/ncnn"]),
    ("an address at the end of a sentence", "<p>See https://gitee.com/a/b.", ["a/b"]),
    ("both of them", "<a href=//github.com/a/b>x</a> https://GitHub.com/A/B", ["a/b"]),
    ("a menu's", "<nav><a href=https://github.com/site/theme>x</a></nav>", []),
    ("a footer's", "<footer><a href=https://github.com/site/theme>x</a></footer>", []),
    ("a forge's own page", "<a href=https://github.com/features/actions>x</a>", []),
    ("another host's", "<p>notgithub.com/a/b and https://a.io/github.com/c/d", []),
]


@pytest.mark.parametrize(("source", "names"), [pytest.param(*row, id=w) for w, *row in REPOS])
def test_repositories_in_the_body(source: str, names: list[str]) -> None:
    assert [repo.full_name for repo in read(f"<body>{source}").repos] == names


PARAGRAPH = f"<p>{'A sentence of an article on something that stays. ' * 10}</p>"


def test_reading_ends_where_there_was_plenty_to_read() -> None:
    article, book = read(PARAGRAPH * 11), read(PARAGRAPH * 500)
    assert article.prose_length == article.text_length > 5_000
    assert book.text_length == article.text_length
    assert book.fingerprint == article.fingerprint


def test_reading_goes_on_to_the_last_repository() -> None:
    page = read(PARAGRAPH * 30 + "<a href='https://github.com/Tencent/ncnn'>code</a>")
    assert [repo.full_name for repo in page.repos] == ["Tencent/ncnn"]


def test_menus_are_not_plenty_to_read() -> None:
    menu = "<ul>" + "<li><a href=/x>An entry of the menu, and a long one</a></li>" * 300 + "</ul>"
    assert read(f"{menu}<h1>Gone</h1>{PARAGRAPH}").heading == "Gone"


WORDS = [
    ("a forge, in any case", "<a HREF='https://GitHub.com/a/b'>", {"github.com"}),
    ("a word within another", "<div id=page-notfound>", {"found"}),
    (
        "words that share letters",
        "display :none; GITHUB.COM404",
        {"display :", "github.com", "404"},
    ),
    ("what a guard's script is called", "<script>_cf_chl_opt={}", {"_cf_chl_opt"}),
    ("nothing of interest", "<p>words</p>", set()),
]


@pytest.mark.parametrize(("text", "words"), [pytest.param(*row, id=what) for what, *row in WORDS])
def test_words_in(text: str, words: set[str]) -> None:
    assert words_in(text.encode()) == words


def test_threads_may_look_for_words_at_the_same_time() -> None:
    sources = [b"<p>words</p>" * 10_000 + forge for forge in (b"github.com", b"gitee.com")] * 100
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(words_in, sources))
    assert found == [{"github.com"}, {"gitee.com"}] * 100


def test_a_forge_is_no_witness_for_its_own_repositories() -> None:
    page = read("<a href=https://github.com/a/b>x</a>", "https://github.com/a/b/issues/1")
    assert page.repos == ()


# what came, its bytes, the declared type, the type that we take it for
TYPES = [
    ("HTML", b"<html>", "text/html; charset=gbk", "text/html"),
    ("a PDF that is said to be HTML", b"%PDF-1.4", "text/html", "application/pdf"),
    ("a PDF of an unknown type", b"%PDF-1.4", "", "application/pdf"),
    ("HTML that is said to be a PDF", b"<!DOCTYPE html><p>", "application/pdf", "text/html"),
    ("HTML that is said to be text", b"\n<!-- x --><html>", "text/plain", "text/html"),
    ("HTML after comments", b"<?xml?><!-- x --> <!-- <p> --><html>", "", "text/html"),
    ("text after many comments", b"<!---->" * 500 + b"x", "text/plain", "text/plain"),
    ("HTML without a type", b"<title>a", "", "text/html"),
    ("text without a type", b"plain words", "", "text/plain"),
    ("bytes without a type", b"\x00\x01", "", ""),
    ("a picture", b"\x89PNG\r\n\x1a\n", "image/png", "image/png"),
    ("nothing", b"", "TEXT/HTML", "text/html"),
]


@pytest.mark.parametrize(
    ("body", "declared", "kind"), [pytest.param(*row, id=what) for what, *row in TYPES]
)
def test_media_type(body: bytes, declared: str, kind: str) -> None:
    assert media_type(body, declared) == kind


def test_json_is_read_with_its_escapes() -> None:
    page = read('{"msg":"\\u9875\\u9762\\u4e0d\\u5b58\\u5728"}', content_type="application/json")
    assert page.lead == '{"msg": "页面不存在"}'


def test_half_a_character_in_json_is_none() -> None:
    page = read('{"msg":"\\ud800 hello"}', content_type="application/json")
    assert page.lead == '{"msg": "\ufffd hello"}'


def test_a_refresh_by_header() -> None:
    assert read("<p>a", refresh="0; url=/next").refresh == "https://example.com/next"


HOSTILE = [
    ("deep nesting", b"<div>" * 200_000),
    ("deep nesting of links", b"<a href=x><b>" * 50_000),
    ("a huge attribute", b"<p class='" + b"x" * 2_000_000 + b"'>a"),
    ("a million attributes", b"<p " + b"a=b " * 300_000 + b">a"),
    ("a tag without end", b"<" + b"a" * 1_000_000),
    ("comments without end", b"<!--" * 200_000),
    ("scripts without end", b"<script>" * 100_000),
    ("a head without end", b"<head>" + b"<meta name=a content=b>" * 50_000),
    ("entities without end", b"&" + b"amp;" * 300_000),
    ("white space", b"<title>" + b" \n\t" * 300_000),
    ("words without spaces", "很".encode() * 300_000),
    ("nought bytes", b"\x00" * 1_000_000),
    ("quotes in a refresh", b"<meta http-equiv=refresh content='0;" + b"url=" * 100_000 + b"'>"),
    (
        "a refresh after ages",
        b"<meta http-equiv=refresh content='" + b"9" * 100_000 + b";url=/a'>",
    ),
    ("printed addresses", b"github.com/" * 100_000),
]


@pytest.mark.parametrize("body", [pytest.param(body, id=what) for what, body in HOSTILE])
def test_hostile_bytes_are_read_and_judged_within_bounds(body: bytes) -> None:
    page = read_page(body, HTML, URL, truncated=True)
    judge(Visit(url=URL, status=200, final_url=URL, page=page, size=len(body)))
    assert len(page.lead) <= 2_000
    assert len(page.title) <= 1_000


@pytest.mark.parametrize("piece", ["a", "a.", "a/", "/", ".pdf", "&id", "=&", "%", "../"])
def test_an_address_without_end_is_read_and_judged(piece: str) -> None:
    url = f"http://example.com/{piece * (200_000 // len(piece))}"
    page = read_page(b"<p><a href=/paper.pdf>the paper</a>", HTML, url, truncated=False)
    judgement = judge(Visit(url=url, status=200, final_url=f"{url}?{piece * 50_000}", page=page))
    assert (judgement.reason is Reason.UNEXPECTED_ANSWER) == (piece == ".pdf")


def test_of_links_without_end_some_are_followed() -> None:
    links = "".join(f"<a href=https://github.com/a/b{n}>x</a>" for n in range(20_000))
    long = f"<a href=https://github.com/a/{'b' * 100_000}>x</a>"
    assert [repo.name for repo in read(long + links).repos] == [f"b{n}" for n in range(30)]


MARKUP = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *("<title>", "</title>", "<p>", "</p>", "<h1>", "<a href='", "'>", "<!--", "-->"),
                *("<script>", "</script>", "<![CDATA[", "&#x0;", "&#xFFFFFF;", "<svg>", "\x00"),
                *("<table><p>", "<article>", "<noscript>", "<body class=error404>", "{{"),
                *("<?xml version='1.0' encoding='gbk'?>", "<meta charset=utf-16>"),
                *("<meta property=og:title content='", "<link rel=canonical href=", "https://"),
                *("<base href=http://[", "<meta http-equiv=refresh content='0;url="),
                *(
                    "404",
                    "页面不存在",
                    "不存在",
                    "the page ",
                    "not found ",
                    "抱歉，",
                    "github.com/a/b",
                ),
                "var msg_title = '",
            ]
        ),
        st.text(max_size=20),
    ),
    max_size=30,
).map("".join)


@given(MARKUP, st.sampled_from([URL, "http://[half", "", "https://mp.weixin.qq.com/s/a"]))
def test_no_markup_raises(source: str, url: str) -> None:
    page = read_page(source.encode("utf-8", "surrogatepass"), HTML, url, truncated=False)
    judge(Visit(url=url, status=200, final_url=url, page=page, size=len(source)))


@given(st.binary(max_size=400), st.text(max_size=30))
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    page = read_page(body, {"content-type": content_type}, URL, truncated=True)
    judge(Visit(url=URL, status=403, final_url=URL, page=page, size=len(body)))


def test_tokens_are_words_and_pairs() -> None:
    assert tokens("用TensorFlow做语音识别 a") == [
        "用",
        "tensorflow",
        "做语",
        "语音",
        "音识",
        "识别",
        "a",
    ]


def test_texts_that_differ_a_little_have_fingerprints_that_differ_a_little() -> None:
    text = "The board runs a network that recognises spoken digits from a microphone. " * 20
    other = "Rooms and rates for your summer holiday by the sea, with breakfast included. " * 20
    assert fingerprint(text) == fingerprint(f"{text}.")
    assert distance(fingerprint(text), fingerprint(f"{text} Written on Monday.")) <= 12
    assert distance(fingerprint(text), fingerprint(other)) >= 16
    assert fingerprint(" \n") == ""
    assert distance("", "") == 64


def test_a_fingerprint_is_the_same_on_every_machine() -> None:
    assert fingerprint("Small networks on small boards") == "30ef57652da60e69"


def test_a_fingerprint_stays_the_same_however_many_words_were_met_since() -> None:
    text = "Small networks on small boards"
    before = fingerprint(text)
    for hundred in range(400):
        fingerprint(" ".join(f"word{hundred * 100 + n}" for n in range(100)))
    assert fingerprint(text) == before
