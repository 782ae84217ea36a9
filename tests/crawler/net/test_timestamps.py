"""One question to a time-stamping authority."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.errors import CrawlError
from crawler.net.addresses import PrivateHosts
from crawler.net.timestamps import ask_for_stamp
from tests.site.server import Site

if TYPE_CHECKING:
    from tests.site.exchange import Exchange


@pytest.mark.parametrize(
    ("sent", "read"), [(b"s", 1), (b"s" * 262_144, 262_144), (b"s" * 262_145, 262_144)]
)
def test_an_answer_is_read_up_to_the_size_of_any_stamp(sent: bytes, read: int) -> None:
    asked: list[tuple[str, str]] = []

    def stamp(exchange: Exchange) -> None:
        asked.append((exchange.hit.method, exchange.hit.headers["content-type"]))
        exchange.reply(sent, content_type="application/timestamp-reply")

    with Site(routes={"/tsa": stamp}) as site:
        private = PrivateHosts.parse(site.netloc)
        assert len(ask_for_stamp(f"{site.base}/tsa", b"query", private)) == read
    assert asked == [("POST", "application/timestamp-query")]


def test_an_authority_that_says_nothing_has_not_stamped() -> None:
    with Site(routes={"/tsa": lambda exchange: exchange.reply(b"")}) as site:
        with pytest.raises(CrawlError, match=r"authority http.*/tsa: an empty answer"):
            ask_for_stamp(f"{site.base}/tsa", b"query", PrivateHosts.parse(site.netloc))
        with pytest.raises(CrawlError, match=r"authority .* is not public"):
            ask_for_stamp(f"{site.base}/tsa", b"query", PrivateHosts())
