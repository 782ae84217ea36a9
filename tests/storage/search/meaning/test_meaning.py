"""Numbers, dates, short forms, empty words and typing errors of a query."""

from __future__ import annotations

import itertools

import pytest

from storage.search.meaning.corrections import near_words, part_joined, take_apart
from storage.search.meaning.numerals import read_date, read_number
from storage.search.meaning.reading import (
    atoms_of_provinces,
    long_forms,
    name_provinces,
    read_keys,
    read_query,
    short_forms,
    synonyms,
)
from storage.search.places import named_today
from storage.search.query import parse_query


class Words:
    """An archive with some words."""

    def __init__(self, *texts: str) -> None:
        self._texts = [text.split() for text in texts]

    def frequency(self, word: str) -> int:
        return sum(word in text for text in self._texts)

    def pair_frequency(self, one: str, other: str) -> int:
        return sum((one, other) in itertools.pairwise(text) for text in self._texts)


def choices(query: str) -> list[set[str]]:
    reading = read_query(parse_query(query))
    return [{" ".join(phrase.words) for phrase in atom.choices} for atom in reading.atoms]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("17/03/2014", "ngày 17 tháng 3 năm 2014"), ("17-3-2014", "17/03/2014"),
        ("17/3", "17 tháng 3"), ("30 tháng Tư", "30/4"), ("30/4", "30 tháng tư"),
        ("ngày mười sáu tháng tư", "16/4"), ("mùng một tháng giêng", "1/1"),
        ("ngày hai mươi lăm tháng chạp năm 2024", "25/12/2024"),
        ("1.000", "1000"), ("mười nghìn", "10.000"),
        ("một triệu", "1000000"), ("UBND", "ủy ban nhân dân"), ("TP.HCM", "thành phố Hồ Chí Minh"),
        ("covid19", "covid-19"), ("start-up", "startup"), ("QL62", "quốc lộ 62"),
        ("94k", "94.000"), ("2tr", "2 triệu"),
        ("TT29/2024", "thông tư 29/2024"), ("QĐ123", "quyết định 123"),
        ("09/CT-TTg", "9/CT-TTg"), ("4471QĐ-UBND", "4471/QĐ-UBND"),
    ],
)  # fmt: skip
def test_what_says_the_same_is_asked_for(one: str, other: str) -> None:
    written = {" ".join(word.folded for word in parse_query(other).words)}
    (found,) = choices(one)
    assert found & (written | set().union(*choices(other)))


def test_other_accents_than_those_of_the_long_form_are_other_words() -> None:
    assert len(choices("bảo hiểm y tế")) == 1
    assert len(choices("bão hiếm y tế")) == 4


def test_a_number_that_is_no_date_is_no_date() -> None:
    assert read_date(["32", "thang", "3"]) is None
    assert read_date(["17", "thang", "13", "nam", "2014"]) is None
    assert read_date(["hai", "thang", "ba"]) is None
    assert read_date(["12", "thang", "nam", "2024"]) is None
    assert read_date(["ngay", "hai", "thang"]) is None
    assert read_number(["²"]) is None
    assert read_number(["1047"]) is None


def test_questions_leave_their_words_out_but_not_all_of_them() -> None:
    reading = read_query(parse_query("vì sao giá lúa giảm?"))
    assert {reading.words[at] for at in reading.empty} == {"vì", "sao"}
    assert read_query(parse_query("vì sao")).empty == frozenset()


def test_keys_are_read_word_by_word() -> None:
    meant = read_keys(parse_query("satj lowr D9o6ng Thap1"))
    assert meant is not None
    assert " ".join(word.exact for word in meant.words) == "sạt lở đông tháp"
    assert read_keys(parse_query("sạt lở")) is None


def test_a_letter_may_be_wrong_missing_too_many_or_swapped() -> None:
    words = Words("sat lo bo song", "thanh pho")
    for typed in ("thamh", "thah", "thannh", "tahnh"):
        assert near_words(words, typed) == ["thanh"]
    assert near_words(words, "x" * 900) == []


def test_a_joined_word_is_taken_apart_where_its_parts_stand_together() -> None:
    assert take_apart(Words("quyt hong lai vung"), "quythonglaivung") == (
        *("quyt", "hong", "lai", "vung"),
    )
    assert take_apart(Words("quyt", "hong"), "quythong") == ()


def test_only_some_joined_words_of_a_query_are_taken_apart() -> None:
    query = parse_query(" ".join(["quythong", '"quythong"', "quyt", *["quythong"] * 9]))
    parted = part_joined(Words("quyt hong"), query.runs)
    assert [len(parts) for parts in parted] == [2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1]


def test_a_joined_word_may_have_left_out_a_word_between_its_parts() -> None:
    written = Words("giu cho noi cai rang", "choc ghe", "a", "i")
    assert take_apart(written, "chocairang") == ("cho", "cai", "rang")
    assert take_apart(Words("cho", "cai", "rang"), "chocairang") == ()
    assert take_apart(Words("play off"), "playoff") == ("play", "off")
    assert take_apart(Words("a" * 7), "a" * 40) == ()


def test_the_name_of_a_province_is_one_thing() -> None:
    reading = read_query(parse_query("điện gió Lâm Đồng"))
    named = name_provinces(reading, lambda words: ("a",) if words == ("lam", "dong") else ())
    assert named.words == ("điện", "gió", "lâm đồng")
    assert named.atoms[2].homes == ("a",)


def test_a_reading_of_some_words_knows_which_of_them_only_ask() -> None:
    reading = read_query(parse_query("vì sao giá lúa tăng"))
    asking = [reading.words[at] for at in sorted(reading.empty)]
    assert asking
    backwards = reading.only(reversed(range(len(reading.atoms))))
    assert backwards.words == reading.words[::-1]
    assert [backwards.words[at] for at in sorted(backwards.empty)] == asking[::-1]
    assert reading.only(set(range(len(reading.atoms))) - reading.empty).empty == frozenset()


def test_some_atoms_of_a_reading() -> None:
    reading = read_query(parse_query("giá lúa thế nào"))
    assert reading.empty
    kept = reading.only([0, *sorted(reading.empty)])
    assert list(kept.words) == ["giá", *(reading.words[at] for at in reading.empty)]
    assert kept.empty == frozenset(range(1, len(kept.atoms)))
    assert reading.only([1]).empty == frozenset()
    other = reading.replaced(1, reading.atoms[0])
    assert (other.atoms[1], other.atoms[0]) == (reading.atoms[0], reading.atoms[0])
    assert other.atoms[2:] == reading.atoms[2:]


def test_a_phrase_of_the_lists_is_none_of_its_own_synonyms() -> None:
    for phrase, others in synonyms().items():
        assert phrase not in others
        assert others
    for short, long in long_forms().items():
        assert all(short in short_forms()[each] for each in long)


@pytest.mark.parametrize(
    ("query", "length"),
    [("đà nẵng", 2), ("thừa thiên huế", 3), ("giá lúa", 0)],
)
def test_names_of_provinces_are_found_whole(query: str, length: int) -> None:
    reading = read_query(parse_query(query))
    assert atoms_of_provinces(reading, named_today) == frozenset(range(length))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("uy ban nhan dan tinh", ["uy ban nhan dan", "tinh"]),
        ('uy "x" ban nhan dan', ["uy", "x", "ban", "nhan", "dan"]),
        ('uy ban nhan dan "x"', ["uy ban nhan dan", "x"]),
        ("17 tháng 3-2014", ["17", "tháng 3 2014"]),
        ("ngày 17 tháng 3 lúa", ["ngày 17 tháng 3", "lúa"]),
        ("mười nghìn người", ["mười nghìn", "người"]),
    ],
)
def test_words_that_are_one_thing_together_are_one_atom(query: str, words: list[str]) -> None:
    assert list(read_query(parse_query(query)).words) == words


def test_the_last_word_of_a_run_may_be_a_beginning() -> None:
    (atom,) = read_query(parse_query("TP.HC*")).atoms
    assert (atom.choices[0].words, atom.choices[0].prefix) == (("tp", "hc"), True)
    assert len(atom.choices) == 1


def test_a_number_that_goes_on_behind_a_date_is_none() -> None:
    assert choices("17-3-2014-5") == [{"17 3 2014 5"}]


def test_what_says_the_same_has_its_own_accents() -> None:
    (atom,) = read_query(parse_query("ubnd")).atoms
    assert [(phrase.words, phrase.exact) for phrase in atom.choices] == [
        (("ubnd",), ()),
        (("uy", "ban", "nhan", "dan"), ("uỷ", "ban", "nhân", "dân")),
    ]
    (atom,) = read_query(parse_query("ủy ban nhân dân")).atoms
    assert [phrase.exact for phrase in atom.choices] == [(), ()]


@pytest.mark.parametrize(
    ("query", "empty"),
    [
        ("vi sao lua giam", {"vi", "sao"}), ("sao hôm nay", set()), ("của lúa", {"của"}),
        ("cua lua", {"cua"}), ("lúa như thế nào", {"như", "thế", "nào"}), ('"vì sao" lúa', set()),
        ('"vì sao" của', {"của"}),
    ],
)  # fmt: skip
def test_words_that_only_ask_are_known(query: str, empty: set[str]) -> None:
    reading = read_query(parse_query(query))
    assert {reading.words[at] for at in reading.empty} == empty


@pytest.mark.parametrize(
    ("query", "known", "exact"),
    [
        ("lể hội", {"hội"}, [(), ("hội",)]),
        ("lể hội", {"lể", "hội"}, [("lể",), ("hội",)]),
        ('"lể hội"', set(), [("lể", "hội")]),
        ("lể-hội", {"hội"}, [("le", "hội")]),
        ("lể-hội", set(), [()]),
    ],
)
def test_accents_that_no_article_has_are_left_out(
    query: str, known: set[str], exact: list[tuple[str, ...]]
) -> None:
    reading = read_query(parse_query(query)).with_accents(lambda word: word in known)
    assert [atom.exact for atom in reading.atoms] == exact


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lũ đà nẵng", ["lũ", "đà nẵng"]),
        ("đà nẵ*", ["đà", "nẵ"]),
        ('"đà" nẵng', ["đà", "nẵng"]),
        ("đà nẵng hà nội", ["đà nẵng", "hà nội"]),
        ("tin thừa thiên huế hay", ["tin", "thừa thiên huế", "hay"]),
        ("hà", ["hà"]),
    ],
)
def test_a_province_is_named_by_words_side_by_side(query: str, words: list[str]) -> None:
    names = {("da", "nang"), ("ha", "noi"), ("thua", "thien", "hue"), ("ha",)}
    named = name_provinces(
        read_query(parse_query(query)), lambda found: ("x",) if found in names else ()
    )
    assert list(named.words) == words
    assert [bool(atom.homes) for atom in named.atoms] == [" " in word for word in words]
    exact = [atom.exact for atom in named.atoms if atom.homes]
    assert all(" ".join(each) in words for each in exact)


def test_a_reading_without_some_atoms_keeps_the_words_that_are_known() -> None:
    reading = read_query(parse_query("giá TP.HCM vì sao"))
    left = reading.without([1], lambda word: word == "tp")
    assert list(left.words) == ["giá", "tp", "vì", "sao"]
    assert left.empty == {2, 3}
    assert [phrase.words for phrase in left.atoms[1].choices] == [("tp",)]
    assert list(reading.without([2], lambda _: 0).words) == ["giá", "tp hcm", "sao"]


def test_other_spellings_are_marked_in_what_was_found() -> None:
    query = parse_query("ubnd kỹ")
    words = read_query(query).other_words(query.words)
    assert [word.exact for word in words] == ["uỷ", "ban", "nhân", "dân"]
