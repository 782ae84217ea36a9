"""What the papers of the fortnight publish: stories with times, edits and removals."""

from __future__ import annotations

import datetime as dt
import functools
import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.site import text
from tests.site.town import VIETNAM

if TYPE_CHECKING:
    from random import Random

HOUR, DAY = 3600.0, 86400.0
START = dt.datetime(2027, 3, 1, tzinfo=VIETNAM).timestamp()
"""A Monday without public holidays in the weeks around it."""
SECTIONS = {"thoi-su": "Thời sự", "kinh-te": "Kinh tế", "van-hoa": "Văn hóa"}
HOURS = (0, 0, 0, 0, 0, 1, 3, 6, 9, 10, 9, 6, 4, 7, 9, 9, 8, 6, 3, 2, 2, 1, 0, 0)
"""How much is published in each hour of the day: offices and papers work by day."""
WEEKEND = 0.35
"""Share of a working day's stories that a weekend day has."""
EDITED, REMOVED, VIDEOS = 0.06, 0.02, 0.2
"""Shares of stories; videos are a broadcaster's."""
STYLES = (
    ("detail", "detail-title", "detail-time", "detail-sapo", "detail-content"),
    ("post", "post-title", "post-date", "sapo", "entry-content"),
    ("news-detail", "title-news", "date-time", "lead", "content-news"),
)
REDESIGN = ("k-12", "k-hd", "k-st", "k-in", "k-bx")
"""Class names of box, title, time, lead and text; after a redesign names that say nothing."""


@dataclass
class Story:
    """One article, and what the crawler was shown of it. Times are seconds since the epoch."""

    number: int
    seed: str
    at: float
    edited_at: float = float("inf")
    removed_at: float = float("inf")
    is_video: bool = False
    hidden_until: float = 0.0
    """A lagging cache answers 404 until then."""
    shown_at: float | None = None
    """When a seed that was delivered named it first."""
    served: list[tuple[float, str]] = field(default_factory=list)
    """When its text was delivered, with which title."""

    @functools.cached_property
    def _title(self) -> str:
        return text.make_title(self.seed)

    def title(self, now: float) -> str:
        """The headline as it is at that time."""
        return self._title + (" (cập nhật)" if now >= self.edited_at else "")

    @property
    def section(self) -> str:
        return list(SECTIONS)[self.number % len(SECTIONS)]

    @property
    def path(self) -> str:
        return f"/{self.section}/{text.make_slug(self._title)}-a{self.number}.html"

    @property
    def local(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.at, VIETNAM)

    def answers(self, now: float) -> bool:
        """Whether its page has its text at that time, were there no trouble."""
        return max(self.at, self.hidden_until) <= now < self.removed_at


def write_stories(name: str, days: int, chance: Random, *, videos: bool) -> list[Story]:
    """All stories of a paper, from four days before the start to the end, oldest first."""
    usual = chance.randint(5, 14)
    moments: list[float] = []
    for day in range(-4, days):
        begin = START + day * DAY
        is_weekend = dt.datetime.fromtimestamp(begin, VIETNAM).weekday() >= 5
        expected = usual * (WEEKEND if is_weekend else 1.0)
        count = max(0, round(chance.gauss(expected, expected**0.5 / 2)))
        hours = chance.choices(range(24), HOURS, k=count)
        moments += [begin + hour * HOUR + chance.randrange(3600) // 60 * 60 for hour in hours]
    stories = [Story(1000 + n, f"{name}{1000 + n}", at) for n, at in enumerate(sorted(moments))]
    for story in stories:
        if chance.random() < EDITED:
            story.edited_at = story.at + chance.uniform(0.3, 20) * HOUR
        if chance.random() < REMOVED:
            story.removed_at = story.at + chance.uniform(4, 90) * HOUR
        story.is_video = videos and chance.random() < VIDEOS
    return stories


def story_page(story: Story, site: str, now: float, style: tuple[str, ...], marks: str) -> str:
    """The page of a story. ``marks``: ``meta``, ``plain``, or ``none`` for one title on all."""
    box, title_name, time_name, lead_name, text_name = style
    title = html.escape(story.title(now))
    head = f"<title>{title} - {site}</title>"
    if marks == "meta":
        head += (
            f'<meta property="og:type" content="article"><meta property="og:title" '
            f'content="{title}"><meta property="article:published_time" '
            f'content="{story.local.isoformat()}">'
        )
    heading = f'<h1 class="{title_name}">{title}</h1>'
    if marks == "none":
        head, heading = f"<title>{site}</title>", ""
    body = "".join(f"<p>{html.escape(each)}</p>" for each in text.make_paragraphs(story.seed, 3))
    if story.is_video:
        body = '<video src="/media/ban-tin.mp4" controls></video>'
    lead = "" if story.is_video else html.escape(text.make_lead(story.seed))
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">{head}</head><body>'
        f'<header><a href="/">{site}</a> {menu()}</header><main><article class="{box}">{heading}'
        f'<div class="{time_name}">{story.local:%d/%m/%Y %H:%M}</div>'
        f'<div class="{lead_name}"><strong>{lead}</strong></div><div class="{text_name}">{body}'
        f"</div></article></main><footer>Giấy phép số 1/GP-BTTTT.</footer></body></html>"
    )


def menu() -> str:
    """Links to the sections."""
    return " ".join(f'<a href="/{slug}/">{name}</a>' for slug, name in SECTIONS.items())
