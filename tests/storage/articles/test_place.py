"""Where a page's text belongs: a new article, a text of a known one, or one it has already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from storage.articles.place import _is_renamed
from storage.records import Image
from storage.states import RevisionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Capture, Link, StoredArticle

    Make = Callable[..., Article]
    MakeLink = Callable[..., Link]
    MakeCapture = Callable[..., Capture]

EARLY, NOW, LATER, LAST = (f"2026-10-02T{hour}:38:00Z" for hour in (10, 11, 12, 13))
LONG = " ".join(f"Đoạn văn số {n} của bài báo này kể về xã thứ {n * 7}." for n in range(30))


def stored(archive: Archive, number: int = 1) -> StoredArticle:
    found = archive.article(number)
    assert found is not None
    return found


@pytest.fixture
def seen(archive: Archive, article: Make, link: MakeLink) -> Archive:
    """An article that was met at eleven, and unchanged at one."""
    for at in (NOW, LAST):
        archive.add(article(fetched_at=at), link=link(), capture=None, run_id=None)
    return archive


@pytest.mark.parametrize(
    ("at", "kind", "outcome", "kinds", "first_seen_at"),
    [
        (LATER, RevisionKind.EDITED, "revised", ["first", "edited"], NOW),
        (NOW, RevisionKind.EDITED, "revised", ["first", "edited"], NOW),
        (EARLY, RevisionKind.EDITED, "revised", ["first", "edited"], EARLY),
    ],
)
def test_another_text_from_before_the_last_visit_is_an_older_one(
    seen: Archive, article: Make, link: MakeLink, at: str, kind: RevisionKind, outcome: str,
    kinds: list[str], first_seen_at: str,
) -> None:  # fmt: skip
    before = stored(seen)
    older = article(body="Bản cũ hơn của tin.", fetched_at=at)
    done = seen.add(older, link=link(), capture=None, run_id=None, revision_kind=kind)
    assert (str(done), done.article_id) == (outcome, 1)
    after = stored(seen)
    assert (after.body, after.last_seen_at, after.revisions) == (before.body, LAST, 2)
    assert after.first_seen_at == first_seen_at
    texts = {each.kind: each.body for each in seen.revisions(1)}
    assert sorted(texts, reverse=True) == kinds
    assert texts["first" if at == EARLY else "edited"] == "Bản cũ hơn của tin."
    again = seen.add(older, link=link(), capture=None, run_id=None, revision_kind=kind)
    assert (str(again), stored(seen).revisions) == ("unchanged", 2)


@pytest.mark.parametrize(
    ("number", "outcome"), [(1, "unchanged"), (2, "duplicate")], ids=["its own link", "another"]
)
@pytest.mark.parametrize("at", [EARLY, LATER, LAST])
def test_the_text_that_it_has_is_no_news_at_any_time(
    seen: Archive, article: Make, link: MakeLink, at: str, number: int, outcome: str
) -> None:
    seen.links.add([link(2)])
    same = article(fetched_at=at)
    done = seen.add(same, link=link(number), capture=None, run_id=None)
    assert (str(done), done.article_id) == (outcome, 1)
    assert [each.seen_at for each in seen.revisions(1)] == [min(at, NOW)]
    assert (stored(seen).first_seen_at, stored(seen).last_seen_at) == (min(at, NOW), LAST)
    led = seen.add(same, link=link(number), capture=None, run_id=None)
    assert str(led) == "unchanged", "the link leads there by now"


def test_a_capture_read_again_says_what_it_is_whenever_that_was(
    seen: Archive, article: Make, link: MakeLink
) -> None:
    longer = article(body="Bản đọc lại.", fetched_at=NOW)
    done = seen.add(
        longer, link=link(), capture=None, run_id=None, revision_kind=RevisionKind.REEXTRACTED,
        seen_at=LATER,
    )  # fmt: skip
    assert str(done) == "revised"
    assert (stored(seen).body, stored(seen).last_seen_at) == ("Bản đọc lại.", LAST)
    assert [(each.kind, each.seen_at) for each in seen.revisions(1)] == [
        ("first", NOW), ("reextracted", LATER),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "url", "moved"),
    [(RevisionKind.EDITED, "https://baolongan.vn/moi-a1.html", True),
     (RevisionKind.REEXTRACTED, "https://baolongan.vn/moi-a1.html", True),
     (RevisionKind.EDITED, None, False)],
)  # fmt: skip
def test_an_article_stands_where_it_was_met_last(
    seen: Archive, article: Make, link: MakeLink, kind: RevisionKind, url: str | None, *,
    moved: bool,
) -> None:  # fmt: skip
    page = article(fetched_at=LAST, **({"url": url} if url else {}))
    before = stored(seen).url
    seen.add(page, link=link(), capture=None, run_id=None, revision_kind=kind)
    assert stored(seen).url == (url if moved else before)
    assert (stored(seen).url == before) is not moved


def test_a_day_that_our_rules_set_right_finds_other_copies(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    """Copies lie seven weeks apart at most, unless their text is the same to the letter."""
    archive.add(
        article(1, body=LONG, published_on="2026-10-01"), link=link(1), capture=None, run_id=None
    )
    copy = {"source_id": "baotayninh", "body": LONG + " Thêm một câu nữa ở cuối bài."}
    far = article(2, published_on="2026-01-01", **copy)
    archive.add(far, link=link(2, "baotayninh"), capture=None, run_id=None)
    assert stored(archive, 2).cluster_id == 2
    for day, cluster in (("2026-01-01", 2), ("2026-10-02", 1)):
        near = article(2, published_on=day, **copy)
        archive.add(
            near, link=link(2, "baotayninh"), capture=None, run_id=None,
            revision_kind=RevisionKind.REEXTRACTED,
        )  # fmt: skip
        assert stored(archive, 2).cluster_id == cluster


def twin(archive: Archive, article: Make, link: MakeLink) -> Article:
    """The text of article 1 at the address of a second link."""
    archive.add(article(1, body=LONG), link=link(1), capture=None, run_id=None)
    made = article(2, title=article(1).title, body=LONG)
    archive.add(made, link=link(2), capture=None, run_id=None)
    return made


@pytest.mark.parametrize(
    ("number", "change", "outcome"),
    [
        (2, {"body": "Tin khác hẳn."}, "revised"),
        (2, {"title": "Tên khác", "body": LONG + " Thêm."}, "revised"),
        (2, {"title": "Tên khác", "body": "Tin khác hẳn."}, "new"),
        (3, {"body": "Tin khác hẳn."}, "new"),
    ],
    ids=["its title", "a copy", "another text", "another link"],
)
def test_a_text_met_at_the_second_address_is_an_edit_where_it_has_title_or_words(
    archive: Archive, article: Make, link: MakeLink, number: int, change: dict[str, Any],
    outcome: str,
) -> None:  # fmt: skip
    twin(archive, article, link)
    edited = article(number, title=article(1).title, fetched_at=LATER)
    for name, value in change.items():
        setattr(edited, name, value)
    done = archive.add(edited, link=link(number), capture=None, run_id=None)
    assert str(done) == outcome
    assert (done.article_id == 1) is (outcome == "revised")


def test_a_redirect_from_the_second_address_is_no_edit(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    twin(archive, article, link)
    elsewhere = article(7, title=article(1).title, body="Tin khác hẳn.", fetched_at=LATER)
    done = archive.add(elsewhere, link=link(2), capture=None, run_id=None)
    assert (str(done), done.article_id) == ("new", 2)


@pytest.mark.parametrize(
    ("kind", "published_at", "outcome"),
    [
        (RevisionKind.EDITED, "2026-10-02T08:30:00+07:00", "revised"),
        (RevisionKind.REEXTRACTED, "2026-10-02T08:30:00+07:00", "new"),
        (RevisionKind.EDITED, None, "new"),
    ],
)
def test_only_a_paper_edits_a_title_and_only_with_a_time(
    archive: Archive, article: Make, link: MakeLink, kind: RevisionKind, published_at: str | None,
    outcome: str,
) -> None:  # fmt: skip
    usual = {"body": LONG, "published_at": published_at}
    titled = article(1, title="Xã Tân Hưng sơ kết sáu tháng", **usual)
    archive.add(titled, link=link(1), capture=None, run_id=None)
    edited = article(2, title="Xã Tân Hưng sơ kết sáu tháng đầu năm", **usual)
    edited.summary = titled.summary
    done = archive.add(edited, link=link(2), capture=None, run_id=None, revision_kind=kind)
    assert str(done) == outcome


@pytest.mark.parametrize(
    ("before", "title", "is_renamed"),
    [
        ("một hai ba bốn", "một hai", True), ("một hai ba bốn", "một năm", False),
        ("một hai", "một hai ba bốn", True), ("một", "một hai ba", False),
        ("tin 12", "tin 12 mới", True), ("tin 12", "tin 13", False), ("tin 12", "tin", False),
        ("tin 1 2", "tin 2 1", False), ("Tin", "tin", True),
    ],
)  # fmt: skip
def test_half_of_the_longer_title_and_all_figures_stay(
    before: str, title: str, *, is_renamed: bool
) -> None:
    assert _is_renamed(before, title) is is_renamed


def test_pictures_are_those_of_the_newest_text(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    for at, names in ((NOW, "ab"), (LAST, "cda"), (LATER, "e"), (LAST, "cda")):
        images = [Image(url=f"https://baolongan.vn/{name}.jpg", caption=name) for name in names]
        made = article(body=f"Bản {names}.", images=images, fetched_at=at)
        archive.add(made, link=link(), capture=None, run_id=None)
        shown = "".join(image.caption or "" for image in stored(archive).images)
        assert shown == ("ab" if at == NOW else "cda")


@pytest.mark.parametrize(
    ("gone_at", "at", "moved"),
    [(None, LATER, False), (LATER, LATER, True), (LATER, LAST, True), (LATER, NOW, False)],
)
def test_a_text_that_was_gone_lives_where_it_is_met_again(
    archive: Archive, article: Make, link: MakeLink, gone_at: str | None, at: str, *, moved: bool
) -> None:
    archive.add(article(1), link=link(1), capture=None, run_id=None)
    archive.connection.execute("update articles set gone_at = ?", (gone_at,))
    copy = article(2, title=article(1).title, body=article(1).body, fetched_at=at)
    done = archive.add(copy, link=link(2), capture=None, run_id=None)
    assert (str(done), done.article_id) == ("duplicate", 1)
    assert (stored(archive).url == copy.url) is moved
    assert stored(archive).gone_at == (None if moved else gone_at)


@pytest.mark.parametrize(
    ("digests", "kind"),
    [(("sha1:a", "sha1:a"), "reextracted"), (("sha1:a", "sha1:b"), "edited"),
     (("sha1:a", None), "edited"), ((None, "sha1:a"), "edited"), ((None, None), "edited")],
)  # fmt: skip
def test_another_text_of_the_same_bytes_is_our_doing(
    archive: Archive, article: Make, link: MakeLink, capture: MakeCapture,
    digests: tuple[str | None, str | None], kind: str,
) -> None:  # fmt: skip
    for offset, digest in enumerate(digests):
        made = capture(offset * 500, digest) if digest else None
        page = article(body=f"Tin thứ {offset}.", fetched_at=(NOW, LATER)[offset])
        archive.add(page, link=link(), capture=made, run_id=None)
    assert [each.kind for each in archive.revisions(1)] == ["first", kind]
    captures = [number for number in (1, 2) if number <= sum(map(bool, digests))]
    assert stored(archive).capture_id == max(captures, default=None)
