"""Who signed, in which order of places, and which lines leave the text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crawler.extract.authors.find import Signature, find_signature
from crawler.extract.layouts import Layout
from tests.support.markup import LONG, MORE, THIRD, context

if TYPE_CHECKING:
    from crawler.extract.context import Context

MAX_MARKED = 80

JSON_LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "T",'
    ' "author": {"name": "Trần Văn Nam"}}</script>'
)
BODY = f"<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p>"


def sign(inner: str, head: str = "", *, pictures: bool = False, foreign: bool = False) -> Signature:
    page = context(f"<h1>Tựa</h1>{inner}", head)
    page.foreign = foreign
    return signed(page, pictures=pictures)


def signed(page: Context, *, pictures: bool = False) -> Signature:
    return find_signature(page, page.scan.blocks[1:], pictures=pictures)


def left(signature: Signature) -> list[str]:
    return [block.text for block in signature.texts]


def test_the_last_line_signs_and_leaves_the_text() -> None:
    found = sign(f"{BODY}<p>Lê Minh Anh</p>")
    assert (found.authors, found.raw) == (["Lê Minh Anh"], "Lê Minh Anh")
    assert left(found) == [LONG, MORE, THIRD]
    assert found.evidence
    assert (found.evidence.how, found.evidence.confidence) == ("end of text", 0.9)


@pytest.mark.parametrize("name", ["BS LÊ VĂN MINH", "ThS. Lê Văn Minh", "Luật sư Lê Văn Minh"])
def test_a_title_before_the_name_signs_too(name: str) -> None:
    found = sign(f"{BODY}<p>{name}</p>")
    assert [each.lower() for each in found.authors] == ["lê văn minh"]
    assert left(found) == [LONG, MORE, THIRD]


def test_a_name_with_a_title_beside_a_picture_or_quotation_signs_nothing() -> None:
    picture = "<p><img src=/a.jpg></p>"
    for above in (picture, "<p>“Kè phải xong trước mùa mưa.”</p>"):
        found = sign(f"{BODY}{above}<p>BS Lê Văn Minh</p>", pictures=True)
        assert found.authors == []
        assert left(found)[-1] == "BS Lê Văn Minh"
    quote = "<blockquote><p>Kè phải xong.</p><p>BS Lê Văn Minh</p></blockquote>"
    assert sign(BODY + quote).authors == []


def test_a_person_beside_a_source_is_no_source() -> None:
    found = sign(f"{BODY}<p>Theo Lê Minh Anh</p><p>Nguồn: TTXVN</p>")
    assert (found.authors, found.credit) == (["Lê Minh Anh"], "TTXVN")


def test_a_second_author_that_is_only_counted_is_named_elsewhere() -> None:
    inner = f"<div class=author>Lê Minh Anh và 1 tác giả khác</div>{BODY}{BODY}"
    found = sign(f"{inner}<p class=author>Lê Minh Anh</p><p class=author>Trần Quốc Bửu</p>")
    assert found.authors == ["Lê Minh Anh", "Trần Quốc Bửu"]
    assert sign(inner).authors == ["Lê Minh Anh"]
    assert sign(inner, JSON_LD).authors == ["Lê Minh Anh", "Trần Văn Nam"]


def test_on_a_foreign_page_a_person_who_is_shown_goes_before_the_outlet() -> None:
    head = JSON_LD.replace('"name"', '"@type": "Organization", "name"').replace(
        "Trần Văn Nam", "The Daily Ship"
    )
    found = sign(f"<p class=author>By Ann Lee</p>{BODY}", head, foreign=True)
    assert found.authors == ["Ann Lee"]
    assert sign(BODY, head, foreign=True).authors == ["The Daily Ship"]


def test_a_line_that_signs_in_another_language_is_no_text() -> None:
    line = "<div>By <a href=/x>Ann Lee</a>, Education reporter</div>"
    found = sign(line + BODY, foreign=True)
    assert (found.authors, found.raw) == (["Ann Lee"], "By Ann Lee, Education reporter")
    assert left(found) == [LONG, MORE, THIRD]


def test_what_follows_the_name_of_the_site_is_no_person() -> None:
    head = "<meta name=author content='bao.example.vn, Frankfurt, Germany'>"
    assert "Frankfurt" not in sign(BODY, head, foreign=True).authors


def test_a_list_of_people_at_the_end_is_no_signature() -> None:
    names = ["Lê Minh Anh", "Trần Văn Nam", "Phạm Thị Hoa"]
    found = sign(BODY + "".join(f"<p>{name}</p>" for name in names))
    assert found.authors == []
    assert left(found)[3:] == names


def test_the_only_line_stays_where_there_are_no_pictures() -> None:
    assert left(sign("<p>Bài, ảnh: Lê Minh Anh</p>")) == ["Bài, ảnh: Lê Minh Anh"]
    assert left(sign("<p>Bài, ảnh: Lê Minh Anh</p>", pictures=True)) == []


def test_a_first_line_signs_where_text_follows() -> None:
    assert left(sign(f"<p>Lê Minh Anh</p>{BODY}")) == [LONG, MORE, THIRD]
    assert sign(f"<p>Lê Minh Anh.</p>{BODY}").authors == []


def test_marked_lines_inside_leave_the_text_unless_half_of_it_is_marked() -> None:
    marked = "<p class=author>Lê Minh Anh</p>"
    found = sign(f"<p>{LONG}</p>{marked}<p>{MORE}</p><p>{THIRD}</p>")
    assert (found.authors, left(found)) == (["Lê Minh Anh"], [LONG, MORE, THIRD])
    both = f"{marked}<p>{LONG}</p>"
    assert left(sign(both)) == ["Lê Minh Anh", LONG]


def test_items_of_a_round_up_sign_one_by_one() -> None:
    found = sign(f"<p>* {LONG}</p><p>Lê Minh Anh</p><p>* {MORE} (TRẦN NAM)</p>")
    assert found.items == 2
    assert found.authors == ["Lê Minh Anh", "TRẦN NAM"]
    assert left(found) == [f"* {LONG}", f"* {MORE}"]


def test_one_signed_item_makes_no_round_up_and_stays() -> None:
    found = sign(f"<p>* {LONG}</p><p>* {MORE}</p><p>* {THIRD} (TRẦN NAM)</p>")
    assert found.items == 0
    assert found.authors == ["TRẦN NAM"]
    assert left(found)[-1] == f"* {THIRD}"


def test_visible_lines_go_before_structured_data_and_behind_on_foreign_pages() -> None:
    inner = f"{BODY}<p>Lê Minh Anh</p>"
    assert sign(inner, JSON_LD).authors == ["Lê Minh Anh"]
    assert sign(inner, JSON_LD, foreign=True).authors == ["Trần Văn Nam"]
    assert sign(BODY, JSON_LD).authors == ["Trần Văn Nam"]


def test_a_glued_name_is_cut_where_nobody_else_signs() -> None:
    inner = f"<p>{LONG}</p><p>{MORE} (TRẦN NAM)</p>"
    found = sign(inner)
    assert (found.authors, left(found)[-1]) == (["TRẦN NAM"], MORE)
    other = sign(f"<p class=author>Lê Minh Anh</p>{BODY}<p>{MORE} (TRẦN NAM)</p>")
    assert other.authors == ["Lê Minh Anh"]
    assert left(other)[-1] == f"{MORE} (TRẦN NAM)"


def test_a_line_of_the_date_names_the_author_where_nothing_else_does() -> None:
    found = sign(f"<div>Đặng Hiền 15/11/2023 - 14:50</div>{BODY}")
    assert found.authors == ["Đặng Hiền"]


def test_the_outlet_is_no_author() -> None:
    head = "<meta property=og:site_name content='Minh Anh'><meta name=author content='Minh Anh'>"
    assert sign(BODY, head).authors == []
    assert sign(BODY, "<meta name=author content='Minh Anh'>").authors == ["Minh Anh"]


def test_a_layout_own_place_goes_first() -> None:
    page = context(f"<h1>Tựa</h1>{BODY}<p>Lê Minh Anh</p><div class=by>Trần Văn Nam</div>")
    page.layout = Layout(name="x", marks=(), body=(), author=(".by",))
    found = find_signature(page, page.scan.blocks[1:5], pictures=False)
    assert found.authors == ["Trần Văn Nam"]
    assert found.evidence
    assert found.evidence.how == "layout x"
    assert left(found) == [LONG, MORE, THIRD]


def test_a_long_paragraph_in_a_box_of_the_byline_is_text() -> None:
    found = sign(f"{BODY}<div class=author>{LONG} {MORE}</div><p>Lê Minh Anh</p>")
    assert f"{LONG} {MORE}" in left(found)
    assert found.authors == ["Lê Minh Anh"]


def stated_by(*names: str) -> list[str]:
    people = json.dumps([{"name": name} for name in names])
    data = f'{{"@type": "NewsArticle", "headline": "T", "author": {people}}}'
    head = f'<script type="application/ld+json">{data}</script>'
    return sign(BODY, head, foreign=True).authors


def test_names_that_machines_are_told_are_taken_apart_and_cleaned() -> None:
    assert stated_by("Ann Lee and Bob Roe (br)", "Ann Lee") == ["Ann Lee", "Bob Roe"]
    assert stated_by("A", "x" * 59, "x" * 60) == ["x" * 59]
    assert stated_by("https://example.com/ann", "ann@example.com") == []


def test_a_marked_line_is_no_longer_than_its_most() -> None:
    for length, stays in ((MAX_MARKED, False), (MAX_MARKED + 1, True)):
        text = ("chữ " * length)[: length - 1] + "à"
        inner = f"<p>{LONG}</p><p class=author>{text}</p><p>{MORE}</p><p>{THIRD}</p>"
        assert (text in left(sign(inner))) is stays


def test_two_names_at_the_end_sign_and_so_do_more_that_are_set_apart() -> None:
    names = ["Lê Minh Anh", "Trần Văn Nam", "Phạm Thị Hoa"]
    two = sign(BODY + "".join(f"<p>{name}</p>" for name in names[:2]))
    assert left(two) == [LONG, MORE, THIRD]
    bold = sign(BODY + "".join(f"<p><b>{name}</b></p>" for name in names))
    assert left(bold) == [LONG, MORE, THIRD]


def test_of_two_lines_the_first_signs_nothing() -> None:
    assert left(sign(f"<p>Lê Minh Anh</p><p>{LONG}</p>"))[0] == "Lê Minh Anh"
    assert left(sign(f"<p>BS Lê Minh Anh</p>{BODY}"))[0] == "BS Lê Minh Anh"


def test_people_who_are_only_counted_are_named_by_other_places() -> None:
    data = json.dumps(
        {
            "@type": "NewsArticle",
            "headline": "T",
            "author": [{"name": n} for n in ("Lê Minh Anh", "Trần Văn Nam", "Phạm Thị Hoa")],
        }
    )
    head = f'<script type="application/ld+json">{data}</script>'
    found = sign(f"<p class=author>Lê Minh Anh và 1 tác giả khác</p>{BODY}", head)
    assert (found.authors, found.others) == (["Lê Minh Anh", "Trần Văn Nam"], 0)
