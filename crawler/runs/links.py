"""Links as rows: what discovery found and what an answer says about them, for the archive."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.sources.identity import identify
from storage.records import Link, SourceRow

if TYPE_CHECKING:
    from scrapy.http import Response

    from crawler.sources import Source


def row_of(source: Source) -> SourceRow:
    """Return the source as table ``sources`` mirrors it."""
    return SourceRow(
        id=source.id,
        name=source.name,
        kind=source.kind,
        province=source.province,
        province_before_2025=source.province_before_2025,
        homepage=source.homepage,
        status=source.status,
    )


def make_link(
    source: Source,
    url: str,
    *,
    found_at: str,
    key: str = "",
    title: str | None = None,
    date: str | None = None,
    seed_id: int | None = None,
) -> Link:
    """Return a link as discovery found it. Raise ValueError when the URL is none.

    With a ``key``, the page has been identified and ``url`` is canonical.
    """
    page = None if key else identify(source, url)
    return Link(
        source_id=source.id,
        url=url,
        canonical_url=page.canonical_url if page else url,
        key=page.key if page else key,
        found_at=found_at,
        title_hint=title,
        date_hint=date,
        seed_id=seed_id,
    )


def with_validators(link: Link, response: Response) -> Link:
    """Return the link with the validators of a new answer, to be sent back at the next visit."""
    return replace(
        link,
        etag=read_header(response, "ETag"),
        last_modified=read_header(response, "Last-Modified"),
    )


def read_header(response: Response, name: str) -> str | None:
    """One header as text that can be sent back byte for byte; None where it is absent."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
