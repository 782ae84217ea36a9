"""Pictures of the pages for README and docs: ``make pictures``.

python -m tests.support.pictures docs/pictures
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.browsers import find_chromium, launch
from tests.support.newsroom import SOURCES, Shown, fill_newsroom
from tests.support.servers import Served, serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDE, PHONE = (1280, 860), (390, 760)
PICTURES = {
    "search": ("/?q=gi%C3%A1+l%C3%BAa", WIDE, "light"),
    "article": ("/article/{edited}", WIDE, "light"),
    "copies": ("/article/{copied}", WIDE, "light"),
    "changes": ("/changes", WIDE, "light"),
    "sources": ("/sources", WIDE, "dark"),
    "source": ("/source/mau-hue", WIDE, "light"),
    "places": ("/places", WIDE, "light"),
    "compare": ("/compare?q=l%C3%BAa&q=l%C5%A9&q=tr%C6%B0%E1%BB%9Dng", WIDE, "light"),
    "capture": ("/article/{edited}/capture/{edited}", WIDE, "light"),
    "phone": ("/?q=gi%C3%A1+l%C3%BAa", PHONE, "light"),
    "phone-article": ("/article/{edited}", PHONE, "dark"),
}
"""Name of the file -> page, window, colours."""


def main(folder: Path) -> None:
    """Take every picture of a made-up archive."""
    if find_chromium() is None:
        sys.exit("there is no Chromium here: apt-get install chromium, or set BAOTINH_CHROMIUM")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        archive = Path(temporary) / "archive.db"
        shown = fill_newsroom(archive)
        sources = ("--sources", str(archive.with_name(SOURCES)))
        with serve(archive, before=sources) as served, launch() as browser:
            for name in PICTURES:
                take(browser, served, shown, name, folder)


def take(browser: Browser, served: Served, shown: Shown, name: str, folder: Path) -> None:
    """Take one picture."""
    path, (width, height), scheme = PICTURES[name]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="vi-VN",
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(served.address + path.format(edited=shown.edited, copied=shown.copied))
    page.screenshot(path=folder / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
