"""Pictures that are kept: shown, exported, merged, proven, withheld with their article."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from storage.archive import Archive
from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.images import draw
from tests.support.servers import serve
from tests.support.vault import run

if TYPE_CHECKING:
    from pathlib import Path

FEED = [("feed", "/rss/home.rss")]
OWN, SHARED = draw(900, 600, hue=3), draw(800, 600, hue=5)
WHY = "court order 12/2026"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two articles; each shows a picture of its own, and both show one."""
    desk = Desk(tmp_path_factory.mktemp("crawled"), settings={"IMAGES": "all"})
    with Town(2) as town:
        town.routes |= {
            "/anh/1000.jpg": lambda x: x.reply(OWN, content_type="image/jpeg"),
            "/anh/1001.jpg": lambda x: x.reply("<h1>404</h1>", content_type="image/jpeg"),
            "/anh/chung.jpg": lambda x: x.reply(SHARED, content_type="text/html"),
        }
        town.illustrate = lambda piece: (
            f'<figure><img src="/anh/{piece.number}.jpg"><figcaption>Riêng</figcaption></figure>'
            '<figure><img src="/anh/chung.jpg"><figcaption>Chung</figcaption></figure>'
        )
        desk.add_source(town.base, seeds=FEED)
        assert desk.crawl().returncode == 0
    return desk.folder


@pytest.fixture
def desk(crawled: Path, tmp_path: Path) -> Desk:
    shutil.copytree(crawled, tmp_path / "desk")
    return Desk(tmp_path / "desk")


def article(desk: Desk, number: int) -> str:
    return str(desk.value("select id from articles where url like ?", f"%-a{number}.html"))


def bodies(desk: Desk) -> list[bytes]:
    """Payloads of all capture files."""
    found = []
    for file in desk.folder.glob("captures/*.warc.gz"):
        with file.open("rb") as stream:
            found += [each.content_stream().read() for each in ArchiveIterator(stream)]
    return found


def test_show_says_what_became_of_each_picture_and_gives_its_bytes(desk: Desk) -> None:
    said = run(desk, "show", article(desk, 1000)).stdout
    assert f"picture 1: kept, image/jpeg, 900x600, {len(OWN)} bytes" in said
    refused = run(desk, "show", article(desk, 1001)).stdout
    assert "picture 1: rejected: is no picture of a kind that is kept" in refused
    assert run(desk, "show", article(desk, 1000), "--image", "1").stdout_bytes == OWN
    assert "is no picture" in str(run(desk, "show", article(desk, 1001), "--image", "1").exception)
    facts = json.loads(run(desk, "show", article(desk, 1000), "--json").stdout)
    assert [each["state"] for each in facts["media"]] == ["stored", "stored"]


def test_exports_proofs_and_checks_include_pictures(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.wacz"
    assert run(desk, "export", "--format", "wacz", "-o", str(out)).exit_code == 0
    with zipfile.ZipFile(out) as package, package.open("archive/baotinh.warc.gz") as stream:
        held = [each.content_stream().read() for each in ArchiveIterator(stream)]
        pages = package.read("pages/pages.jsonl").decode()
    assert held.count(OWN) == held.count(SHARED) == 1
    assert ".jpg" not in pages, "a page is a page"
    assert run(desk, "evidence").exit_code == 0
    proof = tmp_path / "proof.zip"
    assert run(desk, "show", article(desk, 1000), "--proof", str(proof)).exit_code == 0
    with zipfile.ZipFile(proof) as package:
        proven = [package.read(n) for n in package.namelist() if n.endswith(".payload")]
    assert OWN in proven
    (file,) = desk.folder.glob("captures/*.warc.gz")
    data = bytearray(file.read_bytes())
    offset = desk.value("select offset from captures where url like '%/anh/1000.jpg'")
    assert isinstance(offset, int)
    data[offset + 200] ^= 1
    file.write_bytes(data)
    assert "cannot be read" in run(desk, "verify").stdout


def test_a_merge_brings_pictures_and_a_second_one_nothing(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    rows = "select url, state, reason, digest, width from media order by url"
    for _ in range(2):
        assert run(other, "merge", str(desk.archive)).exit_code == 0
        assert other.rows(rows) == desk.rows(rows)
    assert other.value("select count(*) from article_media") == 4
    assert run(other, "verify").exit_code == 0


def test_a_withheld_article_takes_its_own_pictures_along(desk: Desk) -> None:
    first, second = article(desk, 1000), article(desk, 1001)
    assert run(desk, "withhold", first, "--why", WHY).exit_code == 0
    own, shared = (
        desk.rows("select id, capture_id from media where url like ?", f"%/anh/{name}.jpg")[0]
        for name in ("1000", "chung")
    )
    with Archive.open_reading(desk.archive) as archive:
        assert archive.media.get(own[0]) is None  # type: ignore[arg-type]
        assert archive.captures.get(own[1]) is None  # type: ignore[arg-type]
        assert archive.media.get(shared[0]) is not None  # type: ignore[arg-type]
    assert OWN in bodies(desk), "hidden, not erased"
    assert run(desk, "withhold", first, "--erase").exit_code == 0
    assert OWN not in bodies(desk)
    assert SHARED in bodies(desk), "another article shows it"
    assert run(desk, "verify").exit_code == 0
    assert run(desk, "withhold", second, "--why", WHY, "--erase").exit_code == 0
    assert SHARED not in bodies(desk)
    assert desk.value("select count(*) from media") == 0
    assert run(desk, "verify", "--evidence").exit_code == 0


def test_pages_show_small_copies_and_never_what_is_withheld(desk: Desk) -> None:
    number = article(desk, 1000)
    media = desk.value("select id from media where url like '%/anh/1000.jpg'")
    refused = desk.value("select id from media where url like '%/anh/1001.jpg'")
    with serve(desk.archive) as served:
        page = served.get(f"/article/{number}").text
        assert f'src="/picture/{media}/small"' in page
        assert "Kho chỉ giữ chú thích" not in page
        small = served.get(f"/picture/{media}/small")
        with Image.open(io.BytesIO(small.body)) as shown:
            assert shown.size == (480, 320)
        whole = served.get(f"/picture/{media}")
        assert (whole.status, whole.body) == (200, OWN)
        assert whole.headers["content-type"] == "image/jpeg"
        assert whole.headers["x-content-type-options"] == "nosniff"
        for path in (f"/picture/{refused}", f"/picture/{refused}/small", "/picture/99"):
            assert served.get(path).status == 404
        assert run(desk, "withhold", number, "--why", WHY).exit_code == 0
        assert served.get(f"/picture/{media}").status == 404
        assert served.get(f"/picture/{media}/small").status == 404


def test_a_crawl_of_one_page_asks_for_no_picture_of_another(tmp_path: Path) -> None:
    desk = Desk(tmp_path, settings={"IMAGES": "all"})
    with Town(2) as town:
        town.illustrate = lambda piece: f'<figure><img src="/anh/{piece.number}.jpg"></figure>'
        town.routes |= {
            "/anh/1000.jpg": lambda x: x.reply("busy", 503),
            "/anh/1001.jpg": lambda x: x.reply(OWN, content_type="image/jpeg"),
        }
        desk.add_source(town.base, seeds=FEED)
        assert desk.crawl().returncode == 0
        desk.change("update media set next_try_at = null, state = 'pending'")
        asked = sum(hit.path == "/anh/1000.jpg" for hit in town.hits)
        address = str(desk.value("select url from articles where url like '%-a1001.html'"))
        done = desk.run("crawl", "--url", address)
        assert done.returncode == 0, done.stderr
        assert sum(hit.path == "/anh/1000.jpg" for hit in town.hits) == asked
