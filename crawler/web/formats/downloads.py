"""Results of a search, and one article's citation, as files for other programs."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

from crawler.render.articles import WRITERS
from crawler.web.citations import to_bibtex, to_ris
from crawler.web.formats.feeds import newest_articles, read_found
from crawler.web.pages.asked import read_asked
from crawler.web.pages.notes import explain_error
from storage.errors import BaotinhError, QueryError
from storage.export.articles import COLUMNS
from storage.search.engine import MOST_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crawler.web.pages.asked import Asked
    from crawler.web.visit import Visit
    from storage.records import StoredArticle

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
}
"""Ending of the file -> its type."""
CITED = {"ris": to_ris, "bib": to_bibtex}


def send_results(visit: Visit) -> Response:
    """Answer ``/results.ENDING``: what a search finds, at most ``MOST_LIMIT``, best first."""
    form = visit.request.path_params["form"]
    if form not in MEDIA_TYPES:
        return visit.missing(visit.language.gettext("There is no such page."))
    asked = read_asked(visit.params)
    try:
        articles = find_articles(visit, asked)
    except QueryError as error:
        return PlainTextResponse(explain_error(visit, error) + "\n", 400)
    try:
        body = _write(form, articles, visit)
    except BaotinhError:
        sentence = visit.language.gettext("This server cannot write Parquet: pyarrow is missing.")
        return visit.render("problem.html", 501, sentence=sentence)
    headers = {"content-disposition": f'attachment; filename="baotinh.{form}"'}
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)


def find_articles(visit: Visit, asked: Asked) -> list[tuple[Visit, StoredArticle]]:
    """Return the articles that a search finds, in its order, each with its archive.

    Raise QueryError.
    """
    if asked.sort == "date":
        return newest_articles(visit, asked, MOST_LIMIT)
    answer = visit.search(
        asked.query, asked.filters, sort=asked.sort, copies=asked.copies, limit=MOST_LIMIT
    )
    return read_found(visit, answer)


def send_citation(visit: Visit) -> Response:
    """Answer ``/article/ID.ris`` and ``/article/ID.bib``."""
    form = visit.request.path_params["form"]
    number = int(visit.request.path_params["id"])
    article = visit.archive.article(number)
    if article is None or form not in CITED:
        return visit.missing(visit.language.gettext("There is no such page."))
    body = _write(form, [(visit, article)], visit)
    headers = {"content-disposition": f'attachment; filename="baotinh-{number}.{form}"'}
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)


def _write(form: str, articles: Iterable[tuple[Visit, StoredArticle]], visit: Visit) -> bytes:
    if form in CITED:
        cite, names = CITED[form], visit.names
        return "".join(cite(a, names.get(a.source_id, a.source_id)) for _, a in articles).encode()
    every = visit.ask(lambda each: each.archive.sources.all())
    provinces = {source.id: source.province for _, found in every for source in found}
    records = (
        {**_record(article), "province": provinces.get(article.source_id, "")}
        | ({"archive": part.site.archive} if visit.several else {})
        for part, article in articles
    )
    with tempfile.TemporaryFile() as out:
        WRITERS[form](out, records, (*COLUMNS, *(["archive"] if visit.several else [])))
        out.seek(0)
        return out.read()


def _record(article: StoredArticle) -> dict[str, Any]:
    """Return an article as ``baotinh export`` writes it, but for the province."""
    values = {name: getattr(article, name, None) for name in COLUMNS}
    return {**values, "source": article.source_id}
