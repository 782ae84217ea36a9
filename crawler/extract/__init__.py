"""From a capture to an article. Pure: bytes in, ``storage.records.Article`` out."""

from crawler.extract.boilerplate import fingerprint_line, learn_boilerplate
from crawler.extract.reading import extract

__all__ = ["extract", "fingerprint_line", "learn_boilerplate"]
