"""The Wayback Machine and Common Crawl on loopback, with the answers that the real ones give."""

from __future__ import annotations

import gzip
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.warcs import digest, record

if TYPE_CHECKING:
    from typing import Self

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
NEWS = "crawl-data/CC-NEWS/2023/01/CC-NEWS-20230101000000-0000{}.warc.gz"
CRAWL = "CC-MAIN-2023-06"
FILE = f"crawl-data/{CRAWL}/segments/1674764494826.88/warc/{CRAWL}-00001.warc.gz"


class Archives:
    """One server that is all of them. ``pages`` are (timestamp, url, body)."""

    def __init__(self, pages: list[tuple[str, str, bytes]], *, busy: int = 0) -> None:
        self.pages = sorted(pages, key=lambda page: (page[1], page[0]))
        self.busy = busy
        """One answer in so many is a 429."""
        self.asked: list[str] = []
        self.bodies: Counter[str] = Counter()
        """How often each copy was downloaded."""
        self.connections = 0
        self.odd: dict[str, tuple[int, dict[str, str], bytes]] = {}
        """Answers of its own to some targets, by how these begin."""
        self.cut = False
        """Whether files break off in the middle, each once."""
        self._cut: set[str] = set()
        self._file = b""
        self._lines: list[dict[str, str]] = []
        for stamp, url, body in self.pages:
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
            data = record(
                url, block, date=_instant(stamp), more=(f"WARC-Payload-Digest: {digest(body)}",)
            )
            self._lines.append(
                {
                    "urlkey": url,
                    "timestamp": stamp,
                    "url": url,
                    "mime": "text/html",
                    "mime-detected": "text/html",
                    "status": "200",
                    "digest": digest(body)[5:],
                    "length": str(len(data)),
                    "offset": str(len(self._file)),
                    "filename": FILE,
                }
            )
            self._file += data

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.place = f"127.0.0.1:{self._server.server_port}"
        self.base = f"http://{self.place}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def settings(self) -> dict[str, str]:
        names = ("WAYBACK_URL", "COMMONCRAWL_INDEX_URL", "COMMONCRAWL_DATA_URL")
        fast = {"IMPORT_DELAY": "0", "IMPORT_BACKOFF": "0.01"}
        return fast | dict.fromkeys(names, self.base)

    def answer(self, target: str, ranged: str | None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        for begin, odd in self.odd.items():
            if target.startswith(begin):
                return odd
        parts = urlsplit(target)
        words = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/cdx/search/cdx":
            return 200, {"Content-Type": "application/json"}, self._index(words)
        if parts.path.startswith("/web/"):
            return self._copy(target)
        if parts.path == "/collinfo.json":
            return 200, {}, self._list()
        if parts.path == f"/{CRAWL}-index":
            return self._crawl_index(words)
        if parts.path == "/crawl-data/CC-NEWS/2023/01/warc.paths.gz":
            return 200, {}, gzip.compress(f"{NEWS.format(1)}\n{NEWS.format(2)}\n".encode())
        return self._range(parts.path[1:], ranged)

    def _index(self, words: dict[str, str]) -> bytes:
        names = words["fl"].split(",")
        limit, begin = int(words["limit"]), int(words.get("resumeKey", "0"))
        rows = [
            dict(
                zip(
                    FIELDS,
                    (url, stamp, url, "text/html", "200", digest(body)[5:], str(len(body))),
                    strict=True,
                )
            )
            for stamp, url, body in self.pages
            if words.get("from", "") <= stamp < words.get("to", "9")
        ]
        table: list[list[str]] = [[row[name] for name in names] for row in rows]
        page = table[begin : begin + limit]
        if not page:
            return b"[]"
        more = [[], [str(begin + limit)]] if begin + limit < len(table) else []
        return json.dumps([names, *page, *more]).encode()

    def _copy(self, target: str) -> tuple[int, dict[str, str], bytes]:
        stamp, _, url = unquote(target).removeprefix("/web/").partition("id_/")
        found = [body for when, at, body in self.pages if (when, at) == (stamp, url)]
        if not found:
            return 404, {}, b"<html>not in archive</html>"
        self.bodies[target] += 1
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "x-archive-orig-content-type": "text/html; charset=utf-8",
            "x-archive-orig-server": "nginx",
            "x-archive-orig-content-length": "12",
            "memento-datetime": "x",
        }
        return 200, headers, found[0]

    def _list(self) -> bytes:
        index = {
            "id": CRAWL,
            "name": "January/February 2023 Index",
            "timegate": f"{self.base}/{CRAWL}/",
            "cdx-api": f"{self.base}/{CRAWL}-index",
            "from": "2023-01-26T21:00:00",
            "to": "2023-02-09T13:00:00",
        }
        return json.dumps([index]).encode()

    def _crawl_index(self, words: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        size = 7
        if not self._lines:
            return 404, {}, b'{"message": "No Captures found for: x"}'
        if words.get("showNumPages"):
            pages = -(-len(self._lines) // size)
            return 200, {}, json.dumps({"pages": pages, "pageSize": 5, "blocks": 1}).encode()
        page = int(words["page"])
        lines = self._lines[page * size : (page + 1) * size]
        return 200, {}, "\n".join(json.dumps(line) for line in lines).encode()

    def _range(self, name: str, ranged: str | None) -> tuple[int, dict[str, str], bytes]:
        data = self._file if name in (FILE, NEWS.format(1)) else b""
        if name == NEWS.format(2):
            data = record("http://other.example/", b"HTTP/1.1 200 OK\r\n\r\nx")
        if not data:
            return 404, {}, b""
        if ranged is None:
            return 200, {}, data
        first, _, last = ranged.removeprefix("bytes=").partition("-")
        part = data[int(first) : int(last or len(data)) + 1]
        self.bodies[f"{name} {ranged}"] += 1
        if not part:
            return 416, {}, b""
        return 206, {"Content-Range": f"bytes {first}-{len(part)}/{len(data)}"}, part

    def breaks(self, target: str) -> bool:
        """Whether this answer is to be cut off."""
        if not self.cut or not target.endswith(".warc.gz") or target in self._cut:
            return False
        self._cut.add(target)
        return True


def _instant(stamp: str) -> str:
    day, time = stamp[:8], stamp[8:]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}Z"


def _handler(archives: Archives) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            archives.connections += 1

        def do_GET(self) -> None:
            archives.asked.append(self.path)
            if archives.busy and len(archives.asked) % archives.busy == 0:
                self._send(429, {"Retry-After": "0"}, b"slow down")
                return
            self._send(*archives.answer(self.path, self.headers.get("Range")))

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if archives.breaks(self.path):
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
