"""Digest and signature: what counts as the same text, and as nearly the same."""

from __future__ import annotations

import hashlib
import random
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from storage.fingerprint import (
    content_digest,
    runs_of,
    shingles,
    signature,
    similarity,
    syllables,
    text_digest,
)
from tests.support.costs import assert_linear

TEXT = (
    "tỉnh huyện xã nông dân thanh long sông nước cầu đường trường học sinh năm tháng ngày "
    "kinh tế văn hóa xã hội phát triển đầu tư dự án công nghiệp khu vực biên giới hội nghị"
)
WORDS = TEXT.split()


def compose(seed: int, length: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def test_white_space_and_unicode_form_do_not_count() -> None:
    one = content_digest("Tỉnh ủy Long An", "Sáng 28/11", "Đoạn một.\n\nĐoạn hai.")
    other = content_digest(
        " Tỉnh  ủy\nLong An ",
        "Sáng\u00a028/11",
        unicodedata.normalize("NFD", "Đoạn một.\nĐoạn hai.\n\n"),
    )
    assert one == other


def test_one_figure_counts() -> None:
    one, other = (content_digest("a", None, f"thu {figure} tỷ đồng") for figure in (12, 13))
    assert one != other


def test_text_moved_between_fields_counts() -> None:
    assert content_digest("a", "b", "c") != content_digest("a b", "", "c")
    assert content_digest("a", None, "c") == content_digest("a", "", "c")


@given(st.text(), st.none() | st.text(), st.text())
def test_any_text_has_a_digest(title: str, summary: str | None, body: str) -> None:
    digest = content_digest(title, summary, body)
    assert len(digest) == 64
    assert digest == content_digest(title, summary, body)


@given(st.text(max_size=300))
def test_any_text_has_a_signature_of_one_length(text: str) -> None:
    assert len(signature(text)) in (0, 128)
    assert bool(signature(text)) == bool(syllables(text))


@given(st.lists(st.sampled_from(["một", "hai", "ba", "đường"]), max_size=12))
def test_shingles_are_all_runs_of_five_syllables(words: list[str]) -> None:
    runs = {tuple(words[start : start + 5]) for start in range(max(1, len(words) - 4))}
    assert len(shingles(words)) == (len(runs) if words else 0)
    assert shingles(["x", *words]) >= (shingles(words) if len(words) >= 5 else set())


@given(st.none() | st.text() | st.text("ab \nĐ\u0301Σ"), st.text() | st.text("ab \nĐ\u0301Σ"))
def test_runs_of_lead_and_text_are_those_of_both_as_one(summary: str | None, body: str) -> None:
    assert runs_of(summary, body) == shingles(syllables(f"{summary or ''}\n\n{body}"))


def test_the_same_text_is_wholly_alike_and_another_is_not() -> None:
    one, other = signature(compose(1, 400)), signature(compose(2, 400))
    assert similarity(one, one) == 1
    assert similarity(one, other) < 0.1


def test_accents_and_case_do_not_make_a_text_another() -> None:
    text = compose(3, 300)
    assert similarity(signature(text), signature(text.upper())) == 1


def test_similarity_estimates_the_share_of_common_shingles() -> None:
    errors = []
    for seed in range(40):
        text = compose(seed, 600)
        cut = " ".join(text.split()[: 200 + 10 * seed])
        one, other = shingles(syllables(text)), shingles(syllables(cut))
        truth = len(one & other) / len(one | other)
        errors.append(abs(similarity(signature(text), signature(cut)) - truth))
    assert sum(errors) / len(errors) < 0.06


def test_a_text_without_words_resembles_nothing() -> None:
    assert signature(" … — \n") == b""
    assert similarity(b"", b"") == 0
    assert similarity(signature("một hai ba"), b"") == 0


def test_a_long_text_costs_little() -> None:
    assert_linear(signature, lambda words: compose(5, words), 20_000)


def test_what_archives_hold_of_a_text_stays_what_it_is() -> None:
    text = "Tỉnh ủy Long An họp phiên thường kỳ bàn nhiệm vụ quý cuối năm"
    assert min(shingles(syllables(text))) == 1963874435820119544
    # Twelve runs fill few of the 64 bins: most borrow.
    assert signature(text).hex().startswith("1a3c7c05ddce3f97a160032964f27b71")
    whole = hashlib.sha256(signature(text)).hexdigest()
    assert whole == "f19180e4424f109db5d716971c1e58d9eca83cf909d7b65fc7df2e191027ef4c"
    digest = "3aa8909cac0696919c2cc255ee0dbcc632b90ddcdc8a7fd54836d34d61dd645c"
    assert content_digest("a", None, "b") == text_digest("a", "", "b") == digest


def test_signatures_of_another_length_resemble_nothing() -> None:
    whole = bytes(128)
    assert similarity(whole, whole) == 1
    for other in (bytes(126), bytes(130), b""):
        assert similarity(whole, other) == similarity(other, whole) == similarity(other, other) == 0
    assert similarity(whole, b"\0\1" * 16 + bytes(96)) == 0.75


def test_runs_may_have_another_size() -> None:
    words = ["a", "b", "c"]
    assert len(shingles(words, 2)) == 2
    assert shingles(words, 4) == shingles(words, 3) == shingles(["a", "b", "c"])
    assert shingles(["ạ", "b", "c"], 2) >= shingles(["b", "c"], 2)
