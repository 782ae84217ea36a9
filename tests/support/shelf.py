"""A small archive filled row by row, for tests of what reads archives."""

from __future__ import annotations

import functools
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from crawler.cli import cli
from storage.db.migrations import STEPS
from storage.errors import BaotinhError
from storage.records import Article, Evidence, Link
from storage.warc.files import CaptureWriter
from tests.support.template import open_new

if TYPE_CHECKING:
    from click.testing import Result

SOURCES = (
    ("baolongan", "Báo Long An", "newspaper", "Tây Ninh", "Long An"),
    ("baotayninh", "Báo Tây Ninh", "newspaper", "Tây Ninh", None),
    ("dongthap-gov", "Cổng thông tin Đồng Tháp", "portal", "Đồng Tháp", "Tiền Giang"),
)

HOSTILE = "\x1b[2J\x1b]52;c;x\x07 Giá lúa \u202egnăt\u2028 \x9b31m\x08\r"


def open_shelf(path: Path | str = ":memory:") -> sqlite3.Connection:
    """Return an archive with sources and no articles."""
    if isinstance(path, Path):
        path.write_bytes(_empty_shelf())
    conn = sqlite3.connect(path, isolation_level=None)
    if not isinstance(path, Path):
        conn.deserialize(_empty_shelf())
    conn.row_factory = sqlite3.Row
    conn.execute("pragma recursive_triggers = on")
    return conn


@functools.cache
def _empty_shelf() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        for step in STEPS.values():
            step(conn)
        conn.executemany(
            "insert into sources (id, name, kind, province, province_before_2025, homepage)"
            " values (?, ?, ?, ?, ?, ?)",
            [(*source, f"https://{source[0]}.vn/") for source in SOURCES],
        )
        return conn.serialize()


def put(conn: sqlite3.Connection, title: str, body: str = "", **fields: Any) -> int:
    """Insert an article and return its id."""
    number = conn.execute("select ifnull(max(id), 0) + 1 from articles").fetchone()[0]
    for name in ("authors", "section_path", "tags"):
        if name in fields:
            fields[name] = json.dumps(fields[name], ensure_ascii=False)
    row = {
        "id": number, "source_id": "baolongan", "key": str(number), "title": title,
        "url": f"https://baolongan.vn/tin-a{number}.html", "summary": None, "body": body,
        "published_on": "2026-03-01", "first_seen_at": "2026-03-01T00:00:00Z",
        "last_seen_at": "2026-03-01T00:00:00Z", "digest": str(number), "cluster_id": number,
    } | fields  # fmt: skip
    row.setdefault("canonical_url", row["url"])
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    conn.execute(f"insert into articles ({names}) values ({marks})", row)  # noqa: S608
    return int(row["id"])


def fill(path: Path) -> Path:
    """Make an archive with an article edited once and captured twice, and a hostile one."""
    with open_new(path) as archive:
        archive._db.conn.executemany(
            "insert into sources (id, name, kind, province, province_before_2025, homepage)"
            " values (?, ?, ?, ?, ?, 'https://x.vn/')",
            SOURCES,
        )
        link = Link(
            source_id="baolongan", url="https://baolongan.vn/a-a1.html", key="1",
            canonical_url="https://baolongan.vn/a-a1.html", found_at="2026-03-01T00:00:00Z",
        )  # fmt: skip
        with CaptureWriter(archive.captures_dir, "run") as writer:
            for hour, tons in enumerate(("chín", "mười")):
                capture = writer.write(
                    url=link.url, fetched_at=f"2026-03-01T0{hour}:00:00Z", status=200, reason="OK",
                    headers=[("Content-Type", "text/html")], body=f"<p>{tons}</p>".encode(),
                    ip=None,
                )  # fmt: skip
                article = Article(
                    source_id="baolongan", url=link.url, canonical_url=link.url, key="1",
                    title="Tỉnh ủy Long An họp", summary="Sáng nay, Tỉnh ủy Long An họp.",
                    body=f"Vụ này được {tons} tấn lúa mỗi héc-ta.\n\nGiá tăng.",
                    authors=["Thanh Nga"], section="Thời sự", published_on="2026-03-01",
                    fetched_at=capture.fetched_at,
                    evidence={"title": Evidence(how="h1", confidence=1)},
                )  # fmt: skip
                archive.add(article, link=link, capture=capture, run_id=None)
        put(archive._db.conn, HOSTILE, "=HYPERLINK()" + HOSTILE, authors=[HOSTILE])
    return path


def run(path: Path, *args: str) -> Result:
    result = CliRunner().invoke(cli, ["--archive", str(path), *args])
    if result.exception and not isinstance(result.exception, BaotinhError | SystemExit):
        raise result.exception
    return result
