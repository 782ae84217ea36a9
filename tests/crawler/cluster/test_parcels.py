"""Parcels and words from strangers: taken, or refused with a sentence, and nothing else."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cluster.arrivals import read_words
from crawler.cluster.parcels import ARCHIVE, MOST_UNPACKED, WORDS, BadParcel, pack, unpack
from crawler.cluster.tickets import read_ticket

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER = "0" * 32
SAID = (
    f'{{"worker":"hue","status":0,"ended_by":"","stopped":false,"messages":"","order":"{ORDER}"}}'
)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("parcel")
    (folder / ARCHIVE).write_bytes(b"rows " * 100)
    (folder / "captures").mkdir()
    (folder / "captures" / "one.warc.gz").write_bytes(b"page")
    return pack(folder, SAID)


def test_what_was_packed_is_unpacked(packed: bytes, tmp_path: Path) -> None:
    assert unpack(packed, tmp_path) == SAID
    assert (tmp_path / ARCHIVE).read_bytes() == b"rows " * 100
    assert (tmp_path / "captures" / "one.warc.gz").read_bytes() == b"page"
    assert (tmp_path / "captures").stat().st_mode & 0o777 == 0o700


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_parcel_damaged_anywhere_is_unpacked_or_refused(
    packed: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(packed)
    places = st.tuples(st.integers(0, len(packed) - 1), st.integers(0, 255))
    for place, value in data.draw(st.lists(places, min_size=1, max_size=3)):
        damaged[place] = value
    end = data.draw(st.none() | st.integers(0, len(packed)))
    with tempfile.TemporaryDirectory() as folder:
        try:
            assert unpack(bytes(damaged[:end]), Path(folder)) is not None
        except BadParcel as error:
            assert str(error)  # noqa: PT017 - either is right, and the error must say something


def _with_name(name: str) -> bytes:
    return _zip(lambda parcel: parcel.writestr(name, "x"))


def _zip(fill: Callable[[zipfile.ZipFile], None], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as parcel:
        parcel.writestr(WORDS, SAID)
        fill(parcel)
    return file.getvalue()


def _bomb(parcel: zipfile.ZipFile) -> None:
    with parcel.open(ARCHIVE, "w", force_zip64=True) as member:
        for _ in range((MOST_UNPACKED >> 20) // 16 + 1):
            member.write(bytes(16 << 20))


@pytest.mark.parametrize(
    "name",
    [
        "../archive.db",
        "/etc/passwd",
        "captures/../../x.warc.gz",
        "captures/x.warc",
        "sources/.toml",
    ],
)
def test_a_name_that_no_parcel_of_ours_has_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadParcel, match="holds a file"):
        unpack(_with_name(name), tmp_path / "in")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_way_of_packing_that_is_not_ours_is_refused(how: int, tmp_path: Path) -> None:
    with pytest.raises(BadParcel, match="packed in a way"):
        unpack(_zip(lambda parcel: parcel.writestr(ARCHIVE, "x"), how), tmp_path)


@pytest.mark.long
def test_a_bomb_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    bomb = _zip(_bomb)
    assert len(bomb) < 2 << 20
    with pytest.raises(BadParcel, match="would become"):
        unpack(bomb, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", ["Infinity", "NaN", "1e999", "[]", "null", '"0x"'])
def test_words_that_no_worker_of_ours_says_are_refused(status: str) -> None:
    assert read_words(SAID, ORDER).worker == "hue"
    with pytest.raises(BadParcel):
        read_words(SAID.replace(":0,", f":{status},", 1), ORDER)


@pytest.mark.parametrize("number", ["Infinity", "1e999", "NaN", "{}"])
def test_numbers_of_a_ticket_that_are_none_are_a_value_error(number: str) -> None:
    text = (
        f'{{"order":"{ORDER}","archive":"{ORDER}","kind":"crawl","sources":["a"],"pages":{number},'
        '"seconds":1,"stall":1,"silence":1}'
    )
    with pytest.raises(ValueError, match=r"order|NaN"):
        read_ticket(text)


def _claim(packed: bytes, size: int) -> bytes:
    """Let the last file of a parcel claim to become so large."""
    place = packed.rindex(b"PK\x01\x02") + 24
    return packed[:place] + size.to_bytes(4, "little") + packed[place + 4 :]


def test_a_parcel_becomes_a_gigabyte_at_most(tmp_path: Path) -> None:
    parcel = _zip(lambda parcel: parcel.writestr(ARCHIVE, "x"))
    most = (1 << 30) - len(SAID)
    assert unpack(_claim(parcel, most), tmp_path / "most") == SAID
    with pytest.raises(BadParcel, match="would become"):
        unpack(_claim(parcel, most + 1), tmp_path)


def test_words_of_a_parcel_are_a_megabyte_at_most(tmp_path: Path) -> None:
    parcel = _zip(lambda _: None)
    assert unpack(_claim(parcel, 1 << 20), tmp_path / "most") == SAID
    with pytest.raises(BadParcel, match="words are too many"):
        unpack(_claim(parcel, (1 << 20) + 1), tmp_path)


@pytest.mark.parametrize(("files", "said"), [(4096, "holds a file"), (4097, "too many files")])
def test_a_parcel_holds_four_thousand_files_at_most(files: int, said: str, tmp_path: Path) -> None:
    def fill(parcel: zipfile.ZipFile) -> None:
        for number in range(files - 1):
            parcel.writestr(f"x{number}", b"")

    with pytest.raises(BadParcel, match=said):
        unpack(_zip(fill, zipfile.ZIP_STORED), tmp_path)


@pytest.mark.parametrize(("size", "said"), [(256 << 20, "read"), ((256 << 20) + 1, "MB large")])
def test_a_parcel_of_more_bytes_than_redis_takes_is_refused(
    size: int, said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadParcel, match=said):
        unpack(bytes(size), tmp_path)
