"""What a source shows on many pages, and what an article keeps of its own."""

from __future__ import annotations

from dataclasses import fields, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request

from crawler.extract.hints import fingerprint_line, mark_title
from crawler.runs.boilerplate import (
    Face,
    Faces,
    Lessons,
    compare,
    face_of,
    faces_of,
    hints_of,
    is_no_headline,
    is_our_doing,
    keep_good,
    keep_kept,
    keep_lost,
    learn_lines,
    read_again,
)
from crawler.runs.items import make_item
from crawler.runs.texts import finish_texts
from storage.fingerprint import content_digest
from storage.records import NO_HEADLINE, STORED_BEFORE, Article, Evidence, Link, StoredArticle
from tests.support.runs import NOW, OpenRun, answer, article_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    same = article(SITE)
    keep_good(same, stored(SITE), faces(*others))
    assert same.evidence["title"].how != STORED_BEFORE, "it is read from the page"


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


# --- what a page has lost ------------------------------------------------------------------------

LEAD = "Sapo của bài."


@pytest.mark.parametrize(
    ("body", "before", "kept"),
    [
        # The lead has become the first paragraph of the text.
        ("Sapo của bài.\n\nHai.", "Hai.", ("Sapo của bài.", "Hai.")),
        ("SAPO của bài.\n\nHai.\n\nBa.", "Một.", ("Sapo của bài.", "Hai.\n\nBa.")),
        ("Sapo của bài.", "Hai.", (None, "Sapo của bài.")),
        # Half of the paragraphs are still there: the same article.
        ("Một.\n\nBốn.", "Một.\n\nHai.", ("Sapo của bài.", "Một.\n\nBốn.")),
        ("Một.\n\nHai.", "Một.\n\nHai.\n\nBa.", ("Sapo của bài.", "Một.\n\nHai.")),
        ("Một.\n\nBốn.", "Một.\n\nHai.\n\nBa.", (None, "Một.\n\nBốn.")),
        ("Bốn.\n\nNăm.", "Một.\n\nHai.", (None, "Bốn.\n\nNăm.")),
        # A paragraph that stood there twice is one.
        ("Một.", "Một.\n\nHai.\n\nHai.", ("Sapo của bài.", "Một.")),
    ],
)
def test_a_lead_that_its_page_has_lost_comes_back_to_the_same_text(
    body: str, before: str, kept: tuple[str | None, str]
) -> None:
    read = replace(article(), body=body, evidence={})
    keep_lost(read, replace(stored(lead=LEAD), body=before))
    assert (read.summary, read.body) == kept
    expected = Evidence(how=STORED_BEFORE, confidence=0.5) if kept[0] else None
    assert read.evidence.get("summary") == expected


def test_a_lead_of_its_own_stays_and_none_comes_from_nowhere() -> None:
    read = article(lead="Sapo mới.")
    keep_lost(read, stored(lead=LEAD))
    assert read.summary == "Sapo mới."
    bare = article()
    keep_lost(bare, stored())
    assert (bare.summary, bare.published_on, set(bare.evidence)) == (None, None, {"title"})


DAY, TIMED, EARLIER = "2026-11-20", "2026-11-20T08:00:00+07:00", "2026-11-20T07:00:00+07:00"


@pytest.mark.parametrize(
    ("on", "at", "stored_on", "stored_at", "kept"),
    [
        (None, None, DAY, EARLIER, (DAY, EARLIER, "cũ", "feed")),
        (None, None, DAY, None, (DAY, None, "cũ", "feed")),
        (DAY, None, DAY, EARLIER, (DAY, EARLIER, "cũ", "feed")),
        # The page says as much, or more, or another day.
        (DAY, None, DAY, None, (DAY, None, "mới", "meta")),
        (DAY, TIMED, DAY, EARLIER, (DAY, TIMED, "mới", "meta")),
        (DAY, TIMED, DAY, None, (DAY, TIMED, "mới", "meta")),
        ("2026-11-21", None, DAY, EARLIER, ("2026-11-21", None, "mới", "meta")),
        (None, None, None, None, (None, None, "mới", "meta")),
    ],
)
def test_a_date_comes_back_where_the_page_says_less(
    on: str | None,
    at: str | None,
    stored_on: str | None,
    stored_at: str | None,
    kept: tuple[str | None, ...],
) -> None:
    read = replace(
        article(), published_on=on, published_at=at, published_raw="mới", published_from="meta"
    )
    known = replace(
        stored(),
        published_on=stored_on,
        published_at=stored_at,
        published_raw="cũ",
        published_from="feed",
    )
    keep_lost(read, known)
    found = (read.published_on, read.published_at, read.published_raw, read.published_from)
    assert found == kept
    came_back = Evidence(how=STORED_BEFORE, confidence=0.5) if kept[2] == "cũ" else None
    assert read.evidence.get("published") == came_back


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ({"summary": STORED_BEFORE}, True),
        ({"published": STORED_BEFORE}, True),
        ({"title": STORED_BEFORE, "summary": "layout"}, False),
        ({"summary": "layout", "published": "meta"}, False),
        ({}, False),
    ],
)
def test_what_was_kept_once_is_kept_when_the_page_is_read_again(
    found: dict[str, str], kept: bool
) -> None:
    known = replace(
        stored(lead=LEAD),
        evidence={name: Evidence(how=how, confidence=0.9) for name, how in found.items()},
    )
    read = article()
    keep_kept(read, known)
    assert read.summary == (LEAD if kept else None)
    digest = content_digest(OWN, LEAD, read.body) if kept else "d1"
    assert read.digest == digest


# --- what a source teaches -----------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


NOTICE = "Mời bạn đọc gửi tin, bài về tòa soạn theo địa chỉ của báo."


def put(run: OpenRun, number: int, title: str = "", **changes: str | None) -> Article:
    """An article that is stored, with a text of its own and the notice of its paper."""
    link = run.find(f"tin-{number}.html")
    made = article_at(
        link,
        title or f"Hội nghị lần thứ {number}",
        f"Đoạn số {number} nói về chuyện số {number}.\n\nThêm {number}.\n\n{NOTICE}",
        **changes,
    )
    run.archive.add(made, link=link, capture=None, run_id=None)
    return made


def test_lines_are_learnt_from_twenty_articles_on_and_stay_known(run: OpenRun) -> None:
    for number in range(19):
        put(run, number)
    assert learn_lines(run.archive, "bao", now=NOW) == frozenset()
    put(run, 19)
    assert learn_lines(run.archive, "bao", now=NOW, latest=19) == frozenset()
    assert learn_lines(run.archive, "bao", now=NOW, latest=20) == {fingerprint_line(NOTICE)}
    assert learn_lines(run.archive, "bao", now="2026-11-21T08:00:00Z", latest=1) == {
        fingerprint_line(NOTICE)
    }
    assert run.archive.repeats.learnt_since("bao", NOW) == {"line": [NOTICE]}


def test_lines_are_learnt_from_the_latest_three_hundred_articles() -> None:
    asked: list[tuple[str, int]] = []
    archive = SimpleNamespace(
        articles=SimpleNamespace(bodies=lambda *what: asked.append(what) or []),
        repeats=SimpleNamespace(known=lambda _: frozenset()),
    )
    learn_lines(archive, "bao", now=NOW)  # type: ignore[arg-type]
    assert asked == [("bao", 300)]


def test_what_ten_pages_show_is_learnt_once_and_names_the_others(run: OpenRun) -> None:
    for number in range(9):
        put(run, number, SITE)
    lessons = Lessons(run.archive, run.source, lambda: run.now)
    other = put(run, 20)
    assert lessons.learn(other) is None
    tenth = put(run, 9, SITE)
    assert lessons.learn(tenth) == {f"https://bao.example.vn/tin-{n}.html" for n in range(9)}
    assert lessons.lines == {mark_title(SITE)}
    assert run.archive.repeats.learnt_since("bao", NOW) == {"title": [SITE]}
    assert lessons.learn(put(run, 10, SITE)) is None


def test_a_page_that_lost_its_lead_is_held_against_what_is_stored(run: OpenRun) -> None:
    known = put(run, 1, summary=LEAD, published_on=DAY, published_at=TIMED)
    faces = faces_of(run.archive, "bao")
    for lost in ({"summary": None}, {"published_on": None, "published_at": None}):
        read = replace(known, **lost)  # type: ignore[arg-type]
        assert compare(run.archive, read, faces, frozenset(), now=NOW) == frozenset()
        assert (read.summary, read.published_at) == (LEAD, TIMED)
    new = replace(known, key="new", summary=None)
    compare(run.archive, new, faces, frozenset(), now=NOW)
    assert new.summary is None


def test_a_page_whose_title_was_lost_is_hinted_that_of_its_article(run: OpenRun) -> None:
    put(run, 1)
    link = run.archive.links.find("bao", "https://bao.example.vn/tin-1.html")
    assert link is not None
    lessons = Lessons(run.archive, run.source, lambda: run.now)
    assert lessons.with_title(link) == link
    assert lessons.with_title(link, lost=True).title_hint == "Hội nghị lần thứ 1"
    lessons.lines |= {"lead:0123"}
    assert lessons.with_title(link) == link
    lessons.lines |= {"title:0123"}
    assert lessons.with_title(link).title_hint == "Hội nghị lần thứ 1"
    assert lessons.with_title(replace(link, article_id=99), lost=True).title_hint is None


PAGE = """<html><head><title>Khai mạc hội chợ nông sản</title></head><body>
<h1>Khai mạc hội chợ nông sản</h1><div class="content"><p>{0}</p><p>{0}</p></div></body></html>"""
TEXT = "Sáng nay, hội chợ nông sản của tỉnh khai mạc với hơn một trăm gian hàng. " * 6


def test_a_text_that_today_reads_the_same_page_otherwise_is_our_doing(run: OpenRun) -> None:
    link = run.find("tin/khai-mac-hoi-cho-nong-san-a12345.html")
    capture = run.recorder.captures.write(
        Request(link.url), answer(Request(link.url), PAGE.format(TEXT))
    )
    run.recorder.captures.sync()
    today = replace(
        read_again(run.archive.captures_dir, run.source, capture, frozenset()), key=link.key
    )
    earlier = replace(today, title="Một tựa đề khác")
    finish_texts(earlier)

    def is_ours(read: Article) -> bool:
        return is_our_doing(run.archive, run.source, read, frozenset())

    assert today.digest == content_digest(today.title, today.summary, today.body)
    assert not is_ours(today), "nothing is stored"
    run.archive.add(earlier, link=link, capture=None, run_id=None)
    assert not is_ours(today), "no page was kept"
    run.archive.add(earlier, link=link, capture=capture, run_id=None)
    assert is_ours(today)
    assert not is_ours(earlier), "nothing differs"
    assert not is_ours(replace(today, digest="edited")), "the page has changed"
    for file in run.archive.captures_dir.iterdir():
        file.write_bytes(b"")
    assert not is_ours(today), "the capture cannot be read back"


@pytest.mark.parametrize(
    ("lead", "date", "marks"),
    [
        (None, None, ["title"]),
        ("Sapo", None, ["title", "lead"]),
        (None, "20/11/2026 08:00", ["title", "date"]),
        ("Sapo", "20/11/2026 08:00", ["title", "lead", "date"]),
    ],
)
def test_a_face_is_marked_by_all_it_shows(
    lead: str | None, date: str | None, marks: list[str]
) -> None:
    face = Face(key="a", title=OWN, lead=lead, date=date)
    assert [mark.partition(":")[0] for mark, _ in face.marks()] == marks
    assert [text for _, text in face.marks()] == [text for text in (OWN, lead, date) if text]


def test_pages_are_shared_by_two_others_whatever_their_own_says() -> None:
    seen = faces(*(Face(key=f"b{n}", title=SITE) for n in range(2)))
    mark = mark_title(SITE)
    assert seen.share(mark, "new")
    assert not seen.share(mark, "b1"), "one other is chance"
    seen.note(Face(key="b1", title=OWN))
    assert not seen.share(mark, "new")
    assert seen.bearing({mark}) == {"b0"}
    assert seen.bearing({mark, mark_title(OWN)}) == {"b0", "b1"}
    assert seen.bearing(()) == set()


def test_a_known_text_is_told_from_an_edit_when_it_is_stored(run: OpenRun) -> None:
    link = run.find("tin/khai-mac-hoi-cho-nong-san-a12345.html")
    request = Request(link.url)
    capture = run.recorder.captures.write(request, answer(request, PAGE.format(TEXT)))
    run.recorder.captures.sync()
    today = replace(
        read_again(run.archive.captures_dir, run.source, capture, frozenset()), key=link.key
    )
    earlier = replace(today, title="Một tựa đề khác")
    finish_texts(earlier)
    run.archive.add(earlier, link=link, capture=capture, run_id=None)
    known = run.archive.links.find("bao", link.key)
    assert known is not None
    run.recorder.store(make_item(today, run.recorder.take(known), None))
    edited = replace(today, title="Khai mạc hội chợ lúa gạo")
    finish_texts(edited)
    run.recorder.store(make_item(edited, run.recorder.take(known), None))
    stored = run.archive.article_by_key("bao", link.key)
    assert stored is not None
    kinds = [text.kind for text in run.archive.revisions(stored.id)]
    assert kinds[-2:] == ["reextracted", "edited"]
