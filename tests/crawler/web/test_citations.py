"""Citations, read by the parsers of reference managers."""

from __future__ import annotations

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from crawler.web.citations import cite, to_bibtex, to_ris
from crawler.web.language import load_language
from storage.records import StoredArticle

HOSTILE = '50% {a} $x$ \\end} & #1 _b_ ~c^ "d" TY  - BOOK\nER  - \x1b[2J\u202e'


def article(**fields: object) -> StoredArticle:
    values = {
        "id": 7, "source_id": "mau", "url": "https://mau.example/tin-a7.html", "key": "7",
        "canonical_url": "https://mau.example/tin-a7.html", "title": "Giá lúa tăng",
        "summary": "Bài mẫu.", "authors": ["Tổ Kinh tế", "Ban Bạn đọc"], "language": "vi",
        "published_on": "2023-11-28", "published_at": "2023-11-28T14:31:00+07:00",
        "tags": ["lúa"], "first_seen_at": "2023-11-28T08:00:00Z",
        "last_seen_at": "2023-11-28T17:30:00Z", "cluster_id": 7,
    }  # fmt: skip
    return StoredArticle(**values | fields)  # type: ignore[arg-type]


def test_a_citation_in_words_says_when_it_was_seen_in_vietnam() -> None:
    text = cite(article(), "Báo mẫu", load_language("vi"))
    assert text == (
        "Tổ Kinh tế, Ban Bạn đọc. “Giá lúa tăng”. Báo mẫu. 28/11/2023."
        " https://mau.example/tin-a7.html. Thấy lúc 29/11/2023 00:30 (giờ Việt Nam)."
    )


def test_ris_is_read_by_rispy() -> None:
    (entry,) = rispy.loads(to_ris(article(), "Báo mẫu"))
    assert entry["type_of_reference"] == "NEWS"
    assert entry["title"] == "Giá lúa tăng"
    assert entry["authors"] == ["Tổ Kinh tế", "Ban Bạn đọc"]
    assert entry["date"] == "2023/11/28"
    assert entry["urls"] == ["https://mau.example/tin-a7.html"]


def test_bibtex_is_read_by_bibtexparser() -> None:
    library = bibtexparser.parse_string(to_bibtex(article(), "Báo mẫu"))
    (entry,) = library.entries
    fields = {field.key: field.value for field in entry.fields}
    assert not library.failed_blocks
    assert (entry.entry_type, entry.key) == ("online", "baotinh-7")
    assert fields["title"] == "{Giá lúa tăng}"
    assert fields["author"] == "{Tổ Kinh tế} and {Ban Bạn đọc}"
    assert fields["date"] == "2023-11-28"


@pytest.mark.parametrize("text", [HOSTILE, "}", "{", "\\", "\r\nER  - \r\n", "@online{x,"])
def test_hostile_text_stays_in_its_field(text: str) -> None:
    _check(text)


@given(st.text(max_size=60))
def test_any_text_stays_in_its_field(text: str) -> None:
    _check(text)


def _check(text: str) -> None:
    hostile = article(title=text or "x", summary=text, authors=[text], tags=[text])
    pair = [hostile, article(id=8)]
    ris = "".join(to_ris(each, text) for each in pair)
    assert [entry["id"] for entry in rispy.loads(ris)] == ["baotinh-7", "baotinh-8"]
    library = bibtexparser.parse_string("".join(to_bibtex(each, text) for each in pair))
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == ["baotinh-7", "baotinh-8"]
