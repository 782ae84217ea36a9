"""Which lines are captions, and which pictures are kept."""

from __future__ import annotations

import pytest

from crawler.extract.text.captions import _names_people, pictures_above, take_pictures
from tests.support.markup import LONG, MORE, THIRD, parse, scan

MAX_CAPTION = 600

IMG = "<img src=/a.jpg>"


def take(inner: str) -> tuple[list[tuple[str, str | None]], list[str]]:
    found = scan(f"<div>{inner}</div>")
    images, lines = take_pictures(found, found.blocks, parse(""), 1)
    return [(i.url.rpartition("/")[2], i.caption) for i in images], [b.text for b in lines]


@pytest.mark.parametrize(
    "caption",
    [
        "<p class=caption>Tuyến kè đang thi công.</p>",
        "<p><em>Tuyến kè đang thi công.</em></p>",
        "<p align=center>Tuyến kè đang thi công.</p>",
        "<p>Tuyến kè đang thi công</p>",
        "<p>Tuyến kè đang thi công. Ảnh: Lê Anh.</p>",
        "<p class=note>Tuyến kè đang thi công.</p>",
    ],
)
def test_a_line_behind_a_picture_is_its_caption(caption: str) -> None:
    images, lines = take(f"<p>{LONG}</p><p>{IMG}</p>{caption}<p>{MORE}</p>")
    assert [(name, (text or "")[:12]) for name, text in images] == [("a.jpg", "Tuyến kè đan")]
    assert lines == [LONG, MORE]


@pytest.mark.parametrize(
    "line",
    [
        f"<p>{MORE}</p>",
        "<p align=right>Lê Minh Anh</p>",
        "<h2>Tuyến kè đang thi công</h2>",
        "<p>1. Tuyến kè đang thi công</p>",
        "<p><b>Tuyến kè đang thi công</b></p>",
    ],
)
def test_other_lines_behind_a_picture_stay_text(line: str) -> None:
    images, lines = take(f"<p>{IMG}</p>{line}<p>{LONG}</p>")
    assert images == [("a.jpg", None)]
    assert len(lines) == 2


def test_a_figure_holds_its_caption_whatever_it_looks_like() -> None:
    images, lines = take(f"<figure>{IMG}<figcaption>{LONG}</figcaption></figure><p>{MORE}</p>")
    assert images == [("a.jpg", LONG)]
    assert lines == [MORE]


def test_a_caption_may_stand_above_its_picture() -> None:
    images, lines = take(f"<p>{MORE}</p><div><p class=caption>Chú thích</p>{IMG}</div>")
    assert images == [("a.jpg", "Chú thích")]
    assert lines == [MORE]


def test_a_table_around_a_picture_holds_its_caption_and_a_long_one_does_not() -> None:
    row = f"<table><tr><td>{IMG}</td></tr><tr><td>{LONG}</td></tr>"
    assert take(f"{row}</table><p>{MORE}</p>")[0] == [("a.jpg", LONG)]
    assert take(f"{row}<tr><td>{MORE * 12}</td></tr></table>")[0] == [("a.jpg", None)]


def test_icons_are_no_pictures_and_a_picture_counts_once() -> None:
    assert take(f"<img src=/icons/x.png><p>{LONG}</p>")[0] == []
    images, _ = take(f"{IMG}<p>{LONG}</p>{IMG}<p class=caption>Chú thích</p>")
    assert images == [("a.jpg", "Chú thích")]


def test_pictures_with_a_caption_between_headline_and_text() -> None:
    found = scan(
        f"<h1>T</h1><div class=photo>{IMG}<p>Chú thích</p></div>{IMG}<p>Câu.</p><p>{LONG}</p>"
    )
    above = pictures_above(found, 0, found.blocks[-1])
    assert [block.image or block.text for block in above] == ["/a.jpg", "Chú thích"]


FAR = (
    "<div><div><div><p>{picture}</p></div></div></div>"
    "<section><div><p class=caption>Chú thích.</p></div></section><p>Câu.</p>"
)


def above_text(inner: str) -> list[str | None]:
    found = scan(f"<h1>T</h1>{inner}<p>{LONG}</p>")
    return [block.image or block.text for block in pictures_above(found, 0, found.blocks[-1])]


@pytest.mark.parametrize(
    ("inner", "taken"),
    [
        (f"<div><p class=photo>{IMG}</p><p>Chú thích.</p></div><p>Câu.</p>", True),
        # The box is not named after pictures, and nothing says that the line is a caption.
        (f"<div><p>{IMG}</p><p>Chú thích.</p></div><p>Câu.</p>", False),
        # Named after pictures, with a line that stands outside its box.
        (f"<div><p class=photo>{IMG}</p></div><h2>Chú thích.</h2><p>Câu.</p>", False),
        # A caption by its name, and far from the picture.
        (
            FAR.format(picture=IMG),
            False,
        ),
        (f"<div><p>{IMG}</p><p class=caption>Chú thích.</p></div><p>Câu.</p>", True),
        (f"<div class=menu><p>{IMG}</p><p class=caption>Chú thích.</p></div><p>Câu.</p>", False),
    ],
)
def test_a_picture_above_the_text_has_what_stands_in_its_box_or_near_it(
    inner: str, taken: bool
) -> None:
    assert above_text(inner) == (["/a.jpg", "Chú thích."] if taken else [])


def test_a_caption_is_no_longer_than_its_most() -> None:
    for length, taken in ((MAX_CAPTION, True), (MAX_CAPTION + 1, False)):
        text = ("chữ " * length)[: length - 1] + "."
        images, lines = take(f"<p>{IMG}</p><p class=note>{text}</p><p>{MORE}</p>")
        assert images == [("a.jpg", text if taken else None)]
        assert lines == ([MORE] if taken else [text, MORE])


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ("<p align=center>{}</p>", 400),
        ("<p><em>{}</em></p>", 400),
        # Of a line in plain type that ends as no sentence does.
        ("<p>{}</p>", 200),
    ],
)
def test_plain_and_set_off_lines_are_captions_up_to_a_length(line: str, most: int) -> None:
    for length in (most, most + 1):
        text = ("chữ " * length)[: length - 1] + "à"
        images, _ = take(f"<p>{LONG}</p><p>{IMG}</p>{line.format(text)}<p>{MORE}</p>")
        assert images == [("a.jpg", text if length == most else None)]


def test_a_figure_that_holds_the_text_too_has_no_paragraph_as_caption() -> None:
    two = f"<figure>{IMG}<p>{LONG}</p><p>{MORE}</p></figure><p>Câu.</p>"
    assert take(two)[0] == [("a.jpg", LONG)]
    three = f"<figure>{IMG}<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p></figure><p>Câu.</p>"
    assert take(three) == ([("a.jpg", None)], [LONG, MORE, THIRD, "Câu."])


def test_a_caption_may_follow_its_picture_after_two_lines_and_no_more() -> None:
    note = "<p class=caption>Chú thích.</p>"
    assert take(f"{IMG}<p>{LONG}</p>{note}<p>{MORE}</p>")[0] == [("a.jpg", "Chú thích.")]
    near = f"{IMG}<p>{LONG}</p><p>{MORE}</p>{note}<p>Câu.</p>"
    assert take(near) == ([("a.jpg", "Chú thích.")], [LONG, MORE, "Câu."])
    far = f"{IMG}<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p>{note}"
    assert take(far) == ([("a.jpg", None)], [LONG, MORE, THIRD])


def test_a_picture_with_a_caption_takes_no_second_one_from_afar() -> None:
    first, second = ("<p class=caption>Chú thích một.</p>", "<p class=caption>Chú thích hai.</p>")
    images, lines = take(f"{IMG}{first}<p>{LONG}</p>{second}<p>{MORE}</p>")
    assert images == [("a.jpg", "Chú thích một.")]
    assert lines == [LONG, MORE]


def test_a_second_line_behind_a_picture_is_its_credit_or_text() -> None:
    inner = f"<p>{LONG}</p><p>{IMG}</p><p>Tuyến kè đang thi công</p>"
    assert take(f"{inner}<p>Ảnh: Lê Anh</p><p>{MORE}</p>")[0] == [
        ("a.jpg", "Tuyến kè đang thi công Ảnh: Lê Anh")
    ]
    images, lines = take(f"{inner}<p>Đoạn hai đã xong</p><p>{MORE}</p>")
    assert images == [("a.jpg", "Tuyến kè đang thi công")]
    assert lines == [LONG, "Đoạn hai đã xong", MORE]


def sized(size: int, end: str = "", start: str = "") -> str:
    return start + "x" * (size - len(start) - len(end)) + end


CREDIT = " Ảnh: Lê Anh"


@pytest.mark.parametrize(
    ("inner", "is_caption"),
    [
        # in the element of the picture
        (f"<p>{IMG}<br>{sized(300, '.')}</p>", True),
        (f"<p>{IMG}<br>{sized(301, '.')}</p>", False),
        # named as one
        (f"<p>{IMG}</p><p class=caption>{sized(600, '.')}</p>", True),
        (f"<figure>{IMG}<figcaption>{sized(700, '.')}</figcaption></figure>", True),
        # set apart by its type or place
        (f"<p>{IMG}</p><p align=center>{sized(400, '.')}</p>", True),
        (f"<p>{IMG}</p><p align=center>{sized(401, '.')}</p>", False),
        (f"<p>{IMG}</p><p><i>{sized(400, '.')}</i></p>", True),
        (f"<p>{IMG}</p><p><i>{sized(401, '.')}</i></p>", False),
        (f"<p>{IMG}</p><p align=right>Kè đang thi công</p>", False),
        (f"<p>{IMG}</p><p class=ghichu>{sized(500, '.')}</p>", True),
        # with a credit at its end
        (f"<p>{IMG}</p><p>{sized(300, CREDIT + '.')}</p>", True),
        (f"<p>{IMG}</p><p>{sized(301, CREDIT + '.')}</p>", False),
        (f"<p>{IMG}</p><p>Kè. Ảnh: {sized(75, '.')}</p>", True),
        (f"<p>{IMG}</p><p>Kè. Ảnh: {sized(76, '.')}</p>", False),
        # ending as no sentence does
        (f"<p>{IMG}</p><p>{'Kè ' * 66}xx</p>", True),
        (f"<p>{IMG}</p><p>{'Kè ' * 66}xxx</p>", False),
        (f"<p>{IMG}</p><p><b>Kè sông đang được thi công</b></p>", False),
        (f"<p>{IMG}</p><p>Lê Minh Anh</p>", False),
        (f"<p>{IMG}</p><p>BS Lê Minh Anh</p>", True),
        (f"<p>{IMG}</p><ul><li>Kè sông đang được thi công</li></ul>", False),
        (f"<p>{IMG}</p><p>a) Kè sông đang được thi công</p>", False),
        # in the same table
        (f"<table><tr><td>{IMG}<tr><td>{sized(599, '.')}</table>", True),
        (f"<table><tr><td>{IMG}<tr><td>{sized(601, '.')}</table>", False),
        (f"<table><tr><td>{IMG}<tr><td>{sized(600, '.')}<tr><td>{sized(601, '.')}</table>", False),
    ],
)
def test_how_long_a_caption_is_and_where_it_stands(inner: str, *, is_caption: bool) -> None:
    images, _ = take(f"<p>{LONG}</p>{inner}<p>{MORE}</p>")
    assert (images[0][1] is not None) is is_caption


@pytest.mark.parametrize(
    ("inner", "captions"),
    [
        # the only line of a box, or one of three short ones in a box named after pictures
        (f"<div>{IMG}<p>{sized(300, '.')}</p></div>", 1),
        (f"<div>{IMG}<p>{sized(301, '.')}</p></div>", 0),
        (f"<div>{IMG}<h4>{sized(60, '.')}</h4></div>", 0),
        (f"<div>{IMG}<p>{sized(60, '.')}</p><p>Hai.</p></div>", 0),
        (f"<div class=image>{IMG}<p>{sized(300, '.')}</p><p>Hai.</p><p>Ba.</p></div>", 3),
        (f"<div class=image>{IMG}<p>Một.</p><p>Hai.</p><p>Ba.</p><p>Bốn.</p></div>", 0),
        (f"<div class=image>{IMG}<p>Một.</p><p>{sized(301, '.')}</p></div>", 0),
        (f"<div class='entry-content image'>{IMG}<p>Một.</p></div>", 0),
    ],
)
def test_boxes_around_a_picture(inner: str, captions: int) -> None:
    images, lines = take(f"<p>{LONG}</p><div><p>{THIRD}</p>{inner}</div><p>{MORE}</p>")
    total = inner.count("<p>") + inner.count("<h4>")
    assert len(lines) == 3 + total - captions
    assert (images[0][1] is not None) is (captions > 0)


@pytest.mark.parametrize(("paragraphs", "size", "kept"), [(2, 60, 1), (3, 60, 3), (3, 59, 2)])
def test_a_figure_with_three_paragraphs_was_not_closed(
    paragraphs: int, size: int, kept: int
) -> None:
    inner = "".join(f"<p>{sized(size, '.', str(n))}</p>" for n in range(paragraphs))
    _, lines = take(f"<figure>{IMG}{inner}</figure>")
    assert len(lines) == kept


def test_a_picture_shown_twice_has_the_caption_of_either() -> None:
    one = f"<p>{IMG}</p><p class=caption>Một.</p>"
    other = f"<p>{IMG}</p><p class=caption>Hai.</p>"
    text = f"<p>{LONG}</p>"
    assert take(f"{one}{text}{other}")[0] == [("a.jpg", "Một.")]
    assert take(f"<p>{IMG}</p>{text}{other}")[0] == [("a.jpg", "Hai.")]
    assert take(f"{one}{text}<p>{IMG}</p>")[0] == [("a.jpg", "Một.")]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("/icons/x.png", False),
        ("/logo.png", False),
        ("/x.svg", False),
        ("/theme/x.png", False),
        ("/iconic/x.png", True),
        ("mailto:x", False),
    ],
)
def test_which_pictures_are_kept(source: str, *, kept: bool) -> None:
    assert bool(take(f"<p>{LONG}</p><p><img src='{source}'></p>")[0]) is kept


@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        (f"<p class=caption>Kè mới.</p><p>{IMG}</p>", 1),
        (f"<p class=caption>Kè mới.</p><div><div><div><p>{IMG}</p></div></div></div>", 1),
        (f"<p class=caption>{sized(601, '.')}</p><p>{IMG}</p>", 2),
        (f"<p class=caption>Lê Minh Anh</p><p>{LONG}</p>", 3),
        (f"<p class=caption>Kè mới.</p><p>{LONG}</p>", 2),
    ],
)
def test_lines_named_as_captions_without_a_picture_before(inner: str, lines: int) -> None:
    assert len(take(f"<div><p>{MORE}</p>{inner}</div>")[1]) == lines


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Lê Minh Anh", True),
        ("Theo TTXVN", False),
        ("Ảnh: Lê Anh", False),
        ("Tuyến kè mới.", False),
    ],
)
def test_a_line_that_names_people_is_a_byline(line: str, names: bool) -> None:
    assert _names_people(line) is names
