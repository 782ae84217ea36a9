"""``baotinh show``: one article, its history, its raw capture."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from crawler.commands.files import NewFile
from crawler.render.terminal import in_colour, note, say, say_json, say_text
from storage.archive import Archive
from storage.articles.read import read_id
from storage.errors import BaotinhError
from storage.media.files import MediaKind, MediaState, pair_pictures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.cli import Options
    from storage.media.files import MediaFile
    from storage.records import Revision, StoredArticle

MOST_COPIES = 20


@click.command()
@click.argument("which", metavar="URL-or-ID")
@click.option("--revisions", is_flag=True, help="Every text the article has had.")
@click.option("--diff", is_flag=True, help="What changed from text to text, word by word.")
@click.option("--raw", is_flag=True, help="The payload as the server sent it, still compressed.")
@click.option("--page", is_flag=True, help="The same, decompressed: the page's HTML.")
@click.option(
    "--proof",
    type=NewFile(),
    metavar="FILE.zip",
    help="Write what proves its captures, to be checked with sha256sum and openssl.",
)
@click.option("--image", type=click.IntRange(1), metavar="N", help="The bytes of its Nth picture.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with evidence.")
@click.pass_obj
def command(
    options: Options,
    which: str,
    revisions: bool,
    diff: bool,
    raw: bool,
    page: bool,
    proof: Path | None,
    image: int | None,
    as_json: bool,
) -> None:
    """Show an article: text, copies in other papers, history, and where its capture lies."""
    with _open(options, which) as (archive, article):
        if proof is not None:
            _write_proof(archive, article, proof, options.settings.timestamp_roots)
        elif image is not None:
            _write_image(archive, article, image)
        elif raw or page:
            _write_capture(archive, article, decode=page)
        elif as_json:
            say_json(_as_json(archive, article, texts=revisions or diff))
        elif diff:
            _show_changes(archive.revisions(article.id))
        elif revisions:
            _show_revisions(archive.revisions(article.id))
        else:
            _show_article(archive, article)


@contextmanager
def _open(options: Options, which: str) -> Iterator[tuple[Archive, StoredArticle]]:
    if len(options.archives) > 1:
        from crawler.commands import several

        with several.open_archives(options) as archives:
            member, article = several.find_article(archives, which, find_article)
            yield member.archive, article
        return
    with Archive.open_reading(options.archive, captures_dir=options.captures_dir) as archive:
        yield archive, find_article(archive, which)


def find_article(archive: Archive, which: str) -> StoredArticle:
    """Return the article with that id or URL. Raise BaotinhError where there is none."""
    try:
        found = archive.articles.find(which)
    except ValueError:
        raise BaotinhError(f"{which!r} is neither the id nor the URL of an article") from None
    number = read_id(which)
    if found is None and number is not None and (kept := archive.withholding.get(number)):
        raise BaotinhError(f"article {which} is withheld since {kept.withheld_at}: {kept.why}")
    if found is None:
        raise BaotinhError(f"{archive.path} has no article {which!r}: see `baotinh explain URL`")
    return found


def _write_proof(
    archive: Archive, article: StoredArticle, path: Path, authority: Path | None
) -> None:
    from storage.evidence.proof import write_proof

    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as out:
            proof = write_proof(
                out,
                article,
                archive.evidence.listed(article.id),
                captures_dir=archive.captures_dir,
                folder=archive.evidence.folder,
                authority=authority,
            )
        part.replace(path)
    except OSError as error:
        raise BaotinhError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    for left_out in proof.left_out:
        note(f"baotinh: {left_out}")
    stamped = f"{proof.stamped} of them stamped" if proof.stamped else "not stamped yet"
    note(f"{path}: {proof.captures} captures, {stamped}; README.txt in it says how to check them")
    if proof.left_out:
        sys.exit(1)


def _write_capture(archive: Archive, article: StoredArticle, *, decode: bool) -> None:
    from storage.warc.files import read_capture

    capture = archive.captures.get(article.capture_id) if article.capture_id else None
    if capture is None:
        raise BaotinhError(f"article {article.id} has no capture")
    response = read_capture(archive.captures_dir, capture, decode=decode)
    click.echo(response.body if decode else response.raw, nl=False)


def _write_image(archive: Archive, article: StoredArticle, number: int) -> None:
    from storage.warc.files import read_capture

    pictures = pair_pictures(article.images, archive.media.of_article(article.id))
    if number > len(pictures):
        raise BaotinhError(f"article {article.id} has {len(pictures)} pictures")
    image, file = pictures[number - 1]
    capture = archive.captures.get(file.capture_id) if file and file.capture_id else None
    if capture is None:
        became = describe_file(file) if file else "not fetched: see setting IMAGES"
        raise BaotinhError(f"{image.url}: {became}")
    click.echo(read_capture(archive.captures_dir, capture).body, nl=False)


def _as_json(archive: Archive, article: StoredArticle, *, texts: bool) -> dict[str, Any]:
    record = asdict(article)
    record["signature"] = article.signature.hex()
    record["copies"] = [
        {"id": copy.id, "source_id": copy.source_id, "url": copy.url, "title": copy.title}
        for copy in archive.copies(article.id)
    ]
    record["history"] = [
        {"revision": revision.number}
        | {key: value for key, value in asdict(revision).items() if texts or key != "body"}
        for revision in archive.revisions(article.id)
    ]
    record["media"] = [asdict(file) for file in archive.media.of_article(article.id)]
    record["captures"] = [asdict(capture) for capture in archive.captures.of_article(article.id)]
    return record


def _show_article(archive: Archive, article: StoredArticle) -> None:
    say(article.title, bold=True)
    for line in _facts(article):
        say(line, dim=True)
    say(article.url, fg="cyan")
    for text in (article.summary, *article.paragraphs):
        if text:
            say()
            say_text(text)
    _show_pictures(archive, article)
    _show_documents(archive, article)
    _show_copies(archive, article)
    _show_history(archive, article)


def _show_pictures(archive: Archive, article: StoredArticle) -> None:
    pictures = pair_pictures(article.images, archive.media.of_article(article.id))
    for number, (image, file) in enumerate(pictures, 1):
        say()
        say(f"[{image.caption or 'picture'}] {image.url}", dim=True)
        if file is not None:
            say(f"picture {number}: {describe_file(file)}", dim=True)


def _show_documents(archive: Archive, article: StoredArticle) -> None:
    for file in archive.media.of_article(article.id):
        if file.kind is MediaKind.DOCUMENT:
            say()
            say(f"[{file.title or 'document'}] {file.url}", dim=True)
            say(f"document: {describe_file(file)}", dim=True)


def describe_file(file: MediaFile) -> str:
    """Return what became of a picture or document, in a few words."""
    if file.state is MediaState.STORED:
        size = f", {file.width}x{file.height}" if file.width else ""
        return f"kept, {file.type}{size}, {file.bytes} bytes"
    why = f": {_explain(file.reason)}" if file.reason else ""
    when = f", asked again {file.next_try_at}" if file.next_try_at else ""
    word = "not fetched yet" if file.state is MediaState.PENDING else str(file.state)
    return f"{word}{why}{when}"


def _explain(reason: str) -> str:
    from crawler.failures import describe_failure  # few files of few articles failed

    return describe_failure(reason)


def _facts(article: StoredArticle) -> Iterator[str]:
    when = article.published_at or article.published_on or "no date"
    facts = (when, article.source_id, article.section, article.kind, ", ".join(article.authors))
    yield " · ".join(fact for fact in facts if fact)
    if article.source_credit:
        yield f"taken from {article.source_credit}"
    if article.gone_at:
        yield f"gone since {article.gone_at} ({article.gone_reason or 'unknown reason'})"


def _show_copies(archive: Archive, article: StoredArticle) -> None:
    copies = archive.copies(article.id)
    if copies:
        say()
        say(f"{len(copies)} other copies", bold=True)
    for copy in copies[:MOST_COPIES]:
        say(f"{copy.id:7}  {copy.published_on or '':10}  {copy.source_id}  {copy.title}")
    if len(copies) > MOST_COPIES:
        say(f"         and {len(copies) - MOST_COPIES} more")


def _show_history(archive: Archive, article: StoredArticle) -> None:
    say()
    say(f"id {article.id}, seen {article.first_seen_at} to {article.last_seen_at}", dim=True)
    if article.revisions > 1:
        say(f"{article.revisions} texts: show {article.id} --diff", dim=True)
    for capture in archive.captures.of_article(article.id):
        origin = capture.describe_origin()
        read = f", read from {origin}" if origin else ""
        say(f"capture {capture.file} at {capture.offset}, {capture.digest}{read}", dim=True)


def _show_revisions(revisions: list[Revision]) -> None:
    for revision in revisions:
        say(f"{revision.number}. {revision.seen_at} {revision.kind}", bold=True)
        for text in revision.texts:
            say_text(text)
            say()


def _show_changes(revisions: list[Revision]) -> None:
    from crawler.render.diff import compare, show

    if len(revisions) == 1:
        say(f"one text, seen {revisions[0].seen_at}")
    for old, new in pairwise(revisions):
        say(f"{old.number} → {new.number}  {new.seen_at} {new.kind}", bold=True)
        for pieces in compare(old.texts, new.texts):
            click.echo(show(pieces, colour=in_colour()))
