"""An archive as a reader meets it: outlets, places, edits, removals, copies, troubles.

All of it is made up and says so; the places are real. The same for the same day.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.frontier.health import HealthRow, KeptTrouble
from storage.instants import VIETNAM, format_instant
from storage.records import Article, Evidence, Image, Link, SourceRow
from storage.search.filters import Filters
from storage.warc.files import CaptureWriter
from tests.support.template import open_new

if TYPE_CHECKING:
    from pathlib import Path

    from storage.archive import Archive

OUTLETS = (
    ("mau-long-an", "Báo mẫu Long An", "newspaper", "Tây Ninh", "Long An"),
    ("mau-tay-ninh", "Báo mẫu Tây Ninh", "newspaper", "Tây Ninh", "Tây Ninh"),
    ("mau-dong-thap", "Đài mẫu Đồng Tháp", "broadcaster", "Đồng Tháp", "Tiền Giang"),
    ("mau-nghe-an", "Báo mẫu Nghệ An", "newspaper", "Nghệ An", "Nghệ An"),
    ("mau-hue", "Báo mẫu Huế", "newspaper", "Huế", "Thừa Thiên Huế"),
    ("mau-lao-cai", "Cổng mẫu Lào Cai", "portal", "Lào Cai", "Yên Bái"),
    ("mau-can-tho", "Báo mẫu Cần Thơ", "newspaper", "Cần Thơ", "Sóc Trăng"),
    ("mau-gia-lai", "Báo mẫu Gia Lai", "newspaper", "Gia Lai", "Bình Định"),
)
PLACES = {
    "mau-long-an": ("huyện Đức Huệ", "huyện Cần Giuộc", "thị xã Kiến Tường"),
    "mau-tay-ninh": ("huyện Tân Châu", "thị xã Trảng Bàng", "huyện Dương Minh Châu"),
    "mau-dong-thap": ("huyện Cái Bè", "huyện Chợ Gạo", "thị xã Gò Công"),
    "mau-nghe-an": ("huyện Con Cuông", "huyện Đô Lương", "thị xã Cửa Lò"),
    "mau-hue": ("huyện Phú Vang", "huyện A Lưới", "thị xã Hương Trà"),
    "mau-lao-cai": ("huyện Mù Cang Chải", "huyện Văn Chấn", "thị xã Nghĩa Lộ"),
    "mau-can-tho": ("huyện Mỹ Xuyên", "thị xã Ngã Năm", "huyện Kế Sách"),
    "mau-gia-lai": ("huyện Tây Sơn", "thị xã An Nhơn", "huyện Hoài Ân"),
}
TOPICS = (
    ("Giá lúa tại {place} tăng nhẹ đầu vụ", "Kinh tế", "lúa", "giá thu mua lúa tươi tại ruộng"),
    ("{place} chủ động phòng, chống lũ lụt", "Thời sự", "lũ", "mực nước trên các sông và kênh"),
    ("{place} khởi công tuyến đường liên xã", "Xây dựng", "đường", "mặt đường rộng bảy mét"),
    ("Trường học ở {place} đón năm học mới", "Giáo dục", "trường", "phòng học được sơn sửa lại"),
    ("{place} ra quân trồng cây phân tán", "Môi trường", "cây", "cây giống do tỉnh hỗ trợ"),
    ("Hợp tác xã ở {place} đưa nông sản lên sàn", "Kinh tế", "nông sản", "đơn hàng qua mạng"),
)
DAYS = 420
SOURCES = "sources"
"""Folder of the outlets' files, beside the archive."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Ids that pages are shown of."""

    edited: int
    copied: int
    removed: int


def fill_newsroom(path: Path, *, now: dt.datetime | None = None, articles: int = 260) -> Shown:
    """Make the archive; return what is worth looking at. ``now`` is the last moment in it."""
    now = now or dt.datetime.now(VIETNAM)
    chance = random.Random(7)
    folder = path.with_name(SOURCES)
    folder.mkdir(exist_ok=True)
    with open_new(path) as archive:
        for source_id, name, kind, province, before in OUTLETS:
            (folder / f"{source_id}.toml").write_text(
                f'id = "{source_id}"\nname = "{name}"\nkind = "{kind}"\nprovince = "{province}"\n'
                f'province_before_2025 = "{before}"\nhomepage = "https://{source_id}.example/"\n',
                encoding="utf-8",
            )
            archive.sources.put(
                SourceRow(
                    id=source_id,
                    name=name,
                    kind=kind,
                    province=province,
                    province_before_2025=before,
                    homepage=f"https://{source_id}.example/",
                )
            )
        with CaptureWriter(archive.captures_dir, "newsroom") as writer:
            desk = _Desk(archive, writer, chance)
            for number in range(articles):
                age = dt.timedelta(days=DAYS * (1 - number / articles) ** 1.5, minutes=5)
                desk.publish(now - age, chance.choice(OUTLETS)[0], chance.choice(TOPICS))
            shown = desk.tell_stories(now)
        _judge(archive, now)
        archive.watches.add("Giá lúa", "giá lúa", Filters(), now=format_instant(now))
    return shown


class _Desk:
    """Writes articles the way a crawl does."""

    def __init__(self, archive: Archive, writer: CaptureWriter, chance: random.Random) -> None:
        self._archive = archive
        self._writer = writer
        self._chance = chance
        self._number = 0

    def publish(
        self, at: dt.datetime, source_id: str, topic: tuple[str, str, str, str], place: str = ""
    ) -> int:
        """Archive an article of its time; return its id."""
        place = place or self._chance.choice(PLACES[source_id])
        title, section, tag, matter = topic
        shown = place[:1].upper() + place[1:] if title.startswith("{") else place
        lead = f"Bài mẫu: {place} vừa có tin mới về {matter}, theo bản tin mẫu ngày {at:%d/%m}."
        body = [
            (
                f"Theo bản tin mẫu số {self._number}, {matter} ở {place} được theo dõi từng ngày "
                f"trong tháng {at.month}."
            ),
            (
                f"Người dân {place} chuẩn bị cho những ngày tới; các xã báo tin qua loa "
                "truyền thanh và trên trang tin của địa phương."
            ),
            "Đây là nội dung dựng sẵn để trình bày kho lưu trữ, không phải tin thật.",
        ]
        return self.keep(at, source_id, title.format(place=shown), lead, body, section, [tag])

    def keep(
        self,
        at: dt.datetime,
        source_id: str,
        title: str,
        lead: str,
        body: list[str],
        section: str,
        tags: list[str],
        number: int | None = None,
        seen: dt.datetime | None = None,
    ) -> int:
        """Archive one text of an article, captured when it was seen; return the article's id."""
        if number is None:
            self._number += 1
            number = self._number
        url = f"https://{source_id}.example/tin-mau-a{number}.html"
        fetched = format_instant((seen or at) + dt.timedelta(minutes=20))
        paragraphs = "".join(f"<p>{text}</p>" for text in body)
        page = f"<!DOCTYPE html><html lang=vi><meta charset=utf-8><title>{title}</title>"
        page += f"<h1>{title}</h1><p><b>{lead}</b></p>{paragraphs}<script>alert(1)</script></html>"
        capture = self._writer.write(
            url=url,
            fetched_at=fetched,
            status=200,
            reason="OK",
            headers=[("Content-Type", "text/html; charset=utf-8")],
            body=page.encode(),
            ip=None,
        )
        link = Link(
            source_id=source_id, url=url, canonical_url=url, key=str(number), found_at=fetched
        )
        article = Article(
            source_id=source_id,
            url=url,
            canonical_url=url,
            key=str(number),
            title=title,
            summary=lead,
            body="\n\n".join(body),
            section=section,
            tags=tags,
            language="vi",
            images=[Image(url=url.replace(".html", ".jpg"), caption="Ảnh mẫu")],
            published_at=at.isoformat(timespec="seconds"),
            published_on=at.date().isoformat(),
            published_from="meta",
            fetched_at=fetched,
            evidence={"title": Evidence(how="h1", confidence=1)},
        )
        outcome = self._archive.add(article, link=link, capture=capture, run_id=None)
        assert outcome.article_id is not None
        return outcome.article_id

    def tell_stories(self, now: dt.datetime) -> Shown:
        """Archive an edit, copies of one text, and a removal."""
        at = now - dt.timedelta(days=3)
        title = "Huyện Đức Huệ thông báo lịch lấy mẫu nước"
        lead = "Bài mẫu: lịch lấy mẫu nước ở huyện Đức Huệ có thay đổi."
        first = [
            "Đợt lấy mẫu đầu tiên dự kiến có chín điểm, bắt đầu từ sáng thứ hai.",
            "Kết quả được niêm yết tại trụ sở các xã trong vòng mười ngày.",
            "Đây là nội dung dựng sẵn để trình bày kho lưu trữ, không phải tin thật.",
        ]
        second = [first[0].replace("chín", "mười hai"), *first[1:]]
        third = [second[0], first[1].replace("mười ngày", "hai tuần"), first[2]]
        edited = 0
        for step, body in enumerate((first, second, third)):
            seen = at + dt.timedelta(hours=5 * step)
            edited = self.keep(
                at, "mau-long-an", title, lead, body, "Thời sự", ["nước"], 9001, seen
            )
        story = [
            (
                "Tuyến kênh trục dài mười bốn ki-lô-mét được nạo vét trong mùa khô này, phục vụ "
                "tưới tiêu cho các xã ven sông và giảm ngập khi triều cường lên cao vào cuối năm."
            ),
            (
                "Đơn vị thi công tổ chức làm việc cả cuối tuần để kịp giao mặt bằng trước mùa mưa; "
                "các hộ dọc tuyến được thông báo trước khi máy vào khu vực."
            ),
            "Đây là nội dung dựng sẵn để trình bày kho lưu trữ, không phải tin thật.",
        ]
        heading = "Nạo vét tuyến kênh trục trước mùa mưa"
        copied = 0
        for hours, source_id in enumerate(("mau-dong-thap", "mau-can-tho", "mau-long-an")):
            when = at + dt.timedelta(hours=3 * hours)
            text = story if hours < 2 else [story[0].replace("mười bốn", "mười lăm"), *story[1:]]
            copied = self.keep(when, source_id, heading, story[0][:80], text, "Thời sự", ["kênh"])
        removed = self.publish(now - dt.timedelta(days=6), "mau-hue", TOPICS[1])
        self._archive._db.conn.execute(
            "update articles set gone_at = ?, gone_reason = 'http-404' where id = ?",
            (format_instant(now - dt.timedelta(days=1)), removed),
        )
        return Shown(edited, copied, removed)


def _judge(archive: Archive, now: dt.datetime) -> None:
    """Keep verdicts as the daemon does: two outlets are in trouble."""
    checked = format_instant(now)
    troubles = {
        "mau-hue": ("broken", "certificate", "has a certificate that has expired"),
        "mau-gia-lai": ("blocked", "bot-check", "shows a check for robots instead of its page"),
        "mau-can-tho": ("degraded", "volume", "3 articles in three days, where 20 were expected"),
    }
    for source_id, *_ in OUTLETS:
        state, cause, why = troubles.get(source_id, ("ok", "", "newest article of today"))
        since = format_instant(now - dt.timedelta(days=2, hours=len(source_id)))
        row = HealthRow(source_id=source_id, state=state, since=since, why=why, checked_at=checked)
        kept = KeptTrouble(source_id=source_id, cause=cause, state=state, since=since, why=why)
        archive.health.put(row, [kept] if cause else [])
