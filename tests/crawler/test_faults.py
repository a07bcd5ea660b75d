"""What servers do, over real sockets in one crawl, and what we say of each."""

import asyncio
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from catalog.vocabulary import Reason
from tests.crawler.crawling import catalog_of, checks, impatient, night
from tests.crawler.fault_web import (
    FaultWeb,
    Request,
    Step,
    after,
    answer,
    article,
    close,
    drip,
    flood,
    html,
    redirect,
    reset,
    reset_now,
    silence,
)

NOT_FOUND = answer("404 Not Found")
HTML = "Content-Type: text/html; charset=utf-8"
LONG = article()[article().index(b"\r\n\r\n") + 4 :]
PAGE_START = f"HTTP/1.1 200 OK\r\n{HTML}\r\n\r\n".encode() + LONG
HEAD_ALONE = f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: 20000\r\n\r\n".encode()


def after_start(start: bytes, rest: bytes) -> Step:
    """Return a step that sends *rest* only when the reader has surely seen *start*."""

    async def act(request: Request) -> None:
        request.writer.write(start)
        await asyncio.sleep(0.2)
        request.writer.write(rest)

    return act


def cut_behind(start: bytes) -> Step:
    """Return a step that sends *start*, and cuts the connection when it has surely been seen."""

    async def act(request: Request) -> None:
        request.writer.write(start)
        await asyncio.sleep(0.2)
        reset_now(request.writer)

    return act


@dataclass(frozen=True)
class Fault:
    """A behaviour: its name, what the server does, and the reason we give."""

    name: str
    steps: tuple[Step, ...]
    reason: Reason
    path: str = "/posts/pruning"
    tls: str = ""  # the kind of certificate
    also: tuple[tuple[str, Step], ...] = ()  # what else the host has, by path
    url: str = ""  # where the host is not the fault's own
    robots: Step | None = None
    port: str = ""  # a port where something is wrong before a word is said
    suggestion: str | None = None


def in_a_second() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)


def fault(name: str, reason: Reason, *steps: Step, **more: Any) -> Fault:
    return Fault(name, steps, reason, **more)


R = Reason
THERE = (("/there", article()),)

FAULTS = [
    # The page is there.
    fault("a page", R.OK, article()),
    fault("a page that was created just now", R.OK, html(LONG.decode(), "201 Created")),
    fault("a page from a cache", R.OK, html(LONG.decode(), "203 Other")),
    fault("a part of a page, unasked", R.OK, html(LONG.decode(), "206 Partial Content")),
    fault("choices and no address", R.OK, html(LONG.decode(), "300 Multiple Choices")),
    fault("a file that is not read", R.OK, flood(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n%PDF", b"x" * 65536), path="/paper.pdf"),
    fault("an archive that is not read", R.OK, flood(b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n\r\nPK", b"x" * 65536), path="/code.zip"),
    fault("an early hint before the answer", R.OK, b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + article()),
    fault("a go-ahead that nobody asked for", R.OK, b"HTTP/1.1 100 Continue\r\n\r\n" + article()),
    fault("a slow server", R.OK, after(0.8, article())),
    fault("an old server that just hangs up at the end", R.OK, b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + LONG),
    fault("a body in chunks", R.OK, f"HTTP/1.1 200 OK\r\n{HTML}\r\nTransfer-Encoding: chunked\r\n\r\n{len(LONG):x}\r\n".encode() + LONG + b"\r\n0\r\n\r\n"),
    fault("chunks that break off", R.OK, after_start(f"HTTP/1.1 200 OK\r\n{HTML}\r\nTransfer-Encoding: chunked\r\n\r\n{len(LONG):x}\r\n".encode() + LONG, b"\r\nzz\r\n")),
    fault("a body shorter than promised", R.OK, f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: 99999\r\nConnection: close\r\n\r\n".encode() + LONG + b" " * 3000, close),
    fault("a body that drips for ever", R.OK, drip(PAGE_START, b"<p>more", 0.1)),
    fault("a body without end", R.OK, flood(PAGE_START, b"<p>more and more</p>" * 3000)),
    fault("a bomb", R.OK, flood(f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Encoding: gzip\r\n\r\n".encode() + gzip.compress(LONG + b"\0" * 50_000_000), b"\0" * 65536)),
    fault("gzip", R.OK, html("", "200 OK").replace(b"Content-Length: 0", f"Content-Encoding: gzip\r\nContent-Length: {len(gzip.compress(LONG))}".encode()) + gzip.compress(LONG)),
    fault("deflate without its header", R.OK, answer("200 OK", HTML, "Content-Encoding: deflate", body=zlib.compress(LONG)[2:-4])),
    fault("gzip in name only", R.OK, answer("200 OK", HTML, "Content-Encoding: gzip", body=LONG)),
    fault("an encoding that we did not ask for", R.OK, answer("200 OK", HTML, "Content-Encoding: br", body=b"\x8b\x07\x80" * 300)),
    fault("a hundred kilobytes of headers", R.OK, html(LONG.decode(), "200 OK", *(f"X-Filler-{n}: {'x' * 5000}" for n in range(20)))),
    fault("a header of a hundred kilobytes", R.OK, html(LONG.decode(), "200 OK", f"Server: {'x' * 100_000}")),
    fault("the same length twice", R.OK, article().replace(b"\r\n", f"\r\nContent-Length: {len(LONG)}\r\n".encode(), 1)),
    fault("a length that is no number", R.OK, article().replace(b"Content-Length: ", b"Content-Length: about ")),
    fault("chunks without a length", R.PROTOCOL_ERROR, f"HTTP/1.1 200 OK\r\n{HTML}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nno size\r\n".encode()),
    fault("a length, and chunks", R.OK, f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{len(LONG):x}\r\n".encode() + LONG + b"\r\n0\r\n\r\n"),
    fault("a header line without a colon", R.OK, article().replace(b"\r\n", b"\r\nwhat is this\r\n", 1)),
    fault("a status line in lower case", R.OK, article().replace(b"HTTP/1.1 200 OK", b"http/1.1 200 ok")),
    fault("lines that end like Unix lines", R.OK, article().replace(b"\r\n", b"\n")),
    fault("an improper redirect", R.MOVED_PERMANENTLY, redirect("/there").replace(b"\r\n", b"\r\nwhat is this\r\n", 1), also=THERE),
    fault("an improper certificate-bearer", R.OK, article().replace(b"\r\n", b"\r\nwhat is this\r\n", 1), tls="good"),
    fault("GBK without a word about it", R.OK, answer("200 OK", "Content-Type: text/html", body=("<title>剪枝</title><article><h1>剪枝</h1>" + "<p>剪枝去掉网络中不重要的权重。" * 80).encode("gbk"))),
    fault("half a character in JSON", R.OK, answer("200 OK", "Content-Type: application/json", body=b'{"message": "\\ud800 hello"}')),
    fault("half a character in linked data", R.OK, html(f"""<script type="application/ld+json">{{"@type": "Article", "author": "\\udfff Li"}}</script>{LONG.decode()}""")),
    fault("a text with NULs in it", R.OK, answer("200 OK", "Content-Type: text/plain", body=b"few \0 words\0")),
    # It is there by another address.
    fault("moved for good", R.MOVED_PERMANENTLY, redirect("/there"), also=THERE, suggestion="http://{host}/there"),
    fault("moved for good, with 308", R.MOVED_PERMANENTLY, redirect("/there", 308), also=THERE),
    fault("elsewhere for now, with 302", R.OK, redirect("/there", 302), also=THERE, suggestion=""),
    fault("elsewhere for now, with 303", R.OK, redirect("/there", 303), also=THERE),
    fault("elsewhere for now, with 307", R.OK, redirect("/there", 307), also=THERE),
    fault("for good, then for now", R.MOVED_PERMANENTLY, redirect("/there"), also=(("/there", redirect("/posts/today/pruning", 302)), ("/posts/today/pruning", article())), suggestion="http://{host}/there"),
    fault("for now, then for good", R.OK, redirect("/there", 302), also=(("/there", redirect("/posts/today/pruning", 301)), ("/posts/today/pruning", article()))),
    fault("now by https", R.MOVED_PERMANENTLY, redirect("https://{host}/posts/pruning"), tls="good after http"),
    fault("on to another host", R.MOVED_PERMANENTLY, redirect("http://new-home.test/posts/pruning")),
    fault("nine hops", R.OK, redirect("/hop1", 302), also=(*((f"/hop{n}", redirect(f"/hop{n + 1}", 302)) for n in range(1, 9)), ("/hop9", article()))),
    fault("an address relative to the folder", R.OK, redirect("other", 302), also=(("/posts/other", article()),)),
    fault("an address a folder up", R.OK, redirect("../there", 302), also=THERE),
    fault("an address that is only a query", R.OK, redirect("?page=2", 302), also=(("/posts/pruning?page=2", article()),)),
    fault("an address with a fragment", R.OK, redirect("/there#part", 302), also=THERE),
    fault("an address in bare UTF-8", R.OK, redirect("/剪枝", 302), also=(("/%E5%89%AA%E6%9E%9D", article()),)),
    fault("an address in bare GBK", R.OK, b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /" + "剪枝".encode("gbk") + b"\r\n\r\n", also=(("/%BC%F4%D6%A6", article()),)),
    fault("a cookie, and again", R.OK, redirect("/posts/pruning", 302, "Set-Cookie: seen=1; Path=/"), article()),
    fault("a cookie in Chinese, and again", R.OK, redirect("/posts/pruning", 302, "Set-Cookie: seen=\u6b64; Path=/"), article()),
    fault("a cookie, and on to a mailbox", R.REDIRECT_UNSAFE, redirect("mailto:editor@example.com", 302, "Set-Cookie: a=1")),
    fault("a page that sends its reader on", R.OK, html('<meta http-equiv="refresh" content="0; url=/there">'), also=THERE),
    fault("permission with a date for later", R.OK, article(), robots=answer("200 OK", body="User-agent: other\nDisallow: /")),
    fault("a robots.txt out of order", R.OK, article(), robots=answer("500 Oh")),
    fault("a robots.txt that is not there", R.OK, article(), robots=NOT_FOUND),
    # Trouble that passes.
    fault("an error once", R.OK, answer("500 Oops"), article()),
    fault("a cut once", R.OK, reset, article()),
    fault("a page missing while it is built anew", R.OK, NOT_FOUND, article()),
    fault("busy, and says for how long", R.OK, answer("503 Busy", "Retry-After: 1"), article()),
    fault("too many, and says for how long", R.OK, answer("429 Slow", "Retry-After: 1"), article()),
    fault("too many, until a time", R.OK, answer("429 Slow", f"Retry-After: {in_a_second()}"), article()),
    fault("too many, for nonsense", R.OK, answer("429 Slow", "Retry-After: 1m30s"), article()),
    fault("too many, without a word", R.OK, answer("429 Slow"), article()),
    fault("a handshake that is cut once", R.OK, article(), tls="good after a reset"),
    # It is gone.
    fault("missing", R.NOT_FOUND, NOT_FOUND),
    fault("gone", R.GONE, answer("410 Gone")),
    fault("moved to where nothing is", R.NOT_FOUND, redirect("/nothing")),
    fault("a page that sends its reader to nothing", R.NOT_FOUND, html('<meta http-equiv="refresh" content="0; url=/nothing">')),
    fault("a loop of one", R.REDIRECT_LOOP, redirect("/posts/pruning", 302)),
    fault("a loop of two", R.REDIRECT_LOOP, redirect("/b", 302), also=(("/b", redirect("/posts/pruning", 302)),)),
    fault("a loop over two hosts", R.REDIRECT_LOOP, redirect("http://elsewhere.test/loop", 302)),
    fault("twelve hops", R.REDIRECT_LOOP, redirect("/hop1", 302), also=tuple((f"/hop{n}", redirect(f"/hop{n + 1}", 302)) for n in range(1, 13))),
    fault("to the home page", R.REDIRECTED_HOME, redirect("/", 302), also=(("/", article("Our company")),)),
    fault("to an error page", R.SOFT_404, redirect("/error/404.html", 302), also=(("/error/404.html", article("Our company")),)),
    fault("nothing at all", R.EMPTY_PAGE, html("")),
    fault("no content", R.EMPTY_PAGE, answer("204 No Content")),
    # It leads where nobody should be sent.
    fault("to a file", R.REDIRECT_UNSAFE, redirect("file:///etc/passwd", 302)),
    fault("to an address that no server takes", R.REDIRECT_UNSAFE, redirect(f"/{'a' * 40_000}.pdf", 302)),
    fault("to another protocol", R.REDIRECT_UNSAFE, redirect("ftp://{host}/page", 302)),
    fault("to a script", R.REDIRECT_UNSAFE, redirect("javascript:alert(1)", 302)),
    fault("to this machine", R.REDIRECT_UNSAFE, redirect("http://127.0.0.1/admin", 302)),
    fault("to this machine, by name", R.REDIRECT_UNSAFE, redirect("http://localhost/admin", 302)),
    fault("to this machine, spelled oddly", R.REDIRECT_UNSAFE, redirect("http://0x7f.1/admin", 302)),
    fault("to a cloud's metadata", R.REDIRECT_UNSAFE, redirect("http://169.254.169.254/latest/", 302)),
    fault("to a private address by way of IPv6", R.REDIRECT_UNSAFE, redirect("http://[::ffff:10.0.0.1]/", 302)),
    fault("by meta refresh to this machine", R.REDIRECT_UNSAFE, html('<meta http-equiv="refresh" content="0; url=http://127.0.0.1/admin">')),
    # Robots are not welcome.
    fault("log in", R.LOGIN_REQUIRED, answer("401 Unauthorized", "WWW-Authenticate: Basic")),
    fault("pay", R.FORBIDDEN, answer("402 Payment Required")),
    fault("forbidden", R.FORBIDDEN, answer("403 Forbidden")),
    fault("a proxy wants to know", R.LOGIN_REQUIRED, answer("407 Proxy Authentication Required")),
    fault("to a login", R.LOGIN_REQUIRED, redirect("/login?next=/posts/pruning", 302), also=(("/login?next=/posts/pruning", article("Log in")),)),
    fault("not by this method", R.FORBIDDEN, answer("405 Method Not Allowed")),
    fault("not acceptable", R.FORBIDDEN, answer("406 Not Acceptable")),
    fault("a precondition", R.FORBIDDEN, answer("412 Precondition Failed")),
    fault("a teapot", R.FORBIDDEN, answer("418 I'm a teapot")),
    fault("for legal reasons", R.LEGAL, answer("451 Unavailable")),
    fault("too many, always", R.RATE_LIMITED, answer("429 Slow")),
    fault("too many, for longer than we wait", R.RATE_LIMITED, answer("429 Slow", "Retry-After: 999999")),
    fault("robots.txt says no", R.ROBOTS, article(), robots=answer("200 OK", body="User-agent: *\nDisallow: /posts")),
    fault("robots.txt says no, and is called octets", R.ROBOTS, article(), robots=answer("200 OK", "Content-Type: binary/octet-stream", body="User-agent: *\nDisallow: /posts")),
    fault("robots.txt says no behind a byte order mark", R.ROBOTS, article(), robots=answer("200 OK", body="\ufeffUser-agent: *\nDisallow: /posts")),
    fault("robots.txt names us", R.ROBOTS, article(), robots=answer("200 OK", body="User-agent: linkledger\nDisallow: /\n\nUser-agent: *\nAllow: /")),
    fault("robots.txt of where it leads", R.ROBOTS, redirect("http://closed.test/posts", 302)),
    # Nobody answers, or not in words.
    fault("an error always", R.SERVER_ERROR, answer("500 Oops")),
    fault("a bad gateway", R.SERVER_ERROR, answer("502 Bad Gateway")),
    fault("a gateway that waits", R.SERVER_ERROR, answer("504 Gateway Timeout")),
    fault("a status that nobody knows", R.SERVER_ERROR, answer("600 What")),
    fault("a redirect without an address", R.SERVER_ERROR, answer("302 Found")),
    fault("a request that took too long, says the server", R.TIMEOUT, answer("408 Request Timeout")),
    fault("gibberish", R.PROTOCOL_ERROR, b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    fault("a status that is no number", R.PROTOCOL_ERROR, b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"),
    fault("headers without end", R.PROTOCOL_ERROR, flood(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536)),
    fault("a header a second", R.TIMEOUT, drip(b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n", 0.3)),
    fault("cut before a word", R.CONNECTION_RESET, reset),
    fault("cut behind the head of a page", R.CONNECTION_RESET, cut_behind(HEAD_ALONE)),
    fault("closed behind the head of a page", R.CONNECTION_RESET, after(0, HEAD_ALONE)),
    fault("silence behind the head of a page", R.TIMEOUT, drip(HEAD_ALONE, b"", 0.3)),
    fault("cut behind the head of a missing page", R.NOT_FOUND, cut_behind(HEAD_ALONE.replace(b"200 OK", b"404 Not Found"))),
    fault("hung up before a word", R.CONNECTION_RESET, close),
    fault("silence", R.TIMEOUT, silence),
    fault("nobody listens", R.CONNECTION_REFUSED, port="closed"),
    fault("a black hole", R.TIMEOUT, port="black hole"),
    fault("TLS that is none", R.TLS_ERROR, port="gibberish", url="https://{host}/page"),
    # Certificates.
    fault("a good certificate", R.OK, article(), tls="good"),
    fault("an expired certificate", R.TLS_INVALID, article(), tls="expired"),
    fault("somebody else's certificate", R.TLS_INVALID, article(), tls="other"),
    fault("a certificate of its own making", R.TLS_INVALID, article(), tls="self-signed"),
    fault("a certificate without its issuer's", R.TLS_ERROR, article(), tls="incomplete"),
    # Addresses that are not asked at all.
    fault("loopback", R.PRIVATE_ADDRESS, url="http://127.0.0.1/admin"),
    fault("loopback as a number", R.PRIVATE_ADDRESS, url="http://2130706433/admin"),
    fault("loopback in hexadecimal", R.PRIVATE_ADDRESS, url="http://0x7f000001/"),
    fault("loopback in octal", R.PRIVATE_ADDRESS, url="http://0177.0.0.1/"),
    fault("loopback in full-width digits", R.PRIVATE_ADDRESS, url="http://１２７.0.0.1/"),
    fault("loopback in IPv6", R.PRIVATE_ADDRESS, url="http://[::1]/"),
    fault("loopback mapped into IPv6", R.PRIVATE_ADDRESS, url="http://[::ffff:127.0.0.1]/"),
    fault("this machine's name", R.PRIVATE_ADDRESS, url="http://localhost:8080/"),
    fault("a name under this machine's", R.PRIVATE_ADDRESS, url="http://db.localhost/"),
    fault("metadata", R.PRIVATE_ADDRESS, url="http://169.254.169.254/latest/meta-data/"),
    fault("a private network", R.PRIVATE_ADDRESS, url="https://192.168.1.1/"),
    fault("a carrier's network", R.PRIVATE_ADDRESS, url="http://100.64.0.1/"),
    fault("NAT64 around a private network", R.PRIVATE_ADDRESS, url="http://[64:ff9b::10.0.0.1]/"),
    fault("no address", R.BAD_URL, url="http://[half"),
    fault("an address that no server takes", R.BAD_URL, url=f"http://{{host}}/{'a' * 40_000}"),
    fault("a space in the host", R.BAD_URL, url="http://exa mple.com/"),
    fault("mail", R.SCHEME, url="mailto:somebody@example.com"),
    fault("a public address that is mapped", R.OK, article(), url="http://93.184.215.14/posts/pruning"),
]  # fmt: skip


def host_name(index: int) -> str:
    return f"fault-{index}.web.test"


def address(index: int, row: Fault) -> str:
    scheme = "https" if row.tls and row.tls != "good after http" else "http"
    return (row.url or f"{scheme}://{{host}}{row.path}").format(host=host_name(index))


@pytest.fixture(scope="module", params=[1, 2], ids=["in this process", "in two others"])
def workers(request: pytest.FixtureRequest) -> int:
    """How many processes visit: those of their own have another event loop."""
    return int(request.param)


@pytest.fixture(scope="module")
def fault_web(workers: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultWeb]:
    """Return a web for each crawl, whose servers have not been asked for anything."""
    with FaultWeb(tmp_path_factory.mktemp(f"fault-web-{workers}")) as web:
        yield web


@pytest.fixture(scope="module")
def results(
    fault_web: FaultWeb, workers: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, Any]]]:
    """The checks of one crawl over all faults, by address."""
    for index, row in enumerate(FAULTS):
        host = "93.184.215.14" if "93.184" in row.url else host_name(index)
        steps = [_named(step, host) for step in row.steps]
        if row.steps:
            fault_web.add(host, *steps, path=row.path, robots=row.robots)
        for path, step in row.also:
            fault_web.add(host, _named(step, host), path=path)
        prepare_port(fault_web, host, row)
    fault_web.add("new-home.test", article(), path="/posts/pruning")
    fault_web.add("elsewhere.test", redirect("http://elsewhere.test/loop", 302), path="/loop")
    fault_web.add("closed.test", article(), path="/posts", robots=answer("200 OK", body="User-agent: *\nDisallow: /"))  # fmt: skip
    folder = tmp_path_factory.mktemp("faults")
    db = catalog_of(folder / "catalog.db", (address(*row) for row in enumerate(FAULTS)))
    night(db, impatient(fault_web, workers=workers))
    yield checks(db)
    db.close()


def prepare_port(web: FaultWeb, host: str, row: Fault) -> None:
    match row.port or row.tls:
        case "closed":
            web.lead(host, 80, web.closed_port())
        case "black hole":
            web.lead(host, 80, web.black_hole())
        case "gibberish":
            web.lead(host, 443, web.gibberish_port())
        case "good after http":
            # The address is the same but for its scheme: TLS has the page.
            web.add(host + "+tls", article(), path=row.path)
            web.lead(host, 443, web.tls_port("good", host_suffix="+tls"))
        case "good after a reset":
            web.lead(host, 443, web.tls_port("good", resets=1))
        case "":
            pass
        case kind:
            web.lead(host, 443, web.tls_port(kind))


def _named(step: Step, host: str) -> Step:
    return step.replace(b"{host}", host.encode()) if isinstance(step, bytes) else step


@pytest.mark.parametrize(
    ("index", "row"), [pytest.param(i, row, id=row.name) for i, row in enumerate(FAULTS)]
)
def test_fault(results: dict[str, dict[str, Any]], index: int, row: Fault) -> None:
    check = results[address(index, row)]
    assert check["reason"] == row.reason, (check["rule"], check["evidence"], check["detail"])
    if row.suggestion is not None:
        assert check["suggestion"] == row.suggestion.format(host=host_name(index))


def test_there_are_enough_of_them() -> None:
    assert len(FAULTS) >= 80
    assert len({row.name for row in FAULTS}) == len(FAULTS)


def named(name: str) -> tuple[int, Fault]:
    return next((i, row) for i, row in enumerate(FAULTS) if row.name == name)


def check_of(results: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    return results[address(*named(name))]


CERTIFICATES = [
    ("an expired certificate", "expired"),
    ("somebody else's certificate", "for another host"),
    ("a certificate of its own making", "self-signed"),
    ("a certificate without its issuer's", "incomplete chain"),
]


@pytest.mark.parametrize(("name", "words"), CERTIFICATES)
def test_certificates_are_told_apart(
    results: dict[str, dict[str, Any]], name: str, words: str
) -> None:
    assert words in check_of(results, name)["detail"]


@pytest.mark.parametrize("name", ["a body without end", "a bomb", "a file that is not read"])
def test_no_more_is_read_than_is_needed(results: dict[str, dict[str, Any]], name: str) -> None:
    assert check_of(results, name)["size"] < 1_200_000


def test_no_more_is_kept_than_is_needed(results: dict[str, dict[str, Any]]) -> None:
    unkept = check_of(results, "to an address that no server takes")
    kept = (unkept[name] or "" for name in ("evidence", "detail", "final_url", "hops"))
    assert sum(map(len, kept)) < 60_000
    assert len(check_of(results, "a header of a hundred kilobytes")["seen"]) < 10_000


@pytest.mark.parametrize("name", ["silence", "a body that drips for ever", "a header a second"])
def test_no_visit_takes_longer_than_it_may(results: dict[str, dict[str, Any]], name: str) -> None:
    assert check_of(results, name)["seconds"] < 30, "it would go on for a minute, or for ever"


def test_no_private_address_was_asked(fault_web: FaultWeb, results: dict[str, Any]) -> None:
    assert results  # the crawl has been
    own = {host_name(i) for i in range(len(FAULTS))}
    own |= {"new-home.test", "elsewhere.test", "closed.test", "93.184.215.14"}
    assert {seen.host.removesuffix("+tls") for seen in fault_web.seen} <= own


def test_every_link_has_exactly_one_check(results: dict[str, dict[str, Any]]) -> None:
    assert len(results) == len(FAULTS)
    assert {row["id"] for row in results.values()} == set(range(1, len(FAULTS) + 1))
