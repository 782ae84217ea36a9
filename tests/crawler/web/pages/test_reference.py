"""Help, saved searches, and what robots are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.visits import Reader


def test_robots_are_sent_away(reader: Reader) -> None:
    assert reader.text("/robots.txt") == "User-agent: *\nDisallow: /\n"
    assert reader.get("/robots.txt").headers["content-type"] == "text/plain; charset=utf-8"


def test_help_is_in_both_languages(reader: Reader) -> None:
    assert reader.text("/help") != reader.text("/help?lang=en")


def test_saved_searches_have_a_feed_each(reader: Reader, several: Reader) -> None:
    text = reader.text("/watches")
    assert 'href="/watch/gia-lua.atom"' in text
    assert 'href="/?q=gi%C3%A1+l%C3%BAa"' in text
    assert 'href="/in/baotayninh-archive/watch/gia-lua.atom"' in several.text("/watches")
