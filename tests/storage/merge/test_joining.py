"""Joining is the same from either side, and a second time nothing."""

from __future__ import annotations

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
