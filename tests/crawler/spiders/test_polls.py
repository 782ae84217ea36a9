"""One poll of a seed: what it records, and when the seed is asked again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.runs import signals
from crawler.runs.plan import CrawlPlan
from crawler.spiders import polls
from storage.errors import ArchiveFull
from tests.support.runs import HOME, NOW, OpenRun, answer, failure_of, feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapy import Request
    from twisted.python.failure import Failure

    from crawler.scheduling.policy import PollResult

FEED = HOME + "rss/home.rss"
WAIT = "select strftime('%s', next_poll_at) - strftime('%s', polled_at) from seeds"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def start(run: OpenRun, kind: str = "feed", url: str = FEED) -> Request:
    (request,) = run.polls.start([run.seeds.put_seed(kind, url)])
    return request


def read(run: OpenRun, request: Request, body: str, status: int = 200) -> list[Request]:
    return run.polls.read(answer(request, body, status))


def articles(count: int, *, minutes: int) -> str:
    """A feed whose articles came one every so many minutes, the last one just now."""
    last = dt.datetime.fromisoformat(NOW)
    return feed(
        *(
            (
                f"tin/khai-mac-hoi-cho-nong-san-a{number}.html",
                (last - dt.timedelta(minutes=minutes * number)).strftime("%a, %d %b %Y %H:%M:%S Z"),
            )
            for number in range(count)
        )
    )


def test_a_good_poll_records_its_links_and_no_failure(run: OpenRun) -> None:
    assert read(run, start(run), articles(3, minutes=60)) == []
    good = (0.0, None, None, 3, NOW)
    state = "select failures, last_error, last_reason, seen, complete_at from seeds"
    assert run.rows(state) == [good]
    links = run.rows("select title_hint, date_hint, seed_id from links order by id")
    assert links[0] == ("Tin số 0", "Fri, 20 Nov 2026 08:00:00 Z", 1)
    assert len(links) == 3


def test_the_dates_of_the_links_decide_when_the_seed_is_polled_next(tmp_path: Path) -> None:
    waits = {}
    for minutes in (2, 20 * 60):
        folder = tmp_path / str(minutes)
        folder.mkdir()
        run = OpenRun(folder)
        read(run, start(run), articles(20, minutes=minutes))
        waits[minutes] = run.value(WAIT)
        run.close()
    # The jitter is a tenth each way: half as long is none of it.
    assert waits[2] < waits[20 * 60] / 2


def test_a_poll_that_fails_is_weighed_named_and_reported(run: OpenRun) -> None:
    told: list[str | None] = []

    def note(problem: str | None) -> None:
        told.append(problem)

    run.events.connect(note, signals.seed_polled)
    request = start(run)
    run.polls.fail(failure_of(request, Refused(Word.TIMEOUT)))
    sentence = f"bao: feed {FEED} did not answer in time"
    assert run.rows("select failures, last_error, complete_at from seeds") == [
        (0.25, sentence, None)
    ]
    assert run.seeds.complaints == told == [sentence]
    read(run, start(run), "gone", 404)
    assert run.value("select failures from seeds") == 1.25


def test_a_seed_is_asked_for_whole_once_in_a_while(run: OpenRun) -> None:
    assert start(run).meta["unconditional"] is True, "it was never read"
    read(run, start(run), articles(1, minutes=60))
    assert start(run).meta["unconditional"] is False
    run.now = "2026-12-20T08:00:00Z"
    assert start(run).meta["unconditional"] is True


def test_not_modified_is_a_success_that_keeps_the_validators(run: OpenRun) -> None:
    request = start(run)
    run.polls.read(answer(request, articles(1, minutes=60), ETag='"v1"'))
    again = start(run)
    assert again.meta["seed"].etag == '"v1"'
    read(run, again, "", 304)
    assert run.rows("select etag, failures from seeds") == [('"v1"', 0.0)]


def test_a_page_that_is_no_feed_is_told_as_such(run: OpenRun) -> None:
    read(run, start(run), "<html><body><p>Trang chủ</p></body></html>")
    assert run.value("select failures from seeds") == 1.0
    assert run.value("select last_error from seeds").startswith(f"bao: feed {FEED} ")


def test_a_poll_that_the_archive_broke_is_no_failure_of_the_seed(run: OpenRun) -> None:
    def check(failure: Failure) -> None:
        raise failure.value

    run.polls._check_storage = check
    with pytest.raises(ArchiveFull):
        run.polls.fail(failure_of(start(run), ArchiveFull("no room")))
    assert run.rows("select polled_at, failures from seeds") == [(None, 0.0)]


def test_a_first_page_that_fails_is_named_as_its_seed_and_a_further_one_as_itself(
    run: OpenRun,
) -> None:
    run.polls.read(answer(start(run), "", 503).replace(url=HOME + "moved.rss"))
    assert FEED in run.value("select last_error from seeds")
    assert "moved.rss" not in run.value("select last_error from seeds")


def test_a_seed_that_cannot_be_asked_is_recorded_as_failed(run: OpenRun) -> None:
    seed = run.seeds.put_seed("listing", HOME)
    run.polls.record_failure(seed, "http-503", "it answered 503")
    assert run.rows("select polled_at, last_reason, last_error from seeds") == [
        (NOW, "http-503", "it answered 503")
    ]
    assert run.seeds.complaints == [], "who found it has complained"


def test_a_failure_that_is_only_an_echo_keeps_what_was_said_before(run: OpenRun) -> None:
    read(run, start(run), "", 503)
    (before,) = run.rows("select last_reason, last_error from seeds")
    run.polls.fail(failure_of(start(run), Refused(Word.RETRY_AFTER)))
    assert run.rows("select last_reason, last_error from seeds") == [before]


def test_a_fault_of_ours_is_recorded_as_a_failed_poll(run: OpenRun) -> None:
    request = start(run)
    run.polls.note_crash(request.meta["poll"])
    assert run.value("select failures from seeds") > 0
    assert "a fault of ours" in run.value("select last_error from seeds")


def test_a_fault_in_a_part_of_a_poll_is_told_and_no_poll_of_its_own(run: OpenRun) -> None:
    poll = start(run).meta["poll"]
    poll.transient = True
    run.polls.note_crash(poll)
    assert run.rows("select polled_at, last_error from seeds") == [(None, None)]
    assert "a fault of ours" in run.seeds.complaints[0]


def test_an_index_counts_when_its_sitemaps_have_been_read(run: OpenRun) -> None:
    request = start(run, "sitemap", HOME + "sitemap.xml")
    child = HOME + "sitemap-2026-11.xml"
    (below,) = read(
        run,
        request,
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{child}</loc></sitemap></sitemapindex>",
    )
    assert below.url == child
    assert run.value("select polled_at from seeds where parent_id is null") is None
    read(
        run,
        below,
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{HOME}tin/khai-mac-hoi-cho-nong-san-a1.html</loc></url></urlset>",
    )
    assert run.rows("select url, complete_at from seeds order by id") == [
        (HOME + "sitemap.xml", NOW),
        (child, NOW),
    ]
    assert run.value("select count(*) from links") == 1


INDEX = HOME + "sitemap.xml"
NEWS, PAGES, TAGS = (f"{HOME}sitemap-{name}.xml" for name in ("news", "info", "topics"))


def index(*children: str, lastmod: str = "") -> str:
    dated = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    named = "".join(f"<sitemap><loc>{url}</loc>{dated}</sitemap>" for url in children)
    return (
        '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{named}</sitemapindex>"
    )


def urlset(*paths: str) -> str:
    named = "".join(f"<url><loc>{HOME}{path}</loc></url>" for path in paths)
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{named}</urlset>"
    )


def poll_index(run: OpenRun, bodies: dict[str, str], *, lastmod: str = "") -> tuple[object, ...]:
    """Poll an index and its sitemaps (address -> body, empty for a 404); return what counts."""
    for below in read(run, start(run, "sitemap", INDEX), index(*bodies, lastmod=lastmod)):
        body = bodies[below.url]
        read(run, below, body, 200 if body else 404)
    return run.rows("select seen, empty, misses, failures from seeds where url = ?", INDEX)[0]


ARTICLE = urlset("tin/khai-mac-hoi-cho-nong-san-a1.html")
OTHERS = urlset("gioi-thieu", "lien-he")


def test_an_index_is_counted_with_the_links_of_its_sitemaps(run: OpenRun) -> None:
    for _ in range(4):
        assert poll_index(run, {NEWS: ARTICLE, PAGES: OTHERS}) == (1, 0, 0, 0.0)


def test_an_index_whose_sitemaps_have_not_changed_is_not_empty(run: OpenRun) -> None:
    for _ in range(4):
        assert poll_index(run, {NEWS: ARTICLE}, lastmod="2026-11-01") == (1, 0, 0, 0.0)


def test_an_index_whose_sitemaps_say_not_modified_is_not_empty(run: OpenRun) -> None:
    poll_index(run, {NEWS: ARTICLE})
    for _ in range(3):
        (below,) = read(run, start(run, "sitemap", INDEX), index(NEWS))
        read(run, below, "", 304)
    assert run.rows("select seen, empty, misses from seeds where url = ?", INDEX) == [(1, 0, 0)]


def test_an_index_of_which_only_pages_without_articles_changed_is_not_empty(run: OpenRun) -> None:
    poll_index(run, {NEWS: ARTICLE, PAGES: OTHERS}, lastmod="2026-11-01")
    for _ in range(4):
        assert poll_index(run, {PAGES: OTHERS}) == (1, 0, 0, 0.0)


def test_an_index_whose_news_turn_into_something_else_is_empty(run: OpenRun) -> None:
    poll_index(run, {NEWS: ARTICLE, PAGES: OTHERS})
    assert poll_index(run, {NEWS: OTHERS, PAGES: OTHERS}) == (0, 1, 1, 0.0)
    assert poll_index(run, {NEWS: OTHERS, PAGES: OTHERS}) == (0, 2, 2, 0.0)
    assert poll_index(run, {NEWS: ARTICLE, PAGES: OTHERS}) == (1, 0, 0, 0.0)


def test_an_index_that_never_led_to_an_article_is_empty(run: OpenRun) -> None:
    poll_index(run, {PAGES: OTHERS})
    assert poll_index(run, {PAGES: OTHERS, TAGS: OTHERS}) == (0, 2, 2, 0.0)


def test_an_index_fails_when_all_its_sitemaps_do(run: OpenRun) -> None:
    poll_index(run, {NEWS: ARTICLE, PAGES: OTHERS})
    assert poll_index(run, {NEWS: "", PAGES: ""}) == (1, 0, 1, 1.0)
    reason, said = run.rows("select last_reason, last_error from seeds where url = ?", INDEX)[0]
    assert reason == "http-404"
    assert NEWS in said or PAGES in said
    assert poll_index(run, {NEWS: "", PAGES: OTHERS})[2:] == (0, 0.0), "only one of them"


@pytest.mark.parametrize(
    ("kind", "url", "vacant"), [("sitemap", INDEX, urlset()), ("feed", FEED, feed())]
)
def test_a_list_of_news_without_an_entry_is_a_quiet_day(
    run: OpenRun, kind: str, url: str, vacant: str
) -> None:
    full = ARTICLE if kind == "sitemap" else articles(1, minutes=60)
    read(run, start(run, kind, url), full)
    for _ in range(3):
        read(run, start(run, kind, url), vacant)
    assert run.rows("select failures, empty, misses, missed_since from seeds") == [
        (0.0, 0, 0, None)
    ]


def test_since_when_a_seed_lists_nothing_is_kept_until_it_lists_something(run: OpenRun) -> None:
    since = "select vacant_since from seeds where url = ?"
    nine = "2026-11-20T09:00:00Z"
    read(run, start(run), articles(1, minutes=60))
    assert run.value(since, FEED) is None
    run.now = nine
    for body, status in ((feed(), 200), ("", 304), ("", 503), (feed(), 200)):
        read(run, start(run), body, status)
        assert run.value(since, FEED) == nine
        run.now = "2026-11-20T10:00:00Z"
    read(run, start(run), articles(1, minutes=60))
    assert run.value(since, FEED) is None


def test_an_index_lists_nothing_where_all_its_sitemaps_do(run: OpenRun) -> None:
    since = "select vacant_since from seeds where url = ?"
    poll_index(run, {NEWS: ARTICLE})
    poll_index(run, {NEWS: urlset(), PAGES: OTHERS})
    assert run.value(since, INDEX) is None
    poll_index(run, {NEWS: urlset()})
    assert run.value(since, INDEX) == NOW


def test_a_seed_that_never_showed_a_link_is_not_only_quiet(run: OpenRun) -> None:
    for _ in range(3):
        read(run, start(run, "sitemap", INDEX), urlset())
    assert run.rows("select last_reason, misses, missed_since, fruitful_at from seeds") == [
        ("no-links", 3, NOW, None)
    ]


def test_a_new_sitemap_without_an_entry_is_no_failure_of_its_index(run: OpenRun) -> None:
    poll_index(run, {NEWS: ARTICLE})
    assert poll_index(run, {TAGS: urlset()}) == (1, 0, 0, 0.0)
    assert run.value("select last_error from seeds where url = ?", TAGS) is None


def test_failed_and_empty_polls_are_counted_since_the_last_good_one(run: OpenRun) -> None:
    read(run, start(run), articles(1, minutes=60))
    run.now = "2026-11-20T09:00:00Z"
    read(run, start(run), "", 503)
    run.now = "2026-11-20T10:00:00Z"
    run.polls.fail(failure_of(start(run), Refused(Word.TIMEOUT)))
    counted = "select misses, missed_since, fruitful_at from seeds"
    assert run.rows(counted) == [(2, "2026-11-20T09:00:00Z", NOW)]
    read(run, start(run), "", 304)
    assert run.rows(counted) == [(0, None, run.now)]


SHOWN_INSTEAD = {
    "bot-check": "<title>Just a moment...</title><h1>Checking your browser before accessing</h1>",
    "maintenance": "<h1>Website đang bảo trì</h1><p>Vui lòng quay lại sau.</p>",
    "login": "<h1>Đăng nhập</h1><form><input name=u><input type=password name=p></form>",
    "not-a-seed": "<h1>Trang chủ</h1><p>Chào mừng bạn đọc đến với trang của chúng tôi.</p>",
}


@pytest.mark.parametrize(("reason", "shown"), SHOWN_INSTEAD.items())
def test_what_a_server_shows_instead_of_a_feed_is_named(
    run: OpenRun, reason: str, shown: str
) -> None:
    read(run, start(run), f"<html><head></head><body>{shown}</body></html>")
    assert run.value("select last_reason from seeds") == reason


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_listing_behind_a_check_for_robots_is_no_empty_one(run: OpenRun, status: int) -> None:
    body = f"<html><body>{SHOWN_INSTEAD['bot-check']}</body></html>"
    read(run, start(run, "listing", HOME + "thoi-su"), body, status)
    assert run.rows("select last_reason, empty from seeds") == [("bot-check", 0)]


def test_a_front_page_with_a_login_form_is_no_login(run: OpenRun) -> None:
    form = "<form><input name=u><input type=password name=p></form>"
    text = "<p>Hội nghị bàn về sản xuất vụ đông xuân tại các huyện ven biển của tỉnh.</p>" * 12
    read(run, start(run), f"<html><body>{form}<h1>Báo Tỉnh Nhà</h1>{text}</body></html>")
    assert run.value("select last_reason from seeds") == "not-a-seed"


def listing(*numbers: int, later: str = "") -> str:
    items = "".join(
        f"<h3><a href=/kinh-te/khai-mac-hoi-cho-nong-san-a{number}.html>Hội chợ nông sản lần thứ"
        f" {number} khai mạc</a></h3>"
        for number in numbers
    )
    return f"<main>{items}</main>" + (f"<a rel=next href={later}>Trang sau</a>" if later else "")


def test_a_poll_that_begins_with_its_answer_ends_as_others_do(run: OpenRun) -> None:
    (home,) = show_others(run)
    read(run, home, front("kinh-te", articles=listing(60)))
    seed = run.seeds.put_seed("feed", HOME + "rss/khac.rss")
    before = run.polls._open
    assert run.polls.adopt(seed, answer(home, articles(2, minutes=5))) == []
    assert run.polls._open == before
    assert run.value("select seen from seeds where url like '%khac.rss'") == 2


def test_links_of_a_page_are_kept_before_the_next_one_is_asked_for(run: OpenRun) -> None:
    first = start(run, "listing", HOME + "kinh-te")
    (second,) = read(run, first, listing(9, 8, 7, later="/kinh-te?page=2"))
    assert second.url == HOME + "kinh-te?page=2"
    assert run.rows("select count(*) from links") == [(3,)]
    assert read(run, second, listing(6, 5)) == []
    assert run.rows("select count(*) from links") == [(5,)]
    assert run.rows("select failures, seen from seeds where kind = 'listing'") == [(0.0, 5)]


# --- what may have been missed -------------------------------------------------------------------

LATER = "2026-11-20T20:00:00Z"


def show_others(run: OpenRun) -> list[Request]:
    """Poll a feed, and hours later again, when it shows nothing that it showed before."""
    read(run, start(run), articles(3, minutes=60))
    run.now = LATER
    others = [
        (f"tin/cau-moi-noi-hai-bo-song-a{number}.html", f"2026-11-20T19:{number - 50:02}:00Z")
        for number in range(50, 55)
    ]
    return read(run, start(run), feed(*others))


def gaps(run: OpenRun) -> list[tuple[object, ...]]:
    return run.rows("select begin_at, end_at from gaps")


def seen(run: OpenRun) -> object:
    """When the seed was read to its end last."""
    return run.value("select complete_at from seeds where kind = 'feed'")


def front(*paths: str, articles: str = "") -> str:
    named = "".join(f'<li><a href="/{path}/">{path}</a></li>' for path in paths)
    return f"<html><body><nav><ul>{named}</ul></nav>{articles}</body></html>"


def test_where_a_feed_has_run_past_us_its_sections_are_read_back(run: OpenRun) -> None:
    (home,) = show_others(run)
    assert (home.url, home.priority) == (HOME, 100)
    assert run.value("select count(*) from links") == 8, "what it shows is kept"
    assert seen(run) == NOW, "it is not done before the sections are"
    known = listing(0, 1, 2).replace("/kinh-te/", "/tin/")
    (section,) = read(run, home, front("kinh-te", articles=listing(60, 61)))
    assert section.url == HOME + "kinh-te/"
    assert "seed" not in section.meta
    assert read(run, section, f"<html><body>{known}</body></html>") == []
    assert (seen(run), gaps(run)) == (LATER, [])
    assert run.value("select count(*) from links") == 10
    assert run.seeds.complaints == []


@pytest.mark.parametrize("answer_of_section", ["missing", "timeout", "unknown"])
def test_where_the_sections_do_not_lead_back_a_gap_is_noted(
    run: OpenRun, answer_of_section: str
) -> None:
    (home,) = show_others(run)
    (section,) = read(run, home, front("kinh-te", articles=listing(60, 61)))
    if answer_of_section == "missing":
        read(run, section, "", 404)
        expected: list[tuple[object, ...]] = []
    elif answer_of_section == "timeout":
        run.polls.fail(failure_of(section, Refused(Word.TIMEOUT)))
        expected = [(NOW, "2026-11-20T19:00:00Z")]
    else:
        read(run, section, f"<html><body>{listing(70, 71, 72)}</body></html>")
        expected = [(NOW, "2026-11-20T19:00:00Z")]
    assert (seen(run), gaps(run)) == (LATER, expected)


def test_without_a_front_page_a_gap_is_noted(run: OpenRun) -> None:
    (home,) = show_others(run)
    read(run, home, "", 503)
    assert (seen(run), gaps(run)) == (LATER, [(NOW, "2026-11-20T19:00:00Z")])
    assert run.seeds.complaints == [], "nobody asked for that page but us"


def test_sections_are_read_back_once_for_all_feeds_that_ran_past_us(run: OpenRun) -> None:
    other = HOME + "rss/kinh-te.rss"
    read(run, start(run), articles(3, minutes=60))
    read(run, start(run, url=other), feed(("tin/mot-a90.html", "Fri, 20 Nov 2026 07:00:00 Z")))
    run.archive.connection.execute(
        "update seeds set complete_at = '2026-11-20T07:30:00Z' where url = ?", (other,)
    )
    run.now = LATER
    first, second = start(run), start(run, url=other)
    assert read(run, first, feed(("tin/ba-a92.html", "2026-11-20T18:00:00Z"))) == []
    (home,) = read(run, second, feed(("tin/hai-a91.html", "2026-11-20T19:00:00Z")))
    walked = home.meta["poll"].seed
    assert walked.complete_at == "2026-11-20T07:30:00Z", "as far back as the oldest"
    (section,) = read(run, home, front("kinh-te", articles=listing(60)))
    assert section.meta["poll"].seed == replace(walked, url=HOME + "kinh-te/")
    run.polls.fail(failure_of(section, Refused(Word.TIMEOUT)))
    assert gaps(run) == [
        (NOW, "2026-11-20T18:00:00Z"),
        ("2026-11-20T07:30:00Z", "2026-11-20T19:00:00Z"),
    ]
    assert run.rows("select distinct complete_at from seeds") == [(LATER,)]


def test_a_first_poll_and_one_that_meets_what_it_knew_leave_no_gap(run: OpenRun) -> None:
    read(run, start(run), articles(3, minutes=60))
    run.now = LATER
    assert read(run, start(run), articles(2, minutes=30)) == []
    assert gaps(run) == []


def test_a_listing_that_shows_nothing_known_leaves_a_gap_by_itself(run: OpenRun) -> None:
    url = HOME + "kinh-te"
    read(run, start(run, "listing", url), listing(1, 2, 3))
    run.now = LATER
    assert read(run, start(run, "listing", url), listing(7, 8, 9)) == []
    assert gaps(run) == [(NOW, LATER)]


@pytest.mark.parametrize(
    ("known", "shown", "is_flooded"), [(1, 2, False), (1, 3, True), (0, 1, True), (2, 3, False)]
)
def test_a_flood_of_addresses_counts_where_most_of_a_poll_is_new(
    run: OpenRun, monkeypatch: pytest.MonkeyPatch, known: int, shown: int, is_flooded: bool
) -> None:
    if known:
        read(run, start(run), articles(known, minutes=60))
        run.now = LATER
    answers: list[PollResult] = []
    plan = polls.plan_poll

    def note(*args: Any, **how: Any) -> Any:
        answers.append(args[3])
        return plan(*args, **how)

    monkeypatch.setattr(polls, "plan_poll", note)
    vars(run.seeds)["is_flooded"] = True
    read(run, start(run), articles(shown, minutes=60))
    assert answers[0].seen == shown
    assert answers[0].is_flooded is is_flooded


@pytest.mark.parametrize(
    ("known", "shown", "said"),
    [
        (3, 12, "in half the time, since 9 of 12 links were new"),
        (0, 3, None),
        (3, 9, None),
        (8, 10, None),
    ],
)
def test_a_feed_that_shows_much_that_is_new_is_polled_sooner(
    run: OpenRun, known: int, shown: int, said: str | None
) -> None:
    if known:
        read(run, start(run), articles(known, minutes=60))
        run.now = LATER
    read(run, start(run), articles(shown, minutes=60))
    why = str(run.value("select next_poll_why from seeds"))
    assert "in half the time" in why if said else "in half the time" not in why
    assert said is None or said in why


# --- pages of a poll -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "failures"),
    [(404, "listing", 0.0), (410, "listing", 0.0), (503, "listing", 0.5)],
)
def test_a_further_page_that_is_gone_ends_a_poll_well(
    run: OpenRun, status: int, kind: str, failures: float
) -> None:
    first = start(run, kind, HOME + "kinh-te")
    (second,) = read(run, first, listing(9, 8, 7, later="/kinh-te?page=2"))
    assert "seed" not in second.meta, "only the first page is asked for conditionally"
    read(run, second, "", status)
    assert run.rows("select seen, failures from seeds") == [(3, failures)]
    if failures:
        assert "page=2" in run.value("select last_error from seeds")


def test_a_poll_ends_after_so_many_pages_or_with_one_that_brings_nothing(run: OpenRun) -> None:
    request = start(run, "listing", HOME + "kinh-te")
    for page in (2, 3):
        (request,) = read(run, request, listing(page, page + 10, later=f"/kinh-te?page={page}"))
    assert read(run, request, listing(4, 14, later="/kinh-te?page=4")) == [], "three are enough"
    run.now = LATER
    request = start(run, "listing", HOME + "kinh-te")
    assert read(run, request, listing(2, 12, later="/kinh-te?page=2")) == []


def test_headers_of_the_first_page_are_kept_and_of_no_other(run: OpenRun) -> None:
    first = start(run, "listing", HOME + "kinh-te")
    (second,) = run.polls.read(
        answer(first, listing(9, 8, later="/kinh-te?page=2"), ETag='"1"', Last_Modified="x")
    )
    run.polls.read(answer(second, listing(7), ETag='"2"'))
    assert run.rows("select etag from seeds") == [('"1"',)]


def test_a_page_we_only_guessed_ends_a_poll_like_a_last_page(run: OpenRun) -> None:
    request = start(run, "listing", HOME + "kinh-te")
    poll = request.meta["poll"]
    poll.pages = 1
    guess = run.polls.ask(poll, HOME + "kinh-te/trang-2", is_guess=True)
    assert read(run, guess, "", 500) == []
    assert run.rows("select failures, last_error from seeds") == [(0.0, None)]
    again = start(run, "listing", HOME + "kinh-te")
    again.meta["poll"].pages = 1
    guess = run.polls.ask(again.meta["poll"], HOME + "kinh-te/trang-2", is_guess=True)
    run.polls.fail(failure_of(guess, Refused(Word.STOPPED)))
    assert run.rows("select failures from seeds") == [(0.0,)], "nobody was asked"


# --- indexes -------------------------------------------------------------------------------------


def test_an_index_that_dates_its_sitemaps_may_say_not_modified(run: OpenRun) -> None:
    for lastmod, etag in (("2026-11-01", '"1"'), ("", None)):
        request = start(run, "sitemap", INDEX)
        (below,) = run.polls.read(answer(request, index(NEWS, lastmod=lastmod), ETag='"1"'))
        read(run, below, ARTICLE)
        assert run.value("select etag from seeds where url = ?", INDEX) == etag
        run.archive.connection.execute("update seeds set complete_at = null")


def test_an_index_asks_for_so_many_sitemaps_and_complains_of_more(run: OpenRun) -> None:
    names = [f"{HOME}tin-{number}.xml" for number in range(9)]
    asked = read(run, start(run, "sitemap", INDEX), index(*names))
    assert len(asked) == 5
    below = [f"{HOME}tin-{number}.xml" for number in range(100, 109)]
    for number, request in enumerate(asked[:3]):
        more = [f"{HOME}{number}-{each.rpartition('/')[2]}" for each in below]
        assert len(read(run, request, index(*more))) == 5
    assert run.seeds.complaints == [], "twenty in all"
    assert read(run, asked[3], index(*below)) == []
    assert "names more sitemaps than one poll may follow" in run.seeds.complaints[0]


def test_sitemaps_of_other_sites_are_not_asked_for(run: OpenRun) -> None:
    theirs = "https://khac.example.vn/sitemap.xml"
    (below,) = read(run, start(run, "sitemap", INDEX), index(NEWS, theirs))
    assert below.url == NEWS


# --- what a plan leaves out ----------------------------------------------------------------------

OLD = "2026-10-01T08:00:00Z"


@pytest.fixture
def bounded(tmp_path: Path) -> Iterator[OpenRun]:
    """A run that wants articles of this month only."""
    opened = OpenRun(tmp_path, plan=CrawlPlan(since=dt.date(2026, 11, 1)))
    yield opened
    opened.close()


@pytest.mark.parametrize(("date", "etag", "complete"), [(NOW, '"1"', NOW), (OLD, None, None)])
def test_a_poll_of_which_links_are_left_out_is_not_complete(
    bounded: OpenRun, date: str, etag: str | None, complete: str | None
) -> None:
    body = feed(("tin/mo-hoi-cho-nong-san-a1.html", NOW), ("tin/mo-hoi-cho-nong-san-a2.html", date))
    bounded.polls.read(answer(start(bounded), body, ETag='"1"'))
    assert bounded.rows("select etag, complete_at from seeds") == [(etag, complete)]


def test_an_index_of_whose_sitemaps_links_are_left_out_is_not_complete(bounded: OpenRun) -> None:
    def dated(path: str, day: str) -> str:
        return urlset(path).replace("</loc>", f"</loc><lastmod>{day}</lastmod>")

    requests = read(bounded, start(bounded, "sitemap", INDEX), index(NEWS, PAGES))
    days = iter((OLD, NOW))
    for below in requests:
        read(bounded, below, dated(f"tin/mo-hoi-cho-nong-san-a{len(below.url)}.html", next(days)))
    found = dict(bounded.rows("select url, complete_at is not null from seeds"))
    assert found == {INDEX: 0, requests[0].url: 0, requests[1].url: 1}
