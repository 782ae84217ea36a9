"""What many pages of a source show is the template's."""

from __future__ import annotations

from crawler.extract.hints import mark_date, mark_lead, mark_title
from crawler.runs.boilerplate import Face, Faces

MIN_PAGES = 10
WINDOW = 20

SITE = "Báo điện tử của tỉnh"
LEAD = "Trang tin của Đảng bộ và nhân dân trong tỉnh, cập nhật mỗi ngày."


def face(number: int, title: str = SITE, lead: str | None = None, date: str | None = None) -> Face:
    return Face(key=f"a{number}", title=title, lead=lead, date=date)


def test_a_title_on_half_of_the_latest_pages_is_none() -> None:
    faces = Faces()
    found = [faces.note(face(number)) for number in range(MIN_PAGES)]
    assert found[:-1] == [{}] * (MIN_PAGES - 1)
    assert found[-1] == {mark_title(SITE): SITE}


def test_leads_and_dates_are_learnt_by_themselves() -> None:
    faces = Faces()
    for number in range(MIN_PAGES):
        found = faces.note(face(number, f"Tin {number}", LEAD, "21/03/2024 01:00"))
    assert set(found) == {mark_lead(LEAD), mark_date("21/03/2024 01:00")}


def test_a_bulletin_of_each_day_keeps_its_title() -> None:
    faces = Faces()
    for number in range(4 * WINDOW):
        title = "Dự báo thời tiết" if number % 4 == 0 else f"Tin số {number}"
        assert faces.note(face(number, title)) == {}


def test_one_page_read_often_is_one_page() -> None:
    faces = Faces()
    assert [faces.note(face(1)) for _ in range(MIN_PAGES)] == [{}] * MIN_PAGES
    assert not faces.share(mark_title(SITE), "a1")


def test_a_title_of_two_others_is_shared() -> None:
    faces = Faces()
    for number in range(3):
        faces.note(face(number))
    assert faces.share(mark_title(SITE), "a2")
    faces.note(face(1, "Một tựa đề riêng"))
    assert not faces.share(mark_title(SITE), "a2")
    assert faces.share(mark_title(SITE), "a9")


def test_only_the_latest_pages_count() -> None:
    faces = Faces()
    for number in range(MIN_PAGES - 1):
        faces.note(face(number))
    for number in range(WINDOW - MIN_PAGES + 1):
        faces.note(face(100 + number, f"Tin {number}"))
    # The window is full: each further page takes the place of the oldest.
    assert [faces.note(face(200 + number)) for number in range(MIN_PAGES - 1)] == [{}] * 9


def test_as_many_pages_as_the_window_holds_are_compared() -> None:
    faces = Faces()
    for number in range(MIN_PAGES - 1):
        faces.note(face(number))
    for number in range(WINDOW - MIN_PAGES):
        faces.note(face(100 + number, f"Tin {number}"))
    assert faces.note(face(200)) == {mark_title(SITE): SITE}


def test_a_page_is_common_when_two_others_show_what_it_shows() -> None:
    faces = Faces()
    faces.note(face(1, "Tin một", LEAD))
    faces.note(face(2, "Tin hai", LEAD))
    assert not faces.is_common("a1")
    faces.note(face(3, "Tin ba", LEAD))
    assert faces.is_common("a1")
