from __future__ import annotations

import gzip
import tracemalloc
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery import read_feed
from crawler.discovery.feeds import _between, _found, _href, _scan
from crawler.discovery.reader import guess_kind
from storage.states import SeedKind
from tests.support.costs import assert_linear

URL = "https://x.vn/rss/home.rss"
ITEM = "<item><title>Tỉnh ủy họp</title><link>https://x.vn/a1.html</link></item>"


def rss(items: str, head: str = "") -> bytes:
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def links(body: bytes) -> list[str]:
    return [item.url for item in read_feed(body, URL).items]


def test_rss_2_gives_address_title_and_date_as_they_stand() -> None:
    body = rss(
        "<item><title><![CDATA[Giá lúa & gạo]]></title><link>\nhttps://x.vn/a1.html\n</link>"
        "<pubDate>3/12/2025 9:41:12 AM</pubDate><guid>tag:1</guid></item>",
        "<ttl>30</ttl>",
    )
    feed = read_feed(body, URL)
    assert [(i.url, i.title, i.date) for i in feed.items] == [
        ("https://x.vn/a1.html", "Giá lúa & gạo", "3/12/2025 9:41:12 AM")
    ]
    assert feed.ttl == 1800
    assert feed.problems == ()


def test_atom_takes_the_alternate_link_and_the_publication() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://x.vn/tin/"><entry>'
        '<title type="html">Một &amp;amp; hai</title><link rel="enclosure" href="/a.mp3"/>'
        '<link href="a1.html"/><id>urn:1</id><updated>2025-02-02T00:00:00Z</updated>'
        "<published>2025-01-01T00:00:00Z</published></entry></feed>"
    ).encode()
    (item,) = read_feed(body, URL).items
    assert (item.url, item.title, item.date) == (
        "https://x.vn/tin/a1.html", "Một & hai", "2025-01-01T00:00:00Z",
    )  # fmt: skip


def test_rdf_takes_what_it_is_about() -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="https://x.vn/"><title>X</title></channel>'
        '<item rdf:about="https://x.vn/a1.html"><title>Một</title>'
        "<dc:date>2025-01-01</dc:date></item></rdf:RDF>"
    ).encode()
    (item,) = read_feed(body, URL).items
    assert (item.url, item.date) == ("https://x.vn/a1.html", "2025-01-01")


def test_rss_091_without_dates() -> None:
    body = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.9/x.dtd">'
    body += rss(ITEM).replace(b"2.0", b"0.91")
    assert links(body) == ["https://x.vn/a1.html"]


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n ", b"\n\n", b""])
def test_marks_and_blanks_before_the_declaration_do_not_matter(start: bytes) -> None:
    body = start + b'<?xml version="1.0" encoding="utf-8"?>' + rss(ITEM)
    assert read_feed(body, URL).items[0].title == "Tỉnh ủy họp"


@pytest.mark.parametrize("said", ["iso-8859-1", "utf-16", "windows-1252", "nonsense", "hex"])
def test_a_wrong_declaration_is_not_believed(said: str) -> None:
    body = f'<?xml version="1.0" encoding="{said}"?>'.encode() + rss(ITEM)
    feed = read_feed(body, URL, f"text/xml; charset={said}")
    assert feed.items[0].title == "Tỉnh ủy họp"
    assert feed.problems == ()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp1258", "utf-32"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = rss("<item><title>Giá lúa</title><link>https://x.vn/a</link></item>").decode()
    said = f'<?xml version="1.0" encoding="{encoding}"?>'
    (item,) = read_feed((said + text).encode(encoding), URL).items
    assert item.title == "Giá lúa"


def test_bare_ampersands_and_html_entities_cost_nothing_but_a_remark() -> None:
    body = rss("<item><title>Lúa & gạo&nbsp;tăng</title><link>https://x.vn/a?x=1&y=2</link></item>")
    feed = read_feed(body, URL)
    assert [(i.url, i.title) for i in feed.items] == [("https://x.vn/a?x=1&y=2", "Lúa & gạo tăng")]
    assert feed.problems == ("is not well-formed XML; read as far as it can be",)


def test_items_before_and_after_the_damage_are_used() -> None:
    good = [ITEM.replace("a1", f"a{n}") for n in range(1, 21)]
    broken = "<item><title>Xấu <br></title><description>x<p>y</description><link>https://x.vn/bad</link></item>"
    body = rss("".join(good[:10]) + broken + "".join(good[10:])).replace(b"</channel>", b"\xff")
    feed = read_feed(body, URL)
    assert [i.url for i in feed.items if "bad" not in i.url] == [
        f"https://x.vn/a{n}.html" for n in range(1, 21)
    ]
    assert feed.problems


def test_a_cut_feed_gives_what_came() -> None:
    body = rss(ITEM * 3)
    assert len(read_feed(body[: len(body) // 2 + 20], URL).items) >= 1


def test_links_are_made_absolute_and_other_schemes_dropped() -> None:
    wanted = ["/a1.html", "a2.html", "//x.vn/a3.html", "https://x.vn/a4.html#c"]
    unwanted = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b", "#a"]
    unwanted += [
        "ftp://x.vn/a",
        "https://u:p@x.vn/a",
        "https://x.vn:99999/",
        "http:\\\\u@x.vn\\a",
    ]
    body = rss("".join(f"<item><link>{link}</link></item>" for link in wanted + unwanted))
    feed = read_feed(body, URL)
    assert [item.url for item in feed.items] == [
        "https://x.vn/a1.html", "https://x.vn/rss/a2.html", "https://x.vn/a3.html",
        "https://x.vn/a4.html",
    ]  # fmt: skip
    assert feed.problems == (f"{len(unwanted)} of 13 items have no link",)


def test_a_permanent_guid_stands_in_for_a_missing_link() -> None:
    body = rss(
        "<item><guid>https://x.vn/a1</guid></item>"
        '<item><guid isPermaLink="false">https://x.vn/a2</guid></item><item><guid>77</guid></item>'
    )
    assert links(body) == ["https://x.vn/a1"]


@pytest.mark.parametrize("front", ["https://x.vn", "https://x.vn/", "/", "https://x.vn/index.html"])
@pytest.mark.parametrize("attribute", ["", ' isPermaLink="true"', ' isPermaLink="false"'])
def test_a_link_to_the_front_page_gives_way_to_a_guid_that_is_an_address(
    front: str, attribute: str
) -> None:
    guid = f"<guid{attribute}>https://x.vn/tin-a1.html</guid>"
    assert links(rss(f"<item><title>Tin</title><link>{front}</link>{guid}</item>")) == [
        "https://x.vn/tin-a1.html"
    ]


def test_a_link_to_the_front_page_stays_where_nothing_is_better() -> None:
    body = rss("<item><link>https://x.vn/</link><guid>1742</guid></item>")
    assert links(body) == ["https://x.vn/"]


def test_in_a_damaged_feed_too_the_guid_stands_in_for_the_front_page() -> None:
    body = b"<rss><channel><item><link>https://x.vn/</link><guid>https://x.vn/a1.html</guid><x"
    assert links(body) == ["https://x.vn/a1.html"]


def test_one_guid_for_all_loses_none() -> None:
    items = "".join(f"<item><guid>1</guid><link>/a{n}</link></item>" for n in range(5))
    assert len(links(rss(items))) == 5


def test_the_order_is_the_feeds() -> None:
    assert links(rss("".join(f"<item><link>/a{n}</link></item>" for n in (3, 1, 2)))) == [
        "https://x.vn/a3", "https://x.vn/a1", "https://x.vn/a2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<!DOCTYPE html><html><body>Bao tri</body></html>", "is an HTML page, not a feed"),
        (b"<urlset></urlset>", "is a sitemap, not a feed"),
        (b'{"a": 1}', "is not a feed"),
        (b"\x00\x01\x02\xff", "is not a feed"),
        (b"\x1f\x8b\x08zzz", "cannot be unzipped"),
        (rss(""), "has no items"),
    ],
)
def test_what_is_no_feed_is_said(body: bytes, said: str) -> None:
    feed = read_feed(body, URL)
    assert feed.items == ()
    assert said in " ".join(feed.problems)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("60", 3600),
        ("0", None),
        ("x", None),
        ("-5", None),
        ("1e400", None),
        ("99999999", None),
        ("1", 60),
        ("0.9", None),
        ("10080", 604_800),
        ("10081", None),
    ],
)
def test_ttl_is_believed_within_reason(said: str, seconds: float | None) -> None:
    assert read_feed(rss(ITEM, f"<ttl>{said}</ttl>"), URL).ttl == seconds


def test_a_zipped_feed_is_unzipped() -> None:
    assert links(gzip.compress(rss(ITEM))) == ["https://x.vn/a1.html"]


ATTACKS = {
    "billion laughs": '<!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
    + "]>",
    "file": '<!DOCTYPE rss [<!ENTITY k SYSTEM "file:///etc/passwd">]>',
    "dtd": '<!DOCTYPE rss SYSTEM "http://127.0.0.9/x.dtd">',
    "quadratic": f'<!DOCTYPE rss [<!ENTITY k "{"k" * 100_000}">]>',
    "parameter": '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.9/p.dtd"> %p;]>',
    "stylesheet": '<?xml-stylesheet href="file:///etc/passwd"?>',
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_entities_are_never_resolved(attack: str) -> None:
    uses = {"billion laughs": "&k;", "quadratic": "&k;" * 10_000}.get(attack, "&k;")
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    item = f"<item><title>T{uses}{include}</title><link>/a1.html</link></item>"
    feed = read_feed((ATTACKS[attack]).encode() + rss(item + ITEM.replace("a1", "a2")), URL)
    for found in feed.items:
        assert "root:" not in (found.title or "")
        assert len(found.title or "") <= 500
    assert [found.url for found in feed.items][-1:] == ["https://x.vn/a2.html"]


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        (b"", b"<rss>"),
        (b"<rss><channel>", b"<item>"),
        (b"<rss>", b"<item><title>"),
        (b"<rss>", b"<item><link "),
        (b"<rss><item><title>&", b"&amp"),
        (b"<rss><item><title>", b"<"),
        (b"<rss><item><link>", b" "),
        (b"<rss>", b"&a;"),
        (b"<rss>", ITEM.encode()),
    ],
)
def test_hostile_feeds_cost_what_their_size_does(start: bytes, unit: bytes) -> None:
    def read(body: bytes) -> None:
        assert len(read_feed(body, URL).items) <= 5000

    assert_linear(read, lambda times: start + unit * times, 40_000)


def test_a_zip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"<rss>" + b" " * 200_000_000, 9)
    tracemalloc.start()
    feed = read_feed(bomb, URL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "longer than 8 MiB" in feed.problems[0]
    assert peak < 150_000_000


@given(st.binary(max_size=400))
def test_no_bytes_break_it(body: bytes) -> None:
    read_feed(body, URL)
    read_feed(b"<rss><item><title>" + body, URL)
    read_feed(b"\x1f\x8b" + body, URL)


WRITTEN = st.characters(exclude_categories=("Cc", "Cn", "Co", "Cs"), exclude_characters="<>&")


@given(st.text(WRITTEN, max_size=200))
def test_titles_survive_any_text(title: str) -> None:
    body = f"<rss><item><title><![CDATA[{title}]]></title><link>/a</link></item></rss>"
    (item,) = read_feed(body.encode(), URL).items
    assert item.title == (unicodedata.normalize("NFC", " ".join(title.split())) or None)


def test_the_link_of_an_item_wins_over_its_names() -> None:
    body = rss("<item><guid>https://x.vn/p/7</guid><link>https://x.vn/mot-a7.html</link></item>")
    assert [item.url for item in read_feed(body, URL).items] == ["https://x.vn/mot-a7.html"]


def test_a_feed_no_parser_reads_is_searched_whatever_the_case_of_its_tags() -> None:
    body = b"<rss><CHANNEL><ITEM><TITLE>M & N</TITLE><LINK>/m-a7.html</LINK></ITEM><item><x></rss>"
    items = read_feed(body, URL).items
    assert [(item.url, item.title) for item in items] == [("https://x.vn/m-a7.html", "M & N")]


def test_of_several_links_the_page_wins_over_its_other_forms() -> None:
    html = '<link rel="alternate" type="text/html" href="https://x.vn/a1.html"/>'
    pdf = '<link rel="alternate" type="application/pdf" href="https://x.vn/a1.pdf"/>'
    own = '<link rel="self" type="text/html" href="https://x.vn/feed/a1"/>'
    for links in (html + pdf, pdf + html, own + pdf + html):
        body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{links}</entry></feed>'
        assert [item.url for item in read_feed(body.encode(), URL).items] == [
            "https://x.vn/a1.html"
        ]


def test_the_link_of_rss_wins_over_one_of_atom() -> None:
    page = "<link>https://x.vn/a1.html</link>"
    amp = '<atom:link href="https://x.vn/amp/a1.html"/>'
    for links in (page + amp, amp + page):
        body = f'<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel><item>{links}</item></channel></rss>'
        assert [item.url for item in read_feed(body.encode(), URL).items] == [
            "https://x.vn/a1.html"
        ]
        damaged = body.replace("</channel>", "<b></channel>")
        assert read_feed(damaged.encode(), URL).items[0].url == "https://x.vn/a1.html"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">',
        '<!DOCTYPE rss SYSTEM "rss.dtd">',
        '<!DOCTYPE rss [<!ENTITY agrave "boom">]>',
        "",
    ],
)
def test_entities_of_html_are_read_whatever_the_doctype(doctype: str) -> None:
    item = "<item><title>H&agrave; N&#7897;i &amp; &unknown;Hu&#x1EBF;</title>"
    body = f"{doctype}<rss><channel>{item}<link>/a1.html</link></item></channel></rss>"
    found = read_feed(body.encode(), URL).items[0]
    assert found.title is not None
    assert found.title.replace("&unknown;", "") == "Hà Nội & Huế"


def test_feeds_with_a_prefix_on_all_their_elements_are_read() -> None:
    item = "<r:item><r:title>Một</r:title><r:link>https://x.vn/a1.html</r:link></r:item>"
    body = f'<r:rss xmlns:r="http://purl.org/rss/"><r:channel>{item}</r:channel></r:rss>'
    for each in (body, body.replace("</r:channel>", "<b></r:channel>")):
        feed = read_feed(each.encode(), URL)
        assert [(item.url, item.title) for item in feed.items] == [("https://x.vn/a1.html", "Một")]
    assert guess_kind(body.encode()) is SeedKind.FEED


@pytest.mark.parametrize(
    ("period", "frequency", "seconds"),
    [
        ("hourly", "", 3600), ("hourly", "1", 3600), ("daily", "1", 86_400), ("daily", "24", 3600),
        ("weekly", "1", 604_800), ("yearly", "1", None), ("hourly", "60", 60),
        ("hourly", "61", None), ("daily", "x", None), ("daily", "0", 86_400),
    ],
)  # fmt: skip
def test_a_feed_says_how_often_it_changes(
    period: str, frequency: str, seconds: float | None
) -> None:
    said = f"<updatePeriod>{period}</updatePeriod><updateFrequency>{frequency}</updateFrequency>"
    assert read_feed(rss(ITEM, said), URL).ttl == seconds


@pytest.mark.parametrize(
    ("count", "said"), [(5000, ()), (5001, ("has more than 5000 items; the rest was not read",))]
)
def test_a_feed_is_read_up_to_its_most_items(count: int, said: tuple[str, ...]) -> None:
    feed = read_feed(rss("<item><link>/a</link></item>" * count), URL)
    assert (len(feed.items), feed.problems) == (5000, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 4995 + "<html <rss>", "is an HTML page, not a feed"),
        ("x" * 4996 + "<html <rss>", "has no items"),
        ("x" * 4990 + "<rss> <html", "has no items"),
        ("<!DOCTYPE HTML>", "is an HTML page, not a feed"),
        ("<BODY>", "is an HTML page, not a feed"),
        ("<html>", "is an HTML page, not a feed"),
        ("<sitemapindex>", "is a sitemap, not a feed"),
        ("<channels>", "is not a feed"),
    ],
)
def test_what_a_body_is_stands_at_its_beginning(text: str, said: str) -> None:
    assert read_feed(text.encode(), URL).problems[-1] == said


def test_a_feed_as_it_should_be_that_lists_nothing_is_vacant() -> None:
    assert read_feed(rss(""), URL).is_vacant
    assert not read_feed(rss(ITEM), URL).is_vacant
    assert not read_feed(rss("<item></item>"), URL).is_vacant
    assert not read_feed(rss("")[:-6], URL).is_vacant


@pytest.mark.parametrize(("before", "is_read"), [(199, True), (200, False)])
def test_so_many_elements_of_an_item_are_looked_at(before: int, *, is_read: bool) -> None:
    assert bool(links(rss(f"<item>{'<x/>' * before}<link>/a</link></item>"))) is is_read


RANKED = [
    "<x:origLink xmlns:x='u'>https://x.vn/0</x:origLink>",
    "<link>https://x.vn/1</link>",
    "<link type='text/html' href='https://x.vn/2'/>",
    "<link type=' ' href='https://x.vn/3'/>",
    "<link type='application/pdf' href='https://x.vn/4'/>",
]


@pytest.mark.parametrize("best", range(4))
def test_the_address_of_the_page_itself_goes_first(best: int) -> None:
    for other in RANKED[best + 1 :]:
        for pair in (RANKED[best] + other, other + RANKED[best]):
            assert links(rss(f"<item>{pair}</item>")) == [f"https://x.vn/{best}"]
    untyped = "<link href='https://x.vn/5'/>"
    assert links(rss(f"<item>{untyped}{RANKED[4]}</item>")) == ["https://x.vn/5"]
    assert links(rss(f"<item>{RANKED[4]}{untyped}</item>")) == ["https://x.vn/5"]


def test_addresses_are_read_from_the_base_of_the_item() -> None:
    item = "<item xml:base='https://y.vn/b/'><link>a</link></item>"
    assert links(rss(item)) == ["https://y.vn/b/a"]
    assert links(rss(item.replace("https://y.vn/b/", "c/"))) == ["https://x.vn/rss/c/a"]


@pytest.mark.parametrize(
    ("given", "names", "wanted"),
    [
        (["/a"], [], "/a"),
        (["/a", "/b"], ["https://x.vn/c"], "/a"),
        (["/", "/b"], ["https://x.vn/c"], "/c"),
        (["/", "/b"], ["c", None], "/b"),
        (["/"], ["https://x.vn/c", "https://x.vn/d"], "/c"),
        (["mailto:x", "/b"], [], "/b"),
        ([], ["https://x.vn/c"], "/c"),
        (["/"], [], "/"),
        ([], ["c"], None),
    ],
)
def test_which_address_an_item_has(
    given: list[str], names: list[str | None], wanted: str | None
) -> None:
    found = _found("https://x.vn/", given, names, {})
    assert (found.url if found else None) == (wanted and f"https://x.vn{wanted}")


def test_the_best_date_of_an_item_counts() -> None:
    dates = ("pubdate", "published", "date", "issued", "created", "updated", "modified")
    for n, name in enumerate(dates):
        fields = {other: other for other in dates[n:]} | dict.fromkeys(dates[:n], " ")
        found = _found(URL, ["/a"], [], fields)
        assert found is not None
        assert found.date == name


@pytest.mark.parametrize(
    ("chunk", "text"),
    [
        ("<title>a</title>", "a"),
        ("x<TITLE k='v'> a </TITLE>", "a"),
        ("<title><![CDATA[ a ]]></title>", "a"),
        ("<title/><title>a</title>", ""),
        ("<title>a", ""),
        ("<title", ""),
        ("</title>", ""),
        ("<title>a</titl", ""),
        ("\u0130<title>a</title>", "a"),
        ("", ""),
        ("<title></title>", ""),
    ],
)
def test_text_between_tags_without_a_tree(chunk: str, text: str) -> None:
    assert _between(chunk, "Title") == text


@pytest.mark.parametrize(
    ("chunk", "href"),
    [
        ("<link href='/a'/>", "/a"),
        ("<link rel='self' href='/a'/><link href='/b'/>", "/b"),
        ("<link rel='Alternate' href='/a'/>", "/a"),
        ("<link type='application/pdf' href='/a'/><link href='/b'/>", "/b"),
        ("<link href='/a'/><link type='text/html' href='/b'/>", "/b"),
        ("<link type='text/html' href='/a'/><link type='text/html' href='/b'/>", "/a"),
        ("<link type='application/pdf' href='/a'/>", "/a"),
        ("<link rel='alternate'/>", ""),
        ('<a:LINK HREF="/a"/>', "/a"),
        ("<links href='/a'/>", ""),
        ("<link/>" * 19 + "<link href='/a'/>", "/a"),
        ("<link/>" * 20 + "<link href='/a'/>", ""),
    ],
)
def test_the_best_link_without_a_tree(chunk: str, href: str) -> None:
    assert _href(chunk) == href


def test_items_of_a_damaged_feed_have_dates_by_any_name() -> None:
    item = "<item><link>/a</link><dc:date>2026-11-01</dc:date></item>"
    (found,) = read_feed(f"<rss><channel>{item}<x".encode(), URL).items
    assert (found.url, found.date) == ("https://x.vn/a", "2026-11-01")
    both = item.replace("<dc:date>", "<pubDate>2026-11-02</pubDate><dc:date>")
    (found,) = read_feed(f"<rss><channel>{both}<x".encode(), URL).items
    assert found.date == "2026-11-02"


@pytest.mark.parametrize(("before", "is_read"), [(199_985, True), (199_995, False)])
def test_so_much_of_an_item_is_read_without_a_tree(before: int, *, is_read: bool) -> None:
    text = "<item>".ljust(before) + "<link>/a</link>"
    assert [item is not None for item in _scan(text, URL)] == [is_read]


@pytest.mark.parametrize(("before", "is_feed"), [(999_995, True), (999_996, False)])
def test_so_much_of_a_body_is_looked_at_to_tell_what_it_is(before: int, *, is_feed: bool) -> None:
    feed = read_feed(b"<rss>".rjust(before + 5, b"x"), URL)
    assert feed.is_other_kind is not is_feed
