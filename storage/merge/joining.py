"""What two archives know of one article, or of one link, as one. Pure.

Every function here is commutative and idempotent: it does not matter which archive is merged into
which, nor how often. What was seen later is how things stand; what was seen at any time is kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from storage.states import LinkState, RevisionKind

if TYPE_CHECKING:
    from storage.merge.kept import CaptureKey, KeptArticle, KeptLink, Text, Texts

_OPENNESS = (
    *(LinkState.GONE, LinkState.FAILED, LinkState.REJECTED, LinkState.STORED, LinkState.PENDING),
)
"""Of two states of one link at the same instant the later one of this row holds: to ask once more
loses nothing."""


def join_articles(mine: KeptArticle, theirs: KeptArticle) -> KeptArticle:
    """Return an article as it is when both archives are right about what they saw."""
    if mine == theirs:
        return mine
    texts = join_texts(mine.texts, theirs.texts)
    is_ours = _currency(mine, texts) >= _currency(theirs, texts)
    newer, older = (mine, theirs) if is_ours else (theirs, mine)
    same_text = newer.content["digest"] == older.content["digest"]
    same_content = newer.content == older.content
    gone_at, gone_reason = _join_gone(mine, theirs)
    return replace(
        newer,
        first_seen_at=min(mine.first_seen_at, theirs.first_seen_at),
        last_seen_at=max(mine.last_seen_at, theirs.last_seen_at),
        gone_at=gone_at,
        gone_reason=gone_reason,
        capture=newer.capture or (older.capture if same_text else None),
        mentions=older.mentions if newer.mentions is None and same_content else newer.mentions,
        texts=texts,
    )


def join_texts(mine: Texts, theirs: Texts) -> Texts:
    """Return the texts of both, each once, numbered in the order of time where neither has all.

    The earliest is the first; one that only the other archive took for the first is an edit, or
    our own doing where it was read from the very same bytes.
    """
    if mine == theirs:
        return mine
    union = {name: _join_text(mine.get(name), theirs.get(name)) for name in mine | theirs}
    firsts = {name for texts in (mine, theirs) for name, text in texts.items() if _is_first(text)}
    by_time = sorted(union, key=lambda name: (union[name].seen_at, name))
    first = min(by_time, key=lambda name: (union[name].seen_at, name not in firsts))
    by_time.remove(first)
    in_order = (first, *by_time)
    numbers = _numbers(mine, theirs) or {name: n for n, name in enumerate(in_order, 1)}
    joined: Texts = {}
    before: Text | None = None
    for name in in_order:
        before = replace(union[name], number=numbers[name], kind=_kind(union[name], before))
        joined[name] = before
    return joined


def _numbers(mine: Texts, theirs: Texts) -> dict[tuple[str, int], int] | None:
    """Return the numbers of the archive that knows all texts; None where they are given anew."""
    ours, others = ({name: text.number for name, text in each.items()} for each in (mine, theirs))
    if ours == others or ours.keys() > others.keys():
        return ours
    return others if others.keys() > ours.keys() else None


def join_links(mine: KeptLink, theirs: KeptLink) -> KeptLink:
    """Return a link as it was found first and as it stands last."""
    newer = max(mine, theirs, key=_progress)
    first = min(mine, theirs, key=lambda link: (link.found_at, link.url, link.canonical_url))
    return replace(
        newer,
        url=first.url,
        canonical_url=first.canonical_url,
        found_at=first.found_at,
        title_hint=_first_said(mine, theirs, "title_hint"),
        date_hint=_first_said(mine, theirs, "date_hint"),
        seed=_first_said(mine, theirs, "seed"),
        seen_at=max(mine.seen_at, theirs.seen_at),
    )


def _currency(article: KeptArticle, texts: Texts) -> tuple[object, ...]:
    """Return what says whose text is today's: seen last, else begun last, else any fixed order.

    ``texts`` are those of both.
    """
    digest = article.content["digest"]
    since = max(
        (text.returned_at or text.seen_at for (d, _), text in texts.items() if d == digest),
        default="",
    )
    content = sorted((name, repr(value)) for name, value in article.content.items())
    images = [(url, caption or "") for url, caption in article.images]
    rest = (content, images, article.mentions or (), article.capture)
    return (article.last_seen_at, since, article.capture is not None, *rest)


def _join_gone(mine: KeptArticle, theirs: KeptArticle) -> tuple[str | None, str | None]:
    """Return since when a page is gone: whoever saw it after that knows better."""
    both = [
        (one.gone_at, one.gone_reason or "", other.last_seen_at)
        for one, other in ((mine, theirs), (theirs, mine))
        if one.gone_at is not None
    ]
    held = [(at, reason) for at, reason, seen in both if at >= seen]
    if len(both) == 2 and not held:
        at, reason = max((at, reason) for at, reason, _ in both)
    elif held:
        at, reason = min(held)
    else:
        return None, None
    return at, reason or None


def _join_text(mine: Text | None, theirs: Text | None) -> Text:
    both = [text for text in (mine, theirs) if text is not None]
    seen_at = min(text.seen_at for text in both)
    earlier = [text for text in both if text.seen_at == seen_at]
    # Field by field, as one archive may be the fruit of a merge that decided on each before.
    kinds = {text.kind for text in earlier if not _is_first(text)}
    captures = [[text.capture for text in each if text.capture] for each in (earlier, both)]
    return replace(
        min(earlier, key=lambda text: (text.title, text.summary or "", text.body)),
        kind=max(kinds, default=RevisionKind.FIRST.value),
        capture=min(captures[0] or captures[1], default=None),
        returned_at=max((text.returned_at for text in both if text.returned_at), default=None),
        returns=max(text.returns for text in both),
    )


def _is_first(text: Text) -> bool:
    return text.kind == RevisionKind.FIRST


def _kind(text: Text, before: Text | None) -> str:
    """Return the kind of a text behind another one, though it may have been the first somewhere."""
    if before is None:
        return RevisionKind.FIRST.value
    if not _is_first(text):
        return text.kind
    same = _payload(text.capture) is not None and _payload(text.capture) == _payload(before.capture)
    return (RevisionKind.REEXTRACTED if same else RevisionKind.EDITED).value


def _payload(capture: CaptureKey | None) -> str | None:
    return None if capture is None else capture.digest


def _progress(link: KeptLink) -> tuple[Any, ...]:
    """Return what says which archive dealt with a link last.

    A link that led to an article has got further than one that did not.
    """
    seen_at = link.seen_at if link.state == LinkState.STORED else ""
    return (
        link.target is not None,
        max(link.refused_at or "", seen_at),
        link.attempts,
        _OPENNESS.index(LinkState(link.state)),
        *(value or "" for value in (link.next_try_at, link.refused_at, link.reason, link.etag)),
        link.last_modified or "",
        link.absent,
        link.target,
    )


def _first_said(mine: KeptLink, theirs: KeptLink, name: str) -> str | None:
    """Return a field of the link that was found first, of those that have it."""
    said = [
        (link.found_at, str(getattr(link, name))) for link in (mine, theirs) if getattr(link, name)
    ]
    return min(said)[1] if said else None
