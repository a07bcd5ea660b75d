"""Redirects and refreshes to another page: moved for good, lent for now, or leading nowhere."""

from tests.crawler.verdict_cases.visits import LINK, OLD, POST, R, Row, html, visit

ROWS: list[Row] = [
    ("moved for good to another page", visit(200, POST, "301 /2021/new-name"),
     R.MOVED_PERMANENTLY),
    ("moved for good to another host", visit(200, POST, "308 https://example.org/2021/some-post"),
     R.MOVED_PERMANENTLY),
    ("http became https for good", visit(200, POST, f"301 {LINK}", url=OLD), R.MOVED_PERMANENTLY),
    ("www. for good", visit(200, POST, "301 https://www.example.com/2021/some-post.html"),
     R.MOVED_PERMANENTLY),
    ("moved, and lent on", visit(200, POST, "301 /b", "302 /c"), R.MOVED_PERMANENTLY),
    ("lent for now", visit(200, POST, "302 /2021/some-post-b"), R.OK),
    ("see another", visit(200, POST, "303 /2021/some-post-b"), R.OK),
    ("lent for now by 307", visit(200, POST, "307 https://cdn.example.com/2021/some-post"), R.OK),
    ("lent before it was moved", visit(200, POST, "302 /b", "301 /2021/c"), R.OK),
    ("sent to itself with a cookie", visit(200, POST, f"302 {LINK}"), R.OK),
    ("sent to itself for good with a cookie", visit(200, POST, f"301 {LINK}"), R.OK),
    ("moved to what is not there", visit(404, None, "301 /new"), R.NOT_FOUND),
    ("a refresh to what is not there", visit(404, None, "refresh /gone"), R.NOT_FOUND),
    ("a refresh to the page", visit(200, POST, "refresh /2021/some-post-b"), R.OK),
    ("an account of WeChat moved",
     visit(200, html("", "", '<div id="js_content">文</div>'), "migrated /s/Zyxwvutsrqponmlkjihg",
           url="https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"), R.ACCOUNT_MIGRATED),
]  # fmt: skip
