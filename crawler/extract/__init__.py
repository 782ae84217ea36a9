"""From a capture to an article. Pure: bytes in, ``storage.records.Article`` out."""

from crawler.extract.article import extract
from crawler.extract.hints import fingerprint_line
from crawler.extract.text.boilerplate import learn_boilerplate

__all__ = ["extract", "fingerprint_line", "learn_boilerplate"]
