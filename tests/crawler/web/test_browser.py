"""The pages in a real Chromium: what readers do, and whether everybody can."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.browsers import SCHEMES, SIZES, launch
from tests.support.feeds import check_feed
from tests.support.newsroom import SOURCES, Shown, fill_newsroom
from tests.support.servers import Served, path_of, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/?q=gia+lua", "/?q=lua&since=2026-13-01", "/article/{edited}", "/article/{copied}",
    "/article/{removed}", "/article/{edited}/capture/{capture}", "/article/{copied}/with/{first}",
    "/changes", "/sources", "/source/mau-hue", "/places", "/place/80c", "/place/80",
    "/compare", "/compare?q=lua&q=lu&q=truong", "/help", "/watches", "/nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as browser:
        yield browser


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Room]:  # noqa: ARG001
    path = tmp_path_factory.mktemp("room") / "archive.db"
    shown = fill_newsroom(path)
    with closing(sqlite3.connect(path)) as conn:
        ((newest,),) = conn.execute("select max(published_on) from articles")
    with serve(path, before=("--sources", str(path.with_name(SOURCES)))) as served:
        yield Room(served, shown, newest)


class Room:
    """A served archive and what is worth looking at in it."""

    def __init__(self, served: Served, shown: Shown, newest: str) -> None:
        self.served = served
        self.shown = shown
        self.newest = newest
        """The day of its newest article."""

    def url(self, path: str) -> str:
        shown = self.shown
        values = {
            "edited": shown.edited,
            "copied": shown.copied,
            "removed": shown.removed,
            "first": shown.copied - 2,
            "capture": shown.edited,
        }
        return self.served.address + path.format(**values)


@pytest.fixture(params=[(size, scheme) for size in SIZES for scheme in SCHEMES], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page without script, in Vietnamese."""
    (width, height), scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale="vi-VN",
        java_script_enabled=False,
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def test_find_narrow_read_see_what_changed_see_the_capture_subscribe(
    room: Room, page: Page
) -> None:
    page.goto(room.url("/"))
    page.fill("#q", "lay mau nuoc")
    page.get_by_role("button", name="Tìm kiếm").click()
    page.locator(".facets a", has_text="Tây Ninh").first.click()
    assert "province=T" in page.url
    page.goto(room.url("/?q=m%E1%BA%ABu&province=T%C3%A2y+Ninh"))
    bars = page.locator("svg.timeline a")
    assert bars.count() > 3
    page.goto(room.served.address + (bars.last.get_attribute("href") or ""))
    assert f"since={room.newest[:7]}-01" in page.url
    page.fill("#q", "lấy mẫu nước")
    page.get_by_role("button", name="Tìm kiếm").click()
    feed = path_of(page.locator("link[type='application/atom+xml']").get_attribute("href") or "")
    page.get_by_role("link", name="Huyện Đức Huệ thông báo lịch lấy mẫu nước").click()
    assert page.locator("h1").inner_text() == "Huyện Đức Huệ thông báo lịch lấy mẫu nước"
    page.get_by_role("link", name="Bài này đã đổi 2 lần sau lần đầu được thấy.").click()
    assert [each.inner_text() for each in page.locator("del").all()] == ["chín", "mười ngày."]
    assert [each.inner_text() for each in page.locator("ins").all()] == ["mười hai", "hai tuần."]
    page.get_by_role("link", name="Trang đúng như khi chụp lại").click()
    frame = page.frame_locator("iframe.capture")
    assert frame.locator("h1").inner_text() == "Huyện Đức Huệ thông báo lịch lấy mẫu nước"
    assert str(room.served.captures_port) in (page.locator("iframe").get_attribute("src") or "")
    read = check_feed(room.served.get(feed).body)
    assert "Huyện Đức Huệ thông báo lịch lấy mẫu nước" in [entry.title for entry in read.entries]


def test_compare_two_queries(room: Room, page: Page) -> None:
    page.goto(room.url("/compare"))
    page.fill("#q1", "giá lúa")
    page.fill("#q2", "lũ lụt")
    page.get_by_role("button", name="So sánh").click()
    assert page.locator("svg.lines polyline").count() == 2
    assert page.locator(".legend li").count() == 2
    rows = page.locator("table.numbers").first.locator("tbody tr")
    assert rows.count() > 3
    page.get_by_role("link", name="theo số bài").click()
    assert "as=numbers" in page.url


def test_which_source_is_broken_and_why(room: Room, page: Page) -> None:
    page.goto(room.url("/sources"))
    first = page.locator("table.outlets tbody tr").first
    assert "Báo mẫu Huế" in first.inner_text()
    assert "chứng chỉ hoặc mã hóa không đáng tin" in first.inner_text()
    first.get_by_role("link").click()
    assert page.locator(".health .state").inner_text() == "hỏng"
    assert page.get_by_text("Chứng chỉ hoặc mã hóa không đáng tin").is_visible()


def test_the_switch_changes_the_language_and_is_kept(room: Room, page: Page) -> None:
    page.goto(room.url("/sources?state=broken"))
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Outlets and how they are"
    page.goto(room.url("/changes"))
    assert page.locator("html").get_attribute("lang") == "en"


def test_no_page_is_wider_than_the_window(room: Room, page: Page) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    for path in PAGES:
        page.goto(room.url(path))
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["width"] <= width, path
        assert page.screenshot(full_page=True)[16:20] == width.to_bytes(4, "big"), path


def test_a_captured_page_runs_and_loads_nothing(room: Room, browser: Browser) -> None:
    context = browser.new_context(locale="vi-VN")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(room.url("/article/{edited}/capture/{capture}"))
    page.wait_for_load_state("networkidle")
    assert all(url.startswith("http://127.0.0.1:") for url in asked)
    alone = page.locator("iframe").get_attribute("src") or ""
    answer = page.goto(alone)
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    context.close()


def test_keys_alone_reach_the_content(room: Room, browser: Browser) -> None:
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(room.url("/changes"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_axe_finds_no_violation(
    room: Room, browser: Browser, size: tuple[int, int], scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="vi-VN",
        bypass_csp=True,  # axe is a script; the pages allow none
    )
    page = context.new_page()
    found = {}
    for path in PAGES:
        page.goto(room.url(path))
        results = Axe().run(page)
        if results.violations_count:
            found[path] = [
                (each["id"], each["nodes"][0]["html"][:200], each["nodes"][0]["failureSummary"])
                for each in results.response["violations"]
            ]
    context.close()
    assert found == {}
