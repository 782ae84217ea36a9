"""Imported last by the server that commands are forked from: what each would do once, done once.

Nothing here reads settings or opens an archive: these are modules, facts that come with the code,
and words and patterns that are compiled when they are first used.
"""

from __future__ import annotations

import contextlib
import gc
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from scrapy.settings import default_settings

from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.sources import load_sources
from storage.places.mentions import Setting, find_mentions
from storage.places.units import load_units
from tests.support.paths import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOMS = (
    *("crawler.commands", "crawler.daemon", "crawler.discovery", "crawler.extensions"),
    *("crawler.extract", "crawler.imports", "crawler.media", "crawler.middlewares"),
    *("crawler.monitoring", "crawler.render", "crawler.runs", "crawler.spiders"),
    *("crawler.survey", "storage"),
)
LIBRARIES = ("sqlite_utils", "tantivy", "protego", "queuelib", "warcio.archiveiterator")


def name_modules() -> Iterator[str]:
    """Every module of these rooms, and those of the components that Scrapy runs by itself."""
    for room in ROOMS:
        package = import_module(room)
        yield from (each.name for each in pkgutil.walk_packages(package.__path__, f"{room}."))
    for value in vars(default_settings).values():
        names = value if isinstance(value, dict) else (value,)
        yield from (str(name).rpartition(".")[0] for name in names if str(name)[:7] == "scrapy.")
    yield from LIBRARIES


for module in name_modules():
    import_module(module)
page = (SAMPLES / "v1_baolongan_seed.html").read_bytes()
seen = {"url": "https://baolongan.vn/tin-a167064.html", "fetched_at": "2026-11-20T08:00:00Z"}
article = extract(page, source=load_sources()["baolongan"], **seen)
with contextlib.suppress(NotAnArticle):
    extract(b"<h1>Tin</h1><p>" + "Không tìm thấy trang.".encode(), **seen)
find_mentions(load_units(), f"{article.title}\n\n{article.body}", Setting())
# The collector writes into what it looks at, and each page written to is copied for a command.
gc.collect()
gc.freeze()
