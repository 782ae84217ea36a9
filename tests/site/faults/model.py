"""What a fault is, and the healthy page that many of them deform."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.site.exchange import HTML
from tests.site.town import Piece, article_page

if TYPE_CHECKING:
    from tests.site.exchange import Behaviour, Exchange

STORE, REJECT, EITHER = "store", "reject", "either"


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure mode of a page."""

    name: str
    expect: str
    """``store``: the article ends in the archive, whole; ``reject``: nothing of it may."""
    behave: Behaviour
    lane: str = ""
    """Faults that keep a connection busy get a site of their own."""

    @property
    def number(self) -> int:
        """The article's id in its URL, the same in every run."""
        return (
            900_000_000 + int(hashlib.sha256(self.name.encode()).hexdigest()[:8], 16) % 99_999_999
        )

    @property
    def path(self) -> str:
        return f"/loi/{self.name}-a{self.number}.html"

    @property
    def piece(self) -> Piece:
        return piece_of(self.name, self.number)


def piece_of(name: str, number: int) -> Piece:
    """The article that a fault's URL would carry if all were well."""
    return Piece(number, name)


def page(exchange: Exchange, *, extra: str = "", head: str = "") -> str:
    """The article that belongs to the exchange's path, as a healthy page."""
    path = exchange.hit.path
    name, _, rest = path.rsplit("/", 1)[-1].rpartition("-a")
    digits = rest.split(".")[0]
    piece = piece_of(name, int(digits) if digits.isdigit() else 1)
    return article_page(piece, exchange.base, extra=extra, head=head).replace(piece.path, path)


def reply_page(exchange: Exchange, *, extra: str = "", head: str = "") -> None:
    """Send the healthy page."""
    exchange.reply(page(exchange, extra=extra, head=head))


def raw_head(*lines: str, status: str = "HTTP/1.1 200 OK") -> str:
    """Status line and headers by hand."""
    return "\r\n".join([status, f"Content-Type: {HTML}", *lines]) + "\r\n\r\n"
