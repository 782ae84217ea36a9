"""Files that other tools write are read as they are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from storage.errors import BaotinhError
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from tests.site.town import Town
    from tests.support.crawls import Desk

SAMPLES = [
    path
    for prefix in (Path(sys.prefix), ROOT / ".venv" / "tools")
    for path in sorted((prefix / "sample_archive" / "warcs").glob("*"))
]
"""The archive that pywb installs beside itself."""
PROPER = ("example.warc.gz", "example2.warc.gz", "iana.warc.gz", "dupes.warc.gz")


def read(desk: Desk, path: Path) -> dict[str, object]:
    words = ["--archive", str(desk.archive), "--sources", str(desk.sources), "import", str(path)]
    done = CliRunner().invoke(cli, [*words, "--source", "town", "--json"])
    if done.exception is not None and not isinstance(done.exception, (SystemExit, BaotinhError)):
        raise done.exception
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}


@pytest.mark.skipif(shutil.which("wget") is None, reason="needs wget")
def test_what_wget_writes_is_read(desk: Desk, town: Town) -> None:
    target = desk.folder / "got"
    addresses = [town.base + piece.path for piece in town.pieces]
    subprocess.run(
        ["wget", "-q", "--warc-file", str(target), "-O", "/dev/null", "--no-proxy", *addresses],
        check=True,
        cwd=desk.folder,
    )
    counts = read(desk, target.with_suffix(".warc.gz"))
    assert (counts["pages"], counts["notes"]) == (5, {})
    assert desk.value("select count(*) from articles") == 5


def test_what_warcio_captures_is_read(desk: Desk, town: Town) -> None:
    script = (
        "import sys; from warcio.capture_http import capture_http; import http.client\n"
        "with capture_http(sys.argv[1]):\n"
        "    for path in sys.argv[3:]:\n"
        "        c = http.client.HTTPConnection(sys.argv[2]); c.request('GET', path)\n"
        "        c.getresponse().read(); c.close()\n"
    )
    path = desk.folder / "captured.warc.gz"
    paths = [piece.path for piece in town.pieces]
    host = town.base.removeprefix("http://")
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(path), host, *paths], check=True
    )
    counts = read(desk, path)
    assert (counts["pages"], counts["notes"]) == (5, {})


@pytest.mark.skipif(not SAMPLES, reason="needs pywb's sample archive")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_sample_archive_of_pywb_is_read(desk: Desk, path: Path) -> None:
    desk.add_source("http://example.com", articles=r"accept = ['example\.com/.*(?P<id>\d+)']")
    counts = read(desk, path)
    if path.name in PROPER:
        assert counts["records"]
        assert not counts["notes"]


def test_what_we_export_is_read_back(desk: Desk) -> None:
    assert desk.crawl().returncode == 0
    package = desk.folder / "ours.wacz"
    assert desk.run("export", "--format", "wacz", "-o", str(package)).returncode == 0
    before = desk.rows("select key, digest from articles order by key")
    desk.archive.unlink()
    shutil.rmtree(desk.folder / "captures")
    assert read(desk, package)["pages"] == 5
    assert desk.rows("select key, digest from articles order by key") == before
