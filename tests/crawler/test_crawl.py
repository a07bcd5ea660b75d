"""Whole nights over a real catalog and real sockets: what is kept, spared and lost."""

import contextlib
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.clock import stamp
from catalog.connection import open_catalog
from catalog.frontier import count_due
from catalog.lock import held
from catalog.runs import distrust
from crawler.options import CrawlOptions
from tests.crawler.crawling import FIRST_NIGHT, catalog_of, checks, impatient, night
from tests.crawler.fault_web import (
    FaultWeb,
    Request,
    answer,
    article,
    html,
    redirect,
    reset,
    silence,
)

ROOT = Path(__file__).resolve().parents[2]


def pages(web: FaultWeb, host: str, count: int) -> list[str]:
    return [web.add(host, article(f"{host} {n}"), path=f"/{n}") for n in range(count)]


def test_a_second_night_asks_only_whether_anything_changed(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    host = "validators.test"

    async def page(request: Request) -> None:
        known = request.headers.get("if-none-match") == '"one"'
        head, _, body = article().partition(b"\r\n\r\n")
        request.writer.write(
            answer("304 Not Modified") if known else head + b'\r\nETag: "one"\r\n\r\n' + body
        )

    db = catalog_of(tmp_path / "catalog.db", [fault_web.add(host, page)])
    first = night(db, impatient(fault_web))
    second = night(db, impatient(fault_web), FIRST_NIGHT + timedelta(days=7))
    assert (first.verdicts, second.verdicts) == (Counter(ok=1), Counter(ok=1))
    assert (first.size > 1000, second.size) == (True, 0)
    (check,) = checks(db).values()
    assert check["status"] == 304
    third = night(db, impatient(fault_web), FIRST_NIGHT + timedelta(days=14))
    assert third.size == 0
    assert db["pages"].get(1)["title"] == "How to prune a network"


def test_healthy_links_are_spread_over_a_week(fault_web: FaultWeb, tmp_path: Path) -> None:
    db = catalog_of(tmp_path / "catalog.db", pages(fault_web, "healthy.test", 100))
    assert night(db, impatient(fault_web)).visited == 100
    nights = [count_due(db, FIRST_NIGHT + timedelta(days=n)) for n in range(1, 8)]
    assert nights[-1] == 100
    assert nights[0] <= 25


def test_a_host_that_is_down_is_one_incident(fault_web: FaultWeb, tmp_path: Path) -> None:
    host = "down.test"
    fault_web.lead(host, 80, fault_web.closed_port())
    urls = [f"http://{host}/{n}" for n in range(50)]
    db = catalog_of(tmp_path / "catalog.db", [*urls, *pages(fault_web, "up.test", 3)])
    summary = night(db, impatient(fault_web, failures_per_host=3))
    assert summary.verdicts == Counter(ok=3, unreachable=summary.visited - 3)
    assert 3 <= summary.visited - 3 <= 10
    left = 53 - summary.visited
    assert count_due(db, FIRST_NIGHT) == left
    assert summary.set_aside == {host: left}
    assert summary.left(in_time=True) == {"of hosts that were set aside": left}


@pytest.mark.parametrize(
    ("status", "asked", "reason"),
    [
        pytest.param("503 Down", "3600", "server_error", id="an hour"),
        pytest.param("429 Slow", "999999999", "rate_limited", id="decades"),
        pytest.param(
            "503 Down", "Fri, 31 Dec 9999 23:59:59 GMT", "server_error", id="the end of time"
        ),
    ],
)
def test_a_host_that_asks_for_a_long_rest_gets_it_until_the_next_night(
    fault_web: FaultWeb, tmp_path: Path, status: str, asked: str, reason: str
) -> None:
    host = f"rests-{len(asked)}.test"
    asks = fault_web.add(host, answer(status, f"Retry-After: {asked}"), path="/asks")
    urls = [asks, *pages(fault_web, host, 3), *pages(fault_web, f"other-{host}", 2)]
    db = catalog_of(tmp_path / "catalog.db", urls)
    summary = night(db, impatient(fault_web))
    assert checks(db)[asks]["reason"] == reason
    assert (summary.visited, summary.resting) == (3, {host: 3})
    assert summary.left(in_time=True) == {"of hosts that asked to be left alone": 3}
    assert len(fault_web.requests(host)) == 1

    again = night(db, impatient(fault_web), FIRST_NIGHT + timedelta(minutes=1))
    assert again.left(in_time=True) == {"of hosts that an earlier run left alone": 3}
    assert len(fault_web.requests(host)) == 1
    night(db, impatient(fault_web), FIRST_NIGHT + timedelta(hours=21))
    assert {url for url, check in checks(db).items() if check["reason"] == "ok"} == set(urls[1:])


def test_pages_that_fail_on_a_host_that_answers_are_each_looked_at(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    host = "patchy.test"
    fault_web.add(host, article(), path="/")
    urls = [fault_web.add(host, reset, path=f"/bad/{n}") for n in range(8)]
    urls += pages(fault_web, host, 2)
    db = catalog_of(tmp_path / "catalog.db", urls)
    summary = night(db, impatient(fault_web, failures_per_host=3))
    assert summary.verdicts == Counter(unreachable=8, ok=2)
    assert not summary.set_aside


def test_a_host_that_comes_back_within_the_night_is_visited_after_all(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    host = "back-soon.test"
    began = time.monotonic()

    async def sick(request: Request) -> None:
        if time.monotonic() - began < 1.5:
            await reset(request)
        else:
            request.writer.write(article(request.path))

    urls = [fault_web.add(host, sick, path=f"/{n}") for n in range(12)]
    fault_web.add(host, sick, path="/")
    db = catalog_of(tmp_path / "catalog.db", urls)
    summary = night(db, impatient(fault_web, failures_per_host=3, second_pass=2))
    assert summary.verdicts == Counter(ok=12)


def test_without_any_network_nothing_is_concluded(fault_web: FaultWeb, tmp_path: Path) -> None:
    hosts = [f"offline-{n}.test" for n in range(4)]
    for host in hosts:
        fault_web.lead(host, 80, fault_web.closed_port())
    db = catalog_of(tmp_path / "catalog.db", [f"http://{host}/" for host in hosts])
    summary = night(db, impatient(fault_web))
    assert summary.is_offline
    distrust(db, 1, FIRST_NIGHT)
    assert {row["standing"] for row in db["links"].rows} == {"unchecked"}
    assert count_due(db, FIRST_NIGHT) == 4


def test_one_answer_is_enough_to_be_online(fault_web: FaultWeb, tmp_path: Path) -> None:
    fault_web.lead("deaf.test", 80, fault_web.closed_port())
    alive = fault_web.add("alive.test", answer("500 Oops"))
    db = catalog_of(tmp_path / "catalog.db", ["http://deaf.test/", alive])
    assert not night(db, impatient(fault_web)).is_offline


def test_excluded_links_are_not_asked(fault_web: FaultWeb, tmp_path: Path) -> None:
    urls = pages(fault_web, "excluded.test", 2)
    db = catalog_of(tmp_path / "catalog.db", urls)
    summary = night(db, impatient(fault_web, exclude=("another", r"(?i)Excluded\.test/1$")))
    assert summary.reasons == Counter(ok=1, excluded=1)
    assert [seen.path for seen in fault_web.requests("excluded.test")] == ["/0"]


def test_addresses_that_differ_after_the_hash_are_one_visit(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    url = fault_web.add("hash.test", article())
    there = fault_web.add("hash.test", redirect("/page"), path="/moved")
    urls = [url, f"{url}#one", f"{url}#two", f"{there}#one"]
    db = catalog_of(tmp_path / "catalog.db", urls)
    summary = night(db, impatient(fault_web))
    assert summary.reasons == Counter(ok=3, moved_permanently=1)
    assert [seen.path for seen in fault_web.requests("hash.test")] == ["/page", "/moved", "/page"]
    assert checks(db)[f"{there}#one"]["suggestion"] == f"{url}#one"


def test_a_page_that_sends_its_readers_on_and_on_is_followed_once(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    def sends_on(to: str) -> bytes:
        return html(f"<meta http-equiv=refresh content='0; url={to}'><p>Page {to}</p>")

    host = "restless.test"
    for number in range(2, 5):
        fault_web.add(host, sends_on(f"/{number + 1}"), path=f"/{number}")
    url = fault_web.add(host, sends_on("/2"), path="/1")
    db = catalog_of(tmp_path / "catalog.db", [url])
    night(db, impatient(fault_web))
    assert [seen.path for seen in fault_web.requests(host)][:2] == ["/1", "/2"]
    assert "/3" not in {seen.path for seen in fault_web.requests(host)}


def test_a_site_that_sends_who_has_no_cookie_back_with_one_is_no_loop(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    async def page(request: Request) -> None:
        if "seen=1" in request.headers.get("cookie", ""):
            request.writer.write(article("Boards"))
        else:
            request.writer.write(
                answer("302 Found", "Location: /page", "Set-Cookie: seen=1; Path=/")
            )

    url = fault_web.add("cookie-bounce.test", page)
    loop = fault_web.add("cookie-loop.test", redirect("/page", 302, "Set-Cookie: seen=1; Path=/"))
    db = catalog_of(tmp_path / "catalog.db", [url, loop])
    night(db, impatient(fault_web))
    assert checks(db)[url]["reason"] == "ok"
    assert checks(db)[loop]["reason"] == "redirect_loop"
    assert len(fault_web.requests("cookie-loop.test")) == 2, "the second brought nothing new"


def test_a_link_that_is_new_behind_a_hash_gets_its_page(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    async def page(request: Request) -> None:
        head, _, body = article("News").partition(b"\r\n\r\n")
        has_it = "if-none-match" in request.headers
        fresh = head + b'\r\nETag: "one"\r\n\r\n' + body
        request.writer.write(answer("304 Not Modified") if has_it else fresh)

    url = fault_web.add("new-hash.test", page)
    night(catalog_of(tmp_path / "catalog.db", [url]), impatient(fault_web))
    later = FIRST_NIGHT + timedelta(days=7)
    db = catalog_of(tmp_path / "catalog.db", [f"{url}#one"])
    db.execute("UPDATE links SET next_check_at = ?", [stamp(later)])
    night(db, impatient(fault_web), later)
    assert len(fault_web.requests("new-hash.test")) == 2, "one visit for both"
    titles = db.execute("SELECT title FROM pages ORDER BY link_id").fetchall()
    assert titles == [("News",), ("News",)]


def test_mappings_that_cannot_be_read_are_refused_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    db = catalog_of(tmp_path / "catalog.db", ["http://example.com/"])
    with pytest.raises(ValueError, match="write HOST:PORT:ADDR:PORT"):
        night(db, CrawlOptions(connect_to=("nonsense",)))


@pytest.mark.parametrize("workers", [1, 2])
def test_every_due_link_gets_exactly_one_check(
    fault_web: FaultWeb, tmp_path: Path, workers: int
) -> None:
    urls = [u for n in range(30) for u in pages(fault_web, f"many-{workers}-{n}.test", 7)]
    db = catalog_of(tmp_path / "catalog.db", urls)
    summary = night(db, impatient(fault_web, workers=workers))
    assert (summary.visited, summary.verdicts) == (210, Counter(ok=210))
    assert db.execute("SELECT count(*), count(DISTINCT link_id) FROM checks").fetchone() == (
        210,
        210,
    )


def test_the_spider_works_by_itself(fault_web: FaultWeb, tmp_path: Path) -> None:
    urls = pages(fault_web, "by-itself.test", 3)
    path = tmp_path / "catalog.db"
    catalog_of(path, urls).close()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "scrapy", "crawl", "links"),
            *("-s", f"CATALOG={path}", "-s", "DELAY=0"),
            *("-s", f"CONNECT_TO=::127.0.0.1:{fault_web.port}"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    db = open_catalog(path)
    assert [row["standing"] for row in db["links"].rows] == ["ok"] * 3
    assert [(row["command"], row["state"]) for row in db["runs"].rows] == [
        ("scrapy crawl links", "done")
    ]
    db.close()


@pytest.mark.parametrize("spider", [["links"], ["issues", "-a", f"source={ROOT / 'docs'}"]])
def test_a_spider_by_itself_leaves_a_catalog_alone_that_a_run_holds(
    tmp_path: Path, spider: list[str]
) -> None:
    path = tmp_path / "catalog.db"
    catalog_of(path, ["https://a.test/"]).close()
    with held(path, "linkledger crawl", FIRST_NIGHT):
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", *spider, "-s", f"CATALOG={path}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"linkledger: {path} is held by `linkledger crawl`, process ")
    assert done.stderr.count("\n") == 1
    db = open_catalog(path)
    assert db["runs"].count == 0
    db.close()


def test_silence_costs_no_more_than_it_may(fault_web: FaultWeb, tmp_path: Path) -> None:
    urls = [fault_web.add(f"silent-{n}.test", silence) for n in range(20)]
    urls += pages(fault_web, "talkative.test", 1)
    db = catalog_of(tmp_path / "catalog.db", urls)
    began = time.monotonic()
    with contextlib.closing(db.conn):
        summary = night(db, impatient(fault_web))
        took = time.monotonic() - began
        waited = sum(check["seconds"] for check in checks(db).values())
    assert summary.reasons == Counter(timeout=20, ok=1)
    assert took < waited, "one after the other would have taken twice that"


def test_what_is_known_of_one_page_is_not_asked_of_another(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    """A server says of its old error page that nothing has changed since the page was seen."""
    lost = html("<title>Page not found</title><h1>Page not found</h1>")

    async def old_error_page(request: Request) -> None:
        is_known = "if-modified-since" in request.headers or "if-none-match" in request.headers
        request.writer.write(answer("304 Not Modified") if is_known else lost)

    dated = html("<title>A page</title><p>What there is to read.</p>", "200 OK", 'ETag: "one"')
    url = fault_web.add("moved-away.test", dated, redirect("/lost", 302), path="/page")
    fault_web.add("moved-away.test", old_error_page, path="/lost")
    db = catalog_of(tmp_path / "catalog.db", [url])
    night(db, impatient(fault_web))
    assert checks(db)[url]["reason"] == "ok"
    night(db, impatient(fault_web, everything=True), FIRST_NIGHT + timedelta(days=8))
    assert checks(db)[url]["reason"] == "soft_404"


def test_a_redirect_to_what_is_excluded_is_not_followed(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    there = fault_web.add("left-out.test", article(), path="/there")
    url = fault_web.add("leads-there.test", redirect(there, 302))
    db = catalog_of(tmp_path / "catalog.db", [url])
    night(db, impatient(fault_web, exclude=("left-out",)))
    assert checks(db)[url]["reason"] == "excluded"
    assert not [seen for seen in fault_web.seen if seen.host == "left-out.test"]


def test_links_that_differ_behind_a_hash_are_one_visit_on_the_next_host_too(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    there = fault_web.add("next-host.test", article(), path="/there")
    url = fault_web.add("first-host.test", redirect(there, 302), path="/here")
    urls = [url, f"{url}#one", f"{url}#two"]
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web))
    assert [checks(db)[one]["reason"] for one in urls] == ["ok"] * 3
    assert [seen.path for seen in fault_web.requests("next-host.test")] == ["/there"]
