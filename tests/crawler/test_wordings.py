"""What dead pages and shut doors say, in many wordings, and living ones that sound like it."""

from pathlib import Path

import pytest

from catalog.records import Visit
from catalog.vocabulary import Reason, Verdict
from crawler.pages.page import read_page
from crawler.verdict import judge

URL = "https://example.com/2021/some-post"
SENTENCE = "The board runs a small network that recognises spoken digits from a microphone. "
SATZ = "这块开发板上运行着一个很小的神经网络，用麦克风识别说出来的数字，功耗只有几毫瓦。"
AROUND = (
    "<div>We use cookies to personalise content and ads, and to analyse our traffic. By clicking "
    "Accept you agree to that. You can change your mind at any time in the settings.</div>"
    + "".join(
        f"<li><a href='/n{n}'>The latest on boards, networks and compilers, part {n}</a></li>"
        for n in range(20)
    )
)
FILLINGS = {
    "{around}": AROUND,
    "{prose}": f"<p>{SENTENCE * 3}</p>",
    "{essay}": f"<p>{SENTENCE * 3}</p>" * 10,
    "{prose_zh}": f"<p>{SATZ}</p>",
    "{menu_zh}": "".join(f"<li><a href='/n{n}'>产品与方案{n}</a></li>" for n in range(150)),
    "{menu}": "".join(f"<li><a href='/n{n}'>Topic {n}</a></li>" for n in range(60)),
}


def wordings(name: str) -> list[object]:
    """Return the rows of a file: title and body, named by the words that a reader sees."""
    text = (Path(__file__).parent / "wordings" / f"{name}.txt").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [pytest.param(title, body, id=f"{title}: {body}"[:90]) for title, body in rows]


def shown(title: str, body: str) -> Visit:
    for name, filling in FILLINGS.items():
        body = body.replace(name, filling)
    source = f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()
    page = read_page(source, {"content-type": "text/html"}, URL, truncated=False)
    return Visit(url=URL, status=200, final_url=URL, page=page, size=len(source))


@pytest.mark.parametrize(("title", "body"), wordings("gone"))
def test_a_page_that_is_gone(title: str, body: str) -> None:
    judgement = judge(shown(title, body))
    assert judgement.verdict is Verdict.BROKEN, judgement


@pytest.mark.parametrize(("title", "body"), wordings("parked"))
def test_a_domain_that_is_parked(title: str, body: str) -> None:
    judgement = judge(shown(title, body))
    assert judgement.reason is Reason.PARKED, judgement


@pytest.mark.parametrize(("title", "body"), wordings("refused"))
def test_a_page_that_refuses(title: str, body: str) -> None:
    judgement = judge(shown(title, body))
    assert judgement.verdict is Verdict.BLOCKED, judgement


@pytest.mark.parametrize(("title", "body"), wordings("out_of_order"))
def test_a_page_that_is_out_of_order(title: str, body: str) -> None:
    judgement = judge(shown(title, body))
    assert judgement.verdict is Verdict.UNREACHABLE, judgement


@pytest.mark.parametrize(("title", "body"), wordings("alive"))
def test_a_page_that_is_alive(title: str, body: str) -> None:
    judgement = judge(shown(title, body))
    assert judgement.verdict is Verdict.OK, judgement
