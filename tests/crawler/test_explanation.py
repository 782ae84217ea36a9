"""What `baotinh explain` says of known and unknown URLs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = "https://baolongan.vn/nam-2024-tinh-uy-long-an-de-ra-18-chi-tieu-chu-yeu-a167064.html"


def _explain(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crawler", "explain", *args],
        cwd=folder,
        env=os.environ | {"BAOTINH_ARCHIVE": str(folder / "archive.db")},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def _decisions(folder: Path, url: str) -> dict[str, dict[str, str]]:
    told = json.loads(_explain(folder, url, "--json").stdout)
    return {decision["about"]: decision for decision in told["decisions"]}


def test_a_url_never_seen_is_explained_from_the_source_file(tmp_path: Path) -> None:
    told = _decisions(tmp_path, KNOWN)
    assert told["source"]["decided"] == "baolongan"
    assert told["address"]["decided"] == "allowed"
    assert told["article"]["decided"] == "yes"
    assert told["key"]["decided"] == "a167064"
    assert told["link"]["decided"] == "unknown"


def test_a_section_page_is_said_to_be_no_article(tmp_path: Path) -> None:
    assert _decisions(tmp_path, "https://baolongan.vn/xa-hoi/")["article"]["decided"] == "no"


def test_a_host_of_no_source_is_said(tmp_path: Path) -> None:
    assert _decisions(tmp_path, "https://example.org/a1.html")["source"]["decided"] == "none"


@pytest.mark.parametrize("url", ["nonsense", "ftp://baolongan.vn/x", "http://[", ""])
def test_what_is_no_url_is_wrong_use(tmp_path: Path, url: str) -> None:
    done = _explain(tmp_path, url)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
