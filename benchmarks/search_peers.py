"""What `benchmarks.search` compares: each peer builds an index over articles and answers queries."""

from __future__ import annotations

import importlib.util
import json
import random
import sqlite3
import time
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.batches import Missing, timed
from benchmarks.postgres import Postgres
from crawler.sources import load_sources
from storage.archive import Archive
from storage.db.fulltext import TABLES, optimize_index
from storage.errors import QueryError
from storage.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Articles = Iterable[tuple[int, str, str, str]]

SECTIONS = (
    "Thời sự", "Kinh tế", "Xã hội", "Pháp luật", "Văn hóa", "Thể thao", "Giáo dục", "Y tế",
    "Nông nghiệp - Nông thôn", "Quốc phòng - An ninh", "Xây dựng Đảng", "Đất và người",
)  # fmt: skip
INDEX = (*TABLES, "spellings", "article_spellings")


class Peer(Protocol):
    """One search system over its own copy of the articles."""

    def build(self, articles: Articles) -> float | None:
        """Index the articles; return articles per CPU second, None where an index is reused."""

    def index_bytes(self) -> int:
        """Size of the index, without the articles' own rows."""

    def search(self, query: str) -> list[int]:
        """Return the ten best article numbers."""

    def close(self) -> None:
        """Stop what was started."""


FIELDS = ("id", "title", "summary", "body", "source_id", "section", "authors")


class Ours:
    """`storage.search.search` over an archive."""

    def __init__(self, folder: Path) -> None:
        self._is_new = not (folder / "ours.db").exists()
        self._sources = list(load_sources().values())
        Archive.open(folder / "ours.db").close()
        self._conn = sqlite3.connect(folder / "ours.db", isolation_level=None)

    def build(self, articles: Articles) -> float | None:
        """Insert row by row, in transactions of some hundred, triggers keeping the index."""
        if not self._is_new:
            return None
        self._conn.executescript("pragma synchronous = normal; pragma cache_size = -65536")
        self._conn.executemany(
            "insert into sources (id, name, kind, province, province_before_2025, homepage)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                (s.id, s.name, s.kind, s.province, s.province_before_2025, s.homepage)
                for s in self._sources
            ],
        )
        count, seconds = timed(articles, self._insert)
        started = time.process_time()
        self._conn.execute("begin")
        optimize_index(self._conn)
        self._conn.execute("commit")
        self._conn.execute("pragma wal_checkpoint(truncate)")
        return count / (seconds + time.process_time() - started)

    def _insert(self, batch: list[tuple[int, str, str, str]]) -> None:
        self._conn.execute("begin")
        self._conn.executemany(
            "insert into articles (id, key, url, canonical_url, title, summary, body, digest,"
            " cluster_id, source_id, section, authors, published_on, first_seen_at, last_seen_at)"
            " values (:id, :id, :id, :id, :title, :summary, :body, :id, :id, :source_id, :section,"
            " :authors, date('2010-01-01', (:id / 200) || ' days'), '', '')",
            (dict(zip(FIELDS, row + self._facets(row[0]), strict=True)) for row in batch),
        )
        self._conn.execute("commit")

    def _facets(self, number: int) -> tuple[str, str, str]:
        """Source, section and authors, spread as unevenly as papers publish."""
        draw = random.Random(number)
        source = self._sources[int(len(self._sources) * draw.random() ** 2)]
        author = f"Bút danh {int(400 * draw.random() ** 2)}"
        section = SECTIONS[int(len(SECTIONS) * draw.random() ** 2)]
        return source.id, section, json.dumps([author], ensure_ascii=False)

    def index_bytes(self) -> int:
        """Bytes of the index's tables."""
        return _table_bytes(self._conn, INDEX)

    def search(self, query: str) -> list[int]:
        """Ask through the public function."""
        try:
            return [hit.id for hit in search(self._conn, query)]
        except QueryError as error:
            raise AssertionError(query) from error

    def close(self) -> None:
        """Close the archive."""
        self._conn.close()


class PlainSql(Ours):
    """README's query for the sqlite3 shell, over the index that Ours has built."""

    def build(self, articles: Articles) -> float | None:
        """Reuse; build only where Ours did not run."""
        return super().build(articles)

    def search(self, query: str) -> list[int]:
        """Each word quoted, as any client does; a phrase and a beginning as FTS5 writes them."""
        rows = _tolerant(
            self._conn,
            "select rowid from articles_fts where articles_fts match ?"
            " order by rowid in (select rowid from articles_exact where articles_exact match ?) desc,"
            " rank limit 10",
            (fts5_query(query), fts5_query(query.replace('"', " "), phrases=False)),
        )
        return [row[0] for row in rows]


class SqliteUtils:
    """`table.enable_fts(...)` and `table.search(...)` as the library does them by default."""

    def __init__(self, folder: Path) -> None:
        import sqlite_utils

        conn = sqlite3.connect(folder / "utils.db", isolation_level=None)
        self._db = sqlite_utils.Database(conn)

    def build(self, articles: Articles) -> float | None:
        """Index with triggers, insert in batches."""
        table = self._db.table("articles")
        if table.exists():
            return None
        self._db.conn.executescript("pragma journal_mode = wal; pragma synchronous = normal")
        table.create({"id": int, "title": str, "summary": str, "body": str}, pk="id")
        table.enable_fts(["title", "summary", "body"], create_triggers=True)
        names = ("id", "title", "summary", "body")
        count, seconds = timed(
            articles,
            lambda batch: table.insert_all(dict(zip(names, row, strict=True)) for row in batch),
        )
        return count / seconds

    def index_bytes(self) -> int:
        """Bytes of the full-text table."""
        return _table_bytes(self._db.conn, ("articles_fts",))

    def search(self, query: str) -> list[int]:
        """The library's own quoting."""
        table = self._db.table("articles")
        return [row["id"] for row in table.search(query, limit=10, quote=True, columns=["id"])]

    def close(self) -> None:
        """Close the database."""
        self._db.close()


class Tantivy:
    """tantivy-py: simple tokenizer, lower case, ASCII folding, all words required."""

    FIELDS = ("title", "summary", "body")

    def __init__(self, folder: Path) -> None:
        if importlib.util.find_spec("tantivy") is None:
            raise Missing("pip install tantivy")
        import tantivy

        self._folder = folder / "tantivy"
        self._is_new = not self._folder.exists()
        self._folder.mkdir(exist_ok=True)
        builder = tantivy.SchemaBuilder().add_integer_field("id", stored=True, indexed=True)
        for name in self.FIELDS:
            builder = builder.add_text_field(name, stored=False, tokenizer_name="folding")
        self._index = tantivy.Index(builder.build(), path=str(self._folder))
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        analyzer = analyzer.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
        self._index.register_tokenizer("folding", analyzer.build())
        self._tantivy = tantivy

    def build(self, articles: Articles) -> float | None:
        """Add documents with one writer thread."""
        if not self._is_new:
            return None
        writer = self._index.writer(heap_size=256_000_000, num_threads=1)

        def add(batch: list[tuple[int, str, str, str]]) -> None:
            for number, title, summary, body in batch:
                writer.add_document(
                    self._tantivy.Document(id=number, title=title, summary=summary, body=body)
                )

        count, seconds = timed(articles, add)
        started = time.process_time()
        writer.commit()
        writer.wait_merging_threads()
        return count / (seconds + time.process_time() - started)

    def index_bytes(self) -> int:
        """Bytes of the index folder."""
        return sum(file.stat().st_size for file in self._folder.iterdir())

    def search(self, query: str) -> list[int]:
        """tantivy's own query language, titles boosted; its syntax errors find nothing."""
        self._index.reload()
        searcher = self._index.searcher()
        boosts = {"title": 8.0, "summary": 3.0}
        try:
            parsed = self._index.parse_query(
                _spaced_numbers(query), list(self.FIELDS), field_boosts=boosts,
                conjunction_by_default=True,
            )  # fmt: skip
        except ValueError:
            return []
        hits = searcher.search(parsed, 10).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    def close(self) -> None:
        """Nothing runs."""


PEERS: dict[str, Callable[[Path], Peer]] = {
    "ours": Ours,
    "ours, plain SQL": PlainSql,
    "sqlite-utils default": SqliteUtils,
    "PostgreSQL unaccent GIN": Postgres,
    "tantivy folding": Tantivy,
}


def fts5_query(query: str, *, phrases: bool = True) -> str:
    """Quote words for FTS5 as a careful client would; keep phrases, exclusions and beginnings."""
    wanted, unwanted = [], []
    for position, part in enumerate(query.split('"') if phrases else [query]):
        if position % 2:
            target = unwanted if wanted and wanted[-1] == "-" else wanted
            if target is unwanted:
                wanted.pop()
            target.append(f'"{part}"')
            continue
        for word in part.split():
            if word == "-":
                wanted.append("-")
            elif word.startswith("-"):
                unwanted.append(f'"{word[1:]}"')
            elif not phrases:
                wanted += [f'"{piece}"' for piece in _pieces(word)]
            else:
                wanted.append(f'"{word.rstrip("*")}"' + (" *" if word.endswith("*") else ""))
    text = " AND ".join(word for word in wanted if word != "-")
    return " NOT ".join([f"({text})", *unwanted])


def _pieces(word: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in word).split()


def _spaced_numbers(query: str) -> str:
    """tantivy reads ``/`` as a regular expression: number parts become a phrase."""
    return " ".join(
        f'"{word.replace("/", " ").replace("-", " ")}"' if "/" in word else word
        for word in query.split()
    )


def _tolerant(conn: sqlite3.Connection, sql: str, values: tuple[str, ...]) -> list[Any]:
    try:
        return conn.execute(sql, values).fetchall()
    except sqlite3.OperationalError:
        return []


def _table_bytes(conn: sqlite3.Connection, tables: Iterable[str]) -> int:
    names = [
        name
        for table in tables
        for name in (
            table,
            *(f"{table}_{part}" for part in ("data", "idx", "docsize", "config", "content")),
        )
    ]
    marks = ", ".join("?" * len(names))
    sql = f"select sum(pgsize) from dbstat where name in ({marks})"
    return int(conn.execute(sql, names).fetchone()[0])
