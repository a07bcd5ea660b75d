"""Politeness as the server counts it: how many requests at a time, and how far apart.

A request counts from when it reached the server's machine, so that no gap may be any shorter
than promised, however busy the machine is.
"""

from itertools import pairwise
from pathlib import Path

import pytest

from crawler.options import HostLimits
from tests.crawler.crawling import catalog_of, checks, impatient, night
from tests.crawler.fault_web import FaultWeb, after, answer, article, html, redirect, reset


def gaps(web: FaultWeb, host: str) -> list[float]:
    """Return the seconds between requests to *host*, robots.txt among them, as they came in."""
    times = sorted(seen.began for seen in web.seen if seen.host == host)
    return [later - earlier for earlier, later in pairwise(times)]


def pages(web: FaultWeb, host: str, count: int, thinks: float = 0.05) -> list[str]:
    return [
        web.add(host, after(thinks, article(f"{host} {n}")), path=f"/{host}/{n}")
        for n in range(count)
    ]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("concurrency", [1, 3])
def test_never_closer_and_never_more_than_promised(
    fault_web: FaultWeb, tmp_path: Path, workers: int, concurrency: int
) -> None:
    hosts = [f"polite-{workers}-{concurrency}-{n}.test" for n in range(6)]
    thinks = 0.05 if concurrency == 1 else 0.5  # the next one is sent meanwhile
    urls = [url for host in hosts for url in pages(fault_web, host, 6, thinks)]
    db = catalog_of(tmp_path / "catalog.db", urls)
    options = impatient(
        fault_web, delay=0.2, concurrency_per_host=concurrency, workers=workers, lease=1
    )
    night(db, options)
    assert len(checks(db)) == len(urls)
    assert (max(fault_web.most_open[host] for host in hosts) > 1) == (concurrency > 1)
    for host in hosts:
        assert min(gaps(fault_web, host)) >= 0.2
        assert len(fault_web.requests(host)) == 6


def test_a_host_is_owed_its_turns_by_redirects_of_others(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    target = "everybodys-target.test"
    urls = pages(fault_web, target, 3)
    for n in range(8):
        there = fault_web.add(target, after(0.05, article(f"{n}")), path=f"/from/{n}")
        urls.append(fault_web.add(f"sender-{n}.test", redirect(there, 302)))
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web, delay=0.2, workers=2))
    assert {check["reason"] for check in checks(db).values()} == {"ok"}
    assert fault_web.most_open[target] == 1
    assert min(gaps(fault_web, target)) >= 0.2


def test_a_host_may_have_limits_of_its_own(fault_web: FaultWeb, tmp_path: Path) -> None:
    urls = pages(fault_web, "own-limits.test", 3) + pages(fault_web, "usual-limits.test", 3)
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web, hosts={"own-limits.test": HostLimits(delay=0.3)}))
    assert min(gaps(fault_web, "own-limits.test")) >= 0.3
    assert min(gaps(fault_web, "usual-limits.test")) < 0.3


def test_what_robots_txt_asks_for_counts(fault_web: FaultWeb, tmp_path: Path) -> None:
    host = "unhurried.test"
    urls = pages(fault_web, host, 3)
    fault_web.behaviours[host].robots = answer("200 OK", body="User-agent: *\nCrawl-delay: 0.4")
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web, concurrency_per_host=3))
    assert fault_web.most_open[host] == 1
    assert min(gaps(fault_web, host)) >= 0.4


def test_a_slow_host_gets_a_longer_rest(fault_web: FaultWeb, tmp_path: Path) -> None:
    host = "slow.test"
    urls = [fault_web.add(host, after(0.3, article(f"{n}")), path=f"/{n}") for n in range(4)]
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web, delay=0.05))
    assert max(gaps(fault_web, host)) >= 0.4


def test_a_connection_that_turns_out_to_be_closed_costs_another_turn(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    host = "hangs-up.test"
    urls = [
        fault_web.add(host, article(), path="/1"),
        fault_web.add(host, reset, article("Two"), path="/2"),
    ]
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web, delay=0.2, backoff=100))
    assert [seen.path for seen in fault_web.requests(host)] == ["/1", "/2", "/2"]
    assert {check["reason"] for check in checks(db).values()} == {"ok"}
    assert min(gaps(fault_web, host)) >= 0.2


BUSY = answer("429 Slow", "Retry-After: 1")


@pytest.mark.parametrize("concurrency", [1, 2])
def test_who_asks_to_be_left_alone_is_left_alone(
    fault_web: FaultWeb, tmp_path: Path, concurrency: int
) -> None:
    host = f"busy-{concurrency}.test"
    busy = fault_web.add(host, after(0.05, BUSY), article("Busy"), path="/busy")
    urls = [busy, *pages(fault_web, host, 5)]
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web, concurrency_per_host=concurrency, delay=0.2))
    assert {check["reason"] for check in checks(db).values()} == {"ok"}
    assert rest_after(fault_web, host, "/busy") >= 1.0


def rest_after(web: FaultWeb, host: str, path: str) -> float:
    """Return the seconds between the first request for *path*, or below it, and the next one."""
    times = sorted((seen.began, seen.path) for seen in web.seen if seen.host == host)
    asked = next(at for at, asked in times if asked.startswith(path))
    return min(at - asked for at, _ in times if at > asked)


def test_who_asks_for_it_when_asked_for_the_rules(fault_web: FaultWeb, tmp_path: Path) -> None:
    host = "busy-with-rules.test"
    urls = pages(fault_web, host, 2)
    fault_web.behaviours[host].robots = BUSY
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web))
    assert {check["reason"] for check in checks(db).values()} == {"ok"}
    assert rest_after(fault_web, host, "/robots.txt") >= 1.0


def test_who_asks_for_it_at_the_front_door(fault_web: FaultWeb, tmp_path: Path) -> None:
    host = "busy-at-the-door.test"
    urls = [fault_web.add(host, reset, path=f"/bad/{n}") for n in range(4)]
    fault_web.add(host, BUSY, article(), path="/")
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web, failures_per_host=2, attempts=1))
    times = [seen.began for seen in fault_web.requests(host)]
    paths = [seen.path for seen in fault_web.requests(host)]
    door = paths.index("/")
    assert door < len(paths) - 1
    assert times[door + 1] - times[door] >= 1.0


def test_who_asks_for_it_when_asked_for_a_page_that_nobody_made(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    host = "busy-with-probes.test"
    lost = html("<title>Page not found</title><h1>Page not found</h1>")
    urls = [fault_web.add(host, lost, path=f"/posts/{n}") for n in range(3)]
    fault_web.behaviours[host].elsewhere = BUSY
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web))
    assert {check["reason"] for check in checks(db).values()} == {"soft_404"}
    assert rest_after(fault_web, host, "/posts/linkledger-") >= 1.0


def test_a_redirect_waits_for_the_robots_txt_of_where_it_leads(
    fault_web: FaultWeb, tmp_path: Path
) -> None:
    host = "slow-to-say.test"
    urls = pages(fault_web, host, 2)
    rules = answer("200 OK", body="User-agent: *\nDisallow: /private")
    fault_web.behaviours[host].robots = after(0.5, rules)
    sender = fault_web.add("sends-on.test", redirect(f"http://{host}/private", 302))
    db = catalog_of(tmp_path / "catalog.db", [*urls, sender])
    night(db, impatient(fault_web))
    assert checks(db)[sender]["reason"] == "robots"
    assert "/private" not in [seen.path for seen in fault_web.requests(host)]


def test_robots_txt_is_asked_for_once_a_day(fault_web: FaultWeb, tmp_path: Path) -> None:
    host = "cached.test"
    urls = pages(fault_web, host, 3)
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web))
    night(db, impatient(fault_web, everything=True))
    asked = [seen for seen in fault_web.seen if (seen.host, seen.path) == (host, "/robots.txt")]
    assert len(asked) == 1
    assert len(fault_web.requests(host)) == 6


def test_we_say_who_we_are(fault_web: FaultWeb, tmp_path: Path) -> None:
    db = catalog_of(tmp_path / "catalog.db", pages(fault_web, "curious.test", 1))
    night(db, impatient(fault_web, contact="https://archive.example/contact"))
    (seen,) = fault_web.requests("curious.test")
    assert "linkledger/" in seen.headers["user-agent"]
    assert "+https://archive.example/contact" in seen.headers["user-agent"]


def test_cookies_stay_within_one_visit(fault_web: FaultWeb, tmp_path: Path) -> None:
    host = "cookies.test"
    elsewhere = redirect("http://other-cookies.test/page", 302, "Set-Cookie: a=b")
    urls = [
        fault_web.add(host, redirect("/2", 302, "Set-Cookie: visit=1; Path=/"), path="/1"),
        fault_web.add(host, article("Two"), path="/2"),
        fault_web.add(host, elsewhere, path="/3"),
        fault_web.add(host, article("Four"), path="/4"),
    ]
    fault_web.add("other-cookies.test", article(), path="/page")
    db = catalog_of(tmp_path / "catalog.db", urls)
    night(db, impatient(fault_web))
    given = [
        (seen.path, seen.headers.get("cookie", ""))
        for seen in fault_web.requests(host)
        if "linkledger" not in seen.path  # a look at how the host says that something is missing
    ]
    assert sorted(given) == [("/1", ""), ("/2", ""), ("/2", "visit=1"), ("/3", ""), ("/4", "")]
    assert "cookie" not in fault_web.requests("other-cookies.test")[0].headers
