"""CSV on its way out of Datasette: no cell is a formula for a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

from storage.export.articles import safe_cell

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

csv.field_size_limit(16_000_000)


class Cleaner:
    """Reads CSV in pieces of any size and gives it back with every cell made safe."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def clean(self, data: bytes, *, last: bool) -> bytes:
        """Return the rows that are whole now; the rest comes with the next piece."""
        self._rest += self._decoder.decode(data, last)
        end = len(self._rest) if last else self._end_of_rows()
        whole, self._rest = self._rest[:end], self._rest[end:]
        out = io.StringIO()
        writer = csv.writer(out)
        for row in csv.reader(io.StringIO(whole, newline="")):
            writer.writerow([_safe(cell) for cell in row])
        return out.getvalue().encode()

    def _end_of_rows(self) -> int:
        """Return where the last line ends that is in no open quotation."""
        end, quotes, start = 0, 0, 0
        while (line := self._rest.find("\n", start)) >= 0:
            quotes += self._rest.count('"', start, line)
            start = line + 1
            if quotes % 2 == 0:
                end = start
        return end


def _safe(cell: str) -> str:
    """Return a cell that is no formula; a negative number stays a number."""
    try:
        float(cell)
    except ValueError:
        return safe_cell(cell)
    return cell


class SafeCsv:
    """Cleans every answer that is CSV; Datasette calls it plain text where it is to be shown."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cleaner: list[Cleaner] = []

        async def cleaning(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_csv(scope, message):
                cleaner.append(Cleaner())
                message["headers"] = [
                    pair for pair in message["headers"] if pair[0].lower() != b"content-length"
                ]
            elif message["type"] == "http.response.body" and cleaner:
                more = message.get("more_body", False)
                message["body"] = cleaner[0].clean(message.get("body", b""), last=not more)
            await send(message)

        await self._app(scope, receive, cleaning)


def _is_csv(scope: Scope, message: Message) -> bool:
    kinds = [value for name, value in message["headers"] if name.lower() == b"content-type"]
    shown = (b"text/csv", b"text/plain") if scope["path"].endswith(".csv") else b"text/csv"
    return any(kind.startswith(shown) for kind in kinds)
