"""The demo's site on loopback: pages, edits, and answers that have not changed."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest

from crawler.demo.server import ARTICLE, EDIT, EDITED, DemoSite, serve_demo, write_source

if TYPE_CHECKING:
    from pathlib import Path


def ask(site: DemoSite, path: str, etag: str = "") -> tuple[int, dict[str, str], bytes]:
    conn = http.client.HTTPConnection(site.base.removeprefix("http://"), timeout=20)
    try:
        conn.request("GET", path, headers={"If-None-Match": etag} if etag else {})
        answer = conn.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        conn.close()


def test_pages_are_sent_in_full_once_and_again_when_they_change(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with serve_demo() as site:
        status, headers, body = ask(site, EDITED)
        assert (status, len(body)) == (200, int(headers["content-length"]))
        assert headers["content-type"].startswith("text/html")
        assert (EDIT[0].encode() in body, b"https://baolongan.vn" in body) == (True, False)
        assert site.base.encode() in body
        again, same, nothing = ask(site, EDITED, headers["etag"])
        assert (again, nothing, same["etag"]) == (304, b"", headers["etag"])
        assert site.sent == {EDITED: 1}
        site.replace(EDITED, *EDIT)
        status, changed, body = ask(site, EDITED, headers["etag"])
        assert (status, EDIT[1].encode() in body) == (200, True)
        assert changed["etag"] != headers["etag"]
        assert site.sent == {EDITED: 2}
        with pytest.raises(ValueError, match="does not contain"):
            site.replace(EDITED, *EDIT)
        assert ask(site, ARTICLE)[0] == 200
        status, headers, body = ask(site, "/nowhere")
        assert (status, body, "etag" in headers) == (404, b"not found\n", False)
        assert site.sent == {EDITED: 2, ARTICLE: 1}
        base = site.base
    with pytest.raises(ConnectionRefusedError):
        ask(DemoSite(base=base), EDITED)
    assert capfd.readouterr().err == ""


def test_the_source_file_names_the_address(tmp_path: Path) -> None:
    path = write_source(tmp_path / "a" / "b", "http://127.0.0.1:9")
    text = path.read_text(encoding="utf-8")
    assert (path.name, text.count("http://127.0.0.1:9/")) == ("demo.toml", 5)
    assert write_source(path.parent, "http://127.0.0.1:8").read_text(encoding="utf-8") != text
