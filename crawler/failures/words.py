"""The words of the table of reasons. Pure."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """The words of all reasons but those of HTTP statuses, see `status_word`."""

    # the connection and the answer
    TIMEOUT = "timeout"
    DNS = "dns"
    REFUSED = "refused"
    CONNECTION = "connection"
    DATA_LOSS = "data-loss"
    TLS = "tls"
    CERTIFICATE = "certificate"
    CERTIFICATE_EARLY = "certificate-early"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_HOST = "certificate-host"
    CERTIFICATE_ISSUER = "certificate-issuer"
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed"
    HEADER_FLOOD = "header-flood"
    ENCODING = "encoding"
    TOO_LARGE = "too-large"
    REDIRECTS = "redirects"
    EMPTY_BODY = "empty-body"
    REDIRECT_HOME = "redirect-home"
    # permission
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots-unreachable"
    RETRY_AFTER = "retry-after"
    # the address
    MALFORMED_URL = "malformed-url"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    PORT = "port"
    PRIVATE_ADDRESS = "private-address"
    OFF_SITE = "off-site"
    # the page
    BINARY = "binary"
    BOT_CHECK = "bot-check"
    COMMON_TITLE = "common-title"
    EMPTY = "empty"
    EMPTY_SHELL = "empty-shell"
    ERROR_PAGE = "error-page"
    GALLERY = "gallery"
    LISTING = "listing"
    LOGIN = "login"
    LONG_TITLE = "long-title"
    MAINTENANCE = "maintenance"
    NO_BODY = "no-body"
    NO_TITLE = "no-title"
    NOT_DRAWN = "not-drawn"
    NOT_HTML = "not-html"
    OTHER_PAGE = "other-page"
    PARKED = "parked"
    SCHEDULE = "schedule"
    SOFT_404 = "soft-404"
    VIDEO = "video"
    # the picture or document
    NOT_A_PICTURE = "not-a-picture"
    NOT_A_PDF = "not-a-pdf"
    PIXELS = "pixels"
    # the seed
    NOT_A_SEED = "not-a-seed"
    NO_LINKS = "no-links"
    # ourselves
    AFTER_UNTIL = "after-until"
    BEFORE_SINCE = "before-since"
    OVER_LIMIT = "over-limit"
    BROKER_AWAY = "broker-away"
    BROWSER = "browser"
    BUDGET = "budget"
    CAPTURE = "capture"
    CRASHED = "crashed"
    DROPPED = "dropped"
    IGNORED = "ignored"
    LOST = "lost"
    WITHHELD = "withheld"
    STOPPED = "stopped"


def status_word(status: int) -> str:
    """Return the word for an HTTP status, e.g. ``http-503``."""
    return f"http-{status}"
