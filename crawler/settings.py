"""Settings of the Scrapy project; what only the spider `links` needs is with that spider."""

BOT_NAME = "linkledger"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Scrapy runs on asyncio alone. The figures in `benchmarks/RESULTS.md` say why; and a loop, unlike
# Twisted's reactor, can be run again in the same process, night after night.
TWISTED_REACTOR_ENABLED = False

# Both listen on a port by default, and the second runs whatever Python is sent to it.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

LOG_LEVEL = "WARNING"
