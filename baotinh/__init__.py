"""Báo Tỉnh for programs and notebooks: an archive, read only, in few names.

    import baotinh

    with baotinh.open_archive("archive.db") as archive:
        for hit in archive.search("giá lúa", province="Đồng Tháp", since="2026-01-01"):
            print(hit.published_on, hit.title)
        article = archive.article(hit.id)

These names are kept: what changes here changes the major version. See docs/python.md.
"""

from baotinh.paths import check_own_packages

# Before anything of ours is imported: a file beside a notebook may stand in the way.
check_own_packages(__path__)

from baotinh.reading import ArchiveReader, open_archive, to_frame  # noqa: E402
from storage.errors import (  # noqa: E402
    ArchiveError,
    ArticleUnknown,
    BaotinhError,
    CaptureError,
    QueryError,
)
from storage.records import (  # noqa: E402
    Capture,
    CapturedResponse,
    Evidence,
    Image,
    Revision,
    StoredArticle,
)
from storage.search.results import Count, Facets, Hit, Hits, Note, NoteKind, Total  # noqa: E402

__all__ = [
    "ArchiveError",
    "ArchiveReader",
    "ArticleUnknown",
    "BaotinhError",
    "Capture",
    "CaptureError",
    "CapturedResponse",
    "Count",
    "Evidence",
    "Facets",
    "Hit",
    "Hits",
    "Image",
    "Note",
    "NoteKind",
    "QueryError",
    "Revision",
    "StoredArticle",
    "Total",
    "open_archive",
    "to_frame",
]
