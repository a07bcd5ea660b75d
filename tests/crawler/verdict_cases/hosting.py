"""What hosting companies, buckets and servers show where a site was, or is out of order."""

from tests.crawler.verdict_cases.visits import ARTICLE, R, Row, html, visit

ROWS: list[Row] = [
    ("an account suspended by its host",
     visit(200, html("Account Suspended", "This Account has been suspended.", "")), R.SOFT_404),
    ("a server's own page, however much it explains, in place of a site",
     visit(200, html("Apache2 Debian Default Page: It works", "", ARTICLE),
           url="https://example.com/"), R.SOFT_404),
    ("a page on the server's own page",
     visit(200, html("Apache2 Debian Default Page: It works", "", ARTICLE)), R.OK),
    ("an announcement of maintenance in place of the page",
     visit(200, html("系统维护公告", "系统升级维护中",
                     "<p>网站将于今晚进行升级维护，期间暂停访问，敬请谅解。</p>")),
     R.SERVER_ERROR),
    ("Vercel waits to be paid",
     visit(402, html("402: PAYMENT_REQUIRED", "", "<p>Code: DEPLOYMENT_DISABLED</p><p>Payment"
                     " required. This deployment is temporarily paused.</p>")), R.SERVER_ERROR),
    ("CloudFront waits for its origin",
     visit(504, html("ERROR: The request could not be satisfied", "504 Gateway Timeout ERROR",
                     "<h2>The request could not be satisfied.</h2>")), R.SERVER_ERROR),
    ("a suspended account that answers 403", visit(403, html("Account Suspended")), R.SOFT_404),
    ("nginx welcomes", visit(200, html("Welcome to nginx!", "Welcome to nginx!", "")), R.SOFT_404),
    ("GitHub Pages without a site",
     visit(200, html("Site not found · GitHub Pages", "404", "")), R.SOFT_404),
    ("a bucket without the key",
     visit(200, "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist."
           "</Message></Error>", content_type="application/xml"), R.SOFT_404),
    ("Heroku without the app", visit(200, html("No such app", "", "")), R.SOFT_404),
    ("an empty directory where a site was",
     visit(200, html("Index of /", "Index of /", "<a>cgi-bin/</a>"), url="https://example.com/"),
     R.SOFT_404),
    ("a video that is no more",
     visit(200, html(" - YouTube", "", '<script>{"status":"ERROR","reason":"Video unavailable"}'
                     "</script>"), url="https://www.youtube.com/watch?v=abc"), R.SOFT_404),
    ("out of order with a status of success",
     visit(200, html("502 Bad Gateway", "502 Bad Gateway", "")), R.SERVER_ERROR),
    ("under maintenance", visit(200, html("Site is under maintenance", "", "<p>Soon.</p>")),
     R.SERVER_ERROR),
    ("the database is away",
     visit(200, html("Database Error", "Error establishing a database connection", "")),
     R.SERVER_ERROR),
    ("a host's message, and nothing else",
     visit(200, html("Account Suspended", "Account Suspended", "<p>Contact your host.</p>")),
     R.SOFT_404),
    ("PHP fails before anything of a page",
     visit(200, "<b>Fatal error</b>: Uncaught Exception: no database in /site/db.php:12 thrown in "
           "/site/db.php on line <b>12</b>"), R.SERVER_ERROR),
    ("a host's page for a new site", visit(200, html("Azure App Service - Welcome", "Hey!", "")),
     R.SOFT_404),
    ("a video for its owner alone",
     visit(200, html(" - YouTube", "", "<script>"
                     '{"status":"LOGIN_REQUIRED","reason":"Private video"}</script>'),
           url="https://www.youtube.com/watch?v=abc"), R.SOFT_404),
    ("a lapsed site of Squarespace",
     visit(402, html("Squarespace - Website Expired", "Website Expired",
                     "<p>This account has expired.</p>")), R.PARKED),
    ("Windows without a site of that name",
     visit(400, html("Bad Request", "", "<h2>Bad Request - Invalid Hostname</h2><hr>"
                     "<p>HTTP Error 400. The request hostname is invalid.</p>")), R.SOFT_404),
    ("a root's listing below the root",
     visit(200, html("Index of /", "Index of /", "<a>cgi-bin/</a>")), R.SOFT_404),
]  # fmt: skip
