"""One Scrapy spider for every source file: ``scrapy list``, ``crawl`` and ``parse`` see outlets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError as ScrapyUsageError

from crawler.errors import SourceError, UnknownSource
from crawler.sources import find_source, load_sources
from crawler.spiders.source import SourceSpider

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings

    from crawler.sources import Source


def make_spider(source: Source) -> type[SourceSpider]:
    """Return the spider class of a source."""
    name = "".join(part.capitalize() for part in source.id.split("-")) + "Spider"
    members = {"name": source.id, "source": source, "__doc__": f"Crawls {source.name}."}
    return type(name, (SourceSpider,), members)


class UnreadableSources(SourceError, ScrapyUsageError):
    """Source files are wrong: for Scrapy's commands a sentence, and exit code 2."""


class UnknownSpider(ScrapyUsageError, KeyError):
    """No source has the id, as Scrapy's commands are told it; KeyError for others."""


class SourceSpiderLoader:
    """Scrapy's ``SPIDER_LOADER_CLASS``. Source files are read when a spider is first asked for."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._sources: dict[str, Source] | None = None

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read setting ``SOURCES``."""
        folder = settings.get("SOURCES")
        return cls(Path(folder) if folder else None)

    @property
    def sources(self) -> dict[str, Source]:
        """Id -> source. Raise SourceError when a file is wrong."""
        if self._sources is None:
            try:
                self._sources = load_sources(self._folder)
            except SourceError as error:
                raise UnreadableSources(str(error)) from error
        return self._sources

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider of a source id. Raise KeyError for an unknown one, for Scrapy."""
        try:
            return make_spider(find_source(self.sources, spider_name))
        except UnknownSource as error:
            raise UnknownSpider(str(error)) from None

    def list(self) -> list[str]:
        """All source ids."""
        return [*self.sources]

    def find_by_request(self, request: Request) -> list[str]:  # type: ignore[valid-type]
        """The sources on whose hosts the URL is, present or former."""
        return [id_ for id_, source in self.sources.items() if source.owned(request.url)]
