"""The questions that the web page asks with one or two words filled in by the reader."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question with its SQL, which any SQLite tool runs.

    `example` fills in its parameters; of those in `picked` the catalog gives one, by SQL.
    """

    name: str
    title: str
    about: str
    sql: str
    example: dict[str, str] = field(default_factory=dict)
    picked: dict[str, str] = field(default_factory=dict)


# The words are split as the index is: a space around every CJK character. In SQL, so that
# it works in any tool; `catalog search` and Datasette's search box do it in Python.
_PHRASE = """
with recursive
characters (place, one) as (
  select 1, substr(:words, 1, 1)
  union all select place + 1, substr(:words, place + 1, 1) from characters
  where place < length(:words)
),
phrase (text) as (
  select '"' || group_concat(
    case when unicode(one) between 11904 and 55295 then ' ' || one || ' '
    else replace(one, '"', ' ') end, '') || '"'
  from characters
)"""

_MOST_STARRED = "SELECT full_name FROM repos ORDER BY stars DESC LIMIT 1"

QUERIES = (
    Query(
        name="search_items",
        title="Search the items",
        about="Items that hold the words as written, Chinese or not, the newest first.",
        sql=f"""{_PHRASE}
select issues.date, items.title, items.source, items.summary, issues.file, items.line
from items_fts
join items on items.id = items_fts.rowid
join issues on issues.id = items.issue_id
where items_fts match (select text from phrase)
order by items_fts.rowid desc limit 100""",
        example={"words": "量化"},
    ),
    Query(
        name="search_pages",
        title="Search the pages behind the links",
        about="Pages whose title or description holds the words as written.",
        sql=f"""{_PHRASE}
select pages.title, links.url, links.standing, links.first_mentioned
from pages_fts
join pages on pages.link_id = pages_fts.rowid
join links on links.id = pages.link_id
where pages_fts match (select text from phrase)
order by pages_fts.rowid desc limit 100""",
        example={"words": "量化"},
    ),
    Query(
        name="links_of_issue",
        title="The links of an issue",
        about="Every place of one issue that leads somewhere, and what stands of it.",
        sql="""
select mentions.line, mentions.text, links.url, links.standing, links.reason,
  links.standing_since, links.suggestion
from issues
join mentions on mentions.issue_id = issues.id
join links on links.id = mentions.link_id
where issues.file = :file
order by mentions.line, mentions.column""",
        picked={"file": "SELECT file FROM issues WHERE present = 1 ORDER BY date DESC LIMIT 1"},
    ),
    Query(
        name="history_of_link",
        title="The history of a link",
        about="Every visit to the link with a number, the newest first, with what decided.",
        sql="""
select checks.checked_at, checks.verdict, checks.reason, checks.status, checks.final_url,
  checks.rule, checks.evidence, checks.detail
from checks where checks.link_id = cast(:link_id as integer)
order by checks.checked_at desc""",
        picked={"link_id": "SELECT link_id FROM checks ORDER BY id DESC LIMIT 1"},
    ),
    Query(
        name="where_repository_is_named",
        title="Where a repository is named",
        about="Every place that names it, by any of its names, the newest first.",
        sql="""
select issues.date, mentions.file, mentions.line, repo_mentions.via, mentions.text,
  items.title as item
from repo_names
join repos as named on named.id = repo_names.repo_id
join repos on repos.id = named.id or repos.successor_id = named.id
join repo_mentions on repo_mentions.repo_id = repos.id
join mentions on mentions.id = repo_mentions.mention_id
join issues on issues.id = mentions.issue_id
left join items on items.id = mentions.item_id
where repo_names.full_name = :repo collate nocase
group by mentions.id order by issues.date desc, mentions.line""",
        picked={"repo": _MOST_STARRED},
    ),
    Query(
        name="stars_over_time",
        title="Stars over time",
        about="The stars of one repository on each day that is known.",
        sql="""
select repo_snapshots.taken_on, repo_snapshots.stars, repo_snapshots.forks,
  repo_snapshots.open_issues
from repos join repo_snapshots on repo_snapshots.repo_id = repos.id
where repos.full_name = :repo collate nocase
order by repo_snapshots.taken_on""",
        picked={"repo": _MOST_STARRED},
    ),
    Query(
        name="links_of_host",
        title="The links of a host",
        about="Every link to one host, the broken ones first.",
        sql="""
select links.url, links.standing, links.reason, links.standing_since, links.mentions,
  links.first_mentioned
from hosts join links on links.host_id = hosts.id
where hosts.name = :host and links.present = 1
order by links.standing = 'broken' desc, links.standing limit 1000""",
        picked={"host": "SELECT host FROM host_overview ORDER BY links DESC LIMIT 1"},
    ),
    Query(
        name="fastest_growing",
        title="Repositories that grow",
        about="The most stars gained in 30 days, among those with a given number of stars.",
        sql="""
select full_name, language, license, stars, stars_month,
  round(100.0 * stars_month / nullif(stars - stars_month, 0), 1) as percent, last_issue
from repo_overview
where stars >= cast(:at_least as integer) and stars_month is not null
order by stars_month desc limit 100""",
        example={"at_least": "100"},
    ),
    Query(
        name="dead_hosts",
        title="Hosts that fail as a whole",
        about="Hosts that left no link, of at least so many, through no fault of a page.",
        sql="""
select host, links, broken from host_overview
where broken = links and links >= cast(:at_least as integer)
  and exists (select 1 from links as own join broken_links on broken_links.link_id = own.id
    where own.host_id = host_overview.host_id and level = 'host')
order by links desc, host limit 1000""",
        example={"at_least": "2"},
    ),
    Query(
        name="why_broken",
        title="Why links are broken",
        about="Reasons of the links that are broken, of one year or, left empty, of all.",
        sql="""
select reason, sum(links) as links from year_totals
where standing = 'broken' and links > 0 and (:year = '' or year = :year)
group by reason order by links desc""",
        example={"year": ""},
    ),
    Query(
        name="license_questions",
        title="Repositories whose license needs a look",
        about="No license, one that nobody recognises, or one that forbids some uses.",
        sql="""
select full_name, license, license_category, stars, last_issue from repo_overview
where fetched_at is not null and (license is null or license = 'NOASSERTION'
  or ifnull(license_category, 'permissive') not like '%permissive%')
order by stars desc limit 1000""",
    ),
    Query(
        name="renamed_repositories",
        title="Repositories with another name now",
        about="What issues call them, and what they are called today.",
        sql="""
select full_name, renamed_to, url, state_since, mentions from repos
where state = 'renamed' order by state_since desc""",
    ),
    Query(
        name="copies_of_broken_links",
        title="Broken links with a copy",
        about="Broken links of which the Internet Archive has a copy from the time of the issue.",
        sql="""
select broken_links.url, archived_copies.address, archived_copies.taken_at,
  broken_links.file, broken_links.line
from archived_copies join broken_links on broken_links.link_id = archived_copies.link_id
where archived_copies.address <> '' limit 1000""",
    ),
)
