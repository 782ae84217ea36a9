"""Several archives searched: as good as one merged archive, copies folded, failures told."""

from __future__ import annotations

import itertools
import random
import shutil
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.errors import ArchiveError, QueryError
from storage.federation.archives import Archives, name_apart
from storage.federation.search import search
from storage.search.filters import Filters
from tests.support.twins import Shelf

PAPERS = ("baolongan", "baotayninh", "baodongthap")
WORDS = """
vụ lúa đông xuân được mùa giá lúa tăng cầu mới khánh thành trường học bệnh viện tỉnh ủy phiên
thường kỳ nông dân xuất khẩu gạo hạn mặn xâm nhập kênh thủy lợi khu công nghiệp"""
QUERIES = ("giá lúa", "hạn mặn", "cầu mới khánh thành", '"nông dân"', "lúa -gạo", "truong hoc")


@pytest.fixture
def shelves(filled: Path, tmp_path: Path) -> list[Path]:
    """Three archives of a paper each, with texts of the same words."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return [tmp_path / paper / "archive.db" for paper in PAPERS]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What each test gets a copy of."""
    folder, chance = tmp_path_factory.mktemp("shelves"), random.Random(5)
    for number, paper in enumerate(PAPERS):
        shelf = Shelf(folder / paper / "archive.db", (paper,))
        pages = {
            f"{number}{n:02}": " ".join(chance.choices(WORDS.split(), k=chance.randint(12, 60)))
            for n in range(30)
        }
        shelf.crawl(number, pages, paper)
        shelf.close()
    return folder


def found(paths: list[Path], query: str, **more: object) -> list[tuple[str, str]]:
    with Archives.open_reading(paths) as archives:
        answer = search(archives, query, Filters(), **more)  # type: ignore[arg-type]
        assert archives.failures == []
    return [(each.archive, each.hit.url) for each in answer.found]


@pytest.mark.parametrize("query", QUERIES)
def test_the_best_are_as_good_as_in_one_merged_archive(
    shelves: list[Path], tmp_path: Path, query: str
) -> None:
    one = tmp_path / "one" / "archive.db"
    with Archive.open(one) as merged:
        for path in shelves:
            with Archive.open_reading(path) as other:
                merged.merge(other, now="2026-12-01T00:00:00Z")
        together = merged.search(query, copies=True)
    with Archives.open_reading(shelves) as archives:
        apart = search(archives, query, Filters(), copies=True)
    assert len(apart.found) == len(together) > 0
    for ours, theirs in zip(apart.found, together, strict=True):
        assert round(ours.hit.score, 2) >= round(theirs.score, 2)
    assert apart.total == together.total
    assert apart.notes == together.notes


def test_each_hit_names_its_archive(shelves: list[Path]) -> None:
    for name, url in found(shelves, "lúa"):
        assert name.split("/")[0] in url


def test_the_order_of_archives_does_not_matter(shelves: list[Path]) -> None:
    expected = found(shelves, "giá lúa")
    for order in itertools.permutations(shelves):
        assert found(list(order), "giá lúa") == expected


def test_the_same_article_is_one_hit(shelves: list[Path], tmp_path: Path) -> None:
    with Archive.open(tmp_path / "copy.db") as copy, Archive.open_reading(shelves[0]) as first:
        copy.merge(first, now="2026-12-01T00:00:00Z")
    once = found(shelves, "giá lúa", limit=30)
    twice = found([*shelves, tmp_path / "copy.db"], "giá lúa", limit=30)
    assert [url for _, url in twice] == [url for _, url in once]
    with Archives.open_reading([shelves[0], tmp_path / "copy.db"]) as archives:
        answer = search(archives, "giá lúa", Filters())
    assert all(len(each.also) == 1 for each in answer.found)


REPORT = (
    "Nông dân xã Tân Hưng vừa thu hoạch 1.250 ha lúa Đài Thơm 8, năng suất 6,8 tấn mỗi héc-ta,"
    " thương lái Trần Văn Bảy mua tại ruộng giá 7.350 đồng một ký, cao hơn vụ trước 420 đồng;"
    " Chi cục Thủy lợi cho biết 14 cống ở Vĩnh Hưng, Mộc Hóa đã đóng từ ngày 12/3 để giữ ngọt"
)


@pytest.fixture
def reprints(tmp_path: Path) -> list[Path]:
    """Three archives of a paper each, which all have one report; the last paper had it first."""
    paths = []
    for at, paper in enumerate(reversed(PAPERS)):
        shelf = Shelf(tmp_path / paper / "archive.db", (paper,))
        more = {0: "", 1: " nhờ rơm", 2: " của năm ngoái"}[at]
        shelf.crawl(at, {"1": REPORT + more, "2": "chuyện khác hẳn về trường học"}, paper)
        day = f"2026-10-{20 - at:02}"
        shelf.archive._db.conn.execute("update articles set published_on = ?", (day,))
        shelf.close()
        paths.append(shelf.archive.path)
    return paths


def test_copies_of_several_archives_are_folded_to_the_earliest(reprints: list[Path]) -> None:
    with Archives.open_reading(reprints) as archives:
        answer = search(archives, "Đài Thơm 8", Filters())
        every = search(archives, "Đài Thơm 8", Filters(), copies=True)
    assert [(each.hit.source, each.hit.copies) for each in answer.found] == [("baolongan", 2)]
    assert len(every.found) == 3


@pytest.mark.parametrize("copies", [False, True])
@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("Đài Thơm 8", Filters()),
        ("Đài Thơm 8", Filters(source="baotayninh")),  # in one archive alone
        ("Đài Thơm 8", Filters(since="2026-10-20")),
        ("Đài Thơm 8", Filters(section="Kinh tế")),
        ('"nhờ rơm"', Filters()),  # a copy has the words, the others have not
        ("", Filters(source="baodongthap")),
    ],
)
def test_copies_are_counted_as_in_one_merged_archive(
    reprints: list[Path], tmp_path: Path, query: str, filters: Filters, *, copies: bool
) -> None:
    with Archive.open(tmp_path / "one" / "archive.db") as merged:
        for path in reprints:
            with Archive.open_reading(path) as other:
                merged.merge(other, now="2026-12-01T00:00:00Z")
        together = merged.search(query, filters, copies=copies)
    with Archives.open_reading(reprints) as archives:
        apart = search(archives, query, filters, copies=copies)
        assert archives.failures == []
    expected = [(hit.url, hit.copies) for hit in together]
    assert sorted((each.hit.url, each.hit.copies) for each in apart.found) == sorted(expected)


def test_copies_of_hits_are_counted_where_too_many_are_found_to_choose_what_is_shown(
    reprints: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.federation.union.SHOWN", 0)
    for counted, copies in ((1, 2), (0, 0)):
        monkeypatch.setattr("storage.federation.union.COUNTED", counted)
        with Archives.open_reading(reprints) as archives:
            answer = search(archives, '"nhờ rơm"', Filters())
        assert [(each.hit.source, each.hit.copies) for each in answer.found] == [
            ("baotayninh", copies)
        ]


def test_an_article_counts_once_and_names_all_archives_that_have_it(
    reprints: list[Path], tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path / "later" / "archive.db", ("baotayninh",))
    shelf.crawl(9, {"1": "trang đã viết lại từ đầu"}, "baotayninh")
    shelf.crawl(10, {"2": "chuyện khác hẳn về trường học"}, "baotayninh")
    shelf.close()
    with Archives.open_reading([*reprints, shelf.archive.path]) as archives:
        answer = search(archives, "Đài Thơm 8", Filters(source="baotayninh"))
    ((found, hit),) = [(each, each.hit) for each in answer.found]
    assert (found.archive, found.also, hit.copies) == ("baotayninh/archive", ["later/archive"], 2)


def test_an_archive_that_breaks_beside_the_search_is_told(reprints: list[Path]) -> None:
    with Archives.open_reading(reprints) as archives:
        archives.members[0].archive.close()
        answer = search(archives, "Đài Thơm 8", Filters(source="baotayninh"))
        assert [each.hit.copies for each in answer.found] == [1]
        assert len(archives.failures) == 1


def test_an_archive_that_is_broken_is_told_and_others_answer(
    shelves: list[Path], tmp_path: Path
) -> None:
    expected = found(shelves[1:], "giá lúa")
    data = bytearray(shelves[0].read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    shelves[0].write_bytes(data)
    shelves[0].with_name("archive.db-wal").unlink(missing_ok=True)
    nowhere, other = tmp_path / "nowhere.db", tmp_path / "other.db"
    other.write_text("no database", encoding="utf-8")
    with Archives.open_reading([nowhere, *shelves, other]) as archives:
        answer = search(archives, "giá lúa", Filters())
        failures = archives.failures
    assert [(each.archive, each.hit.url) for each in answer.found] == expected
    assert len(failures) == 3
    for said, path in zip(
        sorted(failures), sorted(map(str, (nowhere, shelves[0], other))), strict=True
    ):
        assert path in said or path in " ".join(failures)


def test_an_archive_of_a_newer_version_is_told(shelves: list[Path]) -> None:
    with Archive.open(shelves[0]) as archive:
        archive._db.conn.execute("update _sqlite_migrations set name = 'x' where id = 1")
    with Archives.open_reading(shelves) as archives:
        assert search(archives, "giá lúa", Filters()).found
        [said] = archives.failures
    assert "newer version" in said


def test_no_archive_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="there is no archive at"):
        Archives.open_reading([tmp_path / "a.db", tmp_path / "b.db"])


def test_a_source_that_one_archive_lacks_leaves_that_one_out(shelves: list[Path]) -> None:
    with Archives.open_reading(shelves) as archives:
        answer = search(archives, "lúa", Filters(source="baotayninh"))
        assert {each.hit.source for each in answer.found} == {"baotayninh"}
        with pytest.raises(QueryError):
            search(archives, "lúa", Filters(source="nobody"))
        with pytest.raises(QueryError):
            search(archives, "???", Filters())


def test_an_archive_named_twice_is_read_once(shelves: list[Path]) -> None:
    assert found([shelves[0], shelves[0]], "lúa") == found([shelves[0]], "lúa")


def test_one_file_under_several_names_is_read_once(shelves: list[Path], tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(shelves[0])
    assert found([shelves[0], tmp_path / "link.db"], "lúa") == found(shelves[:1], "lúa")


def test_where_no_archive_answers_each_is_told(tmp_path: Path) -> None:
    paths = [tmp_path / "one.db", tmp_path / "other.db"]
    with pytest.raises(ArchiveError, match=r"one\.db.*other\.db"):
        Archives.open_reading(paths)


def test_an_empty_file_is_called_empty(shelves: list[Path], tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with Archives.open_reading([shelves[0], tmp_path / "empty.db"]) as archives:
        search(archives, "lúa", Filters())
        assert [failure for failure in archives.failures if "empty" in failure]


def test_more_archives_than_sqlite_attaches(tmp_path: Path) -> None:
    paths = []
    for number in range(13):
        shelf = Shelf(tmp_path / f"{number}.db")
        shelf.crawl(0, {str(number): f"vụ lúa thứ {number}"})
        shelf.close()
        paths.append(shelf.archive.path)
    assert len(found(paths, "vụ lúa", limit=20, copies=True)) == 13


def test_names_are_as_short_as_tells_them_apart() -> None:
    paths = [Path("/a/x/archive.db"), Path("/a/y/archive.db")]
    assert name_apart(paths) == ["x/archive", "y/archive"]
    assert name_apart([Path("/a/x.db"), Path("/b/y.db")]) == ["x", "y"]
    assert name_apart([Path("/a/x.db"), Path("/a/x.sqlite")]) == ["/a/x.db", "/a/x.sqlite"]
