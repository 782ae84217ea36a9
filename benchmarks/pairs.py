"""Labelled pairs of articles: copies of one, and look-alikes that are none.

Each pair says by how it was made which it is; half of them, by a hash, is kept for the end.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bulletins import TEMPLATES, Desk
from newswire import FORMS, PLACES, TOPICS, Newsroom, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = dt.date(2026, 1, 1)


@dataclass(slots=True)
class Pair:
    """Two articles, and whether one is a copy of the other."""

    is_copy: bool
    kind: str
    one: Text
    other: Text
    days: int
    """Days between them."""
    one_paper: bool = False
    number: int = 0

    @property
    def unseen(self) -> bool:
        """Whether the pair belongs to the half that no threshold was chosen on."""
        return zlib.crc32(f"{self.kind} {self.number}".encode()) % 2 == 1


def other_lead(room: Newsroom, text: Text) -> list[str]:
    fresh = room.event(text.topic)
    return [" ".join(fresh.paragraphs[0].split()[:45]) + ".", *text.paragraphs[1:]]


def trimmed(room: Newsroom, text: Text) -> list[str]:
    return text.paragraphs[: -room.random.randint(1, 3)]


def local_addition(room: Newsroom, text: Text) -> list[str]:
    more = room.event().paragraphs[: room.random.randint(1, 2)]
    place = room.random.randint(1, len(text.paragraphs))
    return [*text.paragraphs[:place], *more, *text.paragraphs[place:]]


def edited(room: Newsroom, text: Text) -> list[str]:
    return [room.reworded(paragraph, 0.5) for paragraph in text.paragraphs]


def cut_and_edited(room: Newsroom, text: Text) -> list[str]:
    """A brief of a long report: half of it, one word in thirty gone."""
    kept = text.paragraphs[: len(text.paragraphs) // 2 + 1]
    return [
        " ".join(word for word in part.split() if room.random.random() > 1 / 30)
        for part in (room.reworded(paragraph, 0.3) for paragraph in kept)
    ]


def all_at_once(room: Newsroom, text: Text) -> list[str]:
    for change in (other_lead, trimmed, local_addition):
        text.paragraphs = change(room, text)
    return [room.reworded(paragraph, 0.2) for paragraph in text.paragraphs]


def respelled(_: Newsroom, text: Text) -> list[str]:
    joined = " ".join(text.paragraphs)
    half = joined.find(". ", len(joined) // 2) + 2
    return [
        unicodedata.normalize("NFD", part) for part in ("(TTXVN) - " + joined[:half], joined[half:])
    ]


def days_in_words(_: Newsroom, text: Text) -> list[str]:
    return [re.sub(r"\b(\d{1,2})/(\d{1,2})\b", r"\1 tháng \2", part) for part in text.paragraphs]


def misprint(room: Newsroom, text: Text) -> list[str]:
    """Two words set right."""
    paragraphs = list(text.paragraphs)
    for _ in range(2):
        place = room.random.randrange(len(paragraphs))
        words = paragraphs[place].split()
        spot = room.random.choice([i for i, word in enumerate(words) if i and word.islower()])
        words[spot] = words[spot][::-1].lower()
        paragraphs[place] = " ".join(words)
    return paragraphs


def figure(room: Newsroom, text: Text) -> list[str]:
    """One figure set right, wherever it stands."""
    found = sorted(set(re.findall(r"(?<![\d/,.])\d{2,3}\b(?![/,.]\d)", text.body))) or ["0"]
    wrong = room.random.choice(found)
    right = str(int(wrong) + room.random.randint(1, 9))
    return [re.sub(rf"(?<![\d/,.]){wrong}\b(?![/,.]\d)", right, part) for part in text.paragraphs]


def day(room: Newsroom, text: Text) -> list[str]:
    """One day set right, among others."""
    found = sorted(set(re.findall(r"\b\d{1,2}/\d{1,2}\b", text.body)))
    if len(found) < 3:
        return misprint(room, text)
    wrong = room.random.choice(found)
    before, month = map(int, wrong.split("/"))
    return [re.sub(rf"\b{wrong}\b", f"{before + 1}/{month}", part) for part in text.paragraphs]


def name(room: Newsroom, text: Text) -> list[str]:
    """One name set right, once."""
    for place in PLACES:
        if text.body.count(place) > 1:
            whole = "\n".join(text.paragraphs)
            right = room.random.choice([other for other in PLACES if other != place])
            return whole.replace(place, right, 1).split("\n")
    return text.paragraphs


def note_added(_: Newsroom, text: Text) -> list[str]:
    return [
        *text.paragraphs,
        "Tòa soạn đã sửa một chi tiết so với bản đăng trước, mong bạn đọc thông cảm.",
    ]


REPRINTS: tuple[Callable[[Newsroom, Text], list[str]], ...] = (
    other_lead, trimmed, local_addition, edited, cut_and_edited, all_at_once, respelled, days_in_words,
)  # fmt: skip
CORRECTIONS: tuple[Callable[[Newsroom, Text], list[str]], ...] = (
    misprint, figure, day, name, note_added,
)  # fmt: skip


def reprints(room: Newsroom, _: Desk) -> Iterator[Pair]:
    """Yield the same text in another paper, a few days later, under another title."""
    for make in REPRINTS:
        text = room.event()
        own = Text(text.title, text.summary, list(text.paragraphs), text.topic, text.plan)
        title = room.event(text.topic).title
        made = Text(title, own.summary, make(room, own), text.topic)
        yield Pair(True, f"reprint: {make.__name__}", text, made, room.random.randint(0, 3))


def corrections(room: Newsroom, _: Desk) -> Iterator[Pair]:
    """Yield a corrected text at a new address of the same paper."""
    for make in CORRECTIONS:
        text = room.event()
        made = Text(text.title, text.summary, make(room, text), text.topic)
        days = room.random.randint(0, 1)
        yield Pair(True, f"corrected: {make.__name__}", text, made, days, one_paper=True)


def bulletin_copies(room: Newsroom, desk: Desk) -> Iterator[Pair]:
    """Yield a bulletin that another paper prints the same day, and a misprint set right."""
    day = START + dt.timedelta(days=room.random.randrange(90))
    text = desk.issue(room.random.choice(sorted(TEMPLATES)), day, desk.places())
    other = Text(
        text.title, text.summary, [*text.paragraphs, "Mời bạn đọc theo dõi bản tin tiếp theo."]
    )
    yield Pair(True, "bulletin in another paper", text, other, 0)
    text = desk.issue(room.random.choice(sorted(TEMPLATES)), day, desk.places())
    other = Text(text.title, text.summary, misprint(room, text))
    yield Pair(True, "bulletin corrected", text, other, 0, one_paper=True)


def reports(room: Newsroom, _: Desk) -> Iterator[Pair]:
    """Yield reports that look alike and are no copies."""
    topic = room.random.choice(sorted(TOPICS))
    yield Pair(False, "same topic", room.event(topic), room.event(topic), 1)
    text = room.event(topic)
    plan = room.random.sample(text.plan, len(text.plan))
    yield Pair(False, "same event, other words", text, room.report(topic, plan), 0)
    quoted = room.event(topic)
    quoting = room.report(topic, quoted.plan)
    quoting.paragraphs.insert(2, quoted.paragraphs[1])
    yield Pair(False, "same event, one paragraph quoted", quoted, quoting, 0)
    first = room.event(topic)
    then = room.event(topic)
    then.paragraphs = [*then.paragraphs[:4], *first.paragraphs[-3:]]
    yield Pair(False, "follow-up with its background", first, then, 2, one_paper=True)


NOTICE = """\
Theo bản tin {number}, {matter} ở {place} được theo dõi từng ngày trong tuần này.
Người dân {place} chuẩn bị cho những ngày tới; các tổ dân phố báo tin qua loa truyền thanh, trên \
bảng tin và trên trang của địa phương, kèm số máy trực của từng nơi.
Tin ra ngày {day}; mọi góp ý gửi về tòa soạn để được ghi nhận và trả lời trong giờ làm việc, kể cả \
ngày nghỉ và ngày lễ, qua điện thoại, thư điện tử hoặc trực tiếp tại phòng tiếp bạn đọc.""".split(
    "\n"
)
UNITS = ("phường", "xã", "huyện", "thị xã")
MATTERS = (
    "mực nước trên các sông và kênh", "cây giống do tỉnh hỗ trợ", "mặt đường rộng bảy mét",
    "đơn hàng qua mạng của hợp tác xã", "phòng học được sơn sửa lại", "lịch tiêm phòng gia súc",
)  # fmt: skip


def notices(room: Newsroom, _: Desk) -> Iterator[Pair]:
    """Yield two notices of one day in one frame: numbered or not, of other matters and places."""
    day = START + dt.timedelta(days=room.random.randrange(90))
    for kind in ("numbered", "unnumbered"):
        pair = []
        for matter, place in zip(
            room.random.sample(MATTERS, 2), room.random.sample(PLACES, 2), strict=True
        ):
            place = f"{room.random.choice(UNITS)} {place}"
            number = f"số {room.random.randint(100, 999)}" if kind == "numbered" else "mới"
            parts = [
                part.format(number=number, matter=matter, place=place, day=f"{day:%d/%m}")
                for part in NOTICE
            ]
            pair.append(Text(f"{place}: {matter}", f"{place} có tin về {matter}.", parts))
        yield Pair(False, f"notice in one frame, {kind}", *pair, 0)


def forms(room: Newsroom, _: Desk) -> Iterator[Pair]:
    """Yield two issues of a form letter."""
    for kind in sorted(FORMS):
        one_paper = room.random.random() < 0.5
        pair = room.form(kind), room.form(kind)
        yield Pair(False, f"form letter: {kind}", *pair, room.random.randint(0, 2), one_paper)


def bulletins(room: Newsroom, desk: Desk) -> Iterator[Pair]:
    """Yield a bulletin and the next day's of the same paper, and that of another place."""
    for kind in sorted(TEMPLATES):
        day = START + dt.timedelta(days=room.random.randrange(90))
        places, later = desk.places(), room.random.choice([1, 1, 1, 7])
        following = desk.issue(kind, day + dt.timedelta(days=later), places)
        yield Pair(False, f"next {kind}", desk.issue(kind, day, places), following, later, True)
        here, elsewhere = (desk.issue(kind, day, desk.places()) for _ in range(2))
        yield Pair(False, "bulletin of another place", here, elsewhere, 0)


MAKERS = (reprints, corrections, bulletin_copies, reports, notices, forms, bulletins)


def make_pairs(rounds: int, seed: int) -> list[Pair]:
    """Return pairs of all kinds in a random order."""
    room, desk = Newsroom(seed), Desk(seed + 1)
    pairs = [pair for _ in range(rounds) for make in MAKERS for pair in make(room, desk)]
    for number, pair in enumerate(pairs):
        pair.number = number
    room.random.shuffle(pairs)
    return pairs
