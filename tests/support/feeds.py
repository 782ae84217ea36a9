"""Feeds as RFC 4287 and a feed reader see them."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

SCHEMA = Path(__file__).parents[1] / "data" / "atom.rng"


@cache
def _schema() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(SCHEMA))


def check_feed(data: bytes) -> Any:
    """Fail unless the feed is valid; return what feedparser reads in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import feedparser
    document = etree.fromstring(data)
    _schema().assertValid(document.getroottree())
    read = feedparser.parse(data)
    assert not read.bozo, read.bozo_exception
    return read
