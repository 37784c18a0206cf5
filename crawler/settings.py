"""Scrapy's settings: politeness first, then safety. What one site needs stands in its own file."""

import os
from importlib.metadata import version

BOT_NAME = "moit-news"
SPIDER_LOADER_CLASS = "crawler.loader.SiteLoader"

# --- Who we are -----------------------------------------------------------------------------------
# A webmaster who minds us must be able to say so: MOIT_NEWS_CONTACT is an address or a page.
CONTACT = os.environ.get("MOIT_NEWS_CONTACT", "").strip()
USER_AGENT = f"moit-news/{version('moit-news')}" + (f" (+{CONTACT})" if CONTACT else "")
ROBOTSTXT_USER_AGENT = "moit-news"  # the name that a robots.txt would call us by
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # Some papers choose their edition by this.
    "Accept-Language": "vi",
    "Accept-Encoding": "gzip, deflate",
}

# --- Politeness -----------------------------------------------------------------------------------
ROBOTSTXT_OBEY = True
# Never 0: Scrapy 2.14 to 2.19 then ignore the limit of one request a host (15 at once, measured).
DOWNLOAD_DELAY = 1.0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# One on its way and one waiting for its turn: few to finish when the run is told to end.
CONCURRENT_REQUESTS = 2
# A server that takes long is left alone for as long again.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = DOWNLOAD_DELAY
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
# One more try for what a bad line breaks; all else waits for a later run (crawler/plans.py).
RETRY_TIMES = 1
# Without 429 and 503: Scrapy asks these again at once, whatever Retry-After says.
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
# No session, no tracking; a server that floods us with cookies gets none back.
COOKIES_ENABLED = False

# --- Safety ---------------------------------------------------------------------------------------
# A total deadline, so that headers or a body that drip end too; Scrapy's default is 3 minutes.
DOWNLOAD_TIMEOUT = 30.0
# Real pages stay under 1 MiB, sitemaps under 6. Without it 632 bytes unpacked to 400 MB (measured).
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
# A page may link to file:///etc/passwd, and Scrapy would read it.
_HTTP = "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"
DOWNLOAD_HANDLERS_BASE = {"http": _HTTP, "https": _HTTP}
TWISTED_DNS_RESOLVER = "crawler.guards.PublicResolver"
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
# Both would let anybody who reaches their port run code here; neither is among EXTENSIONS.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# A leak ends the run in good order before the machine kills it; a crawl needs about 200 MB.
MEMUSAGE_ENABLED = True
MEMUSAGE_LIMIT_MB = 1024

# --- The way of a page ----------------------------------------------------------------------------
ITEM_PIPELINES = {"crawler.pipelines.ArchivePage": 100}
# The frontier knows what was asked; a second memory of it would only grow.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
CONCURRENT_ITEMS = 1

# Scrapy adds a list of its own to each of these, and imports even what is switched off in it: two
# servers and two web clients that nothing here uses, a fifth of a second at each start. What runs
# is what stands here; tests/crawler/test_settings.py tells when Scrapy's lists change.
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {
    "crawler.extensions.MemoryLimit": 0,
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logstats.LogStats": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
    "crawler.extensions.RecordRun": 100,
}
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.guards.HostGuard": 50,
    "crawler.guards.RobotsGuard": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "crawler.guards.BodyGuard": 590,
    "crawler.guards.RedirectGuard": 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
# The spider judges every status itself, and follows no link but through the frontier.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}

LOG_LEVEL = "INFO"
WARN_ON_GENERATOR_RETURN_VALUE = False
