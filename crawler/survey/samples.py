"""A few articles of a site, read as the crawler would read them. Pure."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from crawler.charset import decode_page
from crawler.discovery import articles_among
from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.extract.dom.markup import parse_page
from crawler.extract.layouts import layouts_of
from crawler.survey.proposal import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.sources import Pattern, Source
    from crawler.survey.proposal import FoundSeed
    from crawler.survey.visits import Visited


def choose_samples(source: Source, found_seeds: Iterable[FoundSeed], count: int) -> list[str]:
    """Return the newest articles of different seeds, and one of every form of address."""
    queues = [
        [each.url for each in articles_among(source, one.found, one.seed.kind)]
        for one in found_seeds
    ]
    mixed = [url for row in itertools.zip_longest(*queues) for url in row if url]
    every = list(dict.fromkeys(mixed))
    forms = (_first(pattern, every) for pattern in source.accept)
    return list(dict.fromkeys([*(url for url in forms if url), *every]))[:count]


def _first(pattern: Pattern, urls: list[str]) -> str | None:
    return next((url for url in urls if pattern.search(url)), None)


def read_sample(page: Visited, source: Source, fetched_at: str) -> Sample:
    """Return the page as extraction reads it, and whose layout it shows."""
    try:
        article = extract(
            page.body,
            url=page.url,
            source=source,
            fetched_at=fetched_at,
            content_type=page.content_type,
        )
    except NotAnArticle as error:
        return Sample(url=page.url, problem=str(error))
    text = decode_page(page.body, page.content_type).text
    shown = layouts_of(parse_page(text, page.url), None, None)
    return Sample(url=page.url, article=article, layouts=tuple(each.name for each in shown))


def common_layouts(samples: Iterable[Sample]) -> list[str]:
    """Return the layout that most of the samples show; none if each looks different."""
    read = [sample for sample in samples if sample.article]
    counts = Counter(name for sample in read for name in sample.layouts[:1])
    return [name for name, count in counts.items() if count * 2 > len(read)]
