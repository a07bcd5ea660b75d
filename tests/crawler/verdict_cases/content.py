"""What came instead of what was linked: a page for a file, or nothing at all."""

from tests.crawler.verdict_cases.visits import ARTICLE, MENU, R, Row, html, visit

ROWS: list[Row] = [
    ("a page in place of a PDF",
     visit(200, html("Example Corp", "Welcome", MENU), url="https://example.com/doc/guide.pdf"),
     R.SOFT_404),
    ("a page in place of an archive",
     visit(200, html("Downloads", "", MENU), url="https://example.com/dl/sdk-1.2.tar.gz"),
     R.SOFT_404),
    ("a page in place of a picture",
     visit(200, html("Example", "", MENU), url="https://example.com/i/photo-77.jpg"), R.SOFT_404),
    ("a page of no bytes", visit(200, ""), R.EMPTY_PAGE),
    ("a page of white space", visit(200, " \n "), R.EMPTY_PAGE),
    ("a page of markup alone", visit(200, html()), R.EMPTY_PAGE),
    ("a page of two boxes without anything in them",
     visit(200, html("Ex", "", "<div id=a></div><div id=b></div>")), R.EMPTY_PAGE),
    ("a drawing of boxes", visit(200, html("Ex", "", "<div class=eye></div>" * 5)), R.OK),
    ("boxes for a page of which nothing came",
     visit(200, html("Ex", "", "".join(f"<div id={name}></div>" for name in
                                       ("header", "menu", "content", "sidebar", "footer")))),
     R.EMPTY_PAGE),
    ("a form without a word", visit(200, html("Ex", "", "<form><input type=file></form>")), R.OK),
    ("a form that nobody sees",
     visit(200, html("Ex", "", "<form><input type=hidden></form>")), R.EMPTY_PAGE),
    ("a file of no bytes",
     visit(200, None, content_type="application/pdf", content_length="0"), R.EMPTY_PAGE),
    ("a page in place of a PDF, with as much to say as an article",
     visit(200, html("Example Corp", "Welcome", ARTICLE), url="https://example.com/doc/guide.pdf"),
     R.SOFT_404),
    ("a line in place of an archive, from a site with scripts",
     visit(200, html("Downloads", "Downloads", "<script src=/m.js></script><p>Choose one.</p>"),
           url="https://example.com/dl/sdk-1.2.tar.gz"), R.SOFT_404),
]  # fmt: skip
