"""``baotinh demo``: the main job, on a site that comes with the package."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from crawler.demo.server import ARTICLE, EDIT, EDITED, DemoSite, serve_demo, write_source
from crawler.errors import CrawlError, UsageError

MARK = "made-by-baotinh-demo"
STEP_SECONDS = 300
"""Longer than the slowest machine needs: a step that takes so long hangs."""
SHELL_QUERY = (
    "SELECT n.published_on, n.title FROM articles_fts f JOIN news n ON n.id = f.rowid "
    "WHERE articles_fts MATCH 'tinh uy long an' ORDER BY rank LIMIT 3;"
)


@click.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("baotinh-demo"),
    show_default=True,
    help="Folder for the demo's archive; a folder of an earlier demo is made anew.",
)
def command(into: Path) -> None:
    """Crawl a small provincial site on loopback, search it and explain it. No network."""
    archive = prepare_folder(into)
    with serve_demo() as site:
        write_source(into / "sources", site.base)
        _show(site, into, archive)
    called = find_command(sys.argv[0])
    _say(
        f"The archive is {archive}, its captures are in {archive.parent / 'captures'}. Try next:",
        f'sqlite3 {shlex.quote(str(archive))} "{SHELL_QUERY}"',
        f"{called} --archive {shlex.quote(str(archive))} search 'trái cây sấy'",
        f"{called} sources list",
    )


def find_command(program: str) -> str:
    """Return how to call ``baotinh`` from here: by its name only if that is on the path."""
    if shutil.which("baotinh"):
        return "baotinh"
    return shlex.quote(program) if Path(program).name == "baotinh" else "python -m crawler"


def prepare_folder(folder: Path) -> Path:
    """Empty the folder if an earlier demo made it; return the path of the archive to come.

    Raise UsageError when the folder holds anything the demo did not put there.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise UsageError(
                f"{folder} is not an earlier demo's folder; name another one with --into"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder / "archive.db"


def _show(site: DemoSite, folder: Path, archive: Path) -> None:
    env = os.environ | {
        "BAOTINH_ARCHIVE": str(archive),
        "BAOTINH_SOURCES": str(folder / "sources"),
        "BAOTINH_ALLOW_PRIVATE_HOSTS": urlsplit(site.base).netloc,
        "BAOTINH_DOWNLOAD_DELAY": "0",
    }
    _say(f"A provincial newspaper's site is served at {site.base} (loopback only).")
    _run(env, "crawl", "demo")
    _say("A second crawl asks whether the seeds changed, and fetches no article again.")
    _run(env, "crawl", "demo")
    _say("Search, with accents and without.")
    _run(env, "search", "Tỉnh ủy Long An", "--limit", "2")
    _run(env, "search", "tinh uy long an", "--limit", "2")
    _say("One article, and every decision taken about it.")
    _run(env, "show", site.base + ARTICLE)
    _run(env, "explain", site.base + ARTICLE)
    _say("The paper quietly corrects a figure; the archive keeps both texts.")
    site.replace(EDITED, *EDIT)
    _run(env, "crawl", "--url", site.base + EDITED)
    _run(env, "show", site.base + EDITED, "--diff")


def _say(sentence: str, *lines: str) -> None:
    click.secho(f"\n{sentence}", bold=True)
    for line in lines:
        click.echo(f"  {line}")


def _run(env: dict[str, str], *args: str) -> None:
    click.secho(f"\n$ baotinh {shlex.join(args)}", fg="cyan")
    sys.stdout.flush()
    try:
        done = subprocess.run(  # noqa: S603 - our own command with our own arguments
            [sys.executable, "-m", "crawler", *args], env=env, check=False, timeout=STEP_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        step = f"baotinh {shlex.join(args)}"
        raise CrawlError(f"the demo's step '{step}' hangs: ended after {STEP_SECONDS} s") from error
    if done.returncode:
        raise CrawlError(f"the demo's step 'baotinh {shlex.join(args)}' ended with an error")
