"""Settings from the environment: ``BAOTINH_<NAME>`` overrides the setting ``<NAME>``."""

from __future__ import annotations

import json
import logging
import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.errors import UsageError
from crawler.net.addresses import PrivateHosts, parse_host

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "BAOTINH_"

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def read_overrides(defaults: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """What the environment says instead of ``defaults``, name -> value of the default's type.

    Names that ``defaults`` does not hold are left out; `unknown_names` lists them. Raises
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
                raise UsageError(f"{variable}={text!r} {error}") from None
    return overrides


def unknown_names(known: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Variables that carry our prefix and name no setting: most likely misspelt."""
    return sorted(
        variable
        for variable in environ
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in known
    )


def convert(text: str, like: object) -> Any:
    """Read ``text`` as a value of the type of ``like``. Raises ValueError saying what it is not.

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


def _check_webhook(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an absolute http or https URL")


_CHECKS: dict[str, Callable[[Any], object]] = {
    "ALLOW_PRIVATE_HOSTS": PrivateHosts.parse,
    "LOG_LEVEL": _check_level,
    "METRICS_ADDRESS": parse_host,
    "ALARM_SMTP": parse_host,
    "ALARM_COMMAND": _check_command,
    "WATCH_COMMAND": _check_command,
    "ALARM_WEBHOOK": _check_webhook,
    "WATCH_WEBHOOK": _check_webhook,
}
"""What a value must be besides of the right type."""
