"""A bold paragraph as the lead: short ones, and ones below odd lines."""

from __future__ import annotations

import pytest

from crawler.extract.text.lead import find_lead
from tests.support.markup import LONG, MORE, THIRD, context

SHORT = "Xã đã xong bốn cây số kè trước mùa mưa bão."
QUESTION = "Vì sao tuyến kè qua xã An Thạnh lại chậm đến một tháng so với lời hứa với dân? "


def lead_of(inner: str) -> str | None:
    page = context(f"<h1>Tăng tốc thi công tuyến kè</h1>{inner}")
    return find_lead(page, page.scan, page.scan.blocks[1:], above=[]).text


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        (f"<p><b>{SHORT}</b></p><p>{MORE}</p>", SHORT),
        (f"<p><b>{SHORT[:-1]}</b></p><p>{MORE}</p>", None),
        (f"<p><b>1. {SHORT}</b></p><p>{MORE}</p>", None),
        (f"<p><b>{SHORT}</b></p><p>Ngắn thôi.</p><p>{MORE}</p>", None),
        (f"<p><b>{SHORT}</b></p><p>{MORE}</p><p><b>Dân đã yên tâm.</b></p><p>{THIRD}</p>", None),
    ],
    ids=["a sentence", "no sentence", "an item", "nothing below", "one of several"],
)
def test_a_short_bold_sentence_above_plain_text_is_the_lead(inner: str, wanted: str | None) -> None:
    assert lead_of(inner) == wanted


@pytest.mark.parametrize(
    ("above", "seen"),
    [
        ("<div>Nghe đọc bài</div>", True),
        ("<div>Sông Mực 28 độ</div><table><tr><td>Vàng</td></tr></table>", True),
        ("<div>Dòng lẻ</div>" * 5, True),
        ("<div>Dòng lẻ</div>" * 6, False),
        (f"<p>{'x' * 60}</p>", True),
        (f"<p>{'x' * 61}</p>", False),
        ("<h3>Phần một</h3>", False),
        ("<p><b>Phần một</b></p>", False),
    ],
)
def test_a_bold_paragraph_below_odd_lines_is_the_lead(above: str, seen: bool) -> None:
    inner = f"{above}<p><b>{LONG}</b></p><p>{MORE}</p><p>{THIRD}</p>"
    assert lead_of(inner) == (LONG if seen else None)


def test_below_odd_lines_plain_text_must_follow_a_bold_paragraph() -> None:
    assert lead_of(f"<div>Kinh tế</div><p><b>{LONG}</b></p><p><b>{MORE}</b></p>") is None


def test_bold_questions_of_an_interview_leave_its_lead_and_are_none() -> None:
    pairs = f"<p><b>{QUESTION * 2}</b></p><p>{MORE}</p>"
    assert lead_of(f"<p><b>{LONG}</b></p><p>{THIRD}</p>{pairs}") == LONG
    assert lead_of(pairs * 2) is None


@pytest.mark.parametrize(("length", "opens"), [(39, False), (40, True)])
def test_a_bold_sentence_of_forty_characters_opens_a_text(length: int, *, opens: bool) -> None:
    odd, bold = "Trạm đo ở xã An Thạnh báo mực nước sông", f"Xã {'x' * (length - 4)}."
    head = f"<meta name=description content='{odd} cao'>"
    inner = f"<h1>Tăng tốc thi công tuyến kè</h1><p>{odd} cao</p><p><b>{bold}</b></p><p>{MORE}</p>"
    page = context(inner, head)
    lead = find_lead(page, page.scan, page.scan.blocks[1:], above=[])
    assert lead.text == (bold if opens else f"{odd} cao")
