"""Words of reasons."""

from __future__ import annotations

from crawler.failures.words import Word, status_word


def test_a_word_is_its_own_text_and_a_status_has_one() -> None:
    assert f"{Word.BOT_CHECK}" == "bot-check"
    assert [status_word(status) for status in (404, 503)] == ["http-404", "http-503"]
