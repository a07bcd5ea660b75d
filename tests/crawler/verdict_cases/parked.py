"""Domains that are parked or for sale."""

from tests.crawler.verdict_cases.visits import MENU, R, Row, html, visit

ROWS: list[Row] = [
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
]  # fmt: skip
