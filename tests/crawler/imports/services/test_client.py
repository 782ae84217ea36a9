"""One connection to another archive: what is asked again, for how long, and what is not."""

from __future__ import annotations

from email.utils import formatdate
from http.client import HTTPException
from time import time
from typing import TYPE_CHECKING

import pytest

from crawler.errors import CrawlError
from crawler.imports.services.client import Client, ServiceAway, _read_wait
from crawler.net.addresses import PrivateHosts
from tests.site.server import Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.exchange import Exchange


class Asked:
    """A client of a site, and how long it slept."""

    def __init__(self, site: Site, *, delay: float = 0.0) -> None:
        self.sleeps: list[float] = []
        self.client = Client(
            agent="a/1",
            private=PrivateHosts.parse(site.netloc),
            delay=delay,
            backoff=2.0,
            sleep=self.sleeps.append,
        )

    @property
    def waits(self) -> list[float]:
        return [seconds for seconds in self.sleeps if seconds > 0]


def later(times: int, status: int = 503, **headers: str) -> Callable[[Exchange], None]:
    """Answer so often with a status, then well."""

    def answer(exchange: Exchange) -> None:
        if exchange.times <= times:
            exchange.reply("later", status, **headers)
        else:
            exchange.reply("now")

    return answer


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_who_is_busy_is_asked_again_after_waits_that_double(status: int) -> None:
    with Site(routes={"/": later(6, status)}) as site:
        asked = Asked(site)
        assert asked.client.get(site.url("/")).body == b"now"
        assert asked.waits == [2, 4, 8, 16, 32, 64]
        asked.client.close()


def test_a_connection_that_is_given_up_is_closed() -> None:
    with Site(routes={"/": later(0)}) as site:
        asked = Asked(site)
        for _ in range(2):
            assert asked.client.get(site.url("/")).body == b"now"
            connection = asked.client._connection
            assert connection is not None
            assert connection.sock is not None
            asked.client.close()
            assert connection.sock is None


def test_after_seven_tries_it_is_left() -> None:
    with Site(routes={"/": later(99)}) as site:
        asked = Asked(site)
        with pytest.raises(ServiceAway, match="gave nothing in 7 tries: the last answered 503"):
            asked.client.get(site.url("/"))
        assert (site.count("/"), len(asked.waits)) == (7, 6)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("1", 2.0),
        ("3", 3.0),
        (" 900 ", 900.0),
        ("soon", 2.0),
        ("-5", 2.0),
        ("٣", 2.0),
        ("", 2.0),
        ("²", 2.0),
    ],
)
def test_a_server_says_how_long_to_wait(header: str, wait: float) -> None:
    with Site(routes={"/": later(1, Retry_After=header)}) as site:
        asked = Asked(site)
        asked.client.get(site.url("/"))
        assert asked.waits == [wait]
        asked.client.close()


def test_a_date_to_wait_for_is_read_and_one_that_is_over_is_none() -> None:
    for ahead, least, most in ((500, 490.0, 500.0), (-500, 2.0, 2.0)):
        said = formatdate(time() + ahead, usegmt=True)
        with Site(routes={"/": later(1, Retry_After=said)}) as site:
            asked = Asked(site)
            asked.client.get(site.url("/"))
            (wait,) = asked.waits
            assert least <= wait <= most
            asked.client.close()


def test_who_asks_for_more_than_a_quarter_of_an_hour_is_left() -> None:
    with Site(routes={"/": later(1, Retry_After="901")}) as site:
        asked = Asked(site)
        with pytest.raises(ServiceAway, match="come back in 901 seconds"):
            asked.client.get(site.url("/"))
        assert asked.waits == []


@pytest.mark.parametrize("status", [200, 206, 304, 400, 403, 404, 501])
def test_every_other_answer_is_returned(status: int) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.reply("it", status, X_Name="a", x_name="b")

    with Site(routes={"/a*": answer}) as site:
        asked = Asked(site)
        found = asked.client.get(site.url("/a b?q=ư"), {"Range": "bytes=0-1"})
        assert (found.status, found.url) == (status, site.url("/a b?q=ư"))
        assert (found.header("x-name"), found.header("x-none")) == ("a", None)
        (hit,) = site.hits
        assert hit.target == "/a%20b?q=%C6%B0"
        assert hit.headers["user-agent"] == "a/1"
        assert hit.headers["accept-encoding"] == "identity"
        assert hit.headers["range"] == "bytes=0-1"
        asked.client.close()


def test_an_address_without_a_path_is_asked_for_its_root() -> None:
    with Site(routes={"/": later(0), "/?a=1": later(0)}) as site:
        asked = Asked(site)
        asked.client.get(site.base)
        asked.client.get(f"{site.base}?a=1")
        assert site.paths() == ["/", "/?a=1"]
        asked.client.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_four_redirects_are_followed_and_a_fifth_is_not(status: int) -> None:
    routes = {f"/{n}": (lambda x, n=n: x.redirect(f"/{n + 1}", status)) for n in range(6)}
    with Site(routes={**routes, "/4": later(0)}) as site:
        asked = Asked(site)
        found = asked.client.get(site.url("/0"))
        assert (found.body, found.url) == (b"now", site.url("/4"))
        asked.client.close()
    with Site(routes=routes) as site:
        asked = Asked(site)
        with pytest.raises(CrawlError, match="redirected more than 5 times"):
            asked.client.get(site.url("/0"))
        assert site.paths() == [f"/{n}" for n in range(5)]
        asked.client.close()


def test_a_redirect_that_leads_nowhere_and_a_place_without_one_are_answers() -> None:
    routes = {
        "/moved": lambda x: x.reply("moved", 302),
        "/made": lambda x: x.reply("made", 201, Location="/moved"),
    }
    with Site(routes=routes) as site:
        asked = Asked(site)
        assert asked.client.get(site.url("/moved")).body == b"moved"
        assert asked.client.get(site.url("/made")).body == b"made"
        asked.client.close()


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    def cut(exchange: Exchange) -> None:
        if exchange.times == 1:
            exchange.head(200, Content_Length="9")
            exchange.send("half")
            exchange.keep = False
        elif exchange.times == 2:
            exchange.reset()
        else:
            exchange.reply("whole")

    with Site(routes={"/": cut}) as site:
        asked = Asked(site)
        assert asked.client.get(site.url("/")).body == b"whole"
        assert asked.waits == [2, 4]
        asked.client.close()


def test_one_connection_is_kept_until_another_host_is_asked_or_it_is_closed() -> None:
    with Site(routes={"/": later(0)}) as site, Site(routes={"/": later(0)}) as other:
        asked = Asked(site)
        asked.client._private = PrivateHosts.parse(f"{site.netloc},{other.netloc}")
        for each in (site, site, other, site):
            asked.client.get(each.url("/"))
        asked.client.close()
        asked.client.close()
        asked.client.get(site.url("/"))
        numbers = [hit.connection for hit in site.hits]
        assert [number == numbers[0] for number in numbers] == [True, True, False, False]
        assert numbers[2] != numbers[3]
        asked.client.close()


def test_a_pause_lies_between_two_requests() -> None:
    with Site(routes={"/": later(0)}) as site:
        asked = Asked(site, delay=100_000.0)
        asked.client._asked = float("-inf")
        for _ in range(2):
            asked.client.get(site.url("/"))
        first, second = asked.sleeps
        assert first == 0.0
        assert 99_000 < second <= 100_000
        asked.client.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://a.vn/", "only http and https"),
        ("http://", "no address of an archive"),
        ("nonsense", "no address of an archive"),
        ("http://127.0.0.2:1/", "is not public"),
    ],
)
def test_only_public_addresses_of_the_web_are_asked(url: str, said: str) -> None:
    with Site() as site:
        with pytest.raises(CrawlError, match=said) as raised:
            Asked(site).client.get(url)
        assert not isinstance(raised.value, ServiceAway)


def test_too_large_an_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.imports.services.client.MAX_ANSWER", 9)
    routes = {"/9": lambda x: x.reply("x" * 9), "/10": lambda x: x.reply("x" * 10)}
    with Site(routes=routes) as site:
        asked = Asked(site)
        assert len(asked.client.get(site.url("/9")).body) == 9
        with pytest.raises(CrawlError, match="more than 0 MB"):
            asked.client.get(site.url("/10"))


def test_each_step_of_a_service_has_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, int, float]] = []

    def connect(host: str, port: int, *, timeout: float, **_: object) -> None:
        given.append((host, port, timeout))
        raise InterruptedError

    monkeypatch.setattr("crawler.imports.services.client.connect_checked", connect)
    with Site() as site:
        client = Asked(site).client
        with pytest.raises(InterruptedError):
            client.ask(site.url("/"), {})
    assert [timeout for *_, timeout in given] == [60.0]


def test_of_an_answer_sixty_four_megabytes_are_read_and_a_byte_that_is_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Endless:
        status, length = 200, 0

        def read(self, size: int) -> range:
            return range(size)

    with Site() as site:
        client = Asked(site).client
        monkeypatch.setattr(client, "ask", lambda *_: Endless())
        with pytest.raises(CrawlError, match="answers with more than 64 MB"):
            client.get(site.url("/"))


DATA = bytes(range(200))


def ranges(exchange: Exchange) -> None:
    """Serve a file from the byte that is asked for."""
    begin = int(exchange.hit.headers.get("range", "bytes=0-")[6:-1])
    if begin >= len(DATA):
        exchange.reply("", 416)
        return
    said = {"Content_Range": f"bytes {begin}-199/200"} if begin else {}
    exchange.reply(DATA[begin:], 206 if begin else 200, **said)


def in_parts(exchange: Exchange) -> None:
    """The same, broken off after fifty bytes."""
    begin = int(exchange.hit.headers.get("range", "bytes=0-")[6:-1])
    status, said = (206, {"Content_Range": f"bytes {begin}-199/200"}) if begin else (200, {})
    exchange.head(status, Content_Length=str(len(DATA) - begin), **said)
    exchange.send(DATA[begin : begin + 50])
    exchange.keep = begin + 50 >= len(DATA)


def whole(exchange: Exchange) -> None:
    """All of it, whatever is asked for."""
    exchange.reply(DATA)


def early(exchange: Exchange) -> None:
    """A range that begins before the byte that was asked for."""
    exchange.reply(DATA[10:], 206, Content_Range="bytes 10-199/200")


def unsaid(exchange: Exchange) -> None:
    """A range that does not say where it begins: it is taken for all of the file."""
    exchange.reply(DATA, 206)


def lying(exchange: Exchange) -> None:
    """A whole file, with the header of a range."""
    exchange.reply(DATA, 200, Content_Range="bytes 60-199/200")


@pytest.mark.parametrize("serve", [ranges, in_parts, whole, early, unsaid, lying])
@pytest.mark.parametrize("offset", [0, 60, 199])
def test_a_file_is_read_from_a_byte_on(serve: Callable[[Exchange], None], offset: int) -> None:
    if serve in (early, lying, unsaid) and not offset:
        return
    with Site(routes={"/file": serve}) as site:
        asked = Asked(site)
        with asked.client.stream(site.url("/file"), offset) as download:
            assert download.readable()
            data = b""
            while part := download.read(7):
                assert len(part) <= 7
                data += part
        assert data == DATA[offset:]
        assert ("range" in site.hits[0].headers) is bool(offset)
        asked.client.close()


@pytest.mark.parametrize("size", [-1, 0])
def test_without_a_size_much_is_read(size: int) -> None:
    with Site(routes={"/file": ranges}) as site:
        asked = Asked(site)
        with asked.client.stream(site.url("/file")) as download:
            assert download.read(size) == DATA
        asked.client.close()


def test_a_file_that_was_read_to_its_end_has_nothing_more() -> None:
    with Site(routes={"/file": ranges}) as site:
        asked = Asked(site)
        with asked.client.stream(site.url("/file"), 200) as download:
            assert download.read(5) == b""
        asked.client.close()


def test_a_file_that_became_shorter_is_said() -> None:
    with Site(routes={"/file": whole}) as site:
        asked = Asked(site)
        assert asked.client.stream(site.url("/file"), 200).read(5) == b""
        with pytest.raises(CrawlError, match="is shorter than it was"):
            asked.client.stream(site.url("/file"), 201).read(5)
        asked.client.close()


@pytest.mark.parametrize("status", [301, 403, 404])
def test_a_file_that_is_not_there_is_said(status: int) -> None:
    with Site(routes={"/file": lambda x: x.reply("no", status)}) as site:
        asked = Asked(site)
        with pytest.raises(CrawlError, match=f"/file answered {status}"):
            asked.client.stream(site.url("/file")).read(5)


def test_a_download_goes_on_seven_times_in_a_row_without_a_byte() -> None:
    with Site(routes={"/file": later(6)}) as site:
        asked = Asked(site)
        with asked.client.stream(site.url("/file")) as download:
            assert download.read(9) == b"now"
        assert asked.waits == [2, 4, 8, 16, 32, 64]
        asked.client.close()
    with Site(routes={"/file": later(7)}) as site:
        asked = Asked(site)
        with pytest.raises(ServiceAway, match="broke off 7 times in a row"):
            asked.client.stream(site.url("/file")).read(9)
        assert asked.waits == [2, 4, 8, 16, 32, 64]


def test_bytes_that_come_begin_the_count_of_failures_anew() -> None:
    with Site(routes={"/file": in_parts}) as site:
        asked = Asked(site)
        with asked.client.stream(site.url("/file")) as download:
            while download.read(1000):
                pass
        assert asked.waits == [2, 2, 2]
        asked.client.close()


def test_a_download_that_is_left_gives_up_its_connection() -> None:
    with Site(routes={"/file": whole, "/": later(0)}) as site:
        asked = Asked(site)
        download = asked.client.stream(site.url("/file"))
        download.read(5)
        download.close()
        asked.client.get(site.url("/"))
        assert len({hit.connection for hit in site.hits}) == 2
        asked.client.close()


def test_a_failure_without_words_is_told_by_its_kind() -> None:
    def sleep(seconds: float) -> None:
        if not seconds:  # before a request; the waits between two are longer
            raise TimeoutError

    client = Client(agent="a", private=PrivateHosts.parse(""), delay=0.0, backoff=1.0, sleep=sleep)
    with Site(routes={"/": later(0)}) as site:
        client._private = PrivateHosts.parse(site.netloc)
        with pytest.raises(ServiceAway, match=r"TimeoutError$"):
            client.get(site.url("/"))


class Said:
    """An answer with a Retry-After."""

    def __init__(self, text: str | None) -> None:
        self._text = text

    def getheader(self, name: str) -> str | None:
        assert name == "Retry-After"
        return self._text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None), ("", None), ("0", 0.0), (" 7 ", 7.0), ("-1", None), ("²", None), ("٣", None),
        ("1234567890123", 123_456_789.0), ("soon", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_a_wait_is_a_number_of_seconds_or_a_date(text: str | None, seconds: float | None) -> None:
    assert _read_wait(Said(text)) == seconds  # type: ignore[arg-type]


def test_a_connection_that_broke_is_given_up_and_one_that_was_not_used_is_kept() -> None:
    def drop(exchange: Exchange) -> None:
        exchange.reset()

    with Site(routes={"/": later(0), "/drop": drop}) as site:
        asked = Asked(site)
        asked.client.get(site.url("/"))
        kept = asked.client._connection
        asked.client.stream(site.url("/other")).close()
        assert asked.client._connection is kept is not None
        with pytest.raises((OSError, HTTPException)):
            asked.client.ask(site.url("/drop"), {})
        assert asked.client._connection is None


def test_a_download_begins_with_the_first_byte() -> None:
    with Site(routes={"/": later(0)}) as site:
        asked = Asked(site)
        download = asked.client.stream(site.url("/"))
        assert (download.read(99), download.readable()) == (b"now", True)
        assert "range" not in site.hits[0].headers
        download.close()
        assert download.closed
        asked.client.close()
