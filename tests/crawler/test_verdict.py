"""The rules of `judge`, as one table: what happened, and what we say of it.

The table is long because it is the specification: each row is one behaviour of servers.
"""

from dataclasses import replace
from urllib.parse import urljoin

import pytest

from catalog.records import Hop, Visit
from catalog.vocabulary import Reason, Verdict
from crawler import verdict
from crawler.pages.page import read_page
from crawler.verdict import judge

SITE = "https://example.com"
LINK = "https://example.com/2021/some-post.html"
OLD = "http://example.com/2021/some-post.html"
R = Reason

SENTENCE = "The board runs a small network that recognises spoken digits from a microphone. "
SATZ = "这块开发板上运行着一个很小的神经网络，用麦克风识别说出来的数字，功耗只有几毫瓦。"
ARTICLE = "".join(f"<p>{SENTENCE * 4}</p>" for _ in range(8))
LANGTEXT = "".join(f"<p>{SATZ * 4}</p>" for _ in range(8))
NOTE = f"<p>{SENTENCE * 3}</p>"
NOTICES = "".join(f"<p>{SENTENCE}</p>" for _ in range(18))
MENU = "".join(f"<li><a href='/n{n}'>Topic {n}</a></li>" for n in range(60))


def html(title: str = "", heading: str = "", body: str = "", *, head: str = "") -> str:
    h1 = f"<h1>{heading}</h1>" if heading else ""
    return f"<html><head><title>{title}</title>{head}</head><body>{h1}{body}</body></html>"


POST = html("Small networks - Example", "Small networks", ARTICLE)


def visit(
    status: int = 200,
    body: str | bytes | None = POST,
    *hops: str,
    url: str = LINK,
    **headers: str,
) -> Visit:
    """Return a visit to *url* by way of *hops*, each `301 /address`, that showed *body*."""
    chain = []
    at = url
    for hop in hops:
        how, _, location = hop.partition(" ")
        target = location if ":" in location else urljoin(at, location)
        is_http = how.isdigit()
        code, way = (int(how), "http") if is_http else (200, how)
        chain.append(Hop(url=at, status=code, location=target, how=way))
        at = target
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    said.setdefault("content-type", "text/html; charset=utf-8")
    raw = body.encode() if isinstance(body, str) else body
    return Visit(
        url=url,
        status=status,
        final_url=at,
        hops=tuple(chain),
        headers=said,
        page=None if raw is None else read_page(raw, said, at, truncated=False),
        size=len(raw or b""),
    )


def silence(failure: Reason, detail: str = "", *hops: str, url: str = LINK) -> Visit:
    """Return a visit to *url* that nobody answered, at the end of *hops*."""
    made = visit(200, None, *hops, url=url)
    return replace(made, status=None, failure=failure, detail=detail, headers={})


def wechat(body: str, *hops: str, title: str = "") -> Visit:
    url = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
    return visit(200, html(title, "", body), *hops, url=url)


def message(text: str) -> str:
    return f'<div class="weui-msg"><div class="weui-msg__title warn">{text}</div></div>'


STATUSES = [
    ("the page is there", visit(), R.OK),
    ("created", visit(201), R.OK),
    ("somebody else's information", visit(203), R.OK),
    ("reset content", visit(205, None), R.OK),
    ("a part of the page", visit(206), R.OK),
    ("differences to the page", visit(226), R.OK),
    ("accepted, and a page all the same", visit(202), R.OK),
    ("several choices, none of them preferred", visit(300), R.OK),
    ("not modified since", visit(304, None), R.OK),
    ("a status of success, and no content", visit(204, None), R.EMPTY_PAGE),
    ("accepted, and nothing shown", visit(202, ""), R.UNEXPECTED_ANSWER),
    ("bad request", visit(400, html("400 Bad Request")), R.UNEXPECTED_STATUS),
    ("unauthorized", visit(401), R.LOGIN_REQUIRED),
    ("payment required", visit(402), R.FORBIDDEN),
    ("forbidden", visit(403, html("403 Forbidden", "Forbidden")), R.FORBIDDEN),
    ("not found", visit(404), R.NOT_FOUND),
    ("not found, body not read", visit(404, None), R.NOT_FOUND),
    ("method not allowed", visit(405), R.FORBIDDEN),
    ("not acceptable", visit(406), R.FORBIDDEN),
    ("a proxy asks for a password", visit(407), R.LOGIN_REQUIRED),
    ("the server tired of waiting", visit(408), R.TIMEOUT),
    ("conflict", visit(409), R.FORBIDDEN),
    ("gone, says the server", visit(410), R.GONE),
    ("bilibili refuses robots", visit(412, url="https://www.bilibili.com/read/cv1"), R.FORBIDDEN),
    ("a teapot, which is a wall on douban", visit(418), R.FORBIDDEN),
    ("asked on the wrong connection", visit(421), R.PROTOCOL_ERROR),
    ("too early", visit(425), R.PROTOCOL_ERROR),
    ("another protocol is wanted", visit(426), R.PROTOCOL_ERROR),
    ("a status of 4xx without a rule", visit(419), R.UNEXPECTED_STATUS),
    ("too many requests", visit(429), R.RATE_LIMITED),
    ("unavailable for legal reasons", visit(451), R.LEGAL),
    ("server error", visit(500), R.SERVER_ERROR),
    ("not implemented", visit(501), R.SERVER_ERROR),
    ("bad gateway", visit(502), R.SERVER_ERROR),
    ("unavailable", visit(503), R.SERVER_ERROR),
    ("gateway timeout", visit(504), R.SERVER_ERROR),
    ("Cloudflare cannot reach the origin", visit(522, html("522: Connection timed out")),
     R.SERVER_ERROR),
    ("Cloudflare says that the origin is down",
     visit(521, html("521: Web server is down", "Web server is down", MENU)), R.SERVER_ERROR),
    ("Cloudflare cannot resolve the origin", visit(530), R.SERVER_ERROR),
    ("a status beyond the standard's", visit(600), R.SERVER_ERROR),
    ("a status of nought", visit(0), R.SERVER_ERROR),
    ("a redirect that names no address", visit(302, None), R.SERVER_ERROR),
    ("the Web Archive is busy", visit(503, url="https://web.archive.org/web/2021/http://a.cn/"),
     R.RATE_LIMITED),
]  # fmt: skip

FAILURES = [
    ("no such host", silence(R.HOST_NOT_FOUND, "NXDOMAIN"), R.HOST_NOT_FOUND),
    ("the name server is in trouble", silence(R.DNS_FAILURE, "SERVFAIL"), R.DNS_FAILURE),
    ("no answer in time", silence(R.TIMEOUT), R.TIMEOUT),
    ("refused", silence(R.CONNECTION_REFUSED), R.CONNECTION_REFUSED),
    ("reset", silence(R.CONNECTION_RESET), R.CONNECTION_RESET),
    ("not HTTP", silence(R.PROTOCOL_ERROR, "bad status line"), R.PROTOCOL_ERROR),
    ("TLS 1.0 and nothing better", silence(R.TLS_ERROR, "unsupported protocol"), R.TLS_ERROR),
    ("the certificate expired", silence(R.TLS_INVALID, "certificate expired"), R.TLS_INVALID),
    ("the certificate is for another host",
     silence(R.TLS_INVALID, "certificate for another host"), R.TLS_INVALID),
    ("the certificate signed itself", silence(R.TLS_INVALID, "certificate self-signed"),
     R.TLS_INVALID),
    ("a certificate without its issuer's, as browsers can complete",
     silence(R.TLS_INVALID, "certificate incomplete chain: its issuer's certificate is missing"),
     R.TLS_ERROR),
    ("robots.txt forbids", silence(R.ROBOTS), R.ROBOTS),
    ("a private address", silence(R.PRIVATE_ADDRESS, "127.0.0.1"), R.PRIVATE_ADDRESS),
    ("an address that is none", silence(R.BAD_URL, url="http://[half"), R.BAD_URL),
    ("a scheme that no browser asks for", silence(R.SCHEME, url="ftp://example.com/a"), R.SCHEME),
    ("redirects without end", silence(R.REDIRECT_LOOP, "back", f"302 {LINK}"), R.REDIRECT_LOOP),
    ("redirected to a private address",
     silence(R.PRIVATE_ADDRESS, "10.0.0.1", "302 http://10.0.0.1/"), R.REDIRECT_UNSAFE),
    ("redirected to a file", silence(R.SCHEME, "file", "302 file:///etc/passwd"),
     R.REDIRECT_UNSAFE),
    ("redirected to what is no address", silence(R.BAD_URL, "", "302 http://[half"),
     R.REDIRECT_UNSAFE),
    ("redirected to a host that is no more",
     silence(R.HOST_NOT_FOUND, "", "301 https://gone.example/"), R.HOST_NOT_FOUND),
    ("redirected to a host that is silent", silence(R.TIMEOUT, "", "301 https://slow.example/"),
     R.TIMEOUT),
]  # fmt: skip

REDIRECTS = [
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
    ("home instead of the page", visit(200, POST, "302 /"), R.REDIRECTED_HOME),
    ("home instead of the page, for good", visit(200, POST, "301 https://www.example.com/"),
     R.REDIRECTED_HOME),
    ("another host's home", visit(200, POST, "302 https://portal.example.net/"),
     R.REDIRECTED_HOME),
    ("another host's home, whose last label is in the path",
     visit(200, POST, "302 http://portal.test/", url=f"{SITE}/test/some-page"),
     R.REDIRECTED_HOME),
    ("a blog's home instead of a post of it",
     visit(200, POST, "301 https://blog.example.com/", url=f"{SITE}/blog/some-long-post"),
     R.REDIRECTED_HOME),
    ("a blog that got a name of its own",
     visit(200, POST, "301 https://blog.example.com/", url=f"{SITE}/blog"), R.MOVED_PERMANENTLY),
    ("the home page of a language", visit(200, POST, "302 /zh-cn/"), R.REDIRECTED_HOME),
    ("the home page of a country and a language", visit(200, POST, "302 /us/en/home.html"),
     R.REDIRECTED_HOME),
    ("the home page by its file", visit(200, POST, "302 /index.html"), R.REDIRECTED_HOME),
    ("the home page with a hint", visit(200, POST, "302 /?from=missing"), R.REDIRECTED_HOME),
    ("CSDN's home for a deleted post",
     visit(200, POST, "302 https://www.csdn.net/", url="https://blog.csdn.net/a/article/details/1"),
     R.REDIRECTED_HOME),
    ("home, from a home page", visit(200, POST, "301 /en/", url="https://example.com/"),
     R.MOVED_PERMANENTLY),
    ("home, from its file", visit(200, POST, "302 /", url="https://example.com/index.html"), R.OK),
    ("a project got a domain of its own",
     visit(200, POST, "301 https://tinyml-kit.dev/", url="https://example.com/projects/tinyml-kit"),
     R.MOVED_PERMANENTLY),
    ("a shortener leads to a home page",
     visit(200, POST, "301 https://example.org/", url="https://bit.ly/3abcdef"),
     R.MOVED_PERMANENTLY),
    ("a query picks the page of the root",
     visit(200, POST, "301 /?p=1234", url="https://example.com/archives/1234"),
     R.MOVED_PERMANENTLY),
    ("to the section instead of the post",
     visit(200, html("Blog", "Blog", MENU), "302 /blog/",
           url="https://example.com/blog/how-to-train-small-networks"), R.REDIRECTED_HOME),
    ("to a list in another section",
     visit(200, html("All stories", "All stories", MENU), "302 /category/all/",
           url="https://example.com/story/9912-riscv"), R.REDIRECTED_HOME),
    ("from one list to another", visit(200, POST, "301 /archives/",
           url="https://example.com/blog/2021"), R.MOVED_PERMANENTLY),
    ("to a list that speaks of it",
     visit(200, html("Riscv boards", "Riscv boards", MENU), "301 /topics/",
           url="https://example.com/story/riscv-2021.html"), R.MOVED_PERMANENTLY),
    ("an article whose number is 404, and its ending",
     visit(200, POST, "301 /article/404.html", url="https://example.com/article/404"),
     R.MOVED_PERMANENTLY),
    ("a site's own door leads to another's home page",
     visit(200, POST, "302 https://example.org/", url="https://example.com/go/npu-board"), R.OK),
    ("a site's own door leads to its own home page",
     visit(200, POST, "302 /", url="https://example.com/go/npu-board"), R.REDIRECTED_HOME),
    ("a company's own shortener leads to a home page",
     visit(200, POST, "301 https://product.example.org/", url="https://go.example.com/npu"),
     R.MOVED_PERMANENTLY),
    ("a site called link leads home",
     visit(200, POST, "301 https://example.org/", url="https://link.example.com/article/10-1007"),
     R.REDIRECTED_HOME),
    ("to the section by a number", visit(200, html("All posts", "", MENU), "302 /posts",
           url="https://example.com/posts/4711471"), R.REDIRECTED_HOME),
    ("home from a short name that is no language", visit(200, POST, "302 /", url=f"{SITE}/ai"),
     R.REDIRECTED_HOME),
    ("up, to a page that tells the same",
     visit(200, html("How to train small networks", "", ARTICLE), "302 /blog/",
           url="https://example.com/blog/how-to-train-small-networks"), R.OK),
    ("up, from a version to its project",
     visit(200, POST, "302 /docs/", url="https://example.com/docs/latest"), R.OK),
    ("up, from a page without a telling name",
     visit(200, POST, "302 /docs/", url=f"{SITE}/docs/api/page.html"), R.OK),
    ("to a search", visit(200, html("Results", "", MENU), "302 /search?q=some+post"),
     R.REDIRECTED_HOME),
    ("from one search to another",
     visit(200, POST, "301 /en/search?q=a", url="https://example.com/search?q=a"),
     R.MOVED_PERMANENTLY),
    ("to a login", visit(200, html("Welcome"), "302 /login?next=%2F2021"), R.LOGIN_REQUIRED),
    ("to a sign-in", visit(200, html("Welcome"), "302 /users/sign_in"), R.LOGIN_REQUIRED),
    ("to another host's login", visit(200, html(), "302 https://passport.example.net/w?u=1"),
     R.LOGIN_REQUIRED),
    ("to a company's single sign-on",
     visit(200, html(), "302 https://login.microsoftonline.com/common/oauth2/authorize"),
     R.LOGIN_REQUIRED),
    ("LinkedIn's wall for guests",
     visit(200, html("Join LinkedIn"), "302 /authwall?trk=1", url="https://www.linkedin.com/in/a"),
     R.LOGIN_REQUIRED),
    ("to a page 404.html", visit(200, html("Sorry"), "302 /404.html"), R.SOFT_404),
    ("to an error page", visit(200, html("Sorry"), "302 /error/404"), R.SOFT_404),
    ("to a page for what is missing", visit(200, html("Hm"), "302 /page-not-found"), R.SOFT_404),
    ("to itself with an error", visit(200, POST, "302 /2021/some-post.html?error=404"),
     R.SOFT_404),
    ("home with an error", visit(200, POST, "302 /?error=404"), R.SOFT_404),
    ("to a page without a name", visit(200, html("Hm"), "302 /notfound"), R.SOFT_404),
    ("to a script's route for what is missing", visit(200, html("App"), "302 /#/404"),
     R.SOFT_404),
    ("to an error page of ASP", visit(200, html("Hm"), "302 /Error.aspx?aspxerrorpath=/a"),
     R.SOFT_404),
    ("to a refusal", visit(200, html("Hm"), "302 /403.html"), R.FORBIDDEN),
    ("to a check for robots", visit(200, html("Hm"), "302 /captcha?back=1"), R.CAPTCHA),
    ("to a question of consent",
     visit(200, html("Hm"), "302 https://consent.example.com/consent?continue=1"), R.BOT_WALL),
    ("to the page with the number 404",
     visit(200, POST, "301 /archives/404", url=f"{SITE}/?p=404"), R.MOVED_PERMANENTLY),
    ("to a page for outages", visit(200, html("Hm"), "302 /maintenance.html"), R.SERVER_ERROR),
    ("a page about 404 that moved",
     visit(200, POST, "301 https://example.org/404-pages",
           url="https://example.com/blog/404-pages"), R.MOVED_PERMANENTLY),
    ("Baidu Pan asks for the share's password",
     visit(200, html("请输入提取码", "", "<p>请输入提取码</p>"), "302 /share/init?surl=abc",
           url="https://pan.baidu.com/s/1abc"), R.OK),
    ("a script sends the reader home", visit(200, "<script>location.replace('/')</script>"),
     R.REDIRECTED_HOME),
    ("a script sends the reader to an error page",
     visit(200, '<script>window.location.href = "/404"</script>'), R.SOFT_404),
    ("a script sends the reader to a login",
     visit(200, "<script>top.location='/login'</script>"), R.LOGIN_REQUIRED),
    ("a script sends the reader to the page",
     visit(200, "<script>location.href='/2021/some-post-b'</script>"), R.OK),
]  # fmt: skip

ERROR_PAGES = [
    ("the title says so", visit(200, html("Page not found - Example", "", MENU)), R.SOFT_404),
    ("the title says 404", visit(200, html("404", "", "<p>Hm.</p>")), R.SOFT_404),
    ("the title says 404 before the site's name",
     visit(200, html("404 | Example Blog", "", MENU)), R.SOFT_404),
    ("the heading says so", visit(200, html("Example", "Page not found", MENU)), R.SOFT_404),
    ("title and heading say so above much text",
     visit(200, html("Page not found", "404 Not Found", ARTICLE)), R.SOFT_404),
    ("the title says so above menus and notices",
     visit(200, html("Page not found | Example", "Example", MENU + NOTICES)), R.SOFT_404),
    ("og:title hides a title that says so",
     visit(200, html("404 Not Found", "", MENU, head='<meta property="og:title" content="Ex">')),
     R.SOFT_404),
    ("a sentence says so below a menu",
     visit(200, html("Example", "Oh!", f"{MENU}<p>The page you are looking for could not be "
                     "found.</p>")), R.SOFT_404),
    ("a large 404 and a joke", visit(200, html("Example", "", "<div>404</div><p>Houston?</p>")),
     R.SOFT_404),
    ("it may have been moved or deleted",
     visit(200, html("Ex", "", "<p>This page may have been moved or deleted.</p>")), R.SOFT_404),
    ("nothing was found here",
     visit(200, html("Ex", "", "<p>It looks like nothing was found at this location.</p>")),
     R.SOFT_404),
    ("we looked and could not find it",
     visit(200, html("Ex", "", "<h2>Sorry, we can't find the page you're looking for</h2>")),
     R.SOFT_404),
    ("Apache's words with a status of success",
     visit(200, html("Ex", "Not Found", "<p>The requested URL /a was not found on this server."
                     "</p>")), R.SOFT_404),
    ("this content isn't available",
     visit(200, html("Ex", "This content isn't available right now", "")), R.SOFT_404),
    ("oops, and nothing else", visit(200, html("Oops!", "Oops!", "<a href='/'>Home</a>")),
     R.SOFT_404),
    ("you are lost", visit(200, html("Ex", "You seem to be lost", "<a href='/'>Home</a>")),
     R.SOFT_404),
    ("built as WordPress builds its error pages",
     visit(200, '<html><title>Ex</title><body class="error404 wide"><p>Hm</p></body>'),
     R.SOFT_404),
    ("a box for errors and little else",
     visit(200, html("Ex", "", '<div class="page-not-found"><p>Nobody here</p></div>')),
     R.SOFT_404),
    ("a status for prerendering",
     visit(200, html("Ex", "", MENU, head='<meta name="prerender-status-code" content="404">')),
     R.SOFT_404),
    ("canonical address of an error page",
     visit(200, html("Ex", "", MENU, head='<link rel="canonical" href="/404">')), R.SOFT_404),
    ("in Chinese", visit(200, html("页面不存在 - 某站", "", "<p>返回首页</p>")), R.SOFT_404),
    ("in Chinese with a hyphen", visit(200, html("页面没有找到-某网", "", MENU)), R.SOFT_404),
    ("in Chinese in a sentence",
     visit(200, html("某站", "", "<p>抱歉，您要访问的页面不存在或已被删除。</p>")), R.SOFT_404),
    ("in Chinese: could not be found",
     visit(200, html("某站", "", "<p>对不起，没有找到您要访问的页面</p>")), R.SOFT_404),
    ("in Chinese: the page wandered off", visit(200, html("某站", "页面走丢了", "")), R.SOFT_404),
    ("in traditional characters", visit(200, html("找不到網頁 | 某站", "", "")), R.SOFT_404),
    ("in GBK", visit(200, "<title>您访问的页面不存在</title>".encode("gbk")), R.SOFT_404),
    ("its author deleted it, in Chinese",
     visit(200, html("某站", "", "<p>抱歉，该文章已被作者删除</p>")), R.DELETED_BY_PUBLISHER),
    ("against the rules, in Chinese",
     visit(200, html("某站", "", "<p>该内容因违反平台规定，暂不能查看</p>")),
     R.REMOVED_FOR_VIOLATION),
    ("the share expired, in Chinese",
     visit(200, html("某网盘", "", "<p>您访问的链接已失效</p>")), R.LINK_EXPIRED),
    ("gone, after an interjection", visit(200, html("Ex", "Whoops, that page is gone.", "")),
     R.SOFT_404),
    ("the link may be broken",
     visit(200, html("Ex", "Hm", "<p>The link you followed may be broken.</p>")), R.SOFT_404),
    ("after a sigh",
     visit(200, html("Ex", "", "<p>Hmm...this page doesn't exist. Try the search.</p>")),
     R.SOFT_404),
    ("the thing is no longer here",
     visit(200, html("Ex", "", "<p>The thing you were looking for is no longer here.</p>")),
     R.SOFT_404),
    ("after the site's name and a colon", visit(200, html("Example: Page not found", "", MENU)),
     R.SOFT_404),
    ("a project that is not there",
     visit(200, html("Ex", "", "<p>The project you're looking for does not exist.</p>")),
     R.SOFT_404),
    ("a forum's notice in Chinese",
     visit(200, html("提示信息 - 论坛", "", "<p>抱歉，指定的主题不存在或正在被审核</p>")),
     R.SOFT_404),
    ("taken by aliens, in Chinese",
     visit(200, html("某站", "", "<p>哎呀，页面被外星人抓走了</p>")), R.SOFT_404),
    ("you are too late, in Chinese",
     visit(200, html("某站", "", "<p>你来晚了，文章已经被删除了</p>")), R.SOFT_404),
    ("its author took it back, in Chinese",
     visit(200, html("某站", "", "<p>博主已删除该文章</p>")), R.DELETED_BY_PUBLISHER),
    ("in Japanese", visit(200, html("ページが見つかりません", "", "")), R.SOFT_404),
    ("in Korean",
     visit(200, html("사이트", "", "<p>요청하신 페이지를 찾을 수 없습니다.</p>")), R.SOFT_404),
    ("in Russian", visit(200, html("Страница не найдена", "", "")), R.SOFT_404),
    ("in German", visit(200, html("Seite nicht gefunden | Beispiel", "", "")), R.SOFT_404),
    ("in French", visit(200, html("Page introuvable", "", "")), R.SOFT_404),
    ("in Spanish", visit(200, html("Página no encontrada", "", "")), R.SOFT_404),
    ("in Portuguese", visit(200, html("Página não encontrada", "", "")), R.SOFT_404),
    ("in Vietnamese", visit(200, html("Không tìm thấy trang", "", "")), R.SOFT_404),
    ("an interface answers in JSON",
     visit(200, '{"code":404,"msg":"no such thing"}', content_type="application/json"),
     R.SOFT_404),
    ("a few words of plain text", visit(200, "404 page not found", content_type="text/plain"),
     R.SOFT_404),
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
    ("a file of no bytes",
     visit(200, None, content_type="application/pdf", content_length="0"), R.EMPTY_PAGE),
    ("an account suspended by its host",
     visit(200, html("Account Suspended", "This Account has been suspended.", "")), R.SOFT_404),
    ("a suspended account that answers 403", visit(403, html("Account Suspended")), R.SOFT_404),
    ("nginx welcomes", visit(200, html("Welcome to nginx!", "Welcome to nginx!", "")), R.SOFT_404),
    ("GitHub Pages without a site",
     visit(200, html("Site not found · GitHub Pages", "404", "")), R.SOFT_404),
    ("a bucket without the key",
     visit(200, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist."
           "</Message></Error>", content_type="application/xml"), R.SOFT_404),
    ("Heroku without the app", visit(200, html("No such app", "", "")), R.SOFT_404),
    ("an empty directory where a site was",
     visit(200, html("Index of /", "Index of /", "<a>cgi-bin/</a>"), url="https://example.com/"),
     R.SOFT_404),
    ("a video that is no more",
     visit(200, html(" - YouTube", "", '<script>{"status":"ERROR","reason":"Video unavailable"}'
                     "</script>"), url="https://www.youtube.com/watch?v=abc"), R.SOFT_404),
    ("out of order with a status of success",
     visit(200, html("502 Bad Gateway", "502 Bad Gateway", "")), R.SERVER_ERROR),
    ("under maintenance", visit(200, html("Site is under maintenance", "", "<p>Soon.</p>")),
     R.SERVER_ERROR),
    ("the database is away",
     visit(200, html("Database Error", "Error establishing a database connection", "")),
     R.SERVER_ERROR),
]  # fmt: skip

WECHAT = [
    ("an article of WeChat", wechat(f'<div id="js_content">{LANGTEXT}</div>'), R.OK),
    ("an article that quotes the words of an error page",
     wechat('<div id="js_content"><p>该内容已被发布者删除</p></div>'), R.OK),
    ("pictures on WeChat",
     wechat("<script>window.picture_page_info_list = []</script><p>链接已过期</p>"), R.OK),
    ("deleted on WeChat", wechat(message("该内容已被发布者删除")), R.DELETED_BY_PUBLISHER),
    ("deleted on WeChat, older words",
     wechat('<div class="text_area"><p class="global_error_msg">此内容已被作者删除</p></div>'),
     R.DELETED_BY_PUBLISHER),
    ("against the rules of WeChat", wechat(message("此内容因违规无法查看")),
     R.REMOVED_FOR_VIOLATION),
    ("complaints on WeChat", wechat(message("此内容被多人投诉，相关的内容无法进行查看。")),
     R.REMOVED_FOR_VIOLATION),
    ("an account blocked by WeChat", wechat(message("此账号已被屏蔽，内容无法查看")), R.GONE),
    ("an account that left WeChat", wechat(message("此帐号已自主注销，内容无法查看")), R.GONE),
    ("an account that moved, nobody says where", wechat(message("该公众号已迁移")), R.GONE),
    ("a preview that expired", wechat(message("链接已过期")), R.LINK_EXPIRED),
    ("an address of WeChat cut short", wechat(message("参数错误")), R.LINK_EXPIRED),
    ("private on WeChat", wechat(message("根据作者隐私设置，无法查看该内容")), R.LOGIN_REQUIRED),
    ("WeChat is in trouble", wechat(message("系统出错")), R.SERVER_ERROR),
    ("an account is being moved", wechat(message("此帐号处于帐号迁移流程中")), R.SERVER_ERROR),
    ("WeChat wants a captcha",
     wechat("<p>x</p>", "302 /mp/wappoc_appmsgcaptcha?poc_token=a"), R.CAPTCHA),
    ("WeChat doubts the surroundings",
     wechat("<p>当前环境异常，完成验证后即可继续访问。</p><a id='js_verify'>去验证</a>"),
     R.CAPTCHA),
    ("WeChat wants its own program", wechat("<p>请在微信客户端打开链接</p>"), R.BOT_WALL),
    ("a page of WeChat that says nothing we know", wechat("<p>敬请期待</p>"),
     R.UNEXPECTED_ANSWER),
]  # fmt: skip

WALLS = [
    ("Cloudflare's header", visit(403, html("x"), cf_mitigated="challenge"), R.BOT_WALL),
    ("Cloudflare's title", visit(503, html("Just a moment...", "", "")), R.BOT_WALL),
    ("Cloudflare's title with a status of success", visit(200, html("Just a moment...")),
     R.BOT_WALL),
    ("Cloudflare blocks", visit(403, html("Attention Required! | Cloudflare")), R.BOT_WALL),
    ("Cloudflare's script, and nothing else",
     visit(200, "<html><script>window._cf_chl_opt={cvId:'3'}</script></html>"), R.BOT_WALL),
    ("Jiasule's cookie with a refusal",
     visit(403, html("x"), set_cookie="__jsl_clearance_s=1|2"), R.BOT_WALL),
    ("AWS challenges", visit(202, "", x_amzn_waf_action="challenge"), R.BOT_WALL),
    ("AWS wants a captcha", visit(405, html("Human Verification"), x_amzn_waf_action="captcha"),
     R.CAPTCHA),
    ("Vercel challenges", visit(429, html("x"), x_vercel_mitigated="challenge"), R.BOT_WALL),
    ("Aliyun's script",
     visit(200, "<html><script>var arg1='3000';document.cookie='acw_sc__v2='+x</script></html>"),
     R.BOT_WALL),
    ("Aliyun's slider", visit(200, html("", "", ""), "302 /_____tmd_____/punish?x5secdata=1"),
     R.CAPTCHA),
    ("Jiasule's 512", visit(512, "<script>document.cookie='__jsl_clearance_s=1'</script>"),
     R.BOT_WALL),
    ("Jiasule's 521", visit(521, "<script>document.cookie=('_')+('_')+('jsl')</script>"),
     R.BOT_WALL),
    ("CSDN's 521", visit(521, None, url="https://blog.csdn.net/a/article/details/1"), R.BOT_WALL),
    ("SafeLine's 468", visit(468), R.BOT_WALL),
    ("LinkedIn's 999", visit(999), R.BOT_WALL),
    ("Sucuri's script, under a title that asks to wait",
     visit(200, "<title>You are being redirected...</title><script>sucuri_cloudproxy_js</script>"),
     R.BOT_WALL),
    ("Akamai's script, under no title",
     visit(200, "<script>x.open('POST', '/_sec/verify?provider=interstitial')</script>"),
     R.BOT_WALL),
    ("ByteDance's script",
     visit(200, "<script>var s=window.byted_acrawler.sign('', n);location.reload()</script>"),
     R.BOT_WALL),
    ("Radware's check",
     visit(200, html("Radware Captcha Page", "Hm", "<p>Solve this.</p>"),
           "302 https://validate.perfdrive.com/?ssa=1"), R.CAPTCHA),
    ("Anubis", visit(200, html("Making sure you&#39;re not a bot!", "", "<p>Loading...</p>")),
     R.BOT_WALL),
    ("Imperva", visit(200, '<html><script src="/_Incapsula_Resource?a=1"></script></html>'),
     R.BOT_WALL),
    ("PerimeterX", visit(403, html("x", "", '<div id="px-captcha"></div>')), R.CAPTCHA),
    ("F5", visit(200, html("Request Rejected", "", "The requested URL was rejected.")),
     R.FORBIDDEN),
    ("Imunify360", visit(200, html("One moment, please...", "", "<p>Please wait while your "
                                   "request is being verified...</p>")), R.CAPTCHA),
    ("a check for humans", visit(200, html("Verify you are human", "", "")), R.CAPTCHA),
    ("a check for humans, in Chinese", visit(200, html("人机验证", "", "<p>拖动滑块</p>")),
     R.CAPTCHA),
    ("access denied with a status of success", visit(200, html("Access Denied", "", "")),
     R.FORBIDDEN),
    ("Zhihu doubts the address", visit(403, html("安全验证 - 知乎"),
                                       url="https://zhuanlan.zhihu.com/p/1"), R.CAPTCHA),
    ("Zhihu's check", visit(200, html("x"), "302 https://www.zhihu.com/account/unhuman?type=a",
                            url="https://zhuanlan.zhihu.com/p/1"), R.CAPTCHA),
    ("Weibo's visitors",
     visit(200, "<title>Sina Visitor System</title>".encode("gb2312"),
           "302 https://passport.weibo.com/visitor/visitor?entry=miniblog",
           url="https://weibo.com/1/abc"), R.BOT_WALL),
    ("Douban forbids", visit(200, html("禁止访问豆瓣"), url="https://book.douban.com/subject/1/"),
     R.BOT_WALL),
    ("Baidu's check", visit(200, html("百度安全验证"), "302 https://wappass.baidu.com/static/captcha/t",
                            url="https://baijiahao.baidu.com/s?id=1"), R.CAPTCHA),
    ("Xiaohongshu without a token", visit(200, html("小红书"), "302 /404?error_code=300031",
                                       url="https://www.xiaohongshu.com/explore/1"),
     R.UNEXPECTED_ANSWER),
    ("X shows robots a shell", visit(200, "<html><title>X</title><script src='a'></script></html>",
                                     url="https://x.com/somebody/status/1"), R.BOT_WALL),
    ("a form for members", visit(200, html("Sign in to continue", "", "<input type=password>")),
     R.LOGIN_REQUIRED),
    ("a form for members, in Chinese", visit(200, html("请先登录", "", "<p>手机号</p>")),
     R.LOGIN_REQUIRED),
    ("not in this country", visit(200, html("This content is not available in your country")),
     R.LEGAL),
]  # fmt: skip

PARKED = [
    ("the domain is for sale", visit(200, html("example.com", "This domain is for sale!", "")),
     R.PARKED),
    ("the domain may be for sale", visit(200, html("", "", "<p>example.com may be for sale</p>")),
     R.PARKED),
    ("buy this domain", visit(200, html("example.com", "", "<a>Buy this domain</a>")), R.PARKED),
    ("the domain expired", visit(200, html("x", "", "<p>This domain has expired.</p>")), R.PARKED),
    ("parked for free", visit(200, html("x", "", "<p>parked free, courtesy of a shop</p>")),
     R.PARKED),
    ("an advertiser's key", visit(200, '<html data-adblockkey="MFww"><body><p>Links</p></body>'),
     R.PARKED),
    ("a lander by script",
     visit(200, '<html><head><script>window.onload=function(){window.location.href="/lander"}'
           "</script></head></html>"), R.PARKED),
    ("sent to a dealer", visit(200, html("A premium name", "", MENU),
                               "302 https://www.hugedomains.com/domain_profile.cfm?d=example"),
     R.PARKED),
    ("sent to advertisements", visit(200, html("x", "", MENU), "302 http://ww25.example.com/2021"),
     R.PARKED),
    ("a domain for sale in Chinese", visit(200, html("域名出售", "", "<p>询价</p>")), R.PARKED),
    ("you may have this domain, in Chinese",
     visit(200, html("x", "", "<p>您正在访问的域名可以转让！</p>")), R.PARKED),
    ("a page about errors that is gone itself",
     visit(200, html("Example", "Oops", "<p>The page you are looking for does not exist.</p>"),
           url="https://example.com/docs/errors/404"), R.SOFT_404),
    ("a host's message, and nothing else",
     visit(200, html("Account Suspended", "Account Suspended", "<p>Contact your host.</p>")),
     R.SOFT_404),
    ("WeChat's message in words that are new", wechat(message(
        "此文章经腾讯公司审核涉及不实信息，已被删除")), R.REMOVED_FOR_VIOLATION),
    ("WeChat's message on an account, in words that are new",
     wechat(message("该公众号因违反规定已被停止使用")), R.GONE),
    ("WeChat's message that begins with other words",
     wechat(message("内容已由发布者下架，如有疑问请联系发布者")), R.SOFT_404),
    ("a server's own heading above a title that says what is missing",
     visit(200, html("404 - File or directory not found.", "Server Error", "<p>Removed?</p>")),
     R.SOFT_404),
    ("a Chinese notice, and where to go instead",
     visit(200, html("科技网", "", "<p>内容已下线，去看看别的吧</p>")), R.SOFT_404),
    ("a Chinese notice that names two causes",
     visit(200, html("提示信息", "提示信息", "<p>信息不存在或者还未通过审核！</p>")), R.SOFT_404),
    ("a Chinese notice on a kind of article",
     visit(200, html("出错啦!", "", "<p>你要查看的专栏文章不见了</p>")), R.SOFT_404),
    ("a site that its authors took down",
     visit(200, html("Example", "", "<p>The authors have deleted this site.</p>")),
     R.DELETED_BY_PUBLISHER),
    ("a site that is not available, by its name",
     visit(200, html("blog.example.com is no longer available", "", MENU)), R.SOFT_404),
    ("a page in place of a PDF, with as much to say as an article",
     visit(200, html("Example Corp", "Welcome", ARTICLE), url="https://example.com/doc/guide.pdf"),
     R.SOFT_404),
    ("a line in place of an archive, from a site with scripts",
     visit(200, html("Downloads", "Downloads", "<script src=/m.js></script><p>Choose one.</p>"),
           url="https://example.com/dl/sdk-1.2.tar.gz"), R.SOFT_404),
]  # fmt: skip

# What must never be called broken: live pages that look like one of the above.
ALIVE = [
    ("an article about error pages",
     visit(200, html("The art of the 404 page", "The art of the 404 page", ARTICLE)), R.OK),
    ("an article whose title begins with 404",
     visit(200, html("404 - what it means - Example", "404 - what it means", ARTICLE)), R.OK),
    ("an article with a code for a title",
     visit(200, html("404 - 一个错误码的历史 - 某博客", "一个错误码的历史", NOTICES)), R.OK),
    ("a reference page on the status",
     visit(200, html("404 Not Found - HTTP | Reference", "404 Not Found", ARTICLE),
           url="https://example.org/docs/Web/HTTP/Status/404"), R.OK),
    ("a magazine called 404",
     visit(200, html("404 Media", "404 Media", MENU), url="https://www.404media.co/"), R.OK),
    ("a product called Gone", visit(200, html("Gone - Example", "Gone", "<p>$ 9</p>")), R.OK),
    ("a repository called not-found",
     visit(200, html("not-found: pages for Express", "not-found", "<p>npm i not-found</p>"),
           url="https://example.org/pkg/not-found"), R.OK),
    ("a long article that quotes an error page of WeChat",
     visit(200, html("微信文章为什么会消失", "微信文章为什么会消失",
                     f"<p>该内容已被发布者删除</p>{LANGTEXT}")), R.OK),
    ("a short note that quotes an error page",
     visit(200, html("打不开的文章", "打不开的文章",
                     "<p>读者说，点开后只看到“该内容已被发布者删除”这几个字，我们换了地址。</p>")),
     R.OK),
    ("an article on domains for sale",
     visit(200, html("When this domain is for sale", "When this domain is for sale", ARTICLE)),
     R.OK),
    ("an article on captchas",
     visit(200, html("Just a moment... with Cloudflare", "Just a moment...", ARTICLE)), R.OK),
    ("a living page with Cloudflare's script",
     visit(200, html("Post", "Post", f'{ARTICLE}<script src="/cdn-cgi/challenge-platform/h/s.js">'
                     "</script>")), R.OK),
    ("an application behind Cloudflare",
     visit(200, html("App", "", '<div id="app"></div><script src="/cdn-cgi/challenge-platform/h/'
                     's.js"></script>')), R.OK),
    ("a page whose guard sets its cookie", visit(200, POST, set_cookie="__jsl_clearance_s=1|2"),
     R.OK),
    ("a living page with Imperva's script",
     visit(200, html("Post", "Post", f'{MENU}<script src="/_Incapsula_Resource?x"></script>')),
     R.OK),
    ("a page that says it works", visit(200, html("ok", "It works!", "<p>ok</p>")), R.OK),
    ("a short living page", visit(200, html("Notes", "Notes", "<p>Two lines.</p>")), R.OK),
    ("a page made by a script",
     visit(200, html("App", "", '<div id="root"></div><script src="/m.js"></script>')), R.OK),
    ("a page of one picture", visit(200, html("", "", '<img src="/poster.png">')), R.OK),
    ("a page that a guard's script comes with, and a name",
     visit(200, "<title>Boards</title><div id=app></div><script>KPSDK.start=1</script>"), R.OK),
    ("a notice on what its site no longer has, and something to read",
     visit(200, html("旧文", "旧文", f"<p>内容已下线的旧文，整理在这里。</p><p>{SATZ * 3}</p>")),
     R.OK),
    ("an article on a site that its owners deleted",
     visit(200, html("Old sites", "Old sites",
                     f"<p>The owners have deleted the site.</p>{ARTICLE}")), R.OK),
    ("a page that offers what its address names",
     visit(200, html("Library", "Library", f"{ARTICLE}<a href='/get/17.pdf'>PDF</a>"),
           url="https://example.com/doc/17.pdf"), R.OK),
    ("a page on a paper, by what it says to search engines",
     visit(200, html("Library", "Library", ARTICLE, head="<meta name=citation_pdf_url>"),
           url="https://example.com/doc/17.pdf"), R.OK),
    ("a frame", visit(200, "<html><frameset><frame src='/a.html'></frameset></html>"), R.OK),
    ("a listing of a directory that was linked",
     visit(200, html("Index of /pub/linux", "Index of /pub/linux", "<a>6.1/</a>"),
           url="https://example.com/pub/linux/"), R.OK),
    ("a PDF", visit(200, None, content_type="application/pdf", url="https://example.com/a.pdf"),
     R.OK),
    ("a page that shows a PDF",
     visit(200, html("Guide", "", '<embed src="/raw/guide.pdf" type="application/pdf">'),
           url="https://example.com/doc/guide.pdf"), R.OK),
    ("a forge's page for a file",
     visit(200, html("repo", "", MENU), url="https://git.example.com/a/b/blob/main/guide.pdf"),
     R.OK),
    ("a page about a picture",
     visit(200, html("File:Tiny board.jpg", "File:Tiny board.jpg", MENU),
           url="https://example.org/wiki/File:Tiny_board.jpg"), R.OK),
    ("a login that was linked",
     visit(200, html("Sign in", "Sign in", "<input type=password>"), url="https://example.com/"),
     R.OK),
    ("a door that was linked",
     visit(200, html("Log in", "Log in", "<input type=password>"), url=f"{SITE}/login"), R.OK),
    ("a page about logging in that was linked",
     visit(200, POST, "301 /en/docs/login", url="https://example.com/docs/login"),
     R.MOVED_PERMANENTLY),
    ("an article on signing in",
     visit(200, html("How to sign in with SSH keys", "How to sign in with SSH keys", ARTICLE)),
     R.OK),
    ("notes on an expired domain",
     visit(200, html("Is my domain expired?", "What happens when a domain has expired", NOTE)),
     R.OK),
    ("a manual of a login", visit(200, html("Login - Example docs", "Login", NOTE)), R.OK),
    ("a question about a missing file",
     visit(200, html("Q&A: ENOENT", "Error: File not found", NOTE)), R.OK),
    ("a thread about a missing file",
     visit(200, html("Forum", "How?", "<p>File not found error when compiling.</p>")), R.OK),
    ("a question in Chinese on a dead link",
     visit(200, html("问答", "链接失效了吗", "<p>还能用</p>")), R.OK),
    ("a guide in Chinese to missing pages",
     visit(200, html("页面不存在？三步恢复 | 某站", "页面不存在？三步恢复", "")), R.OK),
    ("release notes on what was removed",
     visit(200, html("Release notes", "v2.0", "<ul><li>The module has been removed.</li></ul>")),
     R.OK),
    ("a band", visit(200, html("Error 404: the band", "Error 404: the band", "Tour")), R.OK),
    ("the care of boards", visit(200, html("Maintenance of boards", "Maintenance", NOTE)), R.OK),
    ("a chip's own checks in Chinese",
     visit(200, html("安全验证 | 芯片", "芯片安全验证", f"<p>{SATZ * 3}</p>")), R.OK),
    ("a better way that cannot be found",
     visit(200, html("Notes", "", "<p>We can't find a better way to do it, can you?</p>")), R.OK),
    ("an apology", visit(200, html("Sorry", "Sorry", NOTE)), R.OK),
    ("JSON that says nothing bad",
     visit(200, '{"code":200,"items":[404]}', content_type="application/json"), R.OK),
    ("text that is not markup", visit(200, "MIT License", content_type="text/plain"), R.OK),
    ("a list of news with such a headline",
     visit(200, html("某新闻", "", f"<ul>{MENU}<li>公众号文章已被删除怎么办</li></ul>")), R.OK),
    ("a shop with a sold item",
     visit(200, html("Board - Shop", "Board", f"{MENU}<p>Only two left.</p>")), R.OK),
    ("a status page that reports an outage",
     visit(200, html("Status", "All systems operational", f"<p>503 errors on the 4th.</p>{MENU}")),
     R.OK),
    ("a forum whose third post is deleted",
     visit(200, html("How to flash?", "How to flash?", f"{MENU}<p>{SENTENCE * 3}</p>"
                     f"<p>{SENTENCE * 3}</p><p>This post has been removed.</p>")), R.OK),
    ("a domain's name in words on sale of boards",
     visit(200, html("Boards", "Boards", "<p>All boards are for sale in our shop.</p>")), R.OK),
    ("a hidden message for later",
     visit(200, html("Post", "Post", '<p>Two lines.</p><div style="display:none">Page not found'
                     "</div>")), R.OK),
    ("words in a script only",
     visit(200, html("Post", "Post", '<p>Two.</p><script>var e="Page not found"</script>')), R.OK),
    ("words for readers without scripts",
     visit(200, html("Post", "Post", "<p>Two.</p><noscript>Page not found</noscript>")), R.OK),
    ("what a status means, at its own address",
     visit(200, html("404 Not Found - HTTP", "404 Not Found", "<p>The 404 Not Found status code "
           "says that the server cannot find the requested resource.</p>"
           "<h2>Status</h2><pre>404 Not Found</pre>"),
           url="https://example.com/docs/Web/HTTP/Status/404"), R.OK),
    ("help on a message, named after it",
     visit(200, html("Account Suspended - what it means | Help", "Account Suspended",
           "<p>When visitors see “This Account has been suspended”, the host "
           "has disabled the site.</p>"),
           url="https://example.com/kb/account-suspended"), R.OK),
    ("an answer that was not read", visit(200, None, content_encoding="br"), R.OK),
]  # fmt: skip

CASES = [
    *STATUSES,
    *FAILURES,
    *REDIRECTS,
    *ERROR_PAGES,
    *WECHAT,
    *WALLS,
    *PARKED,
    *ALIVE,
]


@pytest.mark.parametrize(("seen", "reason"), [pytest.param(*row, id=what) for what, *row in CASES])
def test_judge(seen: Visit, reason: Reason) -> None:
    judgement = judge(seen)
    assert judgement.reason is reason, judgement
    assert judgement.rule


def test_no_two_rows_say_the_same() -> None:
    names = [what for what, *_ in CASES]
    assert len(names) == len(set(names)) >= 150


def test_every_reason_that_a_visit_can_give_has_a_row() -> None:
    elsewhere = {
        *(R.REPO_RENAMED, R.REPO_GONE, R.PAPER_GONE),  # forges and arXiv say these
        *(R.FILE_MISSING, R.FRAGMENT_MISSING),  # reading the archive says these
        R.EXCLUDED,  # the configuration says this, and nothing is visited
    }
    assert {reason for *_, reason in CASES} == set(Reason) - elsewhere


def test_no_living_page_is_called_broken() -> None:
    assert {judge(seen).verdict for _, seen, _ in ALIVE} <= {Verdict.OK, Verdict.MOVED}


# what happened, the visit, the address to write instead
SUGGESTIONS = [
    ("moved for good", visit(200, POST, "301 /new"), "https://example.com/new"),
    ("moved twice", visit(200, POST, "301 /b", "308 /c"), "https://example.com/c"),
    ("moved, then lent", visit(200, POST, "301 /b", "302 /c"), "https://example.com/b"),
    ("lent, then moved", visit(200, POST, "302 /b", "301 /c"), ""),
    ("lent", visit(200, POST, "302 /b"), ""),
    ("refreshed", visit(200, POST, "refresh /b"), ""),
    (
        "the place on the page is kept",
        visit(200, POST, "301 /new", url=f"{LINK}#part"),
        "https://example.com/new#part",
    ),
    ("moved to what is not there", visit(404, None, "301 /new"), ""),
    ("moved home", visit(200, POST, "301 /"), ""),
    ("moved to a login", visit(200, POST, "301 /login"), ""),
]


@pytest.mark.parametrize(
    ("seen", "suggestion"), [pytest.param(*row, id=what) for what, *row in SUGGESTIONS]
)
def test_suggestion(seen: Visit, suggestion: str) -> None:
    assert judge(seen).suggestion == suggestion


def test_evidence_names_both_addresses_of_a_redirect_to_what_is_not_there() -> None:
    judgement = judge(visit(404, None, "301 /new"))
    assert judgement.evidence == "status 404 at https://example.com/new"


def test_a_move_to_the_same_page_is_told_apart() -> None:
    tidier = judge(visit(200, POST, f"301 {LINK}", url=OLD))
    assert "same page" in tidier.rule
    assert "same page" not in judge(visit(200, POST, "301 /new")).rule


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.__name__) for rule in verdict.RULES])
def test_without_a_rule_a_row_is_judged_wrongly(
    rule: verdict.Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = tuple(other for other in verdict.RULES if other is not rule)
    monkeypatch.setattr(verdict, "RULES", others)
    assert any(judge(seen).reason is not reason for _, seen, reason in CASES)
