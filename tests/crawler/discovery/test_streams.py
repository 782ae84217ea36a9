"""XML, an entry at a time."""

from __future__ import annotations

import pytest
from lxml import etree

from crawler.discovery import streams
from crawler.discovery.streams import (
    TooCrowded,
    local_name,
    own_text,
    repair_xml,
    stream_entries,
)


def titles(body: bytes, *, repair: bool = False) -> list[str]:
    entries = stream_entries(body, ("item",), repair=repair)
    return [own_text(element).strip() for element in entries]


def test_entries_come_in_order_from_any_namespace_and_depth() -> None:
    body = b"<r xmlns:a='u'><a:item>1</a:item><x><item>2</item></x><other>3</other></r>"
    assert titles(body) == ["1", "2"]


def test_entries_before_the_damage_are_handed_on() -> None:
    body = b"<r><item>1</item>" + b" " * streams.STEP + b"<item>2</x></r>"
    seen: list[str] = []
    with pytest.raises(ValueError, match="mismatch"):
        seen.extend(own_text(element) for element in stream_entries(body, ("item",)))
    assert seen == ["1"]


def test_repair_escapes_what_is_bare_and_resolves_what_html_knows() -> None:
    text = "a & b &amp; &agrave; &#224; &unknown; \x0b"
    assert repair_xml(text) == "a &amp; b &amp; à &#224; &amp;unknown; "
    assert titles(b"<r><item>a & b &agrave;</item></r>", repair=True) == ["a & b à"]


@pytest.mark.parametrize("before", range(streams.STEP - 12, streams.STEP + 2, 3))
def test_an_entity_may_stand_across_two_pieces(
    before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.charset.decoding._STEP", streams.STEP)
    body = b"<r>" + b" " * (before - 9) + b"<item>H&agrave; N</item></r>"
    assert titles(body, repair=True) == ["Hà N"]


def test_an_entry_of_a_hundred_thousand_elements_is_refused() -> None:
    with pytest.raises(TooCrowded):
        titles(b"<r><item>" + b"<x/>" * (streams.MAX_MARKS + 20_000) + b"</item></r>")


def test_entities_stay_unresolved() -> None:
    body = b"<!DOCTYPE r [<!ENTITY e 'secret'>]><r><item>a&e;b</item></r>"
    assert titles(body) == ["ab"]


def test_names_lose_their_namespace_and_comments_have_none() -> None:
    assert local_name(etree.fromstring("<a:PubDate xmlns:a='u'/>")) == "pubdate"
    assert local_name(etree.Comment("x")) == ""
    assert own_text(etree.fromstring("<a>1<b>2<!--x--></b>3<?pi y?>4</a>")) == "1234"


@pytest.mark.parametrize(("marks", "is_honest"), [(90_000, True), (110_000, False)])
def test_an_honest_entry_has_thousands_of_signs_and_not_a_hundred_thousand(
    marks: int, *, is_honest: bool
) -> None:
    # Signs of an entry are counted as it comes in, in pieces.
    body = b"<r><item>" + b"&amp;xxxx" * marks + b"</item></r>"
    if is_honest:
        assert len(titles(body)) == 1
    else:
        with pytest.raises(TooCrowded):
            titles(body)


def test_the_longest_entity_of_html_may_stand_across_two_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crawler.charset.decoding._STEP", streams.STEP)
    entity = b"&CounterClockwiseContourIntegral;"
    for inside in (1, 20, 25, len(entity) - 1):
        head = b"<r><item>"
        body = head + b" " * (streams.STEP - len(head) - inside) + entity + b"</item></r>"
        assert titles(body, repair=True) == ["\N{ANTICLOCKWISE CONTOUR INTEGRAL}"]


@pytest.mark.parametrize(("elements", "is_read"), [(8, True), (9, False)])
def test_marks_are_counted_from_the_first_one(
    monkeypatch: pytest.MonkeyPatch, elements: int, is_read: bool
) -> None:
    monkeypatch.setattr(streams, "MAX_MARKS", 10)
    body = b"<r>" + b"<x/>" * elements + b"</r>"
    if is_read:
        assert titles(body) == []
    else:
        with pytest.raises(TooCrowded):
            titles(body)
