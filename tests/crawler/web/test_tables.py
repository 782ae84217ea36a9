"""CSV out of Datasette, made safe piece by piece."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from crawler.web.tables.csvs import Cleaner

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


def rows_of(data: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data, newline="")))


def clean(data: bytes, size: int) -> str:
    cleaner = Cleaner()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    out = b"".join(cleaner.clean(piece, last=False) for piece in pieces)
    return (out + cleaner.clean(b"", last=True)).decode()


def test_a_formula_gets_a_mark_and_a_number_stays_a_number() -> None:
    data = 'id,title\r\n-1,=1+2\r\n2,"@x, ""y"""\r\n3,"two\nlines"\r\n'
    assert rows_of(clean(data.encode(), 1000)) == [
        ["id", "title"],
        ["-1", "'=1+2"],
        ["2", '\'@x, "y"'],
        ["3", "two\nlines"],
    ]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=5), st.integers(1, 9))
def test_pieces_of_any_size_give_the_same_rows(rows: list[list[str]], size: int) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    data = out.getvalue().encode()
    cleaned = rows_of(clean(data, size))
    assert cleaned == rows_of(clean(data, len(data)))
    assert len(cleaned) == len(rows_of(out.getvalue()))
    assert not [cell for row in cleaned for cell in row if cell.startswith(("=", "@"))]
