"""Certificates that stamps are checked with, and a stamp from its query to its instant."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from storage.errors import BaotinhError
from storage.evidence import stamps
from storage.evidence.asn1 import _find_certificates, _members
from storage.evidence.stamps import (
    StampError,
    can_stamp,
    check_stamp,
    is_stamp_of,
    query_for,
    read_roots,
)
from tests.support.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("rfc3161_client")


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with Authority() as made:
        yield made


def test_each_certificate_of_a_file_is_trusted_once(authority: Authority, tmp_path: Path) -> None:
    root = authority.roots.read_text()
    stamper = (authority.folder / "stamper.pem").read_text()
    roots = tmp_path / "roots.pem"
    roots.write_text(root + stamper + root)
    assert [len(read_roots(roots)), len(set(read_roots(roots)))] == [2, 2]
    assert len(read_roots(authority.roots)) == 1


def test_without_a_file_those_of_the_system_are_trusted(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.roots))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    assert read_roots(None) == read_roots(authority.roots)


@pytest.mark.parametrize("is_sorted", [True, False])
def test_a_stamp_says_when_and_of_what(authority: Authority, *, is_sorted: bool) -> None:
    """In whichever order its certificates come: openssl writes them as they are named."""
    answer = authority.stamp(query_for(b"data"))
    begin, end = _find_certificates(answer)
    members = sorted(_members(answer, begin, end), reverse=not is_sorted)
    assert len(members) == 2
    answer = answer[:begin] + b"".join(members) + answer[end:]
    roots = read_roots(authority.roots)
    at = dt.datetime.fromisoformat(check_stamp(answer, b"data", roots))
    assert abs((dt.datetime.now(dt.UTC) - at).total_seconds()) < 600
    assert is_stamp_of(answer, b"data")
    assert not is_stamp_of(answer, b"other data")
    for data, trusted in ((b"other data", roots), (b"data", [])):
        with pytest.raises(StampError):
            check_stamp(answer, data, trusted)


def test_what_reads_stamps_must_be_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert can_stamp()
    monkeypatch.setattr(stamps, "NEEDED", "no_such_module")
    assert not can_stamp()
    assert is_stamp_of(b"no stamp", b"data"), "nobody can tell"
    for ask in (
        lambda: query_for(b"data"), lambda: read_roots(tmp_path), lambda: check_stamp(b"", b"", []),
    ):  # fmt: skip
        with pytest.raises(BaotinhError, match="pip install"):
            ask()
