"""What a source shows on many pages, and what an article keeps of its own."""

from __future__ import annotations

from dataclasses import fields

import pytest

from crawler.runs.boilerplate import Face, Faces, face_of, hints_of, is_no_headline, keep_good
from storage.records import NO_HEADLINE, STORED_BEFORE, Article, Evidence, Link, StoredArticle

SITE = "Trang tin của tỉnh"
OWN = "Khai mạc hội chợ nông sản"


def article(title: str = OWN, lead: str | None = None, sure: float = 0.9, **more: str) -> Article:
    read = Article(
        source_id="bao",
        url="https://bao.example.vn/a1.html",
        canonical_url="https://bao.example.vn/a1.html",
        key="a1",
        title=title,
        body="Sáng nay, hội chợ nông sản khai mạc tại trung tâm tỉnh.",
        fetched_at="2026-11-20T08:00:00Z",
        digest="d1",
        summary=lead,
        **more,
    )
    read.evidence["title"] = Evidence(how="h1", confidence=sure)
    return read


def stored(title: str = OWN, lead: str | None = None, sure: float = 0.9) -> StoredArticle:
    read = article(title, lead, sure)
    known = {each.name: getattr(read, each.name) for each in fields(read)}
    at = read.fetched_at
    return StoredArticle(**known, id=1, first_seen_at=at, last_seen_at=at, cluster_id=1)


def faces(*shown: Face) -> Faces:
    made = Faces()
    for face in shown:
        made.note(face)
    return made


@pytest.mark.parametrize(
    ("confidence", "wanted"), [(NO_HEADLINE, True), (NO_HEADLINE + 0.01, False)]
)
def test_a_title_that_nothing_supports_is_no_headline(confidence: float, wanted: bool) -> None:
    assert is_no_headline(article(sure=confidence)) is wanted
    read = article()
    read.evidence.clear()
    assert not is_no_headline(read)


def test_a_list_shows_a_date_where_the_page_gives_a_time() -> None:
    timed = article(published_raw="20/11/2026 08:00", published_at="2026-11-20T08:00:00+07:00")
    assert face_of(timed).date == "20/11/2026 08:00"
    assert face_of(article(published_raw="20/11/2026")).date is None
    assert face_of(article(lead="Sapo")).lead == "Sapo"


def test_an_article_keeps_its_title_where_the_page_shows_that_of_others() -> None:
    others = [Face(key=f"b{number}", title=SITE) for number in range(2)]
    for count, kept in ((2, OWN), (1, SITE)):
        read = article(SITE)
        keep_good(read, stored(), faces(*others[:count]))
        assert read.title == kept
        assert (read.evidence["title"].how == STORED_BEFORE) is (kept == OWN)


def test_an_article_keeps_its_title_where_the_page_shows_the_name_of_its_site() -> None:
    read = article(SITE, sure=NO_HEADLINE)
    keep_good(read, stored(), faces())
    assert read.title == OWN
    worse = article(SITE, sure=NO_HEADLINE)
    keep_good(worse, stored("Một tên khác", sure=NO_HEADLINE), faces())
    assert worse.title == SITE


def test_an_article_keeps_its_lead_where_the_page_shows_that_of_others() -> None:
    lead = "Trang tin của Đảng bộ và nhân dân trong tỉnh, cập nhật mỗi ngày."
    others = faces(*(Face(key=f"b{n}", title=f"Tin {n}", lead=lead) for n in range(2)))
    read = article(lead=lead)
    keep_good(read, stored(lead="Sapo của bài."), others)
    assert read.summary == "Sapo của bài."
    assert read.evidence["summary"].how == STORED_BEFORE
    same = article(lead=lead)
    keep_good(same, stored(lead=lead), others)
    assert "summary" not in same.evidence


def test_a_link_says_where_it_was_found() -> None:
    link = Link(
        source_id="bao",
        url="https://bao.example.vn/a1.html",
        canonical_url="https://bao.example.vn/a1.html",
        key="a1",
        found_at="2026-11-20T08:00:00Z",
        title_hint=OWN,
        seed_id=3,
    )
    assert hints_of(link, {3: "feed"}).place == "feed"
    assert hints_of(link, {4: "feed"}).place == "listing"
    assert (hints_of(link, {}).title, hints_of(link, {}).date) == (OWN, None)
