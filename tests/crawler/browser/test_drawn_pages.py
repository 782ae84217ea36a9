"""Pages that scripts draw, read by a real Chromium that reaches nobody but through our guards."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.warc.files import find_file, read_capture, read_member
from storage.warc.records import read_record
from tests.site.town import Town, article_page
from tests.support.browsers import find_chromium
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.site.exchange import Behaviour, Exchange

pytestmark = pytest.mark.browser
if find_chromium() is None:
    pytest.skip("there is no Chromium here", allow_module_level=True)

FEED = [("feed", "/rss/home.rss")]
SHELL = (
    '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Báo Tỉnh Nhà</title>'
    '<link rel="stylesheet" href="/app.css"></head>'
    '<body><div id="app"></div><script src="/app.js"></script></body></html>'
)
SCRIPT = """
const css = document.querySelector('link');
(async () => {
  const said = await (await fetch('/api' + location.pathname)).json();
  document.documentElement.innerHTML = said.html;
})();
"""


class Trap:
    """A socket on loopback that counts who comes, over TCP and UDP."""

    def __init__(self) -> None:
        self.visits = 0
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self._open = True
        for each in (self._tcp, self._udp):
            each.settimeout(0.1)
            threading.Thread(target=self._watch, args=(each,), daemon=True).start()

    def _watch(self, each: socket.socket) -> None:
        while self._open:
            with contextlib.suppress(TimeoutError, OSError):
                if each is self._tcp:
                    each.accept()[0].close()
                else:
                    each.recvfrom(2048)
                self.visits += 1

    def close(self) -> None:
        self._open = False
        self._tcp.close()
        self._udp.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.close()


@pytest.fixture
def town() -> Iterator[Town]:
    with Town(1) as town:
        yield town


@pytest.fixture
def desk(tmp_path: Path, town: Town) -> Desk:
    chromium = find_chromium() or ""
    desk = Desk(tmp_path, settings={"BROWSER": chromium, "BROWSER_SANDBOX": "0"})
    desk.add_source(town.base, seeds=FEED, more="render = true")
    return desk


def script(body: str) -> Behaviour:
    return lambda exchange: exchange.reply(body, content_type="text/javascript")


def draw_by_script(town: Town, code: str = SCRIPT) -> None:
    """Make the articles of a town shells that one script fills."""
    page = {piece.path: article_page(piece, town.base) for piece in town.pieces}

    def data(exchange: Exchange) -> None:
        html = page[exchange.hit.path.removeprefix("/api")]
        exchange.reply(json.dumps({"html": html}), content_type="application/json")

    town.routes |= {piece.path: lambda x: x.reply(SHELL, ETag='"1"') for piece in town.pieces}
    town.routes |= {"/app.js": script(code), "/api/*": data}


def browsers_of(pid: int) -> list[int]:
    """Processes of browsers that the command started which has this mark."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            name = (entry / "cmdline").read_bytes()
            marked = f"BAOTINH_MARK={pid}".encode() in (entry / "environ").read_bytes()
            if marked and fields[0] != "Z" and b"chrom" in name:
                found.append(int(entry.name))
    return found


def wait_for(seconds: float, what: object) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


def test_a_page_drawn_by_script_is_an_article_and_both_forms_are_kept(
    desk: Desk, town: Town
) -> None:
    draw_by_script(town)
    done = desk.crawl()
    assert done.returncode == 0, done.stderr
    (piece,) = town.pieces
    title, body = desk.rows("select title, body from articles")[0]
    assert title == piece.title
    assert piece.paragraphs[0] in str(body)
    assert town.count("/app.css") == 0
    with Archive.open_existing(desk.archive) as archive:
        raw, drawn = archive.captures.of_article(1)
        article = archive.article(1)
        assert article is not None
        assert article.capture_id == drawn.id
        assert read_capture(archive.captures_dir, raw).body == SHELL.encode()
        assert piece.title.encode() in read_capture(archive.captures_dir, drawn).body
        places = [
            read_record(read_member(find_file(archive.captures_dir, each.file), each.offset)).warc
            for each in (raw, drawn)
        ]
    assert [each["warc-type"] for each in places] == ["response", "conversion"]
    assert places[1]["warc-refers-to"] == places[0]["warc-record-id"]
    verified = desk.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert desk.run("reextract", "town").returncode == 0
    assert desk.rows("select title, count(*) from articles") == [(piece.title, 1)]
    assert desk.value("select count(*) from revisions") == 1
    assert desk.run("evidence").returncode == 0
    out = desk.folder / "out.wacz"
    packed = desk.run("export", "--format", "wacz", "-o", str(out))
    assert packed.returncode == 0, packed.stderr
    elsewhere = Desk(desk.folder / "elsewhere", settings=desk.settings)
    elsewhere.folder.mkdir()
    elsewhere.add_source(town.base, more="render = true")
    asked = len(town.paths())
    taken = elsewhere.run("import", str(out))
    assert "town: 1 pages: 1 new" in taken.stdout, taken.stdout + taken.stderr
    assert len(town.paths()) == asked
    assert elsewhere.rows("select title, body from articles") == [(title, body)]
    proven = "select count(*) from captures where origin_manifests is not null"
    assert elsewhere.value(proven) == 2, "what was sent and what was drawn"
    assert elsewhere.run("verify", "--evidence").returncode == 0
    # The shell is as it was; what its script shows is not.
    piece.revision = 1
    draw_by_script(town)
    desk.change("update links set state = 'pending', next_try_at = null")
    assert desk.crawl().returncode == 0
    assert desk.value("select count(*) from revisions") == 2


TRICKS = {
    "fetch": "fetch('{trap}/x').catch(() => 0);",
    "fetch of a name": "fetch('http://localhost:{port}/x', {{mode: 'no-cors'}}).catch(() => 0);",
    "picture": "new Image().src = '{trap}/x.gif';",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'),"
    " {{src: '{trap}/x'}}));",
    "beacon": "navigator.sendBeacon('{trap}/x', 'said');",
    "socket": "new WebSocket('ws://127.0.0.1:{port}/x');",
    "socket of a worker": "new Worker(URL.createObjectURL(new Blob(["
    "\"new WebSocket('ws://127.0.0.1:{port}/x'); fetch('{trap}/x')\"])));",
    "events": "new EventSource('{trap}/x');",
    "script": "document.head.append(Object.assign(document.createElement('script'),"
    " {{src: '{trap}/x.js'}}));",
    "redirect": "fetch('/lead').catch(() => 0);",
    "page": "setTimeout(() => {{ location = '{trap}/x' }}, 50);",
    "window": "window.open('{trap}/x');",
    "form": "const f = document.createElement('form'); f.action = '{trap}/x'; f.method = 'post';"
    " f.target = '_blank'; document.body.append(f); f.submit();",
    "ahead": "for (const rel of ['preconnect', 'prefetch', 'dns-prefetch', 'preload'])"
    " document.head.append(Object.assign(document.createElement('link'),"
    " {{rel, href: '{trap}/x', as: 'script'}}));",
    "transport": "try {{ new WebTransport('https://127.0.0.1:{port}/x') }} catch (e) {{}}",
    "peer": "const p = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}'}}]}});"
    " p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o));",
}


def test_a_private_address_asked_by_a_script_is_never_reached(
    desk: Desk, town: Town, trap: Trap
) -> None:
    place = {"trap": f"http://127.0.0.1:{trap.port}", "port": trap.port}
    tricks = "".join(f"try {{ {code.format(**place)} }} catch (e) {{}}" for code in TRICKS.values())
    town.routes["/lead"] = lambda exchange: exchange.redirect(f"{place['trap']}/x")
    draw_by_script(town, "setTimeout(() => {" + tricks + "}, 0);" + SCRIPT)
    done = desk.crawl()
    assert done.returncode == 0, done.stderr
    assert trap.visits == 0
    assert town.count("/lead") == 1, "the tricks were tried"
    assert desk.value("select title from articles") == town.pieces[0].title


def test_a_script_without_an_end_ends_with_its_time(desk: Desk, town: Town) -> None:
    draw_by_script(town, "for (;;) {}")
    desk.settings["RENDER_SECONDS"] = "2"
    done = desk.crawl()
    assert done.returncode == 1
    assert "not-drawn" in done.stderr
    assert desk.rows("select state, reason from links") == [("pending", "not-drawn")]
    draw_by_script(town)
    assert desk.crawl().returncode == 0, "it is asked again"
    assert desk.value("select count(*) from articles") == 1


def test_data_that_does_not_come_makes_a_page_wait(desk: Desk, town: Town) -> None:
    draw_by_script(town)
    town.routes["/api/*"] = lambda exchange: exchange.reply("", 503)
    assert desk.crawl().returncode == 1
    assert desk.rows("select state, reason from links") == [("pending", "http-503")]


def test_requests_of_a_page_are_bounded(desk: Desk, town: Town) -> None:
    town.routes["/more/*"] = script("1")
    more = "for (let n = 0; n < 100; n++) fetch('/more/' + n).catch(() => 0);"
    draw_by_script(town, SCRIPT + more)
    desk.settings["RENDER_REQUESTS"] = "10"
    assert desk.crawl().returncode == 0
    assert len([path for path in town.paths() if path.startswith("/more/")]) <= 10


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_no_browser_outlives_its_crawl(desk: Desk, town: Town, signum: int) -> None:
    draw_by_script(town, "for (;;) {}")
    mark = os.getpid()
    desk.settings["MARK"] = str(mark)
    child = desk.start("crawl", "town", fresh=True)
    assert wait_for(30, lambda: town.count("/app.js") and browsers_of(mark))
    child.send_signal(signum)
    child.communicate(timeout=30)
    assert wait_for(15, lambda: not browsers_of(mark)), browsers_of(mark)


def test_a_browser_that_breaks_down_is_started_anew_and_its_page_asked_again(
    desk: Desk, town: Town
) -> None:
    draw_by_script(town, "for (;;) {}")
    mark = os.getpid()
    desk.settings["MARK"] = str(mark)
    child = desk.start("crawl", "town", fresh=True)
    assert wait_for(30, lambda: town.count("/app.js") and browsers_of(mark))
    for pid in browsers_of(mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 1
    assert "Traceback" not in said
    assert desk.rows("select state, reason from links") == [("pending", "browser")]
    draw_by_script(town)
    assert desk.crawl().returncode == 0
    assert desk.value("select count(*) from articles") == 1
