"""One page, asked for."""

from __future__ import annotations

import pytest

from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.survey.visits import Unvisited
from tests.crawler.survey.visiting import HOME, visit


def test_a_page_comes_with_its_type_and_costs_a_request() -> None:
    page, visitor = visit({HOME: b"<p>"}, lambda visitor: visitor.get(HOME), budget=3)
    assert (page.url, page.body, page.content_type) == (HOME, b"<p>", "text/html; charset=utf-8")
    assert visitor.left == 2


def test_every_other_answer_is_a_word_and_a_sentence() -> None:
    with pytest.raises(Unvisited, match="404") as missing:
        visit({}, lambda visitor: visitor.get(HOME))
    assert "404" in missing.value.reason
    with pytest.raises(Unvisited) as refused:
        visit({HOME: Refused(Word.ROBOTS)}, lambda visitor: visitor.get(HOME))
    assert refused.value.reason == Word.ROBOTS
