"""Settings from the environment, and the settings that commands and the daemon need, as one value.

``BAOTINH_<NAME>`` overrides the setting ``<NAME>``. Components of Scrapy read theirs from the
crawler, so that ``scrapy crawl -s NAME=VALUE`` holds for them.
"""

from __future__ import annotations

import json
import logging
import shlex
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.errors import UsageError
from crawler.net.addresses import PrivateHosts, parse_host
from crawler.net.broker import Broker
from storage.media.choices import AttachmentChoice, ImageChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "BAOTINH_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings as commands use them; `crawler.settings` says what each is and holds its default."""

    captures_dir: str
    timezone: str
    contact: str
    allow_private_hosts: list[str]
    log_level: str
    progress_interval: float
    page_maxsize: int
    images: str
    attachments: str
    media_per_article: int
    timestamp_url: str
    timestamp_ca: str
    wayback_url: str
    commoncrawl_index_url: str
    commoncrawl_data_url: str
    import_delay: float
    import_backoff: float
    revisit_slack: float
    daemon_tick: float
    daemon_children: int
    daemon_sources_a_child: int
    daemon_stagger: float
    daemon_gather: float
    daemon_crawl_timeout: float
    daemon_stall_timeout: float
    daemon_kill_grace: float
    daemon_hold: float
    daemon_checkup: float
    daemon_checkpoint: float
    disk_reserve_mb: int
    nightly_hour: int
    backup_dir: str
    backup_keep: int
    metrics_address: str
    broker: str
    worker_children: int
    order_pages: int
    alarm_webhook: str
    alarm_command: str
    alarm_mail_to: str
    alarm_mail_from: str
    alarm_smtp: str
    watch_feeds: str
    watch_webhook: str
    watch_command: str
    overridden: frozenset[str] = frozenset()
    """Names of settings that the environment gives."""
    unknown: tuple[str, ...] = ()
    """Variables with our prefix that name no setting: most likely misspelt."""

    @property
    def private_hosts(self) -> PrivateHosts:
        """Return ALLOW_PRIVATE_HOSTS. Raise UsageError."""
        try:
            return PrivateHosts.parse(self.allow_private_hosts)
        except ValueError as error:
            raise UsageError(f"ALLOW_PRIVATE_HOSTS: {error}") from None

    @property
    def timestamp_roots(self) -> Path | None:
        """Return the file of the certificates that stamps are trusted by; None: the system's."""
        return Path(self.timestamp_ca).absolute() if self.timestamp_ca else None


_NOT_SETTINGS = frozenset({"overridden", "unknown"})


def read_settings(values: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Return the settings that commands use; ``values`` are those of `crawler.settings`."""
    names = {each.name for each in fields(Settings)} - _NOT_SETTINGS
    given = {name.removeprefix(PREFIX) for name in environ if name.startswith(PREFIX)}
    return Settings(
        **{name: values[name.upper()] for name in names},
        overridden=frozenset(given & values.keys()),
        unknown=tuple(unknown_names(values, environ)),
    )


_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def read_overrides(defaults: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return what the environment gives instead of ``defaults``: name -> value of the same type.

    Names that ``defaults`` does not hold are left out; `unknown_names` lists them. Raise
    UsageError naming the variable when a value does not fit, at the start of whatever command:
    not when the first alarm is due.
    """
    overrides = {}
    for variable, text in environ.items():
        name = variable.removeprefix(PREFIX)
        if variable.startswith(PREFIX) and name in defaults:
            try:
                overrides[name] = value = convert(text, defaults[name])
                if value and name in _CHECKS:
                    _CHECKS[name](value)
            except ValueError as error:
                shown = "…" if name in _SECRET else repr(text)
                raise UsageError(f"{variable}={shown} {error}") from None
    return overrides


def unknown_names(known: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Return the variables with our prefix that name no setting."""
    return sorted(
        variable
        for variable in environ
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in known
    )


def convert(text: str, like: object) -> Any:
    """Read ``text`` as a value of the type of ``like``. Raise ValueError that says what it is not.

    Lists and tuples are comma-separated, dictionaries are JSON objects, what has no default is
    taken as text. Numbers are never negative: no setting means anything below zero.
    """
    if isinstance(like, bool):
        return _read_bool(text)
    if isinstance(like, int | float):
        return _read_number(text, type(like))
    if isinstance(like, list | tuple):
        return type(like)(part for part in (piece.strip() for piece in text.split(",")) if part)
    if isinstance(like, dict):
        return _read_object(text)
    return text


def _read_bool(text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("is neither yes nor no (say 1 or 0)")


def _read_number(text: str, kind: type[float]) -> float:
    try:
        number = kind(text)
    except (ValueError, OverflowError):
        whole = "a whole number" if kind is int else "a number"
        raise ValueError(f"is not {whole}") from None
    if not 0 <= number < 10**15:
        raise ValueError("is out of range: it must be 0 or more, and finite")
    return number


def _read_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    return value


def _check_level(name: str) -> None:
    if name not in logging.getLevelNamesMapping():
        raise ValueError("is no level: say DEBUG, INFO, WARNING, ERROR or CRITICAL")


def _check_command(text: str) -> None:
    try:
        shlex.split(text)
    except ValueError as error:
        raise ValueError(f"cannot be split into words as a shell does: {error}") from None


def _check_word(*words: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if text not in words:
            raise ValueError(f"is none of {', '.join(words)}")

    return check


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an absolute http or https URL")


_CHECKS: dict[str, Callable[[Any], object]] = {
    "ALLOW_PRIVATE_HOSTS": PrivateHosts.parse,
    "IMAGES": _check_word(*ImageChoice),
    "ATTACHMENTS": _check_word(*AttachmentChoice),
    "LOG_LEVEL": _check_level,
    "METRICS_ADDRESS": parse_host,
    "BROKER": Broker.parse,
    "ALARM_SMTP": parse_host,
    "ALARM_COMMAND": _check_command,
    "WATCH_COMMAND": _check_command,
    "ALARM_WEBHOOK": _check_address,
    "WATCH_WEBHOOK": _check_address,
    "TIMESTAMP_URL": _check_address,
    "WAYBACK_URL": _check_address,
    "COMMONCRAWL_INDEX_URL": _check_address,
    "COMMONCRAWL_DATA_URL": _check_address,
}
"""What a value must be besides of the right type."""
_SECRET = frozenset({"BROKER"})
"""Settings with a password in them, which no message repeats."""
