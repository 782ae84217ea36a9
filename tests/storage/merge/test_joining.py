"""Joining is the same from either side, and a second time nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.merge.joining import join_articles, join_links, join_texts
from storage.merge.kept import CaptureKey, KeptArticle, KeptLink, Named, Text, Texts
from storage.states import LinkState, RevisionKind

INSTANTS = st.integers(1, 6).map(lambda day: f"2026-10-0{day}T00:00:00Z")
DIGESTS = st.sampled_from(("một", "hai", "ba"))
CAPTURES = st.none() | st.builds(
    CaptureKey, st.just("u"), INSTANTS, st.sampled_from("xy"), st.just(0), st.just(9)
)


@st.composite
def texts(draw: st.DrawFn) -> Texts:
    digests = draw(st.lists(DIGESTS, min_size=1, unique=True))
    seen = {digest: draw(INSTANTS) for digest in digests}
    first = min(digests, key=lambda digest: seen[digest])
    others = st.sampled_from((RevisionKind.EDITED, RevisionKind.REEXTRACTED))
    return {
        (digest, 0): Text(
            digest=digest,
            number=number,
            seen_at=seen[digest],
            kind=(RevisionKind.FIRST if digest == first else draw(others)).value,
            title=digest,
            summary=None,
            body="",
            capture=draw(CAPTURES),
            returned_at=draw(st.none() | INSTANTS),
            returns=draw(st.integers(0, 2)),
        )
        for number, digest in enumerate(digests, 1)
    }


@st.composite
def articles(draw: st.DrawFn) -> KeptArticle:
    of_page = draw(texts())
    digest = draw(st.sampled_from(sorted(of_page)))[0]
    gone_at = draw(st.none() | INSTANTS)
    return KeptArticle(
        source_id="baolongan",
        key="1",
        content={"digest": digest, "published_on": draw(st.none() | st.just("2026-10-01"))},
        first_seen_at=draw(INSTANTS),
        last_seen_at=draw(INSTANTS),
        gone_at=gone_at,
        gone_reason=None if gone_at is None else draw(st.sampled_from(("http-404", "http-410"))),
        capture=draw(CAPTURES),
        images=draw(st.sampled_from(((), (("a.jpg", None),), (("a.jpg", "Quang cảnh"),)))),
        mentions=draw(st.sampled_from((None, (), (Named("80", "kind", 1.0, 3),)))),
        texts=of_page,
    )


LINKS = st.builds(
    KeptLink,
    source_id=st.just("baolongan"),
    key=st.just("1"),
    url=st.sampled_from(("u", "v")),
    canonical_url=st.sampled_from(("u", "v")),
    found_at=INSTANTS,
    title_hint=st.sampled_from((None, "Tin", "Bài")),
    date_hint=st.none() | INSTANTS,
    seed=st.sampled_from((None, "feed", "sitemap")),
    state=st.sampled_from([str(state) for state in LinkState]),
    reason=st.sampled_from((None, "no-body")),
    attempts=st.integers(0, 3),
    next_try_at=st.none() | INSTANTS,
    etag=st.none() | st.just("e"),
    last_modified=st.none(),
    refused_at=st.none() | INSTANTS,
    absent=st.integers(0, 1),
    target=st.sampled_from((None, ("baolongan", "1"), ("baolongan", "2"))),
    seen_at=INSTANTS,
)


@given(articles(), articles())
def test_articles_join_alike_from_either_side(mine: KeptArticle, theirs: KeptArticle) -> None:
    assert join_articles(mine, theirs) == join_articles(theirs, mine)


@given(articles(), articles())
def test_articles_joined_again_are_as_they_were(mine: KeptArticle, theirs: KeptArticle) -> None:
    joined = join_articles(mine, theirs)
    assert join_articles(joined, theirs) == joined
    assert join_articles(joined, mine) == joined
    assert join_articles(joined, joined) == joined


@given(texts(), texts())
def test_no_text_is_lost_and_none_is_there_twice(mine: Texts, theirs: Texts) -> None:
    joined = join_texts(mine, theirs)
    assert joined.keys() == mine.keys() | theirs.keys()
    assert sorted(text.number for text in joined.values()) == list(range(1, len(joined) + 1))
    assert [text.kind for text in joined.values()].count("first") == 1
    for name, text in joined.items():
        assert text.seen_at == min(t[name].seen_at for t in (mine, theirs) if name in t)


@given(LINKS, LINKS)
def test_links_join_alike_from_either_side_and_once(mine: KeptLink, theirs: KeptLink) -> None:
    joined = join_links(mine, theirs)
    assert joined == join_links(theirs, mine)
    assert join_links(joined, theirs) == joined
    assert (joined.target is None) == (mine.target is None and theirs.target is None)


# --- which of two is right ------------------------------------------------------------------------

AT = [f"2026-10-{day:02}T00:00:00Z" for day in range(10)]
ARTICLE = ("baolongan", "1")
LINK = KeptLink(
    source_id="baolongan", key="1", url="u", canonical_url="u", found_at=AT[2], title_hint=None,
    date_hint=None, seed=None, state="pending", reason=None, attempts=0, next_try_at=None,
    etag=None, last_modified=None, refused_at=None, absent=0, target=None, seen_at="",
)  # fmt: skip


@pytest.mark.parametrize(
    ("loses", "wins"),
    [
        ({"refused_at": AT[9], "attempts": 5}, {"target": ARTICLE, "state": "gone"}),
        ({"refused_at": AT[1], "attempts": 3}, {"refused_at": AT[2], "state": "gone"}),
        ({"state": "gone", "refused_at": AT[1]}, {"state": "stored", "seen_at": AT[2]}),
        ({"state": "gone", "seen_at": AT[9]}, {"state": "stored", "seen_at": AT[2]}),
        ({"state": "stored", "seen_at": AT[1]}, {"state": "gone", "refused_at": AT[2]}),
        ({"state": "stored", "seen_at": AT[5]}, {"state": "stored", "seen_at": AT[5], "etag": "e"}),
        ({"attempts": 0}, {"attempts": 1, "state": "gone"}),
        ({"attempts": 1}, {"attempts": 2, "state": "gone"}),
        ({"state": "gone"}, {"state": "failed"}),
        ({"state": "failed"}, {"state": "rejected"}),
        ({"state": "rejected"}, {"state": "stored"}),
        ({"state": "stored"}, {"state": "pending"}),
        ({"next_try_at": AT[1], "reason": "x"}, {"next_try_at": AT[2]}),
        ({"reason": None, "etag": "e"}, {"reason": "no-body"}),
        ({"etag": None, "last_modified": "Mon"}, {"etag": "e"}),
        ({"last_modified": None, "absent": 1}, {"last_modified": "Mon"}),
        ({"absent": 0}, {"absent": 1}),
        ({"target": ARTICLE}, {"target": ("baolongan", "2")}),
    ],
)
def test_the_archive_that_dealt_with_a_link_last_is_right(
    loses: dict[str, Any], wins: dict[str, Any]
) -> None:
    one, other = replace(LINK, **loses), replace(LINK, **wins)
    expected = replace(other, seen_at=max(one.seen_at, other.seen_at))
    assert join_links(one, other) == join_links(other, one) == expected


def test_a_link_was_found_when_it_was_found_first() -> None:
    first = replace(LINK, found_at=AT[1], url="v", canonical_url="w", seed="feed", attempts=0)
    later = replace(LINK, found_at=AT[3], title_hint="Tin", seed="map", date_hint="x", attempts=2)
    joined = join_links(first, later)
    assert joined == replace(
        later, found_at=AT[1], url="v", canonical_url="w", title_hint="Tin", seed="feed"
    )
    same = [replace(LINK, url=url, canonical_url=url, title_hint=url) for url in ("b", "a")]
    assert (join_links(*same).url, join_links(*same).title_hint) == ("a", "a")


def text(digest: str, seen_at: str, kind: str = "first", number: int = 1, **more: Any) -> Texts:
    values: dict[str, Any] = {"capture": None, "returned_at": None, "returns": 0} | more
    return {
        (digest, 0): Text(
            digest=digest, number=number, seen_at=seen_at, kind=kind, title=digest, summary=None,
            body="", **values,
        )
    }  # fmt: skip


def capture(at: str, digest: str = "x") -> CaptureKey:
    return CaptureKey("u", at, digest, 0, 9)


def kept(digest: str = "a", **more: Any) -> KeptArticle:
    values: dict[str, Any] = {
        "content": {"digest": digest, "published_on": None}, "first_seen_at": AT[1],
        "last_seen_at": AT[2], "gone_at": None, "gone_reason": None, "capture": None, "images": (),
        "mentions": None, "texts": text(digest, AT[1]),
    }  # fmt: skip
    return KeptArticle(source_id="baolongan", key="1", **{**values, **more})


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (kept("b", last_seen_at=AT[2]), kept("a", last_seen_at=AT[3])),
        (kept("b", texts=text("b", AT[1])), kept("a", texts=text("a", AT[2]))),
        (kept("b"), kept("a", texts=text("a", AT[0], returned_at=AT[2], returns=1))),
        (kept("b"), kept("a", capture=capture(AT[1]))),
        (kept("a"), kept("b")),
        (kept(images=(("a.jpg", None),)), kept(images=(("a.jpg", "Cầu"),))),
        (kept(mentions=None), kept(mentions=(Named("80", "kind", 1.0, 3),))),
        (kept(capture=capture(AT[1])), kept(capture=capture(AT[2]))),
    ],
)
def test_an_article_is_as_it_was_seen_last(older: KeptArticle, newer: KeptArticle) -> None:
    for joined in (join_articles(older, newer), join_articles(newer, older)):
        assert joined.content == newer.content
        assert (joined.images, joined.capture) == (newer.images, newer.capture)
        assert joined.mentions == newer.mentions
        assert joined.last_seen_at == max(older.last_seen_at, newer.last_seen_at)
        assert joined.texts.keys() == older.texts.keys() | newer.texts.keys()


def test_what_one_archive_lacks_of_an_article_the_other_gives() -> None:
    named = (Named("80", "kind", 1.0, 3),)
    older = kept(first_seen_at=AT[0], capture=capture(AT[0]), mentions=named)
    newer = kept(last_seen_at=AT[5])
    joined = join_articles(newer, older)
    assert (joined.first_seen_at, joined.last_seen_at) == (AT[0], AT[5])
    assert (joined.capture, joined.mentions) == (capture(AT[0]), named)
    # A capture of another text, and places of another content, are not those of this one.
    other = kept("b", last_seen_at=AT[5])
    assert join_articles(other, older).capture is None
    assert join_articles(other, older).mentions is None
    dated = kept(last_seen_at=AT[5], content={"digest": "a", "published_on": "2026-10-01"})
    assert join_articles(dated, older).capture == capture(AT[0])
    assert join_articles(dated, older).mentions is None
    assert join_articles(replace(newer, mentions=()), older).mentions == ()


@pytest.mark.parametrize(
    ("mine", "theirs", "gone"),
    [
        ((None, None, 2), (None, None, 3), (None, None)),
        ((4, "http-404", 2), (None, None, 3), (4, "http-404")),
        ((4, "http-404", 2), (None, None, 4), (4, "http-404")),
        ((4, "http-404", 2), (None, None, 5), (None, None)),
        ((4, "http-404", 2), (6, "http-410", 3), (4, "http-404")),
        ((4, "http-404", 2), (4, "http-410", 3), (4, "http-404")),
        ((4, "http-404", 2), (6, "http-410", 5), (6, "http-410")),
        ((2, "http-404", 7), (1, "http-410", 7), (2, "http-404")),
        ((4, None, 2), (None, None, 3), (4, None)),
        ((4, None, 2), (4, "http-410", 3), (4, None)),
        ((2, None, 7), (2, "http-410", 7), (2, "http-410")),
    ],
)
def test_who_saw_a_page_after_it_was_gone_knows_better(
    mine: tuple[Any, ...], theirs: tuple[Any, ...], gone: tuple[Any, ...]
) -> None:
    one, other = (
        kept(gone_at=None if at is None else AT[at], gone_reason=why, last_seen_at=AT[seen])
        for at, why, seen in (mine, theirs)
    )
    at, why = gone
    for joined in (join_articles(one, other), join_articles(other, one)):
        assert joined.gone_at == (None if at is None else AT[at])
        assert joined.gone_reason == why


def told(texts: Texts) -> list[tuple[str, int, str]]:
    return [(text.digest, text.number, text.kind) for text in texts.values()]


def test_texts_are_numbered_by_the_archive_that_knows_all_of_them() -> None:
    mine = text("a", AT[1], number=1) | text("b", AT[3], "edited", number=2)
    theirs = text("c", AT[2], number=1)
    joined = [("a", 1, "first"), ("c", 2, "edited"), ("b", 3, "edited")]
    assert told(join_texts(mine, theirs)) == told(join_texts(theirs, mine)) == joined
    # Out of order, and to stay so.
    odd = text("a", AT[3], "edited", number=1) | text("b", AT[1], number=2)
    for other in (text("b", AT[1]), text("a", AT[3], number=2)):
        numbers = [(digest, number) for digest, number, _ in told(join_texts(odd, other))]
        assert numbers == [("b", 2), ("a", 1)]
        assert told(join_texts(other, odd)) == told(join_texts(odd, other))
    assert join_texts(odd, odd) == odd


@pytest.mark.parametrize(
    ("payload", "kind"), [("x", "reextracted"), ("y", "edited"), (None, "edited")]
)
def test_a_first_text_that_was_not_the_first_is_an_edit_or_our_own_doing(
    payload: str | None, kind: str
) -> None:
    later = None if payload is None else capture(AT[2], payload)
    mine, theirs = text("b", AT[1], capture=capture(AT[1])), text("a", AT[2], capture=later)
    assert told(join_texts(mine, theirs)) == [("b", 1, "first"), ("a", 2, kind)]
    # Of the same instant the one that was a first one somewhere is it.
    edited = text("a", AT[1], "edited")
    assert told(join_texts(edited, mine))[0] == ("b", 1, "first")
    assert told(join_texts(text("b", AT[1]), text("a", AT[2]))) == [
        ("b", 1, "first"), ("a", 2, "edited"),
    ]  # fmt: skip


def test_a_text_of_both_is_joined_field_by_field() -> None:
    mine = text("a", AT[1], "first", returned_at=AT[3], returns=1, capture=capture(AT[4]))
    theirs = text("a", AT[1], "reextracted", returned_at=AT[2], returns=2)
    first = text("A", AT[0])
    joined = join_texts(mine | first, theirs | first)["a", 0]
    assert (joined.kind, joined.seen_at) == ("reextracted", AT[1])
    assert (joined.returned_at, joined.returns, joined.capture) == (AT[3], 2, capture(AT[4]))
    earlier = text("a", AT[0], "edited", capture=capture(AT[5]))
    joined = join_texts(mine | first, earlier | first)["a", 0]
    assert (joined.kind, joined.seen_at, joined.capture) == ("edited", AT[0], capture(AT[5]))
    twice = text("a", AT[1], "edited", capture=capture(AT[2]))
    assert join_texts(mine | first, twice | first)["a", 0].capture == capture(AT[2])
