from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from crawler.errors import SourceError, UnknownSource
from crawler.sources import Layout, Pace, Seed, Source, find_source, load_sources
from crawler.sources.files import layout_names, read_source
from storage.media.choices import AttachmentChoice, ImageChoice
from storage.states import SeedKind, SourceKind, SourceStatus
from tests.support.costs import assert_linear

if TYPE_CHECKING:
    from pathlib import Path

FOUR = 'id = "x"\nname = "X"\nprovince = "Huế"\nhomepage = "https://x.vn/"\n'


def write(folder: Path, text: str, name: str = "x.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def complaint(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(SourceError) as caught:
        read_source(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


def test_four_keys_are_enough(tmp_path: Path) -> None:
    source = read_source(write(tmp_path, FOUR))
    assert (source.kind, source.status, source.hosts) == ("newspaper", "active", ())
    assert source.owns("https://www.x.vn/a.html")
    assert not source.owns("https://y.vn/a.html")


@pytest.mark.parametrize("key", ["id", "name", "province", "homepage"])
def test_each_of_the_four_is_missed(tmp_path: Path, key: str) -> None:
    text = "\n".join(line for line in FOUR.splitlines() if not line.startswith(f"{key} "))
    assert complaint(tmp_path, text) == f"{key}: is missing"


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ('homepge = "x"', "homepge: unknown key; did you mean homepage?"),
        ("zzz = 1", "zzz: unknown key; known are articles, "),
        ('kind = "paper"', "kind: 'paper' is none of newspaper, broadcaster, portal"),
        ('status = "dead"', "status: 'dead' is none of active, paused, frozen, retired"),
        ("kind = 3", "kind: must be text, not a number"),
        ('hosts = "x.vn"', "hosts: must be a list, not text"),
        ('hosts = ["https://x.vn"]', "hosts[0]: 'https://x.vn' is not a host"),
        ('hosts = ["x.vn", "X.vn"]', "hosts[1]: 'X.vn' is not a host"),
        ('former_hosts = ["a b"]', "former_hosts[0]: 'a b' is not a host"),
        ("verify_tls = 1", "verify_tls: must be true or false, not a number"),
        ('datelines = [""]', "datelines[0]: is empty"),
        ('datelines = ["a\\u0007"]', "datelines[0]: has control characters"),
        ("[articles]\naccept = ['(']", "articles.accept[0]: '(' is not a valid pattern: missing )"),
        ("[articles]\naccept = ['']", "articles.accept[0]: is empty"),
        ("[articles]\nreject = ['(?!x)y']", "articles.reject[0]: '(?!x)y' is not a valid pattern"),
        ("[articles]\naccpt = []", "articles.accpt: unknown key; did you mean accept?"),
        ("articles = []", "articles: must be a table [articles], not a list"),
        ("[seeds]\nkind = 'feed'", "seeds: must be a list, not a table"),
        ("[[seeds]]\nkind = 'feed'", "seeds[0].url: is missing"),
        ("[[seeds]]\nurl = 'https://x.vn/'", "seeds[0].kind: is missing"),
        ("[[seeds]]\nkind = 'fed'\nurl = 'https://x.vn/'", "seeds[0].kind: 'fed' is none of feed"),
        ("[[seeds]]\nkind = 'feed'\nurl = '/rss'", "seeds[0].url: '/rss' is not an absolute"),
        ("[[seeds]]\nkind = 'feed'\nurl = 'https://x.vn/'\nx = 1", "seeds[0].x: unknown key"),
        ("[[layouts]]\nname = 'nonesuch'", "layouts[0].name: 'nonesuch' is none of"),
        ("[[layouts]]\nsince = 2019-01-01", "layouts[0].name: is missing"),
        ("[pace]\ndelay = 'fast'", "pace.delay: must be seconds"),
        ("[pace]\ndelay = -1", "pace.delay: -1 is not between"),
        ("[pace]\npoll = true", "pace.poll: must be seconds"),
        ("[pace]\npoll = nan", "pace.poll: nan is not between"),
        ("[pace]\ndelai = 1", "pace.delai: unknown key; did you mean delay?"),
        ('successor = "Ä"', "successor: 'Ä' must be lower-case"),
    ],
)
def test_complaints_name_file_and_key(tmp_path: Path, extra: str, said: str) -> None:
    assert complaint(tmp_path, FOUR + extra).startswith(said)


@pytest.mark.parametrize(
    "url",
    [
        "x.vn", "ftp://x.vn/", "https://", "https:///a", "https://x.vn:99999/", "https://u@x.vn/",
        "https://[::1/", "https://x.vn/ a", "javascript:alert(1)", "https://x.vn/" + "a" * 2000,
    ],
)  # fmt: skip
def test_homepages_we_would_never_request_are_refused(tmp_path: Path, url: str) -> None:
    text = FOUR.replace("https://x.vn/", url)
    assert complaint(tmp_path, text).startswith("homepage: ")


@pytest.mark.parametrize("name", ["X", "a b", "../x", "-x", "á", "x" * 64])
def test_ids_that_make_bad_file_names_are_refused(tmp_path: Path, name: str) -> None:
    assert complaint(tmp_path, FOUR.replace('id = "x"', f'id = "{name}"')).startswith("id: ")


@pytest.mark.parametrize("day", ["'2019-01-01'", "2019-01-01T00:00:00", "2019"])
def test_layout_days_are_days(tmp_path: Path, day: str) -> None:
    name = layout_names()[0] if layout_names() else "x"
    text = f"{FOUR}[[layouts]]\nname = '{name}'\nsince = {day}"
    if layout_names():
        assert complaint(tmp_path, text).startswith("layouts[0].since: must be a day")


def test_what_is_no_toml_is_said(tmp_path: Path) -> None:
    assert complaint(tmp_path, "id = ").startswith("is not valid TOML: ")
    (tmp_path / "latin.toml").write_bytes(b'id = "\xe9"')
    with pytest.raises(SourceError, match=r"latin\.toml: is not UTF-8 text"):
        read_source(tmp_path / "latin.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(SourceError, match=r"folder\.toml: cannot be read: Is a directory"):
        read_source(tmp_path / "folder.toml")


def test_a_byte_order_mark_is_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + FOUR.encode())
    assert read_source(path).id == "x"


def test_all_keys_arrive(tmp_path: Path) -> None:
    text = FOUR + (
        'kind = "portal"\nprovince_before_2025 = "Thừa Thiên Huế"\nhosts = ["x.vn", "m.x.vn:81"]\n'
        'former_hosts = ["old.vn"]\nstatus = "paused"\ndatelines = ["(X)"]\nverify_tls = false\n'
        "[[seeds]]\nkind = 'sitemap'\nurl = 'https://x.vn/s.xml'\n"
        "[articles]\naccept = ['-a(?P<id>\\d+)']\nreject = ['/q/']\n"
        "[pace]\ndelay = 2.5\npoll = '30m'\n"
    )
    source = read_source(write(tmp_path, text))
    assert (source.kind, source.status, source.verify_tls) == ("portal", "paused", False)
    assert [(seed.kind, seed.url) for seed in source.seeds] == [("sitemap", "https://x.vn/s.xml")]
    assert (source.pace.delay, source.pace.poll) == (2.5, 1800.0)
    assert source.accept[0].pattern == r"-a(?P<id>\d+)"
    assert source.owns("https://m.x.vn:81/a")
    assert not source.owns("https://m.x.vn/a")
    assert source.owned("http://old.vn/a")
    assert not source.owns("http://old.vn/a")


def test_a_layout_span_must_not_end_before_it_begins(tmp_path: Path) -> None:
    if not layout_names():
        pytest.skip("no layout is written yet")
    text = f"{FOUR}[[layouts]]\nname = '{layout_names()[0]}'\nsince = 2020-02-01\n"
    assert read_source(write(tmp_path, text)).layouts[0].since == dt.date(2020, 2, 1)
    assert "is before since" in complaint(tmp_path, text + "until = 2020-01-01\n")


def test_the_users_folder_adds_and_replaces(tmp_path: Path) -> None:
    write(tmp_path, FOUR)
    write(tmp_path, FOUR.replace('"x"', '"baolongan"').replace('"X"', '"Mine"'), "mine.toml")
    sources = load_sources(tmp_path)
    assert sources["x"].name == "X"
    assert sources["baolongan"].name == "Mine"
    assert list(sources) == sorted(sources)


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    first = write(tmp_path, FOUR, "a.toml")
    second = write(tmp_path, FOUR, "b.toml")
    with pytest.raises(SourceError) as caught:
        load_sources(tmp_path)
    assert str(caught.value) == f"{second}: id: 'x' is already taken by {first}"


def test_a_successor_must_exist(tmp_path: Path) -> None:
    write(tmp_path, FOUR + 'successor = "nobody"')
    with pytest.raises(SourceError, match=r"x\.toml: successor: no source has id 'nobody'"):
        load_sources(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        load_sources(tmp_path / "none")


def test_an_unknown_source_offers_the_nearest() -> None:
    sources = load_sources(None)
    assert find_source(sources, "baolongan").name == "Báo Long An"
    with pytest.raises(UnknownSource, match="did you mean baolongan"):
        find_source(sources, "baolong")
    with pytest.raises(UnknownSource, match="baotinh sources list"):
        find_source(sources, "zzzzzzzzz")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*a){20}", "^(([a-z])+.)+[A-Z]$"])
def test_patterns_cost_linear_time(tmp_path: Path, pattern: str) -> None:
    source = read_source(write(tmp_path, f"{FOUR}[articles]\naccept = ['{pattern}']"))
    search = source.accept[0].search
    assert_linear(search, lambda times: "https://x.vn/" + "a" * times + "!", 1900)


def test_pictures_and_documents_are_what_the_file_says_or_the_settings(tmp_path: Path) -> None:
    plain = read_source(write(tmp_path, FOUR))
    assert (plain.images, plain.attachments) == (None, None)
    own = read_source(write(tmp_path, f'{FOUR}images = "lead"\nattachments = "pdf"\n'))
    assert (own.images, own.attachments) == (ImageChoice.LEAD, AttachmentChoice.PDF)
    assert complaint(tmp_path, f'{FOUR}images = "some"') == (
        "images: 'some' is none of none, lead, all"
    )


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("600", 600), ("'600s'", 600), ("'20m'", 1200), ("'1.5h'", 5400), ("'1d'", 86400)],
)
def test_a_time_is_written_in_seconds_or_with_its_unit(
    tmp_path: Path, written: str, seconds: float
) -> None:
    source = read_source(write(tmp_path, f"{FOUR}[pace]\npoll = {written}\n"))
    assert source.pace.poll == seconds


@pytest.mark.parametrize(
    ("line", "is_read"),
    [
        (f'id = "{"a" * 63}"', True),
        (f'id = "{"a" * 64}"', False),
        ('id = "_a"', False),
        ('id = "0_-a"', True),
        (f'homepage = "https://x.vn/{"a" * 1987}"', True),
        (f'homepage = "https://x.vn/{"a" * 1988}"', False),
        ('homepage = "https://@x.vn/"', False),
        ('homepage = "http://x.vn:8080/a"', True),
        ('hosts = ["x.vn:99999"]', True),
        ('hosts = ["x.vn:999999"]', False),
        ('hosts = ["X.vn"]', False),
        ('hosts = ["[2001:db8::1]:80"]', True),
        ('hosts = ["u@x.vn"]', False),
        ('hosts = ["x.vn/a"]', False),
        (f'hosts = ["{"a" * 260}"]', True),
        (f'hosts = ["{"a" * 261}"]', False),
        ("[pace]\ndelay = 31622400", True),
        ("[pace]\ndelay = 31622401", False),
        ("[pace]\ndelay = 0", True),
        ("[pace]\ndelay = 0.5", True),
        ("[pace]\ndelay = -0.1", False),
        ("[pace]\ndelay = true", False),
        ("[[layouts]]\nname = 'onecms'\nsince = 2019-01-01\nuntil = 2019-01-01", True),
        ("[[layouts]]\nname = 'onecms'\nsince = 2019-01-02\nuntil = 2019-01-01", False),
        ("[[layouts]]\nname = 'onecms'\nsince = 2019-01-01T00:00:00", False),
        ("[[layouts]]\nname = 'onecms'\nsince = '2019-01-01'", False),
        ('name = "a\\nb"', False),
        ('name = " "', False),
        ("name = 1", False),
        ("render = true", True),
        ("render = 0", False),
        ('images = "lead"', True),
        ('images = "some"', False),
    ],
)
def test_each_key_has_its_bounds(tmp_path: Path, line: str, *, is_read: bool) -> None:
    key = line.partition(" ")[0]
    others = "".join(each + "\n" for each in FOUR.splitlines() if not each.startswith(f"{key} "))
    path = write(tmp_path, others + line)
    if is_read:
        read_source(path)
    else:
        with pytest.raises(SourceError):
            read_source(path)


def test_a_key_that_is_near_to_none_lists_all(tmp_path: Path) -> None:
    assert complaint(tmp_path, FOUR + "zzz = 1").startswith("zzz: unknown key; known are ")
    assert complaint(tmp_path, FOUR + "[pace]\nx = 1").endswith("known are delay, poll")


def test_layouts_are_the_modules_that_have_names() -> None:
    names = layout_names()
    assert "onecms" in names
    assert names == tuple(sorted(names))
    assert not any(name.startswith("_") or "." in name for name in names)


def test_a_file_of_four_keys_leaves_everything_else_as_it_is_for_all(tmp_path: Path) -> None:
    path = write(tmp_path, FOUR)
    assert read_source(path) == Source(
        id="x",
        name="X",
        province="Huế",
        homepage="https://x.vn/",
        kind=SourceKind.NEWSPAPER,
        status=SourceStatus.ACTIVE,
        path=str(path),
    )


EVERYTHING = (
    FOUR
    + """
kind = "portal"
province_before_2025 = "Thừa Thiên Huế"
hosts = ["m.x.vn", "x.vn:8080"]
former_hosts = ["cu.vn"]
status = "paused"
successor = "y"
datelines = ["(XO)"]
verify_tls = false
images = "none"
attachments = "pdf"
media_hosts = ["cdn.vn"]
render = true
[[seeds]]
kind = "feed"
url = "https://x.vn/rss"
[articles]
accept = ["-a[0-9]+"]
reject = ["-event"]
[[layouts]]
name = "generic"
since = 2019-01-31
until = 2019-01-31
[pace]
delay = 1.5
poll = "30m"
"""
)


def test_a_file_may_say_everything(tmp_path: Path) -> None:
    name = layout_names()[0]
    path = write(tmp_path, EVERYTHING.replace('"generic"', f'"{name}"'))
    source = read_source(path)
    assert (source.kind, source.status) == (SourceKind.PORTAL, SourceStatus.PAUSED)
    assert (source.province_before_2025, source.successor) == ("Thừa Thiên Huế", "y")
    assert (source.hosts, source.former_hosts) == (("m.x.vn", "x.vn:8080"), ("cu.vn",))
    assert source.seeds == (Seed(kind=SeedKind.FEED, url="https://x.vn/rss"),)
    assert [each.pattern for each in source.accept] == ["-a[0-9]+"]
    assert [each.pattern for each in source.reject] == ["-event"]
    day = dt.date(2019, 1, 31)
    assert source.layouts == (Layout(name=name, since=day, until=day),)
    assert source.pace == Pace(delay=1.5, poll=1800.0)
    assert (source.datelines, source.media_hosts) == (("(XO)",), ("cdn.vn",))
    assert (source.verify_tls, source.render) == (False, True)
    assert (source.images, source.attachments) == (ImageChoice("none"), AttachmentChoice("pdf"))


def test_each_of_several_tables_is_looked_at(tmp_path: Path) -> None:
    seeds = "".join(f'[[seeds]]\nkind = "feed"\nurl = "https://x.vn/{n}"\n' for n in range(2))
    said = complaint(tmp_path, FOUR + seeds + "adress = 1\n")
    assert said.startswith("seeds[1].adress: unknown key; known are kind, url")


def test_layouts_are_named_by_their_modules() -> None:
    names = layout_names()
    assert list(names) == sorted(names)
    assert "onecms" in names
    assert not [name for name in names if not name[0].isalpha() or "." in name]
