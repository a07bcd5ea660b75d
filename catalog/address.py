"""Identity of an address: which spellings are one link, and whose host answers for it."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urljoin

import ada_url

from catalog.forges import is_repository_root, paper_at, repository_at

WEB_SCHEMES: Final = frozenset({"http:", "https:"})

# Parameters that say where a reader came from and never what they get. A name that some
# site uses for content (`ref`, `from`, `source`, `id`) does not belong here.
TRACKING: Final = re.compile(
    r"""(?:
        utm_[a-z_]+                                  # Google Analytics and its heirs
      | (?:fb|g|y|dc|msclk|tt|tw|wbra|gbra)cl(?:id|src) | gbraid | wbraid | msclkid | igshid
      | mc_[ce]id | mkt_tok | _hs(?:enc|mi) | __hs[a-z]+ | vero_(?:conv|id) | oly_(?:anon|enc)_id
      | spm | spm_id_from | scm | share_token | share_source | share_medium | vd_source
      | hmsr | hmpl | hmcu | hmkw | hmci             # Baidu's counterpart of utm_
    )""",
    re.VERBOSE | re.IGNORECASE,
)

# An article of a WeChat account is these four; all else is how the reader came by it.
WECHAT_ARTICLE: Final = ("__biz", "mid", "idx", "sn")
WECHAT_PASSING: Final = frozenset(
    {
        *("chksm", "token", "scene", "lang", "srcid", "sharer_shareid", "sharer_sharetime"),
        *("key", "ascene", "uin", "devicetype", "version", "nettype", "pass_ticket", "exportkey"),
        *("subscene", "sessionid", "clicktime", "enterid", "from", "isappinstalled", "mpshare"),
        *("wx_header", "winzoom", "fontgear", "abtest_cookie", "finder_biz_enter_id", "poc_token"),
    }
)

_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


def is_web(url: str) -> bool:
    """Return whether a browser would ask a web server for *url*."""
    parsed = _parse(url)
    return parsed is not None and parsed.protocol in WEB_SCHEMES


def joined(base: str, reference: str) -> str:
    """Return the address that *reference* stands for on the page *base*, spelt as it was.

    Empty for a reference that says nothing, and for one that can be no address.
    """
    reference = reference.strip()
    try:
        return urljoin(base, reference) if reference else ""
    except ValueError:  # such as `http://[half`
        return ""


@lru_cache(maxsize=1024)  # each address is asked about several times within a moment
def host_of(url: str) -> str:
    """Return the host that answers for *url*, as ASCII, with its port unless that is the default.

    Empty for what is no web address, such as a path within the archive.
    """
    parsed = _parse(url)
    if parsed is None or parsed.protocol not in WEB_SCHEMES:
        return ""
    return _host(parsed)


def link_key(url: str) -> str:
    """Return what every spelling of *url* shares, and no other address does.

    The standard's part (case, default port, punycode, dots in paths) is done as browsers
    do it (WHATWG URL). Where a site is known to call one thing by several addresses, such
    as arXiv or WeChat, all of them have one key. What cannot be parsed is its own key.
    A key is for comparing only: what is visited is what was written.
    """
    if paper := paper_at(url):
        return f"https://arxiv.org/abs/{paper}"
    parsed = _parse(url)
    if parsed is None:
        return url.strip()
    if parsed.protocol not in WEB_SCHEMES:
        return parsed.href
    if _host(parsed) == "mp.weixin.qq.com":
        return _wechat_key(parsed)
    if is_repository_root(url) and (repo := repository_at(url)):
        fragment = "" if parsed.hash.lower() == "#readme" else _fragment(parsed)
        query = _query(parsed, lambda name: name == "tab" or _is_tracking(name))
        return f"https://{repo.key}{query}{fragment}"
    return (
        f"{parsed.protocol}//{_credentials(parsed)}{_host(parsed)}{_escapes(parsed.pathname)}"
        f"{_query(parsed, _is_tracking)}{_fragment(parsed)}"
    )


def _parse(url: str) -> ada_url.URL | None:
    try:
        return ada_url.URL(url.strip())
    except (ValueError, UnicodeEncodeError):  # lone surrogates cannot be in an address
        return None


def _host(parsed: ada_url.URL) -> str:
    """Return host and port without the dot that only ends the name for the resolver."""
    name = str(parsed.hostname).rstrip(".") or str(parsed.hostname)
    return f"{name}:{parsed.port}" if parsed.port else name


def _credentials(parsed: ada_url.URL) -> str:
    if not (parsed.username or parsed.password):
        return ""
    return f"{parsed.username}:{parsed.password}@" if parsed.password else f"{parsed.username}@"


def _escapes(text: str) -> str:
    """Return *text* with the percent-encoding that RFC 3986, 6.2.2, calls normal."""

    def normal(escape: re.Match[str]) -> str:
        character = chr(int(escape[0][1:], 16))
        return character if character in _UNRESERVED else escape[0].upper()

    return _ESCAPE.sub(normal, text)


def _fragment(parsed: ada_url.URL) -> str:
    """Return the fragment; one that only highlights text on the page is none."""
    return _escapes(str(parsed.hash).partition(":~:")[0].rstrip("#"))


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    """Yield each parameter of *query* as its name in lower case and its own writing.

    An `&amp;` copied out of HTML separates like the `&` that it stands for.
    """
    for part in re.split(r"&(?:amp;)?", query.removeprefix("?")):
        if part:
            yield unquote(part.partition("=")[0]).lower(), part


def _is_tracking(name: str) -> bool:
    return TRACKING.fullmatch(name) is not None


def _query(parsed: ada_url.URL, is_passing: Callable[[str], bool]) -> str:
    """Return the query without its passing parameters, the others in their order."""
    kept = [part for name, part in _parameters(parsed.search) if not is_passing(name)]
    return "?" + _escapes("&".join(kept)) if kept else ""


def _wechat_key(parsed: ada_url.URL) -> str:
    given = {name: unquote(part.partition("=")[2]) for name, part in _parameters(parsed.search)}
    if all(given.get(name) for name in WECHAT_ARTICLE):
        article = "&".join(f"{name}={given[name]}" for name in WECHAT_ARTICLE)
        return f"https://mp.weixin.qq.com/s?{article}"
    query = _query(parsed, lambda name: name in WECHAT_PASSING or _is_tracking(name))
    # `#rd`, `#wechat_redirect` and the like lead nowhere on the page.
    return f"https://mp.weixin.qq.com{_escapes(parsed.pathname)}{query}"
