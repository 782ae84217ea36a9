"""The wall clock, as the archive writes instants."""

from __future__ import annotations

import datetime as dt

from crawler.schedule import format_instant


def read_clock() -> str:
    """Now: UTC, whole seconds, ``Z``."""
    return format_instant(dt.datetime.now(dt.UTC))
