"""Which spellings are one link, as a table of families: same key within, another without."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.address import host_of, is_web, joined, link_key

WECHAT = "https://mp.weixin.qq.com/s?__biz=MzA5NTE4&mid=26524&idx=1&sn=7f03"

FAMILIES = [
    (
        "case of scheme and host, default port, final dot of the name",
        [
            "https://example.org/Path",
            "HTTPS://Example.ORG/Path",
            "https://example.org:443/Path",
            "https://example.org./Path",
            "https://EXAMPLE.org.:443/Path",
        ],
    ),
    ("the path keeps its case", ["https://example.org/path"]),
    ("another port is another server", ["https://example.org:8443/Path"]),
    ("http may serve another page than https", ["http://example.org/Path"]),
    ("a page and the folder of its name", ["https://example.org/Path/"]),
    (
        "no path is the root",
        ["https://example.net", "https://example.net/", "https://example.net?"],
    ),
    (
        "an international name and its punycode",
        ["https://例子.测试/", "https://xn--fsqu00a.xn--0zwm56d/", "https://例子。测试"],
    ),
    (
        "escapes that the standard calls needless",
        [
            "https://example.org/%7Eme/%e4%b8%ad",
            "https://example.org/~me/%E4%B8%AD",
            "https://example.org/~me/中",
            "https://example.org/x/../~me/中",
        ],
    ),
    (
        "tracking parameters",
        [
            "https://example.org/p?id=1",
            "https://example.org/p?id=1&utm_source=weekly&utm_medium=mail",
            "https://example.org/p?fbclid=x&id=1",
            "https://example.org/p?id=1&amp;spm=a.b.c",
        ],
    ),
    ("another id", ["https://example.org/p?id=2"]),
    ("another name for the id", ["https://example.org/p?Id=1"]),
    ("an order that may matter", ["https://example.org/p?a=1&b=2"]),
    ("the other order", ["https://example.org/p?b=2&a=1"]),
    (
        "an empty fragment, and one that only highlights",
        ["https://example.org/f", "https://example.org/f#", "https://example.org/f#:~:text=word"],
    ),
    ("a place on the page", ["https://example.org/f#install"]),
    (
        "a WeChat article",
        [
            WECHAT,
            WECHAT + "&chksm=8bd1e0f6&scene=21#wechat_redirect",
            WECHAT.replace("https", "http") + "&token=136&lang=zh_CN#rd",
            WECHAT.replace("&", "&amp;"),
            "https://mp.weixin.qq.com/s?sn=7f03&idx=1&mid=26524&__biz=MzA5NTE4",
        ],
    ),
    ("the second article of the same message", [WECHAT.replace("idx=1", "idx=2")]),
    (
        "a WeChat article by its short name",
        ["https://mp.weixin.qq.com/s/AbC-dE_f", "http://mp.weixin.qq.com/s/AbC-dE_f?scene=1#rd"],
    ),
    ("WeChat's short names have case", ["https://mp.weixin.qq.com/s/abc-de_f"]),
    (
        "a signed WeChat address is its signature",
        ["https://mp.weixin.qq.com/s?timestamp=155&src=3&ver=1&signature=Bq*W-Q="],
    ),
    (
        "another signature",
        ["https://mp.weixin.qq.com/s?timestamp=155&src=3&ver=1&signature=Bq*W-R="],
    ),
    (
        "a paper on arXiv",
        [
            "https://arxiv.org/abs/1905.11946",
            "http://arxiv.org/abs/1905.11946v5",
            "https://arxiv.org/pdf/1905.11946.pdf",
            "https://www.arxiv.org/pdf/1905.11946v2",
            "https://export.arxiv.org/abs/1905.11946",
            "https://arxiv.org/pdf/1905.11946v2.pdf#page=3",
        ],
    ),
    ("another paper", ["https://arxiv.org/abs/1905.11947"]),
    (
        "a repository's own page",
        [
            "https://github.com/pallets/click",
            "https://github.com/Pallets/Click/",
            "http://www.github.com/pallets/click.git",
            "https://github.com/pallets/click#readme",
            "https://github.com/pallets/click?tab=readme-ov-file",
            "https://github.com/pallets/click；",
        ],
    ),
    ("a heading of its page", ["https://github.com/pallets/click#donate"]),
    ("a page below a repository", ["https://github.com/pallets/click/issues"]),
    ("a path within the archive", ["2020/05.md", " 2020/05.md "]),
    ("an address that is none", ["http://[half", "http://[half "]),
    ("mail", ["mailto:me@example.org"]),
]


@pytest.mark.parametrize(
    "spellings", [pytest.param(spellings, id=name) for name, spellings in FAMILIES]
)
def test_spellings_of_one_thing_share_a_key(spellings: list[str]) -> None:
    assert {link_key(url) for url in spellings} == {link_key(spellings[0])}


def test_different_things_have_different_keys() -> None:
    for (one, first), (other, second) in combinations(FAMILIES, 2):
        assert link_key(first[0]) != link_key(second[0]), f"{one} = {other}"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        pytest.param("https://Example.org./x", "example.org", id="as the resolver asks"),
        pytest.param("http://example.org:80/", "example.org", id="the default port says nothing"),
        pytest.param("http://example.org:8080/", "example.org:8080", id="another port is named"),
        pytest.param("https://例子.测试/", "xn--fsqu00a.xn--0zwm56d", id="in ASCII"),
        pytest.param("http://[::1]:8000/", "[::1]:8000", id="an IPv6 address keeps its brackets"),
        pytest.param("http://user:pw@example.org/", "example.org", id="without who asks"),
        pytest.param("mailto:me@example.org", "", id="mail has no web host"),
        pytest.param("2020-05-01.md", "", id="nor has a path"),
        pytest.param("http://[half", "", id="nor has what is no address"),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        pytest.param(" /Über?q#top ", "https://example.org/Über?q#top", id="spelt as it was"),
        pytest.param("../b", "https://example.org/b", id="a path"),
        pytest.param("//example.com", "https://example.com", id="another host"),
        pytest.param("mailto:me@example.org", "mailto:me@example.org", id="no web address"),
        pytest.param(" ", "", id="nothing said"),
        pytest.param("//[half", "", id="nothing that could be an address"),
    ],
)
def test_joined(reference: str, address: str) -> None:
    assert joined("https://example.org/posts/a", reference) == address


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        pytest.param("https://example.org", True, id="https"),
        pytest.param("HTTP://example.org", True, id="http in capitals"),
        pytest.param("http:/example.org", True, id="browsers forgive a slash"),
        pytest.param("ftp://example.org", False, id="ftp"),
        pytest.param("//example.org/x", False, id="relative to a page we do not know"),
        pytest.param("http://", False, id="no host"),
        pytest.param("http://exa mple.org/", False, id="a space in the host"),
        pytest.param("http://example.org/\ud800", False, id="half a character"),
    ],
)
def test_is_web(url: str, answer: bool) -> None:
    assert is_web(url) is answer


@given(st.text() | st.text(alphabet="htps:/?#[]@%&=.aZ中；\\").map("https://".__add__))
def test_any_text_has_one_key_for_good(url: str) -> None:
    key = link_key(url)
    assert link_key(key) == key
