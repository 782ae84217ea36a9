"""Settings as a process without any variable of ours has them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crawler import settings as module
from crawler.daemon.options import DaemonOptions, read_options
from crawler.environment import Settings, read_settings


def make_settings(**changes: Any) -> Settings:
    """The defaults, but for ``changes``."""
    return replace(read_settings(vars(module), {}), **changes)


def make_options(**changes: Any) -> DaemonOptions:
    """The daemon's defaults, but for ``changes``."""
    return replace(read_options(make_settings()), **changes)
