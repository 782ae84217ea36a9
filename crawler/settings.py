"""Settings of the crawler, in groups. Scrapy's own names keep Scrapy's meaning.

Every setting here can be overridden by an environment variable ``BAOTINH_<NAME>``, by ``-s
NAME=VALUE`` of the ``scrapy`` command, and, where it is about one outlet, by its source file.
This module imports no Scrapy, so that commands start fast.
"""

from __future__ import annotations

import os
import sys

from crawler.environment import read_overrides
from crawler.errors import UsageError

# --- The project -------------------------------------------------------------------------------

BOT_NAME = "baotinh"
SPIDER_MODULES = ["crawler.spiders"]
SPIDER_LOADER_CLASS = "crawler.spiders.loader.SourceSpiderLoader"

# --- Where things are --------------------------------------------------------------------------

ARCHIVE = "archive.db"
SOURCES = ""
CAPTURES_DIR = ""
TIMEZONE = "Asia/Ho_Chi_Minh"

# --- Who we are, and what we may reach -----------------------------------------------------------

CONTACT = ""
USER_AGENT = ""
ALLOW_PRIVATE_HOSTS: list[str] = []

# --- Pace: one request at a time to a host, a pause between two ----------------------------------

DOWNLOAD_DELAY = 1.5
DOWNLOAD_DELAY_JITTER = 0.2
CONCURRENT_REQUESTS = 8
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# A page gives one item at most; for each of these Scrapy starts a task a response.
CONCURRENT_ITEMS = 1
CRAWL_SOURCES_AT_ONCE = 8
DOWNLOAD_TIMEOUT = 30
ROBOTSTXT_OBEY = True
# Seconds: the longest Crawl-delay we follow; how long a crawl waits for a Retry-After before it
# leaves the host to a later run; the pause before the first repetition, doubled with each.
CRAWL_DELAY_MAX = 30.0
RETRY_AFTER_WAIT = 60.0
RETRY_BACKOFF = 2.0

# --- Discovery: bounds of one poll ---------------------------------------------------------------

LISTING_MAX_PAGES = 30
SITEMAP_MAX_CHILDREN = 50

# --- Backfill: how far back a listing is read, how many links at a time ---------------------------

BACKFILL_MAX_PAGES = 2000
BACKFILL_BATCH = 10

# --- The frontier, which lives in the archive ----------------------------------------------------

FRONTIER_BATCH = 50
# Links a source may have pending; older ones wait aside for room.
MAX_PENDING_LINKS = 20_000
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.ScrapyPriorityQueue"

# Scrapy reads the source of a callback at each response to warn of a mistake that ours do not make.
WARN_ON_GENERATOR_RETURN_VALUE = False

# --- Failures ------------------------------------------------------------------------------------

RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408, 429]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
REDIRECT_MAX_TIMES = 5
# Every final answer reaches the spider, which settles the link with its reason.
HTTPERROR_ALLOW_ALL = True

# --- Limits against hostile servers --------------------------------------------------------------

DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
# Bytes of an article page, raw and decoded; seeds may have DOWNLOAD_MAXSIZE.
PAGE_MAXSIZE = 4 * 1024 * 1024
# Pictures and documents of articles: which, how large, how many, and how long after the pages.
IMAGES = "none"
ATTACHMENTS = "none"
IMAGE_MAXSIZE = 5 * 1024 * 1024
ATTACHMENT_MAXSIZE = 16 * 1024 * 1024
MEDIA_PER_ARTICLE = 20
MEDIA_PER_RUN = 500
# Seconds of a run, after its pages, in which they are fetched; then of one request.
MEDIA_SECONDS = 120.0
MEDIA_TIMEOUT = 15.0
# Pages that scripts draw, of sources with `render = true`: the browser's program (empty: Chromium
# of the system), and the seconds, requests and bytes of one page.
BROWSER = ""
BROWSER_SANDBOX = True
RENDER_SECONDS = 60.0
RENDER_REQUESTS = 40
RENDER_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {
    "http": "crawler.net.handler.GuardedHandler",
    "https": "crawler.net.handler.GuardedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
TWISTED_DNS_RESOLVER = "crawler.net.resolver.PublicResolver"
DNS_TIMEOUT = 10
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
REFERER_ENABLED = True
REFERRER_POLICY = "no-referrer"
HTTPPROXY_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
URLLENGTH_LIMIT = 2083
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
}

# --- The way down: middlewares, pipelines, extensions --------------------------------------------

DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.address.AddressMiddleware": 10,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    # Above RetryMiddleware (550), so that what is drawn is the last answer.
    "crawler.middlewares.drawing.DrawingMiddleware": 540,
    "crawler.middlewares.politeness.PolitenessMiddleware": 555,
    "crawler.middlewares.limits.DecodingMiddleware": 590,
    "crawler.middlewares.limits.GuardedRedirectMiddleware": 600,
    "crawler.middlewares.conditional.ConditionalMiddleware": 560,
    # Above HttpCompression (590), so that the body is still as the server sent it.
    "crawler.middlewares.capture.CaptureMiddleware": 899,
    "crawler.middlewares.media.MediaMiddleware": 898,
}
ITEM_PIPELINES = {
    "crawler.pipelines.NormalizePipeline": 100,
    "crawler.pipelines.ValidatePipeline": 200,
    "crawler.pipelines.FingerprintPipeline": 300,
    "crawler.pipelines.ArchivePipeline": 400,
}
# What `scrapy crawl -o FILE` writes: all fields but the signature, which is not text.
FEED_EXPORT_FIELDS = [
    *("source_id", "url", "canonical_url", "key", "title", "summary", "body", "authors"),
    *("section", "section_path", "tags", "images", "language", "kind"),
    *("published_at", "published_on", "published_raw", "published_from", "modified_at"),
    *("dateline", "byline_raw", "source_credit", "subheads", "evidence", "fetched_at", "digest"),
]
ADDONS = {"crawler.extensions.agent.AgentAddon": 100}
EXTENSIONS = {"crawler.extensions.runlog.RunLog": 100}
# Only what a crawl of ours uses is loaded, not merely left idle: each costs start-up time in
# every child. The telnet console and the remote control are off on purpose.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "crawler.extensions.export.AskedExport": 0,
}
SPIDER_MIDDLEWARES_BASE = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": 700,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": 800,
}
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}

# --- Imports: other archives, and how they are asked ---------------------------------------------

WAYBACK_URL = "https://web.archive.org"
COMMONCRAWL_INDEX_URL = "https://index.commoncrawl.org"
COMMONCRAWL_DATA_URL = "https://data.commoncrawl.org"
# Seconds between two requests to one of them, and before the first repetition, doubled with each.
IMPORT_DELAY = 1.5
IMPORT_BACKOFF = 5.0

# --- Evidence: who stamps the manifests of captures, and whose stamps are trusted -----------------

TIMESTAMP_URL = ""
TIMESTAMP_CA = ""

# --- The daemon: when to ask again, and how to run what is due ------------------------------------

# Seconds; a source file's `poll` comes before it. The wait where an article comes an hour.
POLL_INTERVAL = 1800.0
# Seconds a due retry or revisit may wait for the next poll, so that both share one child.
REVISIT_SLACK = 900.0
DAEMON_TICK = 30.0
DAEMON_CHILDREN = 2
DAEMON_SOURCES_A_CHILD = 50
# Seconds over which what is overdue at a start is spread.
DAEMON_STAGGER = 300.0
# Seconds that what is due waits for more that shares its child.
DAEMON_GATHER = 20.0
# Seconds a child may run, and may run without any progress; then how long it has to end itself.
DAEMON_CRAWL_TIMEOUT = 3600.0
DAEMON_STALL_TIMEOUT = 600.0
DAEMON_KILL_GRACE = 20.0
# Seconds after which a source that is still due after its crawl is tried again; it doubles.
DAEMON_HOLD = 60.0
# Seconds between two looks at every source's health, and two checkpoints of the archive.
DAEMON_CHECKUP = 3600.0
DAEMON_CHECKPOINT = 300.0
# Megabytes that must be free beside the archive before a crawl starts.
DISK_RESERVE_MB = 500
# Local hour of the nightly optimise and backup; a backup folder, and how many to keep.
NIGHTLY_HOUR = 3
BACKUP_DIR = ""
BACKUP_KEEP = 7
# Prometheus metrics, e.g. 127.0.0.1:9187; empty is off.
METRICS_ADDRESS = ""

# --- A cluster: several machines crawl into one archive ------------------------------------------

# redis://:PASSWORD@HOST:PORT/0, or rediss:// for TLS; empty: this machine alone.
BROKER = ""
# Crawls at once of one `baotinh worker`, and pages that it is given at a time.
WORKER_CHILDREN = 2
ORDER_PAGES = 200

# --- Alarms: a source changed its health ----------------------------------------------------------

ALARM_WEBHOOK = ""
ALARM_COMMAND = ""
ALARM_MAIL_TO = ""
ALARM_MAIL_FROM = "baotinh@localhost"
ALARM_SMTP = "localhost:25"

# --- Saved searches: where new matches are sent, besides the feed files ---------------------------

WATCH_FEEDS = ""
WATCH_WEBHOOK = ""
WATCH_COMMAND = ""

# --- Reports -------------------------------------------------------------------------------------

LOG_LEVEL = "WARNING"
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
STATS_DUMP = False
# Nothing of ours reads how many bytes went to and fro; they were counted header by header.
DOWNLOADER_STATS = False
LOG_FORMATTER = "crawler.extensions.quiet.QuietFormatter"
PROGRESS_INTERVAL = 10.0
SHUTDOWN_GRACE = 20.0
LOCK_WAIT = 3.0

try:
    globals().update(read_overrides(globals(), os.environ))
except UsageError as wrong:
    if "scrapy.cmdline" not in sys.modules:
        raise
    # The command `scrapy` reads this before anything of it would catch an error.
    sys.stderr.write(f"scrapy: {wrong}\n")
    sys.exit(wrong.exit_code)
