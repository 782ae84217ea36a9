"""Proof by replay: does pywb show every captured page byte for byte?

    python benchmarks/replay.py [--pages 100] [--pywb FOLDER_OF_A_VENV]

Captures composed pages in all encodings we store, with revisits, asks ``warcio check`` about
the files, then replays each page through pywb on loopback and compares bytes. Without
``--pywb`` a virtual environment with pywb is made for the run. Ends with 1 on any difference.
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

from storage.captures import CaptureWriter
from storage.encodings import decode_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda page: page,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}
COLLECTION = "baotinh"
START_SECONDS = 60


class Page(NamedTuple):
    url: str
    stamp: str
    raw: bytes
    decoded: bytes


def write_pages(folder: Path, count: int) -> list[Page]:
    """Capture pages; every fifth one again an hour later, unchanged: a revisit."""
    room = Newsroom(1)
    pages = []
    with CaptureWriter(folder, "replay", max_bytes=200_000) as writer:
        for number in range(count):
            text = room.event()
            html = f"<!doctype html><meta charset=utf-8><h1>{text.title}</h1><p>{text.body}</p>"
            encoding, encode = list(ENCODINGS.items())[number % len(ENCODINGS)]
            page, url = html.encode(), f"https://bao.example/tin-a{number}.html?trang=1"
            headers = [("Content-Type", "text/html; charset=utf-8"), ("X-Number", str(number))]
            headers += [("Content-Encoding", encoding)] if encoding else []
            headers += [("Transfer-Encoding", "chunked")] if number % 2 else []
            earlier = None
            for hour in (8, 9) if number % 5 == 0 else (8,):
                earlier = writer.write(
                    url=url, fetched_at=f"2026-10-02T{hour:02}:00:00Z", status=200, reason="OK",
                    headers=headers, body=encode(page), ip="203.0.113.7", earlier=earlier,
                )  # fmt: skip
                pages.append(Page(url, f"20261002{hour:02}0000", encode(page), page))
    return pages


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


def make_pywb(folder: Path) -> Path:
    """Make a virtual environment with pywb."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "pywb", "setuptools"]
    subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
    return folder


@contextlib.contextmanager
def serve(pywb: Path, work: Path, captures: Path) -> Iterator[int]:
    """Index the files and serve them on loopback; yield the port."""
    manager = str(pywb / "bin" / "wb-manager")
    quiet = {"cwd": work, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([manager, "init", COLLECTION], **quiet)
    files = sorted(str(path) for path in captures.glob("*.warc.gz"))
    subprocess.run([manager, "add", COLLECTION, *files], **quiet)
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [str(pywb / "bin" / "wayback"), "-b", "127.0.0.1", "-p", str(port)]
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


def replay(port: int, pages: list[Page]) -> int:
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
    print(f"pywb replay: {decoded} of {len(pages)} pages byte for byte, {raw} still as compressed")
    return len(pages) - decoded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--pywb", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        captures = work / "captures"
        pages = write_pages(captures, options.pages)
        check_files(captures)
        pywb = options.pywb.absolute() if options.pywb else make_pywb(work / "pywb")
        with serve(pywb, work, captures) as port:
            sys.exit(1 if replay(port, pages) else 0)


if __name__ == "__main__":
    main()
