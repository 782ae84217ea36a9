"""What `benchmarks.search` compares: each peer builds an index over articles and answers queries."""

from __future__ import annotations

import importlib.util
import sqlite3
import time
import unicodedata
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.batches import Missing, timed
from benchmarks.postgres import Postgres
from benchmarks.stock import NAME, build
from storage.archive import Archive
from storage.db.fulltext import TABLES
from storage.engine.folder import folder_of
from storage.engine.searcher import Answering
from storage.engine.sql import SqlSearcher
from storage.errors import QueryError
from storage.search import engine, search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from benchmarks.search import Corpus as Articles

INDEX = (*TABLES, "spellings", "article_spellings")


class Peer(Protocol):
    """One search system over its own copy of the articles."""

    is_elsewhere: bool
    """Whether another process does the work, so that only the wall clock tells."""

    def build(self, articles: Articles) -> float | None:
        """Index the articles; return articles per CPU second, None where an index is reused."""

    def index_bytes(self) -> int:
        """Size of the index, without the articles' own rows."""

    def search(self, query: str) -> list[int]:
        """Return the ten best article numbers."""

    def close(self) -> None:
        """Stop what was started."""


class Ours:
    """`storage.search.search` over an archive and the index beside it."""

    is_elsewhere = False

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._is_new = not self._path.exists()
        Archive.open(self._path).close()
        self._conn = sqlite3.connect(self._path, isolation_level=None)

    def build(self, articles: Articles) -> float | None:
        """Insert by transactions of some hundred, triggers keeping the tables, then the index."""
        return build(self._path, articles) if self._is_new else None

    def index_bytes(self) -> int:
        """Bytes of the full-text tables and of the folder beside the archive."""
        folder = sum(file.stat().st_size for file in folder_of(self._path).iterdir())
        return _table_bytes(self._conn, INDEX) + folder

    def search(self, query: str) -> list[int]:
        """Ask through the public function."""
        return [hit.id for hit in search(self._conn, query)]

    def close(self) -> None:
        """Close the archive."""
        self._conn.close()


class OursInSql(Ours):
    """The same queries, answered by plain SQL: an archive without the index."""

    def search(self, query: str) -> list[int]:
        """Ask as where tantivy is not installed."""
        before, engine.open_searcher = engine.open_searcher, self._plain
        try:
            return [hit.id for hit in search(self._conn, query)]
        except QueryError:  # the time was over
            return []
        finally:
            engine.open_searcher = before

    @staticmethod
    def _plain(conn: sqlite3.Connection) -> Answering:
        return Answering(SqlSearcher(conn), "left out")


class AllWords(Ours):
    """FTS5 and bm25 over the tables of Ours: README's query for any client."""

    joint = " AND "

    def search(self, query: str) -> list[int]:
        """Each word quoted, as any client does."""
        sql = "select rowid from articles_fts where articles_fts match ? order by rank limit 10"
        match = self.joint.join(f'"{word}"' for word in _pieces(query))
        return [row[0] for row in _tolerant(self._conn, sql, (match,))]


class AnyWord(AllWords):
    """FTS5 and bm25, any of the words."""

    joint = " OR "


class SqliteUtils:
    """`table.enable_fts(...)` and `table.search(...)` as the library does them by default."""

    is_elsewhere = False

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
    is_elsewhere = False

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
    "ours, plain SQL": OursInSql,
    "FTS5 bm25, all words": AllWords,
    "FTS5 bm25, any word": AnyWord,
    "sqlite-utils default": SqliteUtils,
    "PostgreSQL unaccent GIN": Postgres,
    "tantivy alone, all words": Tantivy,
}


def _pieces(word: str) -> list[str]:
    composed = unicodedata.normalize("NFC", word)
    return "".join(letter if letter.isalnum() else " " for letter in composed).split()


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
