"""Search: query text -> ranked hits."""

from storage.search.engine import search

__all__ = ["search"]
