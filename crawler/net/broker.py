"""The Redis of a cluster: what setting BROKER names, checked, and a connection to it.

Nothing of the extra ``cluster`` is imported here before somebody connects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.errors import UsageError

if TYPE_CHECKING:
    from redis import Redis

PORT = 6379
REPLY_SECONDS = 5.0
"""Seconds that Redis has to take a connection, and to answer; then it counts as away."""
_CERTIFICATES = "ssl_ca_certs"


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the Redis of a cluster is. Its text and representation never show the password."""

    host: str
    port: int
    database: int
    username: str | None = None
    password: str | None = None
    secure: bool = False
    """Speak TLS: the URL begins with ``rediss://``."""
    certificates: str | None = None
    """PEM file of the certificates that Redis is trusted by; None: the system's."""

    @classmethod
    def parse(cls, url: str) -> Broker:
        """Return what ``redis[s]://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`` names.

        ``rediss://`` may end with ``?ssl_ca_certs=FILE``. Raise ValueError that says what is
        wrong, and never the password.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port or PORT
        except ValueError:
            raise ValueError("is no URL: say redis://:PASSWORD@HOST:PORT/0") from None
        if parts.scheme not in ("redis", "rediss") or not parts.hostname:
            raise ValueError("is no redis:// or rediss:// URL with a host")
        secure, database = parts.scheme == "rediss", parts.path.strip("/") or "0"
        if not (database.isascii() and database.isdigit()) or len(database) > 5:
            raise ValueError("names a database that is no number: say redis://HOST:PORT/0")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        certificates = options.pop(_CERTIFICATES, None) if secure else None
        if options or parts.fragment:
            raise ValueError(f"may end with ?{_CERTIFICATES}=FILE (rediss:// only), nothing else")
        return cls(
            host=parts.hostname,
            port=port,
            database=int(database),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            secure=secure,
            certificates=certificates or None,
        )

    def __str__(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"redis{'s' * self.secure}://{shown}:{self.port}/{self.database}"

    def __repr__(self) -> str:
        return f"<Broker {self}>"


def parse_broker(url: str) -> Broker:
    """Return what setting BROKER names. Raise UsageError."""
    try:
        return Broker.parse(url)
    except ValueError as error:
        raise UsageError(f"BROKER {error}") from None


def connect(broker: Broker) -> Redis:
    """Return a client, which connects when it is first used and again after each loss.

    It repeats nothing by itself: who asks knows what may be asked twice. Raise UsageError when
    the extra is not installed.
    """
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise UsageError("BROKER needs redis and celery: pip install 'baotinh[cluster]'") from None
    return Redis(
        host=broker.host,
        port=broker.port,
        db=broker.database,
        username=broker.username,
        password=broker.password,
        ssl=broker.secure,
        ssl_ca_certs=broker.certificates,
        socket_timeout=REPLY_SECONDS,
        socket_connect_timeout=REPLY_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
