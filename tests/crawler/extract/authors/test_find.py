"""Who signed, in which order of places, and which lines leave the text."""

# ruff: noqa: E501 - tables are easier to see in one line

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crawler.extract.authors.find import Signature, find_signature
from crawler.extract.layouts import Layout
from storage.records import Article
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


def stated(*names: str) -> str:
    people = [{"@type": "Person", "name": name} for name in names]
    data = {"@type": "NewsArticle", "headline": "T", "author": people}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


PIECES = {"A": LONG, "B": MORE, "C": THIRD, "PA": f"<p>{LONG}</p>", "PB": f"<p>{MORE}</p>"}


def told(found: Signature) -> str:
    """People, the line as printed, where from and how sure, the credit, and what is left."""
    said = [", ".join(found.authors) or "nobody"]
    said += [f"raw {found.raw}"] if found.raw else []
    said += [f"{found.evidence.how} {found.evidence.confidence}"] if found.evidence else []
    if found.credit and found.credit_evidence:
        evidence = found.credit_evidence
        said.append(f"from {found.credit} {evidence.how} {evidence.confidence}")
    said += [f"others {found.others}"] if found.others else []
    said += [f"items {found.items}"] if found.items else []
    text = " | ".join([*said, " / ".join(left(found))])
    for name in "ABC":
        text = text.replace(PIECES[name], name)
    return text


SIGNED = [
    (
        "{BODY}<p>Lê Minh Anh</p><p>Nguồn: TTXVN</p>",
        "",
        False,
        "Lê Minh Anh | raw Lê Minh Anh | end of text 0.9 | from TTXVN end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}<p>Theo TTXVN</p>",
        "",
        False,
        "nobody | raw Theo TTXVN | from TTXVN end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}<p>Theo Lê Minh Anh</p>",
        "",
        False,
        "nobody | raw Theo Lê Minh Anh | from Lê Minh Anh end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}<p>Theo Lê Minh Anh/TTXVN</p>",
        "",
        False,
        "Lê Minh Anh | raw Theo Lê Minh Anh/TTXVN | end of text 0.9 | from TTXVN end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}<p>Bài, ảnh: Lê Minh Anh</p><p>Ảnh: Trần Văn Nam</p><p>PV</p><p>(Báo Long An)</p><p>CTV</p>",
        "",
        False,
        "nobody | A / B / C / Bài, ảnh: Lê Minh Anh",
    ),
    (
        "{BODY}<p>Lê Minh Anh</p><p>Trần Văn Nam</p><p>Phạm Thị Hoa</p>",
        "",
        False,
        "nobody | A / B / C / Lê Minh Anh / Trần Văn Nam / Phạm Thị Hoa",
    ),
    (
        "{BODY}<p>Lê Minh Anh</p><p>Trần Văn Nam</p>",
        "",
        False,
        "Lê Minh Anh | raw Lê Minh Anh | end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}<p>Lê Minh Anh</p><p align=right>Trần Văn Nam</p><p align=right>Phạm Thị Hoa</p>",
        "",
        False,
        "Trần Văn Nam | raw Trần Văn Nam | end of text 0.9 | A / B / C / Lê Minh Anh",
    ),
    (
        "{BODY}<p>LÊ MINH ANH</p><p>TRẦN VĂN NAM</p><p>PHẠM THỊ HOA</p>",
        "",
        False,
        "LÊ MINH ANH | raw LÊ MINH ANH | end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}<p><img src=/a.jpg></p><p>BS Lê Văn Minh</p>",
        "",
        False,
        "nobody | A / B / C /  / BS Lê Văn Minh",
    ),
    (
        "{BODY}<p>“Kè xong rồi.”</p><p>BS Lê Văn Minh</p>",
        "",
        False,
        "nobody | A / B / C / “Kè xong rồi.” / BS Lê Văn Minh",
    ),
    (
        "{BODY}<blockquote><p>Kè xong rồi.</p></blockquote><p>BS Lê Văn Minh</p>",
        "",
        False,
        "nobody | A / B / C / Kè xong rồi. / BS Lê Văn Minh",
    ),
    (
        "{BODY}<p>BS Lê Văn Minh</p>",
        "",
        False,
        "Lê Văn Minh | raw BS Lê Văn Minh | end of text 0.9 | A / B / C",
    ),
    (
        "<p>Lê Minh Anh</p>{BODY}",
        "",
        False,
        "Lê Minh Anh | raw Lê Minh Anh | end of text 0.9 | A / B / C",
    ),
    ("<p>Lê Minh Anh!</p>{BODY}", "", False, "nobody | Lê Minh Anh! / A / B / C"),
    ("<p>BS Lê Văn Minh</p>{BODY}", "", False, "nobody | BS Lê Văn Minh / A / B / C"),
    (
        "<p class=author>BS Lê Văn Minh</p>{BODY}",
        "",
        False,
        "Lê Văn Minh | raw BS Lê Văn Minh | line near the text 0.8 | A / B / C",
    ),
    ("<p class=author>admin</p>{BODY}", "", False, "nobody | A / B / C"),
    ("<p>PV</p>{BODY}", "", False, "nobody | PV / A / B / C"),
    (
        "<p>Lê Minh Anh</p>{PA}{PB}",
        "",
        False,
        "Lê Minh Anh | raw Lê Minh Anh | end of text 0.9 | A / B",
    ),
    ("<p>Lê Minh Anh</p>{PA}", "", False, "nobody | Lê Minh Anh / A"),
    (
        "{PA}{PB}<p>{C} (TRẦN NAM)</p>",
        "",
        False,
        "TRẦN NAM | raw TRẦN NAM | end of the last sentence 0.75 | A / B / C",
    ),
    (
        "{PA}{PB}<p>{C} (TRẦN NAM)</p><p>TRẦN NAM</p>",
        "",
        False,
        "TRẦN NAM | raw TRẦN NAM | end of text 0.9 | A / B / C",
    ),
    (
        "{PA}{PB}<p>{C} (TRẦN NAM)</p><p>Lê Minh Anh</p>",
        "",
        False,
        "Lê Minh Anh | raw Lê Minh Anh | end of text 0.9 | A / B / C (TRẦN NAM)",
    ),
    (
        "{PA}{PB}<p>{C} (Theo TTXVN)</p>",
        "",
        False,
        "nobody | raw Theo TTXVN | from TTXVN end of the last sentence 0.75 | A / B / C",
    ),
    (
        "<p>* {A}</p><p>Lê Minh Anh</p><p>* {B} (TRẦN NAM)</p><p>* {C}</p>",
        "",
        False,
        "Lê Minh Anh, TRẦN NAM | raw Lê Minh Anh; TRẦN NAM | ends of items 0.85 | items 3 | * A / * B / * C",
    ),
    (
        "<p>* {A} (TRẦN NAM)</p>{PB}<p>* {C} Tin: Lê Minh Anh</p>",
        "",
        False,
        "Lê Minh Anh | raw Tin: Lê Minh Anh | end of the last sentence 0.75 | * A (TRẦN NAM) / B / * C",
    ),
    ("<p>* {A}</p><p>* {B}</p><p>* {C}</p>", "", False, "nobody | * A / * B / * C"),
    (
        "<p>Trong ngày:</p><p>* {A} (TRẦN NAM)</p><p>* {B} (TRẦN NAM)</p>",
        "",
        False,
        "TRẦN NAM | raw TRẦN NAM | ends of items 0.85 | items 2 | Trong ngày: / * A / * B",
    ),
    (
        "{BODY}<div><p align=right>Lê Minh Anh</p></div>",
        "",
        False,
        "Lê Minh Anh | raw Lê Minh Anh | end of text 0.9 | A / B / C",
    ),
    (
        "<div class=author>Lê Minh Anh</div>{BODY}",
        "",
        False,
        "Lê Minh Anh | raw Lê Minh Anh | line near the text 0.8 | A / B / C",
    ),
    (
        "<div class=author>Lê Minh Anh và 1 tác giả khác</div>{BODY}<p>Trần Văn Nam</p>",
        "",
        False,
        "Trần Văn Nam | raw Trần Văn Nam | end of text 0.9 | A / B / C",
    ),
    (
        "<div>Đặng Hiền 15/11/2023 - 14:50</div>{BODY}",
        "",
        False,
        "Đặng Hiền | raw Đặng Hiền | end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}",
        stated("Trần Văn Nam"),
        False,
        "Trần Văn Nam | raw Trần Văn Nam | json-ld author 0.85 | A / B / C",
    ),
    ("{BODY}", stated("https://x.vn/nam"), False, "nobody | A / B / C"),
    (
        "{BODY}",
        stated("Trần Văn Nam", "Lê Minh Anh", "Trần Văn Nam"),
        False,
        "Trần Văn Nam, Lê Minh Anh | raw Trần Văn Nam; Lê Minh Anh | json-ld author 0.85 | A / B / C",
    ),
    (
        "{BODY}",
        "<meta name=author content='Trần Văn Nam'>",
        False,
        "Trần Văn Nam | raw Trần Văn Nam | meta author 0.7 | A / B / C",
    ),
    ("{BODY}", "<meta name=author content='https://x.vn/nam'>", False, "nobody | A / B / C"),
    (
        "{BODY}",
        "<meta name=author content='Minh Anh'><meta name=copyright content='Minh Anh'>",
        False,
        "nobody | A / B / C",
    ),
    (
        "{BODY}<p>Lê Minh Anh</p>",
        stated("Trần Văn Nam"),
        False,
        "Lê Minh Anh | raw Lê Minh Anh | end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}<p>Theo TTXVN</p>",
        stated("Trần Văn Nam"),
        False,
        "Trần Văn Nam | raw Trần Văn Nam | json-ld author 0.85 | from TTXVN end of text 0.9 | A / B / C",
    ),
    (
        "{BODY}",
        stated("Ann Lee and Bob Roe (br)", "Ann Lee"),
        True,
        "Ann Lee, Bob Roe | raw Ann Lee; Bob Roe | json-ld author 0.9 | A / B / C",
    ),
    (
        "{BODY}",
        stated("bao.example.vn"),
        True,
        "bao.example.vn | raw bao.example.vn | json-ld author 0.9 | A / B / C",
    ),
    (
        "<p class=author>By Ann Lee</p>{BODY}",
        stated("bao.example.vn"),
        True,
        "Ann Lee | raw By Ann Lee | line of the byline 0.8 | A / B / C",
    ),
    (
        "<div>By Ann Lee, Education reporter</div>{BODY}",
        "",
        True,
        "Ann Lee | raw By Ann Lee, Education reporter | line of the byline 0.8 | A / B / C",
    ),
    (
        "<div>By Bao Example</div><div>By Ann Lee</div>{BODY}",
        "",
        True,
        "Ann Lee | raw By Ann Lee | line of the byline 0.8 | A / B / C",
    ),
    (
        "{BODY}",
        "<meta name=author content='bao.example.vn, Frankfurt'>",
        True,
        "nobody | A / B / C",
    ),
    (
        "{BODY}",
        "<meta name=author content='Ann Lee, bao.example.vn'>",
        True,
        "Ann Lee | raw Ann Lee | meta author 0.7 | A / B / C",
    ),
    (
        "{BODY}<p>Lê Minh Anh</p>",
        "",
        True,
        "Lê Minh Anh | raw Lê Minh Anh | end of text 0.9 | A / B / C",
    ),
]
"""Text, head, whether the page is in another language, and what comes of it."""


@pytest.mark.parametrize(("inner", "head", "foreign", "wanted"), SIGNED)
def test_what_comes_of_the_signs_of_a_page(
    inner: str, head: str, *, foreign: bool, wanted: str
) -> None:
    found = sign(inner.format(BODY=BODY, **PIECES), head, foreign=foreign)
    assert told(found) == wanted


def test_a_signature_is_written_into_an_article() -> None:
    article = Article(source_id="", url="", fetched_at="", title="")
    sign(f"{BODY}<p>Theo Le\u0302 Minh Anh/TTXVN</p>").fill(article)
    assert article.authors == ["Lê Minh Anh"]
    assert (article.byline_raw, article.source_credit) == ("Theo Lê Minh Anh/TTXVN", "TTXVN")
    assert {"authors", "source_credit"} <= set(article.evidence)
    nobody = Article(source_id="", url="", fetched_at="", title="")
    sign(BODY).fill(nobody)
    assert (nobody.authors, nobody.byline_raw, nobody.source_credit) == ([], None, None)
    assert nobody.evidence == {}


@pytest.mark.parametrize("role", ["Thiết kế", "Đồ họa", "Trình bày", "Video", "Biên tập"])
def test_who_drew_filmed_or_edited_is_no_author_of_a_text(role: str) -> None:
    line = f"<p><strong>{role}: Lê Minh Anh</strong></p>"
    assert sign(BODY + line).authors == []
    drawn = [] if role == "Biên tập" else ["Lê Minh Anh"]
    assert sign(f"<p>{LONG}</p>{line}").authors == drawn


@pytest.mark.parametrize(
    "tools",
    [
        "<div>In trang | Gửi cho bạn bè | Lượt xem: 185</div>",
        "<div>Đánh giá: 4.5/5 (12 lượt)</div>",
        "<div>A- A A+</div><div>Kinh tế</div>",
    ],
)
def test_a_signature_set_apart_ends_the_text_before_the_tools(tools: str) -> None:
    for name in ("<p align=right>Lê Minh Anh</p>", "<p><b>Lê Minh Anh</b></p>"):
        found = sign(f"{BODY}{name}{tools}")
        assert (found.authors, left(found)) == (["Lê Minh Anh"], [LONG, MORE, THIRD])


def test_a_note_behind_a_signature_on_the_right_is_no_text() -> None:
    note = f"<p>{THIRD}</p>"
    found = sign(f"<p>{LONG}</p><p>{MORE}</p><p align=right>Lê Minh Anh</p>{note}")
    assert (found.authors, left(found)) == (["Lê Minh Anh"], [LONG, MORE])


@pytest.mark.parametrize(
    "inner",
    [
        f"<p>{LONG}</p><p><b>Lê Minh Anh</b></p><p>{MORE}</p><p>{THIRD}</p>",
        f"<p>{LONG}</p><p align=right>Lê Minh Anh</p><p>{MORE}</p><p>{THIRD}</p>",
        f"{BODY}<p><b>Lê Minh Anh</b></p><p>Sinh năm 1980</p><p><b>Trần Văn Nam</b></p><p>Quê</p>",
        f"{BODY}<p><b>Lê Minh Anh</b></p>" + "<p>Sinh năm 1980</p>" * 5,
        f"{BODY}<p>Danh sách</p><p><b>Lê Minh Anh</b></p><p>Sinh năm 1980</p>",
    ],
)
def test_a_name_above_text_or_in_a_list_does_not_end_the_text(inner: str) -> None:
    found = sign(inner)
    assert found.authors == []
    assert "Lê Minh Anh" in left(found)


def test_a_line_that_begins_with_by_goes_before_what_the_page_calls_itself() -> None:
    head = "<meta name=author content='L’Écho de Papier'>"
    found = sign(f"<p>Par Claire Tisserand</p>{BODY}", head, foreign=True)
    assert (found.authors, left(found)) == (["Claire Tisserand"], [LONG, MORE, THIRD])
    head = "<meta name=author content='Claire Tisserand'>"
    line = "<p>Par Claire Tisserand et Paul Roux</p>"
    assert sign(line + BODY, head, foreign=True).authors == ["Claire Tisserand"]


def test_by_at_the_end_signs_on_a_foreign_page() -> None:
    found = sign(f"{BODY}{BODY}{BODY}<p><em>Von Klara Becker, dpa</em></p>", foreign=True)
    assert found.authors == ["Klara Becker"]
    assert "Von Klara Becker, dpa" not in left(found)


def test_a_link_to_the_author_names_the_author() -> None:
    for age in ("", " · <span>2 giờ trước</span>", " · <span>hôm qua</span>"):
        link = f"<div><a href=/tac-gia/hung rel=author>Hùng Vĩ</a>{age}</div>"
        assert sign(link + BODY).authors == ["Hùng Vĩ"]
