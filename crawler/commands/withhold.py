"""``baotinh withhold``: an article that nobody may read any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crawler.commands.show import find_article
from crawler.errors import UsageError
from crawler.render.terminal import note, say, say_json
from crawler.sources.identity import article_key
from storage.archive import Archive
from storage.articles.read import read_id
from storage.errors import BaotinhError
from storage.instants import read_clock
from storage.urls import canonical_url

if TYPE_CHECKING:
    from crawler.cli import Options
    from crawler.sources import Source
    from storage.articles.withhold import Withheld


@click.command()
@click.argument("which", metavar="[URL-or-ID]", required=False)
@click.option("--why", metavar="TEXT", help="The reason, kept for ever: an order, its number.")
@click.option("--erase", is_flag=True, help="Also remove its text and the payloads, for good.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an article.")
@click.pass_obj
def command(
    options: Options, which: str | None, why: str | None, erase: bool, as_json: bool
) -> None:
    """Take an article away from search, web pages, exports and feeds, and keep the reason.

    It is not stored again when a crawl or an import meets it. Its captures stay in their manifests,
    so that evidence stays whole, erased or not. Without an article, list what is withheld.
    """
    with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
        if which is None:
            for each in archive.withholding.all():
                _tell(each, as_json=as_json)
            return
        known = _withheld(archive, which)
        if known is None:
            if not (why or "").strip():
                raise UsageError("--why TEXT: say the reason, it is all that will be left")
            known = _withhold(archive, which, str(why).strip())
        if erase:
            from storage.engine.folder import folder_of, remove

            erased = archive.withholding.erase(known.id, now=read_clock())
            remove(folder_of(archive.path))
            note(f"{erased.erased} captures erased; backups and copies made before still hold them")
            if erased.left:
                ids = ", ".join(map(str, erased.left))
                note(f"captures left, as other pages have the same bytes: {ids}; look at them")
            note("the search index is built anew by `baotinh index`, or by the daemon")
        _tell(archive.withholding.get(known.id) or known, as_json=as_json)


def _tell(withheld: Withheld, *, as_json: bool) -> None:
    if as_json:
        say_json(withheld)
    else:
        say(describe(withheld))


def describe(withheld: Withheld) -> str:
    """Return one line about an article that is withheld."""
    erased = f", erased {withheld.erased_at}" if withheld.erased_at else ""
    return f"{withheld.id}  {withheld.url}  withheld {withheld.withheld_at}{erased}: {withheld.why}"


def erase_again(options: Options) -> None:
    """Erase what was fetched or imported of erased articles at other addresses."""
    try:
        with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
            archive.withholding.erase_again()
    except BaotinhError as error:
        note(f"baotinh: {error}; `baotinh withhold ID --erase` does it")


def refuse_withheld(options: Options, source: Source, url: str) -> None:
    """Raise BaotinhError where the page at a URL is withheld: it is not fetched again."""
    if not options.archive.exists():
        return
    with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
        kept = archive.withholding.by_key(source.id, article_key(source, canonical_url(url)))
        if kept is not None:
            raise BaotinhError(f"{url} is withheld since {kept.withheld_at}: {kept.why}")


def _withheld(archive: Archive, which: str) -> Withheld | None:
    if (number := read_id(which)) is not None:
        return archive.withholding.get(number)
    return next((each for each in archive.withholding.all() if each.url == which), None)


def _withhold(archive: Archive, which: str, why: str) -> Withheld:
    article = find_article(archive, which)
    for copy in archive.copies(article.id):
        note(f"a copy is not withheld: {copy.id}  {copy.source_id}  {copy.url}")
    withheld = archive.withholding.withhold(article.id, why, now=read_clock())
    if archive.watches.all():
        note("feed files of saved searches are written anew by `baotinh watch run`")
    return withheld
