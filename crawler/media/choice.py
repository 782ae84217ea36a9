"""Which pictures and documents of an article are fetched. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from crawler.sources.files import MAX_URL
from storage.media.choices import AttachmentChoice, ImageChoice
from storage.media.files import MediaKind, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.sources import Source
    from storage.records import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is fetched for the articles of one source."""

    images: ImageChoice = ImageChoice.NONE
    attachments: AttachmentChoice = AttachmentChoice.NONE
    most: int
    """Files of one article, of each kind."""

    @property
    def kinds(self) -> tuple[MediaKind, ...]:
        """Return the kinds of files that are fetched."""
        images = () if self.images is ImageChoice.NONE else (MediaKind.IMAGE,)
        none = self.attachments is AttachmentChoice.NONE
        return images if none else (*images, MediaKind.DOCUMENT)


NOTHING = Choice(most=0)


def choose(source: Source, *, images: str, attachments: str, most: int) -> Choice:
    """Return what is fetched for a source: its file says more than the settings."""
    return Choice(
        images=source.images or ImageChoice(images),
        attachments=source.attachments or AttachmentChoice(attachments),
        most=most,
    )


def list_wanted(
    article: Article, source: Source, choice: Choice, named: Iterable[Wanted] = ()
) -> tuple[Wanted, ...]:
    """Return the files of an article that are to be fetched, the lead picture first.

    ``named`` are those that its page names outside of its text.
    """
    others = list(named)
    most = {ImageChoice.NONE: 0, ImageChoice.LEAD: min(1, choice.most)}
    pictures = [Wanted(MediaKind.IMAGE, image.url) for image in article.images]
    pictures += [file for file in others if file.kind is MediaKind.IMAGE]
    documents = [file for file in others if file.kind is MediaKind.DOCUMENT]
    return (
        *_take(pictures, source, most.get(choice.images, choice.most)),
        *_take(documents, source, choice.most),
    )


def _take(files: Iterable[Wanted], source: Source, most: int) -> list[Wanted]:
    # What stands behind "#" is no part of what a server is asked for.
    plain = (file._replace(url=urldefrag(file.url).url) for file in files)
    fit = {file.url: file for file in plain if len(file.url) <= MAX_URL and source.lends(file.url)}
    return list(fit.values())[:most]
