"""What `baotinh explain` says of known and unknown URLs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.explain import explain_url
from crawler.net.addresses import PrivateHosts
from crawler.sources import Source
from storage.archive import Archive
from storage.records import HostState

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


def test_a_host_that_asked_to_be_left_alone_is_named_whatever_its_spelling(tmp_path: Path) -> None:
    source = Source(id="x", name="X", province="Huế", homepage="https://www.x.vn/")
    later = "2026-11-25T00:00:00Z"
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.put_host_state(HostState(host="x.vn", not_before=later, reason="asked for it"))
        told = explain_url("https://www.x.vn/a1.html", [source], archive, PrivateHosts())
    host = next(decision for decision in told.decisions if decision.about == "host")
    assert later in host.decided


def test_a_url_belongs_to_who_has_the_host_now() -> None:
    left = Source(
        id="a", name="A", province="Huế", homepage="https://a.vn/", former_hosts=("x.vn",)
    )
    has = Source(id="b", name="B", province="Huế", homepage="https://x.vn/")
    for sources in ([left, has], [has, left]):
        told = explain_url("https://x.vn/tin-a1.html", sources, None, PrivateHosts())
        assert told.source == "b"
