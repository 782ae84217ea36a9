"""Where the lead is found, and that it stands in the article once."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.extract.hints import mark_lead
from crawler.extract.layouts import Layout
from crawler.extract.text.lead import Lead, find_lead, is_same, words_of
from tests.support.markup import LONG, MORE, THIRD, URL, context

MAX_LEAD = 1_500
SHORTEST = 25

TITLE = "Tăng tốc thi công tuyến kè chống sạt lở"


def lead_of(inner: str, description: str = "", first: int = 1, above: slice | None = None) -> Lead:
    head = f'<meta property="og:description" content="{description}">' if description else ""
    page = context(f"<h1>{TITLE}</h1>{inner}", head)
    blocks = page.scan.blocks
    return find_lead(page, page.scan, blocks[first:], above=blocks[above] if above else [])


def how(lead: Lead) -> tuple[str, float] | None:
    return (lead.evidence.how, lead.evidence.confidence) if lead.evidence else None


def test_a_line_named_as_the_lead_above_the_text() -> None:
    lead = lead_of(f"<div class=sapo>{LONG}</div><p>{MORE}</p>", first=2)
    assert (lead.text, how(lead)) == (LONG, ("visible lead", 0.8))


def test_a_description_that_agrees_makes_sure_of_it() -> None:
    lead = lead_of(f"<div class=sapo>{LONG}</div><p>{MORE}</p>", LONG)
    assert (lead.text, how(lead)) == (LONG, ("visible lead in the text", 0.95))


def test_lines_of_one_named_box_are_one_lead() -> None:
    lead = lead_of(f"<div class=sapo><p>{LONG}</p><p>{MORE}</p></div><p>{THIRD}</p>")
    assert lead.text == f"{LONG} {MORE}"
    assert len(lead.shown) == 2


def test_a_named_line_that_is_too_short_or_all_link_is_none() -> None:
    assert lead_of(f"<div class=sapo>Ngắn thôi</div><p>{MORE}</p>").text is None
    assert lead_of(f"<div class=sapo><a href=/>{LONG}</a></div><p>{MORE}</p>").text is None


def test_a_cut_copy_of_the_text_is_no_lead_and_leaves_the_body() -> None:
    cut = f"{LONG} {MORE}"[:150]
    lead = lead_of(f"<div class=sapo>{cut}</div><p>{LONG}</p><p>{MORE}</p>")
    assert lead.text is None
    assert [block.text for block in lead.shown] == [cut]


def test_a_cut_copy_of_several_paragraphs_leaves_the_body_whatever_its_name() -> None:
    short = "Kè dài hơn một cây số."
    for cut in (f"{LONG} {short} {MORE}"[:160], f"{LONG} {short} {MORE}"[:150] + "...", LONG[:-4]):
        lead = lead_of(f"<div>{cut}</div><p>{LONG}</p><p>{short}</p><p>{MORE}</p>")
        assert [block.text for block in lead.shown] == [cut.strip()]
        assert lead.text is None


@pytest.mark.parametrize("cut", [LONG[:-6], f"{LONG} {MORE}"[: len(LONG) + 8]])
def test_a_description_cut_without_a_sign_takes_no_paragraph(cut: str) -> None:
    lead = lead_of(f"<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p>", cut)
    assert lead.text is None
    assert not lead.shown


def test_the_only_sentence_above_the_text() -> None:
    lead = lead_of(f"<div>{LONG}</div><p>{MORE}</p>", first=2, above=slice(1, 2))
    assert (lead.text, how(lead)) == (LONG, ("line above the text", 0.6))
    lead = lead_of(f"<div><b>{LONG}</b></div><p>{MORE}</p>", first=2, above=slice(1, 2))
    assert how(lead) == ("line above the text", 0.8)


def test_of_several_plain_sentences_above_the_text_none_is_the_lead() -> None:
    inner = f"<div>{LONG}</div><div>{THIRD}</div><p>{MORE}</p>"
    assert lead_of(inner, first=3, above=slice(1, 3)).text is None


def test_a_bold_first_paragraph_where_the_rest_is_not_bold() -> None:
    bold = f"<p><b>{LONG}</b></p>"
    assert how(lead_of(f"{bold}<p>{MORE}</p>")) == ("bold first paragraph", 0.75)
    assert lead_of(f"{bold}<p><b>{MORE} {THIRD}</b></p>").text is None


def test_a_first_paragraph_in_a_box_beside_all_others() -> None:
    rest = f"<div><p>{MORE}</p><p>{THIRD}</p><p>{MORE}</p></div>"
    assert how(lead_of(f"<section><div><p>{LONG}</p></div>{rest}</section>")) == (
        "first paragraph in a box",
        0.75,
    )


def test_a_paragraph_equal_to_the_whole_description() -> None:
    lead = lead_of(f"<p>{LONG}</p><p>{MORE}</p>", LONG)
    assert how(lead) == ("paragraph equal to the description", 0.7)
    assert lead_of(f"<p>{LONG}</p><p>{MORE}</p>", f"{LONG[:60]}…").text is None


def test_a_description_that_is_no_part_of_the_text() -> None:
    lead = lead_of(f"<p>{MORE}</p><p>{THIRD}</p>", LONG)
    assert (lead.text, how(lead)) == (LONG, ("meta description", 0.5))
    assert lead_of(f"<p>{MORE}</p><p>{THIRD}</p>", MORE[:70]).text is None


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("a", "a", True),
        ("x" * 86, "x" * 100, True),
        ("x" * 85, "x" * 100, False),
        ("x" * 40, "x" * 41, False),
        ("x" * 41, "x" * 42, True),
        ("y" + "x" * 90, "x" * 95, False),
    ],
)
def test_texts_are_the_same_but_for_a_few_words_at_the_end(
    one: str, other: str, wanted: bool
) -> None:
    assert is_same(one, other) is wanted
    assert is_same(other, one) is wanted


def test_words_are_folded_and_without_punctuation() -> None:
    assert words_of("“Tỉnh  ủy”, Đà-Nẵng!") == "tinh uy da nang"


@pytest.mark.parametrize(
    "inner",
    [
        f"<div class=sapo>{LONG}</div><div class=nd><p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p></div>",
        f"<div class=nd><p class=sapo>{LONG}</p><p>{MORE}</p><p>{THIRD}</p></div>",
        f"<h2>{LONG}</h2><div class=nd><p>(BTNO) - {LONG}</p><p>{MORE}</p><p>{THIRD}</p></div>",
        f"<div class=nd><p><b>{LONG}</b></p><p>{MORE}</p><p>{THIRD}</p></div>",
    ],
)
def test_the_lead_does_not_stand_in_the_body_too(inner: str) -> None:
    page = f"<html lang=vi><title>{TITLE}</title><body><h1>{TITLE}</h1>{inner}"
    article = extract(page.encode(), url=URL, fetched_at="2026-11-24T01:00:00Z")
    assert article.summary == LONG
    assert article.body == f"{MORE}\n\n{THIRD}"


def sized(length: int, end: str = ".") -> str:
    """A sentence of so many characters."""
    return ("Kè dài " * length)[: length - 1].rstrip().ljust(length - 1, "i") + end


def test_a_named_line_is_a_lead_from_25_characters_on() -> None:
    for length, taken in ((SHORTEST, True), (SHORTEST - 1, False)):
        text = sized(length)
        lead = lead_of(f"<div class=sapo>{text}</div><p>{MORE}</p>", first=2)
        assert lead.text == (text if taken else None)


@pytest.mark.parametrize(
    ("length", "taken"), [(59, False), (60, True), (MAX_LEAD, True), (MAX_LEAD + 1, False)]
)
def test_a_line_above_the_text_has_the_length_of_a_lead(length: int, taken: bool) -> None:
    text = sized(length)
    lead = lead_of(f"<div>{text}</div><p>{MORE}</p>", first=2, above=slice(1, 2))
    assert lead.text == (text if taken else None)


@pytest.mark.parametrize("line", ["<div class=author>{}</div>", "<div><a href=/>{}</a></div>"])
def test_a_byline_or_a_link_above_the_text_is_no_lead(line: str) -> None:
    inner = f"{line.format(LONG)}<p>{MORE}</p>"
    assert lead_of(inner, first=2, above=slice(1, 2)).text is None


def test_of_several_lines_above_the_text_the_last_is_the_lead_if_it_is_set_apart() -> None:
    inner = f"<div>{LONG}</div><div><i>{THIRD}</i></div><p>{MORE}</p>"
    lead = lead_of(inner, first=3, above=slice(1, 3))
    assert (lead.text, how(lead)) == (THIRD, ("line above the text", 0.8))
    inner = f"<div>{LONG}</div><div>{THIRD}</div><p>{MORE}</p>"
    assert lead_of(inner, THIRD, first=3, above=slice(1, 3)).text == THIRD


@pytest.mark.parametrize(
    ("length", "end", "taken"),
    [(39, ".", False), (40, ".", True), (79, "?", False), (80, "?", True), (901, ".", False)],
)
def test_a_bold_first_paragraph_has_the_length_of_a_lead(
    length: int, end: str, taken: bool
) -> None:
    text = sized(length, end)
    lead = lead_of(f"<p><b>{text}</b></p><p>{MORE}</p>")
    assert lead.text == (text if taken else None)


def test_a_description_of_less_than_40_characters_says_nothing() -> None:
    for length, taken in ((40, True), (39, False)):
        text = sized(length)
        assert lead_of(f"<p>{MORE}</p><p>{THIRD}</p>", text).text == (text if taken else None)


def test_a_description_is_taken_as_the_line_that_shows_it() -> None:
    inner = f"<p>{MORE}</p><p>{THIRD}</p><p>{MORE}</p><p>{LONG}</p>"
    page = context(f"<h1>{TITLE}</h1>{inner}", f'<meta name=description content="{LONG}">')
    lead = find_lead(page, page.scan, page.scan.blocks[1:4], above=[])
    assert (lead.text, how(lead)) == (LONG, ("line equal to the description", 0.85))
    assert [block.text for block in lead.shown] == [LONG]


@pytest.mark.parametrize(
    ("size", "is_lead"), [(24, False), (25, True), (1500, True), (1501, False)]
)
def test_a_named_lead_has_twenty_five_to_fifteen_hundred_letters(
    size: int, *, is_lead: bool
) -> None:
    text = (f"{LONG} " * 20)[:size].strip()
    text += "x" * (size - len(text))
    lead = lead_of(f"<div class=sapo>{text}</div>" + f"<p>{MORE}</p>" * 30, first=2)
    assert lead.text == (text if is_lead else None)


@pytest.mark.parametrize(("size", "is_read"), [(39, False), (40, True)])
def test_a_description_of_forty_letters_says_something(size: int, *, is_read: bool) -> None:
    inner = f"<p>{MORE}</p><p>{THIRD}</p>"
    text = "Huyện đôn đốc nhà thầu thi công xong kè trước lũ"[:size].strip()
    text += "x" * (size - len(text))
    assert (lead_of(inner, text).text is not None) == is_read


SAID = "Huyện đòi nhà thầu thêm người và máy."
"""A sentence of 37 characters."""


@pytest.mark.parametrize(("length", "found"), [(40, True), (39, False)])
def test_a_description_of_some_length_is_a_lead(length: int, *, found: bool) -> None:
    lead = lead_of(f"<p>{LONG}</p><p>{MORE}</p>", SAID.ljust(length, "!"))
    assert how(lead) == (("meta description", 0.5) if found else None)


def test_a_description_that_is_cut_is_no_lead() -> None:
    text = f"<p>{LONG}</p><p>{MORE}</p>"
    for cut in ("...", "…", "[…]", "[...]"):
        assert lead_of(text, f"{SAID} {SAID} {cut}").text is None
    assert lead_of(text, f"{SAID} {SAID} .").text


@pytest.mark.parametrize(("blanks", "shown"), [(19, True), (20, False)])
def test_a_line_that_says_what_the_description_says_is_the_lead(
    blanks: int, *, shown: bool
) -> None:
    description = f"{SAID} {SAID}"
    line = description + "!" * blanks
    lead = lead_of(
        f"<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p>" * 3 + f"<div>{line}</div>", description
    )
    assert how(lead) == (
        ("line equal to the description", 0.85) if shown else ("meta description", 0.5)
    )


def test_a_description_that_repeats_the_text_is_no_lead() -> None:
    words = [f"{SAID} Số {n}." for n in "abcdefgh"]
    text = "".join(f"<p>{each} {LONG}</p>" for each in words)
    for place, copied in ((5, True), (6, False)):
        lead = lead_of(text, f"{words[place]} {LONG}")
        assert (lead.text is None) is copied
    start = LONG[:90] + " " + SAID
    assert lead_of(f"<p>{LONG}</p><p>{MORE}</p>", start).text is None


def apart(line: str, description: str = "") -> tuple[str, float] | None:
    return how(lead_of(f"{line}<p>{LONG}</p><p>{MORE}</p>", description, 2, slice(1, 2)))


SIXTY = "Huyện đòi nhà thầu thêm người và máy để kè xong trước mùa nước."


@pytest.mark.parametrize(
    ("line", "description", "confidence"),
    [
        (f"<div>{SIXTY}</div>", "", 0.6),
        (f"<div><b>{SIXTY}</b></div>", "", 0.8),
        (f"<div><i>{SIXTY}</i></div>", "", 0.8),
        (f"<h3>{SIXTY}</h3>", "", 0.8),
        (f"<div>{SIXTY}</div>", SIXTY, 0.95),
        (f"<div>{SIXTY}</div>", MORE, 0.6),
        (f"<div>{'x' * 59}.</div>", "", 0.6),
        (f"<div>{'x' * 58}.</div>", "", None),
        (f"<div>{'x' * 59},</div>", "", None),
        (f"<div class=author>{SIXTY}</div>", "", None),
        (f"<div>{SIXTY[:42]}<a href=/>{SIXTY[42:]}</a></div>", "", 0.6),
        (f"<div>{SIXTY[:41]}<a href=/>{SIXTY[41:]}</a></div>", "", None),
    ],
)
def test_a_sentence_above_the_text(line: str, description: str, confidence: float | None) -> None:
    assert apart(line, description) == (("line above the text", confidence) if confidence else None)


@pytest.mark.parametrize(
    ("first", "rest", "confidence"),
    [
        (f"<p><b>{'x' * 80}</b></p>", f"<p>{MORE}</p>", 0.75),
        (f"<p><b>{'x' * 79}</b></p>", f"<p>{MORE}</p>", None),
        (f"<p><b>{'x' * 900}</b></p>", f"<p>{MORE}</p>", 0.75),
        (f"<p><b>{'x' * 901}</b></p>", f"<p>{MORE}</p>", None),
        (f"<h2>{'x' * 80}</h2>", f"<p>{MORE}</p>", 0.75),
        (f"<p>{'x' * 80}</p>", f"<p>{MORE}</p>", None),
        (f"<p><b>{'x' * 80}</b></p>", f"<p><b>{'y' * 120}</b></p>", 0.75),
        (f"<p><b>{'x' * 80}</b></p>", f"<p><b>{'y' * 121}</b></p>", None),
        (f"<p><b>{'x' * 80}</b></p>", f"<p>{'y' * 121}</p>", 0.75),
        (f"<p><b>{'x' * 80}</b></p>", "", None),
    ],
)
def test_a_first_paragraph_that_its_type_sets_apart(
    first: str, rest: str, confidence: float | None
) -> None:
    assert how(lead_of(first + rest)) == (
        ("bold first paragraph", confidence) if confidence else None
    )


@pytest.mark.parametrize(
    ("inner", "boxed"),
    [
        (f"<div><p>{LONG}</p></div><div><p>{MORE}</p><p>{THIRD}</p><p>{MORE}</p></div>", True),
        (
            f"<section><p>{LONG}</p></section><div><p>{MORE}</p><p>{THIRD}</p><p>{MORE}</p></div>",
            True,
        ),
        (f"<ul><li>{LONG}</li></ul><div><p>{MORE}</p><p>{THIRD}</p><p>{MORE}</p></div>", False),
        (f"<div><p>{LONG}</p></div><div><p>{MORE}</p><p>{THIRD}</p></div>", False),
        (
            f"<div><p>{LONG[:-1]}</p></div><div><p>{MORE}</p><p>{THIRD}</p><p>{MORE}</p></div>",
            False,
        ),
        (f"<div><p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p><p>{MORE}</p></div>", False),
        (f"<div><p>{LONG}</p></div><p>{MORE}</p><p>{THIRD}</p><p>{MORE}</p>", False),
    ],
)
def test_a_first_paragraph_in_a_box_of_its_own(inner: str, *, boxed: bool) -> None:
    assert how(lead_of(f"<div>{inner}</div>")) == (
        ("first paragraph in a box", 0.75) if boxed else None
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x" * 41, "x" * 48, True),
        ("x" * 40, "x" * 47, False),
        ("x" * 86, "x" * 101, True),
        ("x" * 85, "x" * 100, False),
        ("x" * 41, "y" + "x" * 41, False),
        ("a", "a", True),
    ],
)
def test_texts_that_are_the_same_but_for_a_few_words(one: str, other: str, *, same: bool) -> None:
    assert is_same(one, other) is same
    assert is_same(other, one) is same


def test_a_layout_states_the_lead() -> None:
    page = context(f"<h1>{TITLE}</h1><div class=s>{SIXTY}</div><p>{LONG}</p><p>{MORE}</p>")
    page.layout = Layout(name="x", marks=(), body=(), summary=(".s",))
    lead = find_lead(page, page.scan, page.scan.blocks[2:], above=[])
    assert (lead.text, how(lead)) == (SIXTY, ("layout x", 0.95))


def test_a_lead_that_the_source_repeats_is_none() -> None:
    page = context(f"<h1>{TITLE}</h1><div class=sapo>{LONG}</div><p>{MORE}</p><p>{THIRD}</p>")
    for marks, wanted in ((set(), LONG), ({mark_lead(LONG)}, None)):
        page.repeated = marks
        lead = find_lead(page, page.scan, page.scan.blocks[1:], above=[])
        assert (lead.text, lead.evidence is None) == (wanted, wanted is None)


def test_a_description_that_is_the_headline_is_no_lead() -> None:
    title = "Tăng tốc thi công tuyến kè chống sạt lở bờ sông"
    page = context(f"<h1>{title}</h1><p>{LONG}</p>", f'<meta name="description" content="{title}">')
    assert find_lead(page, page.scan, page.scan.blocks[1:], above=[]).text is None


@pytest.mark.parametrize(("between", "seen"), [(11, True), (12, False)])
def test_a_named_lead_stands_in_twelve_lines_below_the_headline(
    between: int, *, seen: bool
) -> None:
    inner = "<p>Mục</p>" * between + f"<div class=sapo>{LONG}</div>"
    page = context(f"<h1>{TITLE}</h1>{inner}<p>{MORE}</p>")
    assert (find_lead(page, page.scan, [], above=[]).text == LONG) is seen


@pytest.mark.parametrize(("parts", "cut"), [(10, True), (11, False)])
def test_the_beginning_of_a_text_is_looked_for_in_eleven_lines(parts: int, *, cut: bool) -> None:
    words = [f"phần {chr(97 + number)} nói về kè" for number in range(parts + 1)]
    lead = lead_of(f"<p>{' '.join(words)}</p>" + "".join(f"<p>{each}</p>" for each in words))
    assert bool(lead.shown) is cut
