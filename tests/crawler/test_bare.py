"""Where an address in running text starts and ends, as a table."""

import pytest

from crawler.reading.bare import bare_addresses, whole_address

CASES = [
    ("a Chinese comma after it", "见https://a.example/x，后面", ["https://a.example/x"]),
    (
        "an enumeration",
        "有 https://a.example、https://b.example，等",
        ["https://a.example", "https://b.example"],
    ),
    ("a full stop after it", "见 https://a.example/x。", ["https://a.example/x"]),
    ("full-width parentheses around it", "（https://a.example/x）结束", ["https://a.example/x"]),
    ("a remark right after it", "https://a.example/x（英文）", ["https://a.example/x"]),
    (
        "a title with parentheses in the path",
        "https://w.example/wiki/苹果（公司）",
        ["https://w.example/wiki/苹果（公司）"],
    ),
    ("Chinese in the path", "https://a.example/标签/书", ["https://a.example/标签/书"]),
    ("a Chinese host", "https://例子.测试/x", ["https://例子.测试/x"]),
    ("parentheses around it", "(see https://a.example/x), and", ["https://a.example/x"]),
    ("parentheses in it", "https://a.example/A_(b) is", ["https://a.example/A_(b)"]),
    ("one that opens and never closes", "https://a.example/x(see there", ["https://a.example/x"]),
    ("brackets around it", "[https://a.example/x]", ["https://a.example/x"]),
    ("punctuation after it", "Is it https://a.example/x?!", ["https://a.example/x"]),
    ("emphasis around it", "**https://a.example/x**后", ["https://a.example/x"]),
    ("stars inside", "https://a.example/s?sig=A*b-*C=", ["https://a.example/s?sig=A*b-*C="]),
    (
        "query and fragment",
        "https://a.example/s?__biz=Mz==&idx=1#rd",
        ["https://a.example/s?__biz=Mz==&idx=1#rd"],
    ),
    ("quotes around it", '"https://a.example/x"', ["https://a.example/x"]),
    ("an entity after it", "https://a.example/x&nbsp;y", ["https://a.example/x"]),
    ("an emoji after it", "https://a.example/x👈", ["https://a.example/x"]),
    ("a zero-width space after it", "https://a.example/x\u200b后", ["https://a.example/x"]),
    ("an escaped underscore", r"https://a.example/x\_y", ["https://a.example/x_y"]),
    ("text glued before it", "链接https://a.example/x", ["https://a.example/x"]),
    (
        "another glued to it",
        "https://a.example/dhttps://b.example/e",
        ["https://a.example/d", "https://b.example/e"],
    ),
    (
        "another with a comma between",
        "https://a.example,https://b.example",
        ["https://a.example", "https://b.example"],
    ),
    (
        "another inside it",
        "https://a.example/?u=https://b.example",
        ["https://a.example/?u=https://b.example"],
    ),
    ("ftp", "ftp://a.example/x", ["ftp://a.example/x"]),
    ("a number for a host", "http://10.0.0.1:80/x", ["http://10.0.0.1:80/x"]),
    ("a slash short", "见 http:/a.example/x", ["http:/a.example/x"]),
    ("a colon short", "见 https//a.example/x", ["https//a.example/x"]),
    ("www without a scheme", "见www.a-site.com。", ["https://www.a-site.com"]),
    ("a repository without a scheme", "on github.com/a/b, which", ["https://github.com/a/b"]),
    ("a site and its path", "(a-site.com/js) is", ["https://a-site.com/js"]),
    ("a product that looks like a site", "Node.js, i.MX and ASP.NET/C#", []),
    ("a site used as a name", "by deci.ai and 000938.SZ", []),
    ("a file", "examples/test_models.py and README.md/x", []),
    ("mail, and clock speeds", "me@a-site.com, A78@2.8GHz", []),
    ("a lone number", "151.101.1.1", []),
    ("only a scheme", "http:// and https://。", []),
    ("a template", "https://github.com/<owner>/<name>", []),
    ("a break after it is no template", "https://a.example/x<br>", ["https://a.example/x"]),
]


@pytest.mark.parametrize(
    ("text", "urls"), [pytest.param(text, urls, id=name) for name, text, urls in CASES]
)
def test_bare_addresses(text: str, urls: list[str]) -> None:
    assert [found.url for found in bare_addresses(text)] == urls


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (" https://a.example/x ", "https://a.example/x"),
        ("github.com/a/b", "https://github.com/a/b"),
        ("see https://a.example/x", ""),
        ("https://a.example/x，y", ""),
        ("title", ""),
    ],
)
def test_whole_address(text: str, url: str) -> None:
    assert whole_address(text) == url
