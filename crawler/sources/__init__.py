"""Outlets as data: one TOML file each, built in or from the user's folder."""

from crawler.sources.catalogue import find_source, load_sources, owner_of
from crawler.sources.identity import article_key, asked_at, at_home, is_article_url
from crawler.sources.model import (
    Layout,
    Pace,
    Pattern,
    Seed,
    Source,
)
from storage.states import SeedKind, SourceKind, SourceStatus

__all__ = [
    "Layout",
    "Pace",
    "Pattern",
    "Seed",
    "SeedKind",
    "Source",
    "SourceKind",
    "SourceStatus",
    "article_key",
    "asked_at",
    "at_home",
    "find_source",
    "is_article_url",
    "load_sources",
    "owner_of",
]
