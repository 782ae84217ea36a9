"""Which lines a walk makes of a tree, and what it counts in them."""

from __future__ import annotations

import pytest

from crawler.extract.dom.looks import image_source
from crawler.extract.dom.traits import Trait
from crawler.extract.dom.walk import scan_tree
from tests.support.markup import LONG, parse, scan, texts

MAX_BLOCKS = 20_000


def test_blocks_end_lines_and_inline_elements_do_not() -> None:
    assert texts("<div>Một <b>hai</b> ba<p>bốn</p>năm</div>") == ["Một hai ba", "bốn", "năm"]


def test_a_break_ends_a_line_behind_a_sentence_a_short_line_or_before_an_item() -> None:
    plain = "Câu này dài hơn sáu mươi ký tự và chưa hết ở chỗ xuống dòng nên nó"
    assert texts(f"<p>{plain}<br>còn tiếp.</p>") == [f"{plain} còn tiếp."]
    assert texts(f"<p>{plain}.<br>Câu sau.</p>") == [f"{plain}.", "Câu sau."]
    assert texts(f"<p>{plain}<br>- Mục sau</p>") == [plain, "- Mục sau"]
    assert texts(f"<p>{plain}<br><br>Đoạn sau</p>") == [plain, "Đoạn sau"]
    assert texts("<p>Dòng thơ<br>ngắn</p>") == ["Dòng thơ", "ngắn"]


def test_lines_of_one_element_are_counted() -> None:
    assert [block.line for block in scan("<p>Một.<br>Hai.</p><p>Ba.</p>").blocks] == [0, 1, 0]


def test_scripts_menus_and_hidden_inline_elements_have_no_lines() -> None:
    assert texts("<script>x</script><nav>Menu</nav><p>A <span class=hidden>x</span>B</p>") == [
        "A B"
    ]


def test_dropped_nodes_are_left_out() -> None:
    page = parse("<div id=a>Bỏ</div><div>Giữ</div>")
    body, dropped = page.tree.body, page.tree.css_first("#a")
    assert body is not None
    assert dropped is not None
    assert [block.text for block in scan_tree(body, {dropped.mem_id}).blocks] == ["Giữ"]


def test_links_bold_and_italic_characters_are_counted() -> None:
    block = scan("<p><a href=/>abc</a> <b>de</b> <i>f</i></p>").blocks[0]
    assert (block.links, block.bold, block.italic) == (3, 2, 1)


def test_styles_are_those_of_elements_around_and_end_with_them() -> None:
    first, second = scan("<div><b><p>Đậm</p></b><p>Thường</p></div>").blocks
    assert first.is_bold
    assert second.bold == 0


def test_an_inline_name_counts_where_it_covers_most_of_the_line() -> None:
    assert scan("<p><span class=author>Lê Minh Anh</span> 1</p>").blocks[0].traits & Trait.BYLINE
    block = scan(f"<p><span class=author>Lê Anh</span> {LONG}</p>").blocks[0]
    assert not block.traits & Trait.BYLINE


def test_a_span_named_as_headline_is_a_block_outside_paragraphs() -> None:
    assert texts("<td><span class=title>Tựa</span>Chữ</td>") == ["Tựa", "Chữ"]
    assert texts("<p><span class=title>Tựa</span>Chữ</p>") == ["TựaChữ"]


def test_alignment_goes_down_and_is_overridden() -> None:
    blocks = scan(
        "<div align=right><p>Một</p><p style='text-align:center'>Hai</p></div>"
        "<center>Ba</center>Bốn"
    ).blocks
    assert [block.align for block in blocks] == ["right", "center", "center", ""]


def test_pictures_are_blocks_of_their_own_and_say_whether_they_are_links() -> None:
    first, picture, last = scan("<p>A<a href=/x><img src=/a.jpg alt=Cầu></a>B</p>").blocks
    assert (picture.image, picture.text, picture.links) == ("/a.jpg", "Cầu", 1)
    assert (first.text, last.text) == ("A", "B")


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({"src": "/a.jpg"}, "/a.jpg"),
        ({"src": "/spin.gif", "data-src": "/a.jpg"}, "/a.jpg"),
        ({"src": "data:image/gif;base64,R0"}, None),
        ({"src": "/a.jpg", "width": "49px"}, None),
        ({"src": "/a.jpg", "height": "50"}, "/a.jpg"),
        ({"src": "/a.jpg", "width": "0"}, "/a.jpg"),
        ({}, None),
    ],
)
def test_address_of_a_picture(attributes: dict[str, str | None], wanted: str | None) -> None:
    assert image_source(attributes) == wanted


def test_names_of_all_elements_are_known_empty_boxes_included() -> None:
    assert scan("<div class='a b' id=c><p class=d>x</p></div><div class=e></div>").names == {
        *"abcde"
    }


def test_an_open_link_around_a_text_is_none_and_teasers_of_several_pages_are_links() -> None:
    prose = [f"{LONG} {number}." for number in "12345"]
    around = scan("".join(f"<p><a href=/a.html>{text}</a></p>" for text in prose))
    teasers = scan("".join(f"<p><a href=/{text[-2]}.html>{text}</a></p>" for text in prose))
    assert [block.links for block in around.blocks] == [0] * 5
    assert [block.links for block in teasers.blocks] == [len(text) for text in prose]


@pytest.mark.parametrize(
    ("text", "is_prose"),
    [
        ("x" * 79 + ".", True),
        ("x" * 78 + ".", False),
        ("x" * 80, False),
        ("Câu một. " + "x" * 80, True),
        ("x" * 80 + "»", True),
    ],
)
def test_prose_is_long_and_has_a_sentence(text: str, is_prose: bool) -> None:
    # Links of one address are none where they hold much prose.
    many = "".join(f"<p><a href=/a.html>{text}</a></p>" for _ in range(6))
    linked = [block.links for block in scan(many).blocks]
    assert linked == ([0] * 6 if is_prose else [len(text)] * 6)


def test_links_of_one_address_are_text_from_400_characters_on() -> None:
    def links(*sizes: int) -> list[int]:
        return [
            block.links
            for block in scan(
                "".join(f"<p><a href=/a.html>{'x' * (size - 1)}.</a></p>" for size in sizes)
            ).blocks
        ]

    assert links(200, 200) == [0, 0]
    assert links(200, 199) == [200, 199]


def test_a_line_of_verse_is_shorter_than_60_characters() -> None:
    assert texts(f"<p>{'x' * 59}<br>tiếp</p>") == ["x" * 59, "tiếp"]
    assert texts(f"<p>{'x' * 60}<br>tiếp</p>") == ["x" * 60 + " tiếp"]


def test_white_space_between_elements_ends_no_name() -> None:
    first, second = scan("<div><span class=author> </span><p>Một</p>\n<p>Hai</p></div>").blocks
    assert not first.traits & Trait.BYLINE
    assert not second.traits & Trait.BYLINE


def test_inline_junk_is_left_out_and_a_block_of_it_is_marked() -> None:
    assert texts("<p>A <span class=share-box>Chia sẻ</span> B</p>") == ["A B"]
    (block,) = scan("<div class=share-box>Chia sẻ</div>").blocks
    assert block.traits & Trait.JUNK
    for length, lines in ((239, 1), (240, 2)):
        assert len(texts(f"<p>A <span class=share-box>{'x' * length}</span></p>")) == lines


def test_so_many_lines_of_a_page_are_read_and_no_more() -> None:
    assert len(texts("<p>a</p>" * (MAX_BLOCKS + 1))) == MAX_BLOCKS
    assert len(texts("<p>a</p>" * (MAX_BLOCKS - 1) + "<img src=/a.jpg><p>b</p>")) == MAX_BLOCKS


@pytest.mark.parametrize("tag", ["span", "label", "font"])
def test_names_of_lines_end_one_on_some_inline_elements_only(tag: str) -> None:
    assert texts(f"<td><{tag} class=title>Tựa</{tag}>Chữ</td>") == ["Tựa", "Chữ"]
    assert texts("<td><b class=title>Tựa</b>Chữ</td>") == ["TựaChữ"]
