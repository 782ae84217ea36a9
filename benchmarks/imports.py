"""What an import costs: our pages in a WARC file that is mostly of others.

    python benchmarks/imports.py [--records N] [--share N] [--keep DIR]

Writes a file as Common Crawl's news are: one gzip member a record, a request beside each response,
pages of 35 KB, one in ``--share`` of a source of ours. Then imports it with ``baotinh import``, a
second time, and once more with ``--again``, which reads all of it anew. CPU is user and system time
of the child process from its start to its end, imports included.
"""

from __future__ import annotations

import argparse
import io
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.crawl import fill_frame, read_frame
from tests.site.town import Piece
from tests.support.crawls import Desk

PEER_HOSTS = 40
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx")]


def write_file(path: Path, records: int, share: int) -> int:
    """Write the file; return how many records are of ours."""
    frame, ours = read_frame(), 0
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="WARC/1.0")
        for number in range(records):
            is_ours = number % share == 0
            ours += is_ours
            host = "www.baotinh.example" if is_ours else f"news{number % PEER_HOSTS}.example"
            _write(writer, frame, f"https://{host}", Piece(number, seed=number))
    return ours


def _write(writer: WARCWriter, frame: str, base: str, piece: Piece) -> None:
    page, number = fill_frame(frame, piece, base).encode(), piece.number
    url = base + piece.path
    date = {"WARC-Date": f"2023-{1 + number % 12:02}-{1 + number % 28:02}T08:{number % 60:02}:00Z"}
    http = StatusAndHeaders("200 OK", HEADERS, protocol="HTTP/1.1")
    response = writer.create_warc_record(
        url, "response", io.BytesIO(page), len(page), http_headers=http, warc_headers_dict=date
    )
    asked = StatusAndHeaders("/ HTTP/1.1", [("Host", url.split("/")[2])], protocol="GET")
    request = writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=date)
    writer.write_request_response_pair(request, response)


def run(desk: Desk, path: Path, *more: str) -> tuple[float, float, str]:
    """Return CPU seconds, wall seconds and what an import printed."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "import", str(path), "--source", "town", *more],
        env=desk.environ,
        cwd=Path(__file__).parent.parent,
        text=True,
        capture_output=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - begun, (done.stdout + done.stderr).strip().replace("\n", " | ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--share", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="A folder for the file and the archive.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        path = place / "NEWS-20230101000000-00001.warc.gz"
        if not path.exists():
            write_file(path, options.records, options.share)
        desk = Desk(Path(folder))
        desk.add_source("https://www.baotinh.example")
        print(f"{options.records} responses, {path.stat().st_size / 1e6:.1f} MB")
        for name, more in (("first", ()), ("second", ()), ("again", ("--again",))):
            cpu, wall, said = run(desk, path, *more)
            print(f"{name:8} {cpu:6.2f} CPU s {wall:6.2f} s  {said}")
        print(f"verify   {desk.run('verify', timeout=600).stdout.strip()}")


if __name__ == "__main__":
    main()
