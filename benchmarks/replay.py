"""Proof by replay: do other tools read what we captured, and is it what the server sent?

    python benchmarks/replay.py [--pages 100] [--tools FOLDER]      # or: make proof

Stores composed pages in all encodings we know, with revisits, in an archive. ``warcio check``
looks at the capture files, ``wacz validate`` at an export of them, and pywb, on loopback,
replays each page from the files and from the export; all bytes are compared. The tools live in
a virtual environment of their own, made in ``--tools`` unless it is there. Ends with 1 on any
difference.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from socket import create_server
from typing import TYPE_CHECKING, NamedTuple

import brotli

sys.path.insert(0, str(Path(__file__).parent))
from newswire import Newsroom

from storage.archive import Archive
from storage.records import Article, Link, SourceRow
from storage.search.filters import Filters
from storage.warc.encodings import decode_body
from storage.warc.files import CaptureWriter
from storage.warc.wacz import write_wacz

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda page: page,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}
COLLECTION = "baotinh"
SITE = "https://bao.example"
# pywb imports pkg_resources, which newer setuptools no longer have.
TOOLS = ("pywb>=2.8", "wacz>=0.5", "setuptools<81")
START_SECONDS = 60


class Page(NamedTuple):
    url: str
    stamp: str
    raw: bytes
    decoded: bytes


def write_pages(archive: Archive, count: int) -> list[Page]:
    """Store pages; every fifth one is fetched again an hour later, unchanged: a revisit."""
    room = Newsroom(1)
    pages = []
    archive.sources.put(
        SourceRow(id="bao", name="Bao", kind="newspaper", province="x", homepage=f"{SITE}/")
    )
    with CaptureWriter(archive.captures_dir, "replay", max_bytes=200_000) as writer:
        for number in range(count):
            text = room.event()
            html = f"<!doctype html><meta charset=utf-8><h1>{text.title}</h1><p>{text.body}</p>"
            encoding, encode = list(ENCODINGS.items())[number % len(ENCODINGS)]
            page, url = html.encode(), f"{SITE}/tin-a{number}.html?trang=1"
            headers = [("Content-Type", "text/html; charset=utf-8"), ("X-Number", str(number))]
            headers += [("Content-Encoding", encoding)] if encoding else []
            headers += [("Transfer-Encoding", "chunked")] if number % 2 else []
            earlier = None
            for hour in (8, 9) if number % 5 == 0 else (8,):
                seen_at = f"2026-10-02T{hour:02}:00:00Z"
                earlier = writer.write(
                    url=url, fetched_at=seen_at, status=200, reason="OK",
                    headers=headers, body=encode(page), ip="203.0.113.7", earlier=earlier,
                )  # fmt: skip
                pages.append(Page(url, f"20261002{hour:02}0000", encode(page), page))
                key = str(number)
                link = Link(source_id="bao", url=url, canonical_url=url, key=key, found_at=seen_at)
                article = Article(
                    source_id="bao", url=url, key=key, title=text.title, body=text.body,
                    fetched_at=seen_at,
                )  # fmt: skip
                archive.add(article, link=link, capture=earlier, run_id=None)
    return pages


def export(archive: Archive, tools: Path, package: Path) -> None:
    """Export everything as WACZ and let ``wacz validate`` judge it."""
    with package.open("wb") as out:
        records = archive.export(Filters())
        written = write_wacz(
            out,
            records,
            captures_of=archive.captures.of_article,
            captures_dir=archive.captures_dir,
            created="2026-10-02T10:00:00Z",
        )
    command = [str(tools / "bin" / "wacz"), "validate", "-f", str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"wacz validate: exit {done.returncode}, {written.captures} captures")
    if done.returncode or written.problems:
        sys.exit(f"{done.stdout}{done.stderr}{written.problems}")


def check_files(folder: Path) -> None:
    """Let warcio check every digest."""
    # warcio 1.8.1 fails on the decompressor of brotli 1.2; digests are of raw bytes anyway.
    hidden = "sys.modules['brotli'] = sys.modules['brotlicffi'] = None"
    command = f"import sys; {hidden}; from warcio.cli import main; sys.exit(main())"
    files = sorted(str(path) for path in folder.glob("*.warc.gz"))
    done = subprocess.run(
        [sys.executable, "-c", command, "check", "-v", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    passed = done.stdout.count("digest pass")
    print(f"warcio check: exit {done.returncode}, {passed} records pass, {len(files)} files")
    if done.returncode or "fail" in done.stdout:
        sys.exit(done.stdout + done.stderr)


def make_tools(folder: Path) -> None:
    """Make a virtual environment with pywb and wacz, unless it is there."""
    if (folder / "bin" / "wayback").exists() and (folder / "bin" / "wacz").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *TOOLS]
    subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def serve(tools: Path, work: Path, files: list[Path]) -> Iterator[int]:
    """Index capture files or a WACZ and serve them on loopback; yield the port."""
    work.mkdir()
    manager = str(tools / "bin" / "wb-manager")
    quiet = {"cwd": work, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([manager, "init", COLLECTION], **quiet)
    unpack = ["--unpack-wacz"] if files[0].suffix == ".wacz" else []
    subprocess.run([manager, "add", *unpack, COLLECTION, *map(str, files)], **quiet)
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(tools / "bin" / "wayback"), "-b", "127.0.0.1", "-p", str(port)]
    with (work / "pywb.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=work, stdout=log, stderr=log)
        try:
            wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(20)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers. Raises TimeoutError."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError):
            if fetch(port, "/")[0]:
                return
        time.sleep(0.3)
    raise TimeoutError("pywb did not start")


def fetch(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    """One request, nothing decoded."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br"})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read()
    finally:
        connection.close()


def replay(what: str, port: int, pages: list[Page]) -> int:
    """Compare every page with its replay; return how many differ."""
    raw = decoded = 0
    for page in pages:
        status, headers, body = fetch(port, f"/{COLLECTION}/{page.stamp}id_/{page.url}")
        same = status == 200 and page.decoded == decode_body(
            body, headers.get("content-encoding", "")
        )
        decoded += same
        raw += body == page.raw
        if not same:
            print(f"  differs: {page.url} at {page.stamp}: {status}, {len(body)} bytes")
    print(
        f"pywb replay of {what}: {decoded} of {len(pages)} pages byte for byte, {raw} still as compressed"
    )
    return len(pages) - decoded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--tools", type=Path, help="virtual environment of pywb and wacz")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        tools = (options.tools or work / "tools").absolute()
        make_tools(tools)
        package = work / "pages.wacz"
        with Archive.open(work / "archive.db") as archive:
            pages = write_pages(archive, options.pages)
            check_files(archive.captures_dir)
            export(archive, tools, package)
            files = sorted(archive.captures_dir.glob("*.warc.gz"))
        wrong = 0
        for what, served in (("files", files), ("wacz", [package])):
            with serve(tools, work / what, served) as port:
                wrong += replay(what, port, pages)
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
