"""Results of a search as files."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from crawler.web.formats.downloads import find_articles
from crawler.web.pages.asked import read_asked

if TYPE_CHECKING:
    from tests.support.visits import Reader


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("csv", "text/csv; charset=utf-8"), ("jsonl", "application/x-ndjson; charset=utf-8"),
        ("parquet", "application/vnd.apache.parquet"),
        ("bib", "application/x-bibtex; charset=utf-8"),
        ("ris", "application/x-research-info-systems; charset=utf-8"),
    ],
)  # fmt: skip
def test_each_form_has_its_type_and_name(reader: Reader, form: str, kind: str) -> None:
    answer = reader.get(f"/results.{form}?q=lua")
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["content-disposition"] == f'attachment; filename="baotinh.{form}"'
    assert answer.body


def rows(reader: Reader, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes(reader.get(address).body).decode())))


def test_rows_are_in_the_order_of_the_search(reader: Reader) -> None:
    found = rows(reader, "/results.csv?q=lua")
    assert [row["id"] for row in found] == ["22", "15", "11", "6", "5", "2"]
    assert (found[0]["source"], found[0]["province"]) == ("mau-nghe-an", "Nghệ An")
    assert "archive" not in found[0]
    newest = rows(reader, "/results.csv?sort=date&q=lua&source=mau-can-tho")
    assert [row["id"] for row in newest] == ["11", "6"]
    assert [row["id"] for row in rows(reader, "/results.csv")][:2] == ["28", "27"]


def test_several_archives_are_named(several: Reader) -> None:
    found = rows(several, "/results.csv?q=vu+lua&copies=1")
    assert sorted(row["archive"] for row in found) == ["baolongan/archive", "baotayninh/archive"]
    lines = bytes(several.get("/results.jsonl?q=vu+lua").body).decode().splitlines()
    assert {"archive", "province"} <= set(json.loads(lines[0]))
    assert "archive" not in rows(several, "/in/baolongan-archive/results.csv?q=vu+lua")[0]


def test_copies_are_in_it_when_they_are_asked_for(reader: Reader) -> None:
    for address, ids in (
        ("/?q=nao+vet", [26]), ("/?q=nao+vet&copies=1", [26, 27, 28]),
        ("/?q=nao+vet&sort=date&copies=1", [26, 27, 28]),
    ):  # fmt: skip
        visit = reader.visit(address)
        found = find_articles(visit, read_asked(visit.params))
        assert sorted(article.id for _, article in found) == ids


def test_a_question_that_cannot_be_answered_is_refused(reader: Reader) -> None:
    answer = reader.get("/results.csv?q=lua&since=x")
    assert (answer.status_code, bytes(answer.body).decode()) == (
        400, "“x” không phải ngày: hãy viết như 28/11/2023.\n",
    )  # fmt: skip
    assert reader.get("/results.exe?q=lua").status_code == 404


def test_one_article_is_cited(reader: Reader) -> None:
    answer = reader.get("/article/25.ris")
    assert answer.headers["content-disposition"] == 'attachment; filename="baotinh-25.ris"'
    assert answer.headers["content-type"] == "application/x-research-info-systems; charset=utf-8"
    assert "\r\nT2  - Báo mẫu Long An\r\n" in bytes(answer.body).decode()
    assert bytes(reader.get("/article/25.bib").body).startswith(b"@online{baotinh-25,")
    assert reader.get("/article/25.csv").status_code == 404
    assert reader.get("/article/99.ris").status_code == 404
