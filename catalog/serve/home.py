"""The home page over a catalog, as a plugin of Datasette: figures, charts, and the ways on."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Response

from catalog.serve.queries import QUERIES

# Only what we ship runs on the page; the charts bring styles of their own.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_OFFERED = 8  # repositories to choose from without typing
_SHOWN_AT_FIRST = 3
_KINDS = 6  # languages or licenses told apart; the rest is «other»

_STANDINGS = """
    SELECT standing, sum(links) AS links FROM year_totals GROUP BY standing
    HAVING sum(links) > 0 ORDER BY links DESC"""

_OFFER = """
    SELECT full_name FROM repo_overview WHERE stars IS NOT NULL
    ORDER BY coalesce(stars_month, stars_week, stars_night) DESC, stars DESC LIMIT :limit"""

_STARS = """
    SELECT repos.full_name AS repo, repo_snapshots.taken_on AS day, repo_snapshots.stars
    FROM repos JOIN repo_snapshots ON repo_snapshots.repo_id = repos.id
    WHERE repos.full_name = :repo COLLATE NOCASE AND repo_snapshots.stars IS NOT NULL
    ORDER BY day"""

_LANGUAGES = """
    SELECT year, ifnull(language, 'none') AS kind, sum(repos) AS repos FROM language_by_year
    WHERE year <> '' GROUP BY 1, 2"""

_LICENSES = """
    SELECT substr(first_issue_date, 1, 4) AS year, ifnull(license, 'none') AS kind,
        count(*) AS repos
    FROM repo_overview WHERE first_issue_date IS NOT NULL AND fetched_at IS NOT NULL
    GROUP BY 1, 2"""

_HOSTS = """
    SELECT host, links, broken, broken_share FROM host_overview WHERE broken > 0
    ORDER BY broken DESC, host LIMIT 12"""

_ROT = """
    SELECT year, links, broken_pages, broken_hosts, broken_pages_share, broken_hosts_share
    FROM link_rot_by_year WHERE year <> ''"""

_NEWS = (
    "SELECT url, reason, file, line, text FROM newly_broken ORDER BY standing_since DESC LIMIT 10"
)

_Ask = Callable[[str], Awaitable[list[dict[str, Any]]]]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Put our home page in the place of Datasette's."""
    return [(r"/$", home)]


@hookimpl
def extra_css_urls() -> list[str]:
    """Make Datasette's own pages readable in the dark."""
    return ["/linkledger/datasette.css"]


@hookimpl
def extra_js_urls() -> list[str]:
    """Name what Datasette's own pages leave without a name."""
    return ["/linkledger/datasette.js"]


async def home(datasette: Any, request: Any) -> Any:
    """Answer with the home page; `repo`, given once or more, chooses whose stars are shown."""
    name = next(iter(name for name in datasette.databases if not name.startswith("_")))
    database = datasette.get_database(name)

    async def ask(sql: str, **given: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in (await database.execute(sql, given)).rows]

    offered = [row["full_name"] for row in await ask(_OFFER, limit=_OFFERED)]
    chosen = [repo for repo in request.args.getlist("repo") if repo.strip()]
    shown = list(dict.fromkeys(repo.strip() for repo in chosen)) or offered[:_SHOWN_AT_FIRST]
    stars = [row for repo in shown[:_OFFERED] for row in await ask(_STARS, repo=repo)]
    standings = await ask(_STANDINGS)
    charts = {
        "rot": await ask(_ROT),
        "standings": standings,
        "stars": stars,
        "languages": _fold(await ask(_LANGUAGES)),
        "licenses": _fold(await ask(_LICENSES)),
        "hosts": await ask(_HOSTS),
    }
    page = await datasette.render_template(
        "home.html",
        {
            "database": name,
            "about": datasette.metadata("title"),
            "night": next(iter(await ask("SELECT * FROM last_night")), None),
            "figures": _figures(standings),
            "repos": (await ask("SELECT count(*) AS n FROM repo_overview"))[0]["n"],
            "charts": charts,
            "news": await ask(_NEWS),
            "offered": list(dict.fromkeys([*offered, *shown])),
            "shown": {repo.lower() for repo in shown},
            "unknown": _unknown(shown, stars),
            "queries": QUERIES,
            "filled": await _filled(ask),
        },
        request=request,
    )
    return Response.html(page, headers={"Content-Security-Policy": _POLICY})


async def _filled(ask: _Ask) -> dict[str, dict[str, str]]:
    """Return what to fill in for the parameters of each question, with something that there is."""
    there = {}
    for sql in {sql for query in QUERIES for sql in query.picked.values()}:
        rows = await ask(sql)
        there[sql] = str(next(iter(rows[0].values()))) if rows else ""
    return {
        query.name: query.example | {name: there[sql] for name, sql in query.picked.items()}
        for query in QUERIES
    }


def _figures(standings: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the counts that stand at the top of the page."""
    links = Counter({row["standing"]: row["links"] for row in standings})
    total = links.total()
    share = links["broken"] / total if total else 0.0
    return {"links": total, "share": share, **{name: links[name] for name in ("broken", "moved")}}


def _unknown(shown: Sequence[str], stars: Iterable[dict[str, Any]]) -> list[str]:
    """Return the repositories that were asked for and of which no star is known."""
    known = {row["repo"].lower() for row in stars}
    return [repo for repo in shown if repo.lower() not in known]


def _fold(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return *rows* of year, kind and repos with the rare kinds counted together as «other»."""
    totals = Counter[str]()
    for row in rows:
        totals[row["kind"]] += row["repos"]
    kept = {kind for kind, _ in totals.most_common(_KINDS)}
    named = [{**row, "kind": row["kind"] if row["kind"] in kept else "other"} for row in rows]
    order = {kind: place for place, (kind, _) in enumerate(totals.most_common(_KINDS))}
    named.sort(key=lambda row: (row["year"], order.get(row["kind"], _KINDS)))
    return [
        {"year": year, "kind": kind, "repos": sum(row["repos"] for row in group)}
        for (year, kind), group in groupby(named, itemgetter("year", "kind"))
    ]
