"""Whose body is taken: the layout's, the generic one, the stated one."""

from __future__ import annotations

import json

from crawler.extract.layouts import Layout
from crawler.extract.text.drafts import Draft, choose_draft, with_stated_body
from tests.support.markup import LONG, MORE, THIRD, context

PAGE = f"<h1>Tựa</h1><div class=nd><p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p></div>"


def layout(body: str, *drop: str) -> Layout:
    return Layout(name="x", marks=(), body=(body,), drop=drop)


def choose(inner: str, *layouts: Layout) -> Draft | None:
    page = context(inner)
    return choose_draft(page.page, page.scan, list(layouts), 0)


def test_a_layout_body_is_taken_without_what_it_drops() -> None:
    page = PAGE.replace("<p>Theo", "<p class=x>Theo")
    draft = choose(page, layout(".nd", ".x"))
    assert draft is not None
    assert draft.how == "layout x"
    assert [block.text for block in draft.texts] == [LONG, THIRD]


def test_a_layout_that_finds_less_than_half_has_had_its_day() -> None:
    page = PAGE.replace("<p>Sáng", "<p id=one>Sáng")
    draft = choose(page, layout("#one"))
    assert draft is not None
    assert draft.how == "generic, layout x found less"
    assert len(draft.texts) == 3


def test_an_empty_place_of_the_text_is_believed() -> None:
    assert choose(f"{PAGE}<div id=none> </div>", layout("#none")) is None


def test_several_empty_places_of_a_text_are_teasers() -> None:
    draft = choose(f"{PAGE}<div class=none> </div><div class=none> </div>", layout(".none"))
    assert draft is not None
    assert draft.size == len(LONG + MORE + THIRD)


def test_without_a_layout_the_generic_rules_decide() -> None:
    draft = choose(PAGE, layout("#missing"))
    assert draft is not None
    assert (draft.how, draft.size) == ("generic", len(LONG + MORE + THIRD))


def test_a_video_may_have_its_lead_alone() -> None:
    short = "Bản tin tối nay."
    comments = f"<div class=comments><p>{LONG}</p></div>"
    page = f"<h1>Tựa</h1><p>{short}</p><div class=sapo>{'y' * 80}</div>{comments}"
    assert choose(page) is None
    draft = choose(f"{page}<video src=a.mp4></video>")
    assert draft is not None
    assert draft.how == "lead of a video"


def test_the_stated_body_is_taken_where_the_page_shows_less_than_half() -> None:
    stated = f"{LONG * 3}\n\n{MORE * 2}"
    data = {"@type": "NewsArticle", "headline": "T", "articleBody": stated}
    page = context(PAGE, f"<script type=application/ld+json>{json.dumps(data)}</script>")
    draft = choose(PAGE)
    assert draft is not None
    whole = with_stated_body(None, page.data)
    assert whole is not None
    assert [block.text for block in whole.texts] == [LONG * 3, MORE * 2]
    assert with_stated_body(draft, page.data) is draft
    draft.texts = draft.texts[:1]
    assert with_stated_body(draft, page.data) is not draft
