"""What can go wrong while configuring or crawling, as a tree.

storage.errors.BaotinhError
├── SourceError                 a source file is wrong: names file and key; exit code 2
├── UnknownSource               no source has that id; exit code 2
├── UsageError                  options that make no sense together; exit code 2
└── CrawlError                  a crawl could not be run or did not end well
    └── Hopeless                (crawler.survey) nothing can be proposed for a home page

NotAnArticle                    a page that was read and is no article (never shown as an error)
"""

from __future__ import annotations

from storage.errors import BaotinhError


class SourceError(BaotinhError):
    """A source file is wrong. The message names the file and the key."""

    exit_code = 2


class UnknownSource(BaotinhError):
    """No source file has the id that was asked for."""

    exit_code = 2


class UsageError(BaotinhError):
    """Options or settings that make no sense, alone or together."""

    exit_code = 2


class CrawlError(BaotinhError):
    """A crawl could not be run, or did not end well."""


class NotAnArticle(Exception):
    """The page was read and is no article.

    ``reason`` is a word of `crawler.failures` that ends up behind ``rejected/`` in outcomes;
    ``detail`` says more for people.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
