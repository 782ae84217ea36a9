"""Is every kind of tampering with the evidence found, and named?

    python benchmarks/tampering.py [--only WORD]

Makes an archive with captures in three files and three manifests, two of them stamped by an
authority on loopback (openssl), into which captures of a second archive were imported as a WACZ and
those of a third were merged. Each kind of tampering is done to a copy of its own. Found is one that
makes ``baotinh verify --evidence`` (for texts of articles: ``baotinh verify``) print a sentence that
names the thing; for packages, one that an import names or that is not proven after it, or that
``wacz validate`` refuses. Ends with 1 where one is missed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from storage.archive import Archive
from storage.evidence.manifest import sha256
from storage.evidence.stamps import read_roots
from tests.support.authority import Authority
from tests.support.crawls import Desk
from tests.support.vault import Vault, run
from tests.support.warcs import BASE, page, response

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, tuple[Callable[[Copy], object], str]] = {}
"""Name -> what is done, and what must be said."""
PACKAGES: dict[str, Callable[[dict[str, bytes]], object]] = {}


class Copy:
    """A copy of the archive, to be tampered with."""

    def __init__(self, folder: Path, spare: Path) -> None:
        self.folder = folder
        self.spare = spare
        """A stamp of another authority."""
        self.captures = folder / "captures"
        self.db = folder / "archive.db"
        self.own = self.one("select id from evidence_chain")
        chains = {each.name for each in (self.captures / "evidence").iterdir()}
        self.others = sorted(chains - {self.own})

    def sql(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.db, isolation_level=None)) as conn:
            for statement in statements:
                conn.execute(statement)

    def one(self, sql: str) -> str:
        with closing(sqlite3.connect(self.db)) as conn:
            return str(conn.execute(sql).fetchone()[0])

    def row(self, id_: int) -> tuple[Path, int, int]:
        with closing(sqlite3.connect(self.db)) as conn:
            sql = "select file, offset, length from captures where id = ?"
            file, offset, length = conn.execute(sql, (id_,)).fetchone()
        return self.captures / file, offset, length

    def record(self, id_: int) -> bytes:
        path, offset, length = self.row(id_)
        return path.read_bytes()[offset : offset + length]

    def put(self, id_: int, data: bytes) -> None:
        """Put another record in the place of one, and set all rows of the file right."""
        path, offset, length = self.row(id_)
        self.splice(path, offset, length, data)
        self.sql(f"update captures set length = {len(data)} where id = {id_}")

    def splice(self, path: Path, offset: int, length: int, data: bytes) -> None:
        whole = path.read_bytes()
        path.write_bytes(whole[:offset] + data + whole[offset + length :])
        shift = len(data) - length
        self.sql(
            f"update captures set offset = -offset - {shift}"
            f" where file = '{path.name}' and offset > {offset}",
            "update captures set offset = -offset where offset < 0",
        )

    def manifests(self, chain: str = "") -> list[Path]:
        return sorted((self.captures / "evidence" / (chain or self.own)).glob("*.sha256"))

    def stamps(self, chain: str = "") -> list[Path]:
        return sorted((self.captures / "evidence" / (chain or self.own)).glob("*.tsr"))

    def forget(self, *ids: int) -> None:
        """Remove rows of captures, and what refers to them."""
        for id_ in ids:
            self.sql(
                f"update article_revisions set capture_id = null where capture_id = {id_}",
                f"update articles set capture_id = null where capture_id = {id_}",
                f"delete from captures where id = {id_}",
            )

    def edit(self, path: Path, old: str, new: str) -> None:
        data = path.read_bytes()
        changed = re.sub(old.encode(), new.encode(), data, count=1)
        assert changed != data, (path, old)
        path.write_bytes(changed)

    def rehash(self) -> None:
        """Make all manifests fit their captures and each other again."""
        before = None
        for path in self.manifests():
            lines = []
            for line in path.read_text().splitlines():
                digest, _, name = line.partition("  ")
                if name.endswith(".sha256") and before is not None:
                    digest, name = sha256(before.read_bytes()), before.name
                elif name.endswith(".tsr"):
                    stamp = path.with_name(name)
                    digest = sha256(stamp.read_bytes()) if stamp.exists() else digest
                elif name.endswith((".record", ".payload")):
                    digest = self._digest_of(name, digest)
                lines.append(line if line.startswith("#") else f"{digest}  {name}")
            path.write_text("\n".join([*lines, ""]))
            before = path

    def _digest_of(self, name: str, known: str) -> str:
        stem, _, kind = name.rpartition(".")
        file, _, offset = stem.rpartition(".")
        with closing(sqlite3.connect(self.db)) as conn:
            sql = "select id from captures where file = ? and offset = ?"
            row = conn.execute(sql, (file, offset)).fetchone()
        if row is None or kind != "record":
            return known
        return sha256(self.record(row[0]))

    def register(self) -> None:
        """Make the table of files of evidence say what lies there."""
        self.sql("delete from evidence_files")
        for path in sorted((self.captures / "evidence").glob("*/*")):
            name = f"{path.parent.name}/{path.name}"
            self.sql(f"insert into evidence_files values ('{name}', '{sha256(path.read_bytes())}')")


def kind(name: str, said: str) -> Callable[[Callable[[Copy], object]], None]:
    def keep(do: Callable[[Copy], object]) -> None:
        assert name not in KINDS
        KINDS[name] = (do, said)

    return keep


def plain(name: str, do: Callable[[Copy], object], said: str) -> None:
    kind(name, said)(do)


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))


def flip_record(copy: Copy, id_: int) -> None:
    path, offset, length = copy.row(id_)
    flip(path, offset + length // 2)


def change_inside(copy: Copy, old: bytes, new: bytes) -> None:
    data = gzip.decompress(copy.record(2))
    assert old in data
    copy.put(2, gzip.compress(data.replace(old, new, 1)))


# --- captures: bytes ------------------------------------------------------------------------------

TWO = r"capture 2 in .*(changed|cannot be read)"
plain("capture: one bit", lambda c: flip_record(c, 2), TWO)
plain("capture: first byte", lambda c: flip(c.row(2)[0], c.row(2)[1]), TWO)
plain("capture: last byte", lambda c: flip(c.row(2)[0], sum(c.row(2)[1:]) - 1), TWO)
plain("capture: another page", lambda c: c.put(2, response(2, page(99))), TWO)
plain(
    "capture: compressed anew",
    lambda c: c.put(2, gzip.compress(gzip.decompress(c.record(2)), 1)),
    r"capture 2 in .*headers were changed|capture 2 in .*changed",
)
plain(
    "capture: a header of the server",
    lambda c: change_inside(c, b"charset=utf-8", b"charset=UTF-8"),
    TWO,
)
plain("capture: its date", lambda c: change_inside(c, b"2019-03-06", b"2019-03-05"), TWO)
plain("capture: its address", lambda c: change_inside(c, b"a2.html", b"a9.html"), TWO)
plain("capture: one letter of the text", lambda c: change_inside(c, b"<p>", b"<P>"), TWO)
plain("capture: written over with zeros", lambda c: c.put(2, bytes(len(c.record(2)))), TWO)


@kind("captures: two in the other order", r"capture [12] in")
def _(copy: Copy) -> None:
    one, two = copy.record(1), copy.record(2)
    copy.put(1, two)
    copy.put(2, one)


@kind("captures: two rows exchanged", r"capture [12] in .*another address")
def _(copy: Copy) -> None:
    (_, one, size), (_, two, width) = copy.row(1), copy.row(2)
    copy.sql(
        "update captures set offset = -1 where id = 1",
        f"update captures set offset = {one}, length = {size} where id = 2",
        f"update captures set offset = {two}, length = {width} where id = 1",
    )


plain("file: cut", lambda c: c.row(3)[0].write_bytes(c.row(3)[0].read_bytes()[:-40]), "capture 3 ")
plain("file: removed", lambda c: c.row(2)[0].unlink(), r"capture 2 .*cannot be read")
plain("file: emptied", lambda c: c.row(2)[0].write_bytes(b""), r"capture 2 .*cannot be read")
plain(
    "file: bytes put before all",
    lambda c: c.row(2)[0].write_bytes(b"0" + c.row(2)[0].read_bytes()),
    "capture 2 ",
)


@kind("file: under another name", "inserted")
def _(copy: Copy) -> None:
    path = copy.row(2)[0]
    path.rename(path.with_name("other-00001.warc.gz"))
    copy.sql(f"update captures set file = 'other-00001.warc.gz' where file = '{path.name}'")


@kind("files: two exchanged", "capture 2 ")
def _(copy: Copy) -> None:
    one, two = copy.row(2)[0], copy.row(4)[0]
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)


# --- captures: rows -------------------------------------------------------------------------------

INSERT = (
    "insert into captures (id, url, fetched_at, status, content_type, digest, file, offset, length,"
    " manifest) select {id}, url, fetched_at, status, content_type, digest, {file}, {offset},"
    " length, {manifest} from captures where id = 1"
)


def insert(id_: int, manifest: str) -> Callable[[Copy], None]:
    """Append a record to a file, and a row."""

    def do(copy: Copy) -> None:
        path = copy.row(1)[0]
        offset = path.stat().st_size
        path.write_bytes(path.read_bytes() + copy.record(1))
        file = f"'{path.name}'"
        copy.sql(INSERT.format(id=id_, file=file, offset=offset, manifest=manifest))

    return do


plain("row: inserted, said to be listed", insert(77, "manifest"), r"capture 77 .*inserted")
plain("row: inserted before listed ones", insert(-7, "null"), r"capture -7 .*inserted")
plain("row: removed", lambda c: c.forget(2), "was removed")
plain("rows: all of a manifest removed", lambda c: c.forget(1, 2, 3), "was removed")


@kind("row and record: removed", "was removed|cannot be read|changed")
def _(copy: Copy) -> None:
    place = copy.row(2)
    copy.forget(2)
    copy.splice(*place, b"")


for column, value in (
    ("fetched_at", "'2001-01-01T00:00:00Z'"),
    ("url", "url || '?x'"),
    ("status", "404"),
    ("digest", "'sha1:AAAA'"),
    ("content_type", "'text/plain'"),
    ("origin", "'elsewhere.warc.gz'"),
    ("offset", "offset + 1"),
    ("length", "length - 1"),
    ("file", "'nothing.warc.gz'"),
):
    plain(
        f"row: {column} changed",
        lambda c, change=f"{column} = {value}": c.sql(f"update captures set {change} where id = 2"),
        "capture 2 ",
    )


@kind("row: in another manifest", r"capture 2 .*inserted")
def _(copy: Copy) -> None:
    last = f"{copy.own}/{copy.manifests()[-1].name}"
    copy.sql(f"update captures set manifest = '{last}' where id = 2")


@kind("row: in no manifest, and changed", "was changed")
def _(copy: Copy) -> None:
    flip_record(copy, 2)
    copy.sql("update captures set manifest = null")


plain(
    "row: in no manifest",
    lambda c: c.sql("update captures set manifest = null where id = 2"),
    "capture 2 .* is in no manifest",
)


@kind("chain: called another one, and a row removed", "not this archive's")
def _(copy: Copy) -> None:
    copy.forget(2)
    copy.sql("update evidence_chain set id = '0123456789abcdef'")


plain("chain: its name removed", lambda c: c.sql("delete from evidence_chain"), "not this archive")
plain(
    "text of an article changed",
    lambda c: c.sql("update articles set body = body || ' thêm' where id = 1"),
    "verify: ",
)

# --- manifests ------------------------------------------------------------------------------------

plain("manifest: a digest", lambda c: c.edit(c.manifests()[0], r"\n[0-9a-f]", "\ng"), "00001-")
plain(
    "manifest: another digest",
    lambda c: c.edit(c.manifests()[0], r"\n[0-9a-f]{8}", "\n00000000"),
    "00001-",
)
plain("manifest: a line out", lambda c: c.edit(c.manifests()[0], r"\n[^#\n]+", ""), "00001-")
plain(
    "manifest: a line more",
    lambda c: c.edit(c.manifests()[1], r"\Z", "0" * 64 + "  x.warc.gz.1.record\n"),
    "00002-",
)
plain(
    "manifest: lines in another order",
    lambda c: c.edit(c.manifests()[0], r"\n([0-9a-f].+)\n([0-9a-f].+)", r"\n\2\n\1"),
    "00001-",
)
plain("manifest: a comment", lambda c: c.edit(c.manifests()[0], "Captures", "captures"), "00001-")
plain("newest manifest: its date", lambda c: c.edit(c.manifests()[-1], "at 2", "at 1"), "00003-")
plain(
    "manifest: the one before another",
    lambda c: c.edit(c.manifests()[1], r"[0-9a-f]{8}(\w+  00001)", r"00000000\1"),
    "00002-",
)
plain(
    "manifest: cut",
    lambda c: c.manifests()[1].write_bytes(c.manifests()[1].read_bytes()[:-50]),
    "00002-",
)
plain("manifest: emptied", lambda c: c.manifests()[1].write_bytes(b""), "00002-")
plain("manifest: no text", lambda c: c.manifests()[1].write_bytes(b"\xff\x00" * 90), "00002-")
for place, name in ((0, "first"), (1, "middle"), (-1, "newest")):
    plain(
        f"manifest: the {name} removed",
        lambda c, place=place: c.manifests()[place].unlink(),
        "missing",
    )
plain(
    "manifest: another number",
    lambda c: c.manifests()[-1].rename(c.manifests()[-1].with_name("00007-2026-01-01.sha256")),
    "00003-.* missing|missing",
)
plain(
    "manifest: another day in its name",
    lambda c: c.manifests()[0].rename(c.manifests()[0].with_name("00001-2001-01-01.sha256")),
    "00001-",
)
plain("manifests: the whole folder", lambda c: shutil.rmtree(c.manifests()[0].parent), "missing")
plain(
    "manifests: the folder under another name",
    lambda c: c.manifests()[0].parent.rename(c.captures / "evidence" / ("0" * 16)),
    "missing",
)


@kind("manifests: two exchanged", "00001-")
def _(copy: Copy) -> None:
    one, two, *_ = copy.manifests()
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)


@kind("manifest: one copied as the next", "00004-|stood before it|changed")
def _(copy: Copy) -> None:
    last = copy.manifests()[-1]
    shutil.copy(last, last.with_name(last.name.replace("00003", "00004")))


@kind("capture changed, chain made anew", "does not stamp")
def _(copy: Copy) -> None:
    copy.put(2, response(2, page(99)))
    copy.rehash()


@kind("capture changed, chain and table made anew", "does not stamp")
def _(copy: Copy) -> None:
    copy.put(2, response(2, page(99)))
    copy.rehash()
    copy.register()


@kind("capture removed, chain and table made anew", "does not stamp")
def _(copy: Copy) -> None:
    path, offset, _ = copy.row(2)
    copy.forget(2)
    name = re.escape(f"{path.name}.{offset}.")
    for _ in range(2):
        copy.edit(copy.manifests()[0], rf"\n[0-9a-f]+  {name}\w+", "")
    copy.rehash()
    copy.register()


# --- stamps ---------------------------------------------------------------------------------------

plain("stamp: the newest removed", lambda c: c.stamps()[-1].unlink(), r"\.tsr was here")
plain("stamp: an older one removed", lambda c: c.stamps()[0].unlink(), r"\.tsr")
plain("stamp: cut", lambda c: c.stamps()[0].write_bytes(c.stamps()[0].read_bytes()[:99]), r"\.tsr")
plain("stamp: one bit", lambda c: flip(c.stamps()[0], 300), r"\.tsr")
plain("stamp: emptied", lambda c: c.stamps()[-1].write_bytes(b""), r"\.tsr")
plain("stamp: of nobody", lambda c: c.stamps()[-1].write_bytes(c.spare.read_bytes()), r"\.tsr")
plain(
    "stamp: of another manifest",
    lambda c: c.stamps()[0].write_bytes(c.stamps()[-1].read_bytes()),
    r"\.tsr",
)
plain(
    "stamp: of a manifest that has none",
    lambda c: shutil.copy(c.stamps()[0], c.manifests()[1].with_suffix(".tsr")),
    "does not stamp",
)


@kind("stamp: an older one removed, and from the table", r"the stamp of .* is missing")
def _(copy: Copy) -> None:
    copy.stamps()[0].unlink()
    copy.register()


@kind("stamps: two exchanged", r"\.tsr")
def _(copy: Copy) -> None:
    one, two = copy.stamps()[0], copy.stamps()[-1]
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)


# --- what came from other archives ----------------------------------------------------------------


def foreign(copy: Copy) -> int:
    return int(copy.one("select max(id) from captures where origin_manifests is not null"))


plain("of others: a record", lambda c: flip_record(c, foreign(c)), r"capture \d+ in .*changed")
plain("of others: a row removed", lambda c: c.forget(foreign(c)), "was removed")
for number, how in ((0, "imported"), (1, "merged")):
    plain(
        f"{how} chain: a manifest changed",
        lambda c, n=number: c.edit(c.manifests(c.others[n])[0], "Captures", "captures"),
        "changed",
    )
    plain(
        f"{how} chain: a manifest removed",
        lambda c, n=number: c.manifests(c.others[n])[0].unlink(),
        "missing",
    )
    plain(
        f"{how} chain: a stamp removed",
        lambda c, n=number: c.stamps(c.others[n])[-1].unlink(),
        "missing",
    )
    plain(
        f"{how} chain: a stamp of another",
        lambda c, n=number: shutil.copy(c.stamps()[0], c.stamps(c.others[n])[-1]),
        "does not stamp",
    )
plain(
    "of others: said to be in another's manifest",
    lambda c: c.sql(
        f"update captures set origin_manifests = '{c.others[0]}/{c.manifests(c.others[0])[0].name}'"
        f" where id = 1"
    ),
    "capture 1 in .* is not what",
)

# --- packages -------------------------------------------------------------------------------------


def package(name: str) -> Callable[[Callable[[dict[str, bytes]], object]], None]:
    def keep(do: Callable[[dict[str, bytes]], object]) -> None:
        PACKAGES[name] = do

    return keep


def find(files: dict[str, bytes], ending: str) -> str:
    return max(name for name in files if name.endswith(ending))


@package("package: a record")
def _(files: dict[str, bytes]) -> None:
    name = find(files, ".warc.gz")
    members = files[name].split(b"\x1f\x8b\x08")
    files[name] = b"\x1f\x8b\x08".join([*members[:-1], members[-1][:-9] + b"000000000"])


@package("package: a record compressed anew")
def _(files: dict[str, bytes]) -> None:
    name = find(files, ".warc.gz")
    files[name] = gzip.compress(gzip.decompress(files[name]), 1)


@package("package: a manifest changed")
def _(files: dict[str, bytes]) -> None:
    name = min(each for each in files if each.endswith(".sha256"))
    files[name] = files[name].replace(b"Captures", b"captures")


@package("package: a digest in a manifest")
def _(files: dict[str, bytes]) -> None:
    name = min(each for each in files if each.endswith(".sha256"))
    files[name] = re.sub(rb"\n[0-9a-f]{8}", b"\n00000000", files[name])


@package("package: a manifest removed")
def _(files: dict[str, bytes]) -> None:
    del files[min(each for each in files if each.endswith(".sha256"))]


@package("package: the stamp removed")
def _(files: dict[str, bytes]) -> None:
    del files[find(files, ".tsr")]


@package("package: the stamp cut")
def _(files: dict[str, bytes]) -> None:
    name = find(files, ".tsr")
    files[name] = files[name][:200]


@package("package: the description")
def _(files: dict[str, bytes]) -> None:
    files["datapackage.json"] = files["datapackage.json"].replace(b'"created"', b'"Created"')


@package("package: the index")
def _(files: dict[str, bytes]) -> None:
    name = find(files, ".cdx")
    files[name] = files[name].replace(b"a11.html", b"a18.html")


# --- the check ------------------------------------------------------------------------------------


def say(folder: Path, roots: Path) -> list[str]:
    """What `verify --evidence` and, headed by its name, `verify` find wrong."""
    with Archive.open_existing(folder / "archive.db") as archive:
        found = list(archive.evidence.check(read_roots(roots)).run())
        return found + [f"verify: {problem}" for problem in archive.check()]


def make_desk(folder: Path, authority: Authority) -> Vault:
    folder.mkdir()
    desk = Desk(folder)
    desk.add_source(BASE)
    desk.private.add(authority.place)
    desk.settings |= {"TIMESTAMP_URL": authority.url, "TIMESTAMP_CA": str(authority.roots)}
    return Vault(desk)


def make_archive(folder: Path, authority: Authority) -> Vault:
    """Three manifests, of which the first and the last are stamped, and what others captured."""
    vault = make_desk(folder / "archive", authority)
    imported, merged = (make_desk(folder / name, authority) for name in ("imported", "merged"))
    imported.capture(11, 12)
    merged.capture(21, 22)
    for other in (imported, merged):
        assert other.run("evidence").exit_code == 0
    path = folder / "other.wacz"
    assert imported.run("export", "--format", "wacz", "-o", str(path)).exit_code == 0
    vault.capture(1, 2, 3)
    assert vault.run("evidence").exit_code == 0
    del vault.desk.settings["TIMESTAMP_URL"]
    vault.capture(4)
    assert vault.run("evidence").exit_code == 0
    vault.desk.settings["TIMESTAMP_URL"] = authority.url
    assert vault.run("import", str(path)).exit_code == 0
    assert run(vault.desk, "merge", str(merged.desk.archive)).exit_code == 0
    assert vault.run("evidence").exit_code == 0
    return vault


def try_kind(name: str, vault: Vault, folder: Path, roots: Path, spare: Path) -> str:
    do, expected = KINDS[name]
    target = folder / "copy"
    shutil.copytree(vault.desk.folder, target)
    try:
        do(Copy(target, spare))
        said = say(target, roots)
        return next((each for each in said if re.search(expected, each)), "")
    finally:
        shutil.rmtree(target)


def try_package(name: str, path: Path, folder: Path, authority: Authority) -> str:
    with zipfile.ZipFile(path) as whole:
        files = {each: whole.read(each) for each in whole.namelist()}
    PACKAGES[name](files)
    changed = folder / "changed.wacz"
    with zipfile.ZipFile(changed, "w") as package_:
        for each, data in files.items():
            package_.writestr(each, data)
    target = make_desk(folder / "target", authority)
    try:
        notes = json.loads(target.run("import", "--json", str(changed)).stdout.splitlines()[-1])
        if notes["notes"]:
            return f"import: {notes['notes']}"
        done = target.run("verify", "--evidence", "--json")
        *wrong, last = (json.loads(line) for line in done.stdout.splitlines())
        if wrong:
            return str(wrong[0]["what"])
        proven = sum(last["evidence"]["proven"].values())
        if proven < 2:
            return f"{proven} of 2 captures are proven"
        return ask_wacz(changed)
    finally:
        shutil.rmtree(target.desk.folder)


def ask_wacz(path: Path) -> str:
    """What `wacz validate` finds wrong."""
    command = [sys.executable, "-W", "ignore", "-m", "wacz.main", "validate", "-f", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    said = f"{done.stdout}{done.stderr}".strip()
    is_wrong = done.returncode != 0 or "invalid" in said.lower()
    return f"wacz validate: {said.splitlines()[-1]}" if is_wrong else ""


def main() -> int:
    """Print one line a kind; return 1 where one was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="kinds whose names have this in them")
    only = parser.parse_args().only
    missed = 0
    with tempfile.TemporaryDirectory() as name, Authority() as authority, Authority() as other:
        folder = Path(name)
        vault = make_archive(folder, authority)
        assert not (wrong := say(vault.desk.folder, authority.roots)), wrong
        spare = folder / "spare.tsr"
        elsewhere = make_desk(folder / "elsewhere", other)
        elsewhere.capture(1)
        assert elsewhere.run("evidence").exit_code == 0
        shutil.copy(max(elsewhere.evidence.glob("*.tsr")), spare)
        chosen = [each for each in KINDS if only in each]
        for each in chosen:
            found = try_kind(each, vault, folder, authority.roots, spare)
            missed += not found
            print(f"{each:50} {found or 'NOT FOUND'}", flush=True)
        packages = [each for each in PACKAGES if only in each]
        for each in packages:
            found = try_package(each, folder / "other.wacz", folder, authority)
            missed += not found
            print(f"{each:50} {found or 'NOT FOUND'}", flush=True)
    print(f"{len(chosen) + len(packages)} kinds of tampering, {missed} not found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
