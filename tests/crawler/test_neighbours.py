"""What a host's other answers say about a page, and when it is worth asking for one more."""

from urllib.parse import urljoin

import pytest

from catalog.records import Hop, HostEvidence, Visit
from catalog.vocabulary import Reason
from crawler.pages.page import read_page
from crawler.verdict import View, address_beside, evidence, is_worth_probing, judge

SITE = "https://example.com"
SENTENCE = "The board runs a small network that recognises spoken digits from a microphone. "
ARTICLE = "".join(f"<p>{SENTENCE * 4}</p>" for _ in range(8))
MENU = "".join(f"<li><a href='/n{n}'>Topic {n}</a></li>" for n in range(60))
CHINESE_MENU = "<script></script>" + "".join(f"<li>产品与解决方案 {n}</li>" for n in range(17))
SHRUG = "<p>Well, that did not work out. Let us take you back to our home page!</p>"


def html(title: str, heading: str, body: str) -> str:
    return f"<title>{title}</title><body><h1>{heading}</h1>{body}</body>"


def visit(path: str, body: str, *hops: str, status: int = 200) -> Visit:
    url = at = f"{SITE}{path}"
    chain = []
    for location in hops:
        target = urljoin(at, location)
        chain.append(Hop(url=at, status=302, location=target))
        at = target
    page = read_page(body.encode(), {"content-type": "text/html"}, at, truncated=False)
    return Visit(
        url=url, status=status, final_url=at, hops=tuple(chain), page=page, size=len(body)
    )


def probed(
    path: str = "/2021/x7f3", body: str = "", *hops: str, status: int = 200
) -> HostEvidence:
    return HostEvidence(probe=visit(path, body, *hops, status=status))


def led_away(target: str) -> Visit:
    """Return a probe that was redirected to a host whose turn it was not."""
    url = f"{SITE}/2021/x7f3.html"
    hops = (Hop(url=url, status=301, location=target),)
    return Visit(url=url, status=301, final_url=target, hops=hops)


OVERVIEW = "https://buyer.example/makers/overview.html"
POST = html("Small networks", "Small networks", "<p>Two lines on small networks.</p>")
NOTHING = html("Example", "Example", SHRUG)
FRONT = html("Example Corp", "Solutions for everybody", ARTICLE)
FAREWELL = html("Our blogs are closed", "Our blogs are closed", ARTICLE)
COOKIES = "<p>We use cookies to analyse our traffic. Log in to change it.</p>"
CANONICAL_HOME = f"<link rel=canonical href={SITE}/><article>{POST}</article>"

# what happened, the visit, what the host said elsewhere, what we say
CASES = [
    ("nothing is known of the host", visit("/a", POST), None, Reason.OK),
    ("the host knows what it does not have", visit("/a", POST), probed(status=404), Reason.OK),
    ("the probe brought another page", visit("/a", POST), probed(body=NOTHING), Reason.OK),
    ("the probe brought the same page", visit("/a", NOTHING), probed(body=NOTHING),
     Reason.SOFT_404),
    ("the same page, but for the address that it repeats",
     visit("/a/boards", html("Where is boards?", "Where is boards?", f"<p>boards</p>{SHRUG}")),
     probed("/a/x7f3", html("Where is x7f3?", "Where is x7f3?", f"<p>x7f3</p>{SHRUG}")),
     Reason.SOFT_404),
    ("a line that says so above what to read instead, whatever was asked for",
     visit("/a", html("Example", "Out of nothing", f"<h4>Page not found</h4>{ARTICLE}")),
     probed(body=html("Example", "Out of nothing", f"<h4>Page not found</h4>{ARTICLE}")),
     Reason.SOFT_404),
    ("such a line on an article, where the host knows what it does not have",
     visit("/a", html("Example", "Boards", f"<h4>Page not found</h4>{ARTICLE}")),
     probed(status=404), Reason.OK),
    ("a casino of a few lines, with a script, whatever was asked for",
     visit("/data.asp", html("Casino", "Casino", "<script src='/c.js'></script><p>Bonus</p>")),
     probed(body=html("Casino", "Casino", "<script src='/c.js'></script><p>Bonus</p>")),
     Reason.SOFT_404),
    ("a page of a few lines that a script fills, whatever was asked for",
     visit("/data.asp", html("Board", "Board", "<script src='/c.js'></script><p>Menu</p>")),
     probed(body=html("Board", "Board", "<script src='/c.js'></script><p>Menu</p>")), Reason.OK),
    ("an article for every file", visit("/a.pdf", html("Library", "Library", ARTICLE)),
     probed(body=html("Library", "Library", ARTICLE)), Reason.SOFT_404),
    ("an article for one file", visit("/a.pdf", html("Library", "Library", ARTICLE)),
     probed(status=404), Reason.SOFT_404),
    ("an article that offers a file, for one file",
     visit("/a.pdf", html("Library", "Library", f"{ARTICLE}<a href='/get/17.pdf'>PDF</a>")),
     probed(status=404), Reason.OK),
    ("an article that offers a file in words, for one file",
     visit("/a.pdf", html("Library", "Library", f"<p><a href=/a>Download PDF</a></p>{ARTICLE}")),
     probed(status=404), Reason.OK),
    ("an article that offers a file in words, for every file",
     visit("/a.pdf", html("Library", "Library", f"<p><a href=/a>Download PDF</a></p>{ARTICLE}")),
     probed(body=html("Library", "Library", f"<p><a href=/a>Download PDF</a></p>{ARTICLE}")),
     Reason.SOFT_404),
    ("a few words in the tone of an error page, for whatever is asked for",
     visit("/2021/boards", "<title>Studio</title><p>What you came for went into space.</p>"),
     probed(body="<title>Studio</title><p>What you came for went into space.</p>"),
     Reason.SOFT_404),
    ("a site that is yet to come, for whatever is asked for",
     visit("/2021/boards", "<title>Studio</title><h1>Launching soon</h1><p>We work on it"),
     probed(body="<title>Studio</title><h1>Launching soon</h1><p>We work on it"),
     Reason.SOFT_404),
    ("a site that promises to come, for whatever is asked for",
     visit("/2021/boards", "<title>Studio</title><h3>Dance.</h3><p>Coming very soon!</p>"),
     probed(body="<title>Studio</title><h3>Dance.</h3><p>Coming very soon!</p>"),
     Reason.SOFT_404),
    ("a site that is being built, in Chinese, for whatever is asked for",
     visit("/2021/boards", "<title>某公司</title><p>网站建设中，敬请期待</p>"),
     probed(body="<title>某公司</title><p>网站建设中，敬请期待</p>"), Reason.SOFT_404),
    ("a few words without a tone, for whatever is asked for",
     visit("/2021/boards", "<title>Studio</title><p>All is well.</p>"),
     probed(body="<title>Studio</title><p>All is well.</p>"), Reason.OK),
    ("a picture of the number 404, for whatever is asked for",
     visit("/2021/boards", "<title>Studio</title><img src=/i/404.png><p>All is well.</p>"),
     probed(body="<title>Studio</title><img src=/i/404.png><p>All is well.</p>"),
     Reason.SOFT_404),
    ("a script fills a page with a picture of the number 404, whatever is asked for",
     visit("/2021/boards", "<title>Studio</title><script src=/m.js></script><img src=/i/404.png>"),
     probed(body="<title>Studio</title><script src=/m.js></script><img src=/i/404.png>"),
     Reason.SOFT_404),
    ("a script fills a page that is headed like an error page, whatever is asked for",
     visit("/2021/boards", "<script src=/m.js></script><h1>Lost your way?</h1>"),
     probed(body="<script src=/m.js></script><h1>Lost your way?</h1>"), Reason.SOFT_404),
    ("a script fills a page that asks for scripts in its heading, whatever is asked for",
     visit("/2021/boards", "<script src=/m.js></script><h1>Sorry, no JavaScript!</h1>"),
     probed(body="<script src=/m.js></script><h1>Sorry, no JavaScript!</h1>"), Reason.OK),
    ("a picture with a longer number, for whatever is asked for",
     visit("/2021/boards", "<title>Studio</title><img src=/i/14040.png><p>All is well.</p>"),
     probed(body="<title>Studio</title><img src=/i/14040.png><p>All is well.</p>"), Reason.OK),
    ("the same menu around another name",
     visit("/a", html("Boards", "Boards", f"{MENU}<p>Boards.</p>")),
     probed(body=html("Example", "Nothing", f"{MENU}<p>Hm.</p>")), Reason.OK),
    ("the same names and menu around more words",
     visit("/a", html("Example", "Example", f"{MENU}<p>{SENTENCE * 2}</p>")),
     probed(body=html("Example", "Example", MENU)), Reason.OK),
    ("a script fills whatever page is asked for",
     visit("/a", '<title>App</title><div id="root"></div><script src="/m.js"></script>'),
     probed(body='<title>App</title><div id="root"></div><script src="/m.js"></script>'),
     Reason.OK),
    ("a home page is the same as any page", visit("/", NOTHING), probed(body=NOTHING), Reason.OK),
    ("both were sent to the same shrug",
     visit("/a", NOTHING, "/news"), probed("/x", NOTHING, "/news"), Reason.SOFT_404),
    ("both were sent to the same article",
     visit("/a", html("News", "News", ARTICLE), "/news"),
     probed("/x", html("News", "News", ARTICLE), "/news"), Reason.OK),
    ("both were sent from deep in the site to the same article",
     visit("/2021/boards", html("News", "News", ARTICLE), "/news"),
     probed("/x", html("News", "News", ARTICLE), "/news"), Reason.SOFT_404),
    ("sent to the page that was asked for, by its name",
     visit("/2021/boards", html("Boards", "Boards", ARTICLE), "/p/7"),
     probed("/x", html("Boards", "Boards", ARTICLE), "/p/7"), Reason.OK),
    ("both were sent to the same door",
     visit("/2021/boards", html("Hello", "Hello", "<input type=password>"), "/hello"),
     probed("/x", html("Hello", "Hello", "<input type=password>"), "/hello"), Reason.BOT_WALL),
    ("a page that just says little, as does the probe's",
     visit("/a", POST), probed(body=POST), Reason.OK),
    ("the home page for whatever is asked for",
     visit("/2021/boards", FRONT), probed(body=FRONT), Reason.SOFT_404),
    ("the home page for whatever is asked for, by a name that tells",
     visit("/ten-small-boards", FRONT), probed(body=FRONT), Reason.SOFT_404),
    ("the home page for whatever number is asked for",
     visit("/show?id=17", FRONT), probed(body=FRONT), Reason.SOFT_404),
    ("the page that was asked for, by its canonical address",
     visit("/2021/boards", f"<link rel=canonical href={SITE}/2021/boards>{FRONT}"),
     probed(body=FRONT), Reason.OK),
    ("the page that was asked for, by its name",
     visit("/2021/solutions", FRONT), probed(body=FRONT), Reason.OK),
    ("a page for which a framework's script shows another",
     visit("/2021/boards", f"<div id='root'>{FRONT}</div>"),
     probed(body=f"<div id='root'>{FRONT}</div>"), Reason.OK),
    ("an article under the heading of its title, for whatever is asked for",
     visit("/2021/boards", html("Networks - Example", "Networks", ARTICLE)),
     probed(body=html("Networks - Example", "Networks", ARTICLE)), Reason.OK),
    ("a domain that changed hands, for whatever is asked for",
     visit("/2021/boards", html("Slot Gacor - Example", "Slot Gacor", ARTICLE)),
     probed(body=html("Slot Gacor - Example", "Slot Gacor", ARTICLE)), Reason.SOFT_404),
    ("a domain that changed hands, for whatever word is asked for",
     visit("/boards/", html("Slot Gacor - Example", "Slot Gacor", MENU)),
     probed(body=html("Slot Gacor - Example", "Slot Gacor", MENU)), Reason.SOFT_404),
    ("a domain that changed hands in Japanese, for whatever file is asked for",
     visit("/cfp.html", html("カジノのランキング2026", "カジノのランキング2026", ARTICLE)),
     probed(body=html("カジノのランキング2026", "カジノのランキング2026", ARTICLE)),
     Reason.SOFT_404),
    ("a domain that sells essays in a few words now, for whatever is asked for",
     visit("/2021/boards", html("Essay writing services", "The best of them", "<p>Order</p>")),
     probed(body=html("Essay writing services", "The best of them", "<p>Order</p>")),
     Reason.SOFT_404),
    ("a page on games of chance, where others are missing",
     visit("/cfp.html", html("Online casino", "Online casino", ARTICLE)),
     probed(status=404), Reason.OK),
    ("a company's front page by its title, under a heading of that, for whatever is asked for",
     visit("/2021/h6.html", html("某某科技股份有限公司 - 官方网站", "某某科技股份有限公司", MENU)),
     probed(body=html("某某科技股份有限公司 - 官方网站", "某某科技股份有限公司", MENU)),
     Reason.SOFT_404),
    ("a menu in Chinese above what a framework's script shows, whatever is asked for",
     visit("/2021/h6.html", f"<title>某某科技 - 官网</title>{CHINESE_MENU}<div id=app></div>"),
     probed(body=f"<title>某某科技 - 官网</title>{CHINESE_MENU}<div id=app></div>"), Reason.OK),
    ("the same page where no framework fills it",
     visit("/2021/h6.html", f"<title>某某科技 - 官网</title>{CHINESE_MENU}"),
     probed(body=f"<title>某某科技 - 官网</title>{CHINESE_MENU}"), Reason.SOFT_404),
    ("a product of a company whose every title ends so, where others are missing",
     visit("/2021/h6.html", html("H6芯片 - 某某科技官网", "H6芯片", MENU)),
     probed(status=404), Reason.OK),
    ("a list under the heading of its title, for whatever is asked for",
     visit("/2021/boards", html("Small things - Example", "Small things", MENU)),
     probed(body=html("Small things - Example", "Small things", MENU)), Reason.OK),
    ("pages of one picture each, with the same words around it",
     visit("/comic/9", html("Comic", "Comic", "<img src=9.png><p>Older, newer.</p>")),
     probed(body=html("Comic", "Comic", "<img src=1.png><p>Older, newer.</p>")), Reason.OK),
    ("three pages of the same words that admit nothing",
     visit("/2021/boards", FRONT), HostEvidence(same_text=3), Reason.OK),
    ("a guard that we do not know stands before every page",
     visit("/a", html("Example", "Sorry", "<p>Are you human? Press the robot.</p>")),
     probed(body=html("Example", "Sorry", "<p>Are you human? Press the robot.</p>")),
     Reason.BOT_WALL),
    ("a page that asks for consent to cookies, for whatever is asked for",
     visit("/2021/boards", html("Nothing for you", "Nothing for you",
                                COOKIES)),
     probed(body=html("Nothing for you", "Nothing for you",
                      COOKIES)),
     Reason.SOFT_404),
    ("an article that gives its home page's address as its own, for whatever is asked for",
     visit("/2021/boards", CANONICAL_HOME), probed(body=CANONICAL_HOME), Reason.SOFT_404),
    ("an article that gives its home page's address as its own, where others are missing",
     visit("/2021/boards", CANONICAL_HOME), probed(status=404), Reason.OK),
    ("a door in the menu of the page that is shown for whatever is asked for",
     visit("/2021/boards", html("Example Robotics", "Solutions", f"<li>Sign in</li>{MENU}")),
     probed(body=html("Example Robotics", "Solutions", f"<li>Sign in</li>{MENU}")),
     Reason.SOFT_404),
    ("the probe was led to where the page was, on a host that it could not ask",
     visit("/2021/boards", FRONT, OVERVIEW),
     HostEvidence(probe=led_away(OVERVIEW)), Reason.SOFT_404),
    ("the probe was led to where the page was sent on from",
     visit("/2021/boards", FRONT, "https://buyer.example/go", OVERVIEW),
     HostEvidence(probe=led_away("https://buyer.example/go")), Reason.SOFT_404),
    ("the probe was led to another page of the same host",
     visit("/2021/boards", FRONT, OVERVIEW),
     HostEvidence(probe=led_away("https://buyer.example/")), Reason.OK),
    ("the probe got no answer", visit("/a", NOTHING),
     HostEvidence(probe=Visit(url=f"{SITE}/x", failure=Reason.TIMEOUT)), Reason.OK),
    ("a farewell that is shown for whatever is asked for", visit("/a", FAREWELL),
     probed(body=FAREWELL), Reason.SOFT_404),
    ("a farewell that is shown for one address", visit("/a", FAREWELL), probed(status=404),
     Reason.OK),
    ("a code of a shortener that nobody has heard of leads to a home page",
     visit("/Ab3kP", FRONT, "https://buyer.example/"), probed(status=404), Reason.OK),
    ("any code leads to one home page",
     visit("/Ab3kP", FRONT, "https://buyer.example/"),
     HostEvidence(probe=led_away("https://buyer.example/")), Reason.REDIRECTED_HOME),
    ("a page that is no code leads to another site's home page",
     visit("/boards", FRONT, "https://buyer.example/"), probed(status=404),
     Reason.REDIRECTED_HOME),
    ("a code leads to its own site's home page", visit("/Ab3kP", FRONT, "/"),
     probed(status=404), Reason.REDIRECTED_HOME),
    ("three links end at one page",
     visit("/a", html("News", "News", ARTICLE), "/news"), HostEvidence(same_end=3),
     Reason.SOFT_404),
    ("two links end at one page",
     visit("/a", html("News", "News", ARTICLE), "/news"), HostEvidence(same_end=2), Reason.OK),
    ("the page itself, where three links end",
     visit("/news", html("News", "News", ARTICLE)), HostEvidence(same_end=3), Reason.OK),
    ("three versions of one page end at the latest",
     visit("/1.0/api", html("API", "API", ARTICLE), "/latest/api"), HostEvidence(same_end=3),
     Reason.OK),
    ("three links show the same words", visit("/a", NOTHING), HostEvidence(same_text=3),
     Reason.SOFT_404),
    ("a number of the home page shows the home page", visit("/?p=877", FRONT),
     probed("/", FRONT), Reason.SOFT_404),
    ("a number of the home page shows its own page", visit("/?p=877", FRONT),
     probed("/", html("Example Corp", "Solutions", NOTHING)), Reason.OK),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "known", "reason"), [pytest.param(*row, id=what) for what, *row in CASES]
)
def test_judge(seen: Visit, known: HostEvidence | None, reason: Reason) -> None:
    judgement = judge(seen, known)
    assert judgement.reason is reason, judgement


# what happened, the visit, what the host said elsewhere, whether that confirms the judgement
CONFIRMED = [
    ("home from everywhere", visit("/a", NOTHING, "/"), probed("/x", NOTHING, "/"), True),
    ("home from this page alone", visit("/a", NOTHING, "/"), probed(status=404), False),
    ("not found in words, everywhere", visit("/a", html("404", "404", SHRUG)),
     probed(body=html("404", "404", SHRUG)), True),
    ("not found in words here, by status elsewhere", visit("/a", html("404", "404", SHRUG)),
     probed(status=404), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "known", "confirmed"), [pytest.param(*row, id=what) for what, *row in CONFIRMED]
)
def test_the_probe_confirms_soft_evidence(
    seen: Visit, known: HostEvidence, *, confirmed: bool
) -> None:
    judgement = judge(seen, known)
    assert judgement.reason is judge(seen).reason
    assert judgement.evidence.endswith("nobody made") is confirmed


def test_links_that_end_at_one_page_are_counted_by_host() -> None:
    visits = [
        visit("/a", POST, "/news"),
        visit("/b", POST, "/news/"),
        visit("/c?id=1", POST, "/news"),
        visit("/c?id=1#part", POST, "/news"),
        visit("/news", POST),
        visit("/d", POST),
    ]
    assert [known.same_end for known in evidence(visits)] == [3, 3, 3, 3, 3, 1]


def test_pages_of_the_same_words_are_counted_once_an_address() -> None:
    visits = [
        visit("/a", NOTHING),
        visit("/b", NOTHING),
        visit("/b#x", NOTHING),
        visit("/c", POST),
    ]
    assert [known.same_text for known in evidence(visits)] == [2, 2, 2, 1]


def test_the_probe_is_known_to_every_visit() -> None:
    probe = visit("/x", NOTHING)
    assert [known.probe for known in evidence([visit("/a", POST)], probe)] == [probe]


# what happened, the visit, whether to ask for a page that nobody made
WORTH = [
    ("a page of few words in the tone of an error page", visit("/a", NOTHING), True),
    ("a page of few words", visit("/a", POST), False),
    ("an article", visit("/a", html("Small networks", "Small networks", ARTICLE)), False),
    ("an article that is called sorry", visit("/a", html("Sorry", "Sorry", ARTICLE)), True),
    (
        "an article that is called sorry, and says that it is one",
        visit("/a", html("Sorry", "Sorry", f"<article>{ARTICLE}</article>")),
        False,
    ),
    ("a home page", visit("/", NOTHING), False),
    (
        "articles that the query of a home page picks",
        visit("/?p=877", html("Example", "First", f"<article>{ARTICLE}</article>")),
        True,
    ),
    (
        "an article that the query of a home page picks",
        visit("/?p=877", html("First - Example", "First", f"<article>{ARTICLE}</article>")),
        False,
    ),
    ("a page that is not there", visit("/a", NOTHING, status=404), False),
    (
        "a page made by a script",
        visit("/a", "<p>Loading, please wait</p><script></script>"),
        False,
    ),
    ("a page without a word", visit("/a", "<img src=a.png>"), False),
]


@pytest.mark.parametrize(("seen", "worth"), [pytest.param(*row, id=what) for what, *row in WORTH])
def test_is_worth_probing(seen: Visit, worth: bool) -> None:
    assert is_worth_probing(View(seen), judge(seen)) is worth


# what was linked, the visit, the address that nobody made beside it
BESIDE = [
    ("a page that has a name", visit("/2021/small-networks", POST), "/2021/linkledger-912.html"),
    ("a page whose number stands in a folder", visit("/2021/", POST), "/2021/linkledger-912.html"),
    ("a page that has a number", visit("/article/details/10345", POST), "/article/details/912"),
    ("a page that has a number among smaller ones", visit("/thread-81122-10-1.html", POST),
     "/thread-912-10-1.html"),
    ("a page that has a number, and says from where one came", visit("/p/10345?from=a#b", POST),
     "/p/912"),
    ("a page whose address spells its characters", visit("/%E9%87%8F%2019", POST),
     "/%E9%87%8F%20912"),
    ("a file", visit("/a/paper.pdf", POST), "/a/linkledger-912.pdf"),
    ("a file that has a number", visit("/a/paper-2018.pdf", POST), "/a/paper-912.pdf"),
    ("a page that its query picks by a number, in the tone of an error page",
     visit("/show.asp?lang=en&ID=1234#top", NOTHING), "/show.asp?lang=en&ID=912"),
    ("a page that its query picks by a number", visit("/show.asp?id=1234", POST),
     "/linkledger-912.html"),
    ("a page with a number in its query that picks none, in the tone of an error page",
     visit("/show.asp?year=2021", NOTHING), "/linkledger-912.html"),
    ("a page that the query of a home page picks", visit("/?p=877", POST), "/"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "beside"), [pytest.param(*row, id=what) for what, *row in BESIDE]
)
def test_address_beside(seen: Visit, beside: str) -> None:
    assert address_beside(View(seen), 912) == f"{SITE}{beside}"
