"""Patterns from source files, run by an engine whose time is linear in the text.

A source file is data from anywhere, and its patterns meet URLs from anywhere: one
``(a+)+$`` would stop a crawl with a backtracking engine. RE2 has no backtracking, and says
at load which pattern needs it (look-around, back-references).
"""

from __future__ import annotations

from typing import cast

import re2

from crawler.sources.model import Pattern

MAX_PATTERN = 1000
"""Characters in one pattern."""


def compile_pattern(text: str) -> Pattern:
    """Compile one pattern. Raise ValueError, saying what is wrong with it."""
    if not text:
        raise ValueError("is empty and would match everything")
    if len(text) > MAX_PATTERN:
        raise ValueError(f"has {len(text)} characters, at most {MAX_PATTERN} are allowed")
    if text.count("(?P<id>") > 1:
        raise ValueError("names the group id twice")
    options = re2.Options()
    options.log_errors = False
    try:
        return cast(Pattern, re2.compile(text, options))
    except re2.error as error:
        raise ValueError(_reason(error)) from None


def _reason(error: Exception) -> str:
    said = error.args[0]
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    hint = " (look-around is not supported)" if "(?" in text else ""
    return f"is not a valid pattern: {text}{hint}"
