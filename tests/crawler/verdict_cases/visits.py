"""Visits as the rules of `judge` are given them, in as few words as a row of a table has."""

from dataclasses import replace
from urllib.parse import urljoin

from catalog.records import Hop, Visit
from catalog.vocabulary import Reason
from crawler.pages.page import read_page

SITE = "https://example.com"
LINK = "https://example.com/2021/some-post.html"
OLD = "http://example.com/2021/some-post.html"
R = Reason

# What happened, the visit, and what we say of it.
Row = tuple[str, Visit, Reason]

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
