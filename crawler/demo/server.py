"""A small provincial site on loopback, so that everything can be tried without a network.

The site is that of the folder ``site``: ``site.json`` names the file behind each path. Pages
carry absolute links, as the real ones do; they are turned to the loopback address while served.
"""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = Path(__file__).parent / "site"
ORIGIN = "https://baolongan.vn"
ARTICLE = "/nam-2024-tinh-uy-long-an-de-ra-18-chi-tieu-chu-yeu-a167064.html"
EDITED = "/san-pham-ocop-cua-xa-dai-loc-ha-mang-ve-doanh-thu-7-9-ty-dong-a167052.html"
EDIT = ("tổ chế biến 7,2 tấn nguyên liệu", "tổ chế biến 8,4 tấn nguyên liệu")
"""What the paper corrects in ``EDITED`` between two visits."""

SOURCE = """\
id = "demo"
name = "Báo Long An (demo)"
kind = "newspaper"
province = "Tây Ninh"
province_before_2025 = "Long An"
homepage = "{base}/"

[[seeds]]
kind = "feed"
url = "{base}/rss/home.rss"

[[seeds]]
kind = "sitemap"
url = "{base}/sitemap.xml"

[[seeds]]
kind = "listing"
url = "{base}/xa-hoi/"

[[seeds]]
kind = "listing"
url = "{base}/kinh-te/"

[articles]
accept = ['-a(?P<id>\\d+)\\.html$']
"""


@dataclass(slots=True)
class DemoSite:
    """The pages, as they stand now, and how often each was sent in full."""

    base: str = ""
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Path with query -> content type and body."""
    sent: dict[str, int] = field(default_factory=dict)

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit one page, as a newsroom does. Raises ValueError when ``old`` is not on it."""
        content_type, body = self.pages[path]
        if old.encode() not in body:
            raise ValueError(f"{path} does not contain {old!r}")
        self.pages[path] = content_type, body.replace(old.encode(), new.encode())


def read_pages(base: str) -> dict[str, tuple[str, bytes]]:
    """All pages of the demo site with their links turned to ``base``."""
    table = json.loads((PAGES / "site.json").read_text(encoding="utf-8"))
    return {
        path: (
            entry["content_type"],
            (PAGES / entry["file"]).read_bytes().replace(ORIGIN.encode(), base.encode()),
        )
        for path, entry in table.items()
    }


@contextmanager
def serve_demo() -> Iterator[DemoSite]:
    """Serve the demo site on a free loopback port for as long as the context is open."""
    site = DemoSite()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.base = f"http://127.0.0.1:{server.server_address[1]}"
    site.pages = read_pages(site.base)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_source(folder: Path, base: str) -> Path:
    """Write the demo's source file into ``folder`` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demo.toml"
    path.write_text(SOURCE.format(base=base), encoding="utf-8")
    return path


def _handler(site: DemoSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            page = site.pages.get(self.path)
            if page is None:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"not found\n")
                return
            content_type, body = page
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                self._answer(HTTPStatus.NOT_MODIFIED, content_type, b"", etag)
                return
            site.sent[self.path] = site.sent.get(self.path, 0) + 1
            self._answer(HTTPStatus.OK, content_type, body, etag)

        def _answer(self, status: HTTPStatus, kind: str, body: bytes, etag: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            """Stay quiet: the demo prints what a user sees, not what a server logs."""

    return Handler
