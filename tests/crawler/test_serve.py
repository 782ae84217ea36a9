"""`baotinh serve`, as a child process asked over loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("datasette")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    archive = tmp_path / "tin-tuc.db"
    Archive.open(archive).close()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    args = [sys.executable, "-m", "crawler", "--archive", str(archive), "serve", "--port"]
    with subprocess.Popen([*args, str(port)], stderr=subprocess.DEVNULL) as child:
        try:
            yield _wait_for(f"http://127.0.0.1:{port}")
        finally:
            child.terminate()


def _wait_for(address: str) -> str:
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return address
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answered at {address}")


def test_pages_load_nothing_from_elsewhere(address: str) -> None:
    with urllib.request.urlopen(address, timeout=5) as answer:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("query", ["search", "edits", "gone", "volume"])
def test_every_canned_query_runs_on_an_archive_of_any_name(address: str, query: str) -> None:
    url = f"{address}/tin-tuc/{query}.json?q=tinh&_shape=objects"
    with urllib.request.urlopen(url, timeout=5) as answer:
        assert json.load(answer)["rows"] == []


def test_a_missing_archive_is_one_sentence(tmp_path: Path) -> None:
    args = [sys.executable, "-m", "crawler", "--archive", str(tmp_path / "no.db"), "serve"]
    done = subprocess.run(args, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "no.db" in done.stderr
    assert "Traceback" not in done.stderr
