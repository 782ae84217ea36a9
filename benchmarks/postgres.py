"""PostgreSQL as a peer of search: a server of its own in a folder, reached by a socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.batches import Missing, batches

if TYPE_CHECKING:
    from benchmarks.batches import Articles


class Postgres:
    """PostgreSQL: tsvector of unaccented text, GIN, websearch_to_tsquery, ts_rank."""

    is_elsewhere = True

    def __init__(self, folder: Path) -> None:
        self._bin = _postgres_folder()
        self._folder = folder / "postgres"
        self._user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
        self._is_new = not self._folder.exists()
        if self._is_new:
            self._folder.mkdir()
            # The server refuses to run as root, so it must reach its folder as another user.
            if self._user:
                shutil.chown(self._folder, self._user)
                folder.chmod(0o711)
            self._call(
                "initdb", "-D", self._data, "-U", "bench", "--auth=trust", "--no-sync", "-E", "UTF8"
            )
        options = f"-k {self._folder} -c listen_addresses='' -c fsync=off -c shared_buffers=256MB"
        self._call(
            "pg_ctl", "-D", self._data, "-w", "-l", self._folder / "log", "-o", options, "start"
        )

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def build(self, articles: Articles) -> float | None:
        """COPY in batches into a table with a GIN index."""
        if not self._is_new:
            return None
        self._sql(
            "create extension unaccent;"
            "create text search configuration vi (copy = simple);"
            "alter text search configuration vi alter mapping for hword, hword_part, word, asciiword,"
            " asciihword, hword_asciipart with unaccent, simple;"
            "create table articles (id int primary key, words tsvector);"
            "create index on articles using gin (words)"
        )
        before = self._cpu()
        count = 0
        for batch in batches(articles, 5_000):
            rows = "\n".join(self._row(row) for row in batch)
            self._sql(f"begin;create temp table t (id int, a text, b text, c text);copy t from stdin;\n{rows}\n\\.\n"
                      "insert into articles select id, setweight(to_tsvector('vi', a), 'A')"
                      " || setweight(to_tsvector('vi', b), 'B') || setweight(to_tsvector('vi', c), 'C')"
                      " from t;drop table t;commit;", "-f", "-")  # fmt: skip
            count += len(batch)
        self._sql("vacuum analyze articles")
        return count / max(0.01, self._cpu() - before)

    def index_bytes(self) -> int:
        """Bytes of the vectors and of the GIN index over them."""
        return int(self._sql("select pg_total_relation_size('articles')"))

    def search(self, query: str) -> list[int]:
        """One statement over a connection that psql opens anew is unfair: a psql is kept open."""
        if not hasattr(self, "_psql"):
            self._psql = subprocess.Popen(
                [self._bin / "psql", *self._address, "-qAtX"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True, bufsize=1,
            )  # fmt: skip
        literal = "'" + query.replace("'", "''") + "'"
        assert self._psql.stdin
        assert self._psql.stdout
        self._psql.stdin.write(
            f"select id from articles, websearch_to_tsquery('vi', {literal}) q where words @@ q"
            " order by ts_rank(words, q) desc, id desc limit 10;\n\\echo .\n"
        )
        self._psql.stdin.flush()
        return [int(line) for line in iter(self._psql.stdout.readline, ".\n")]

    def close(self) -> None:
        """Stop the server."""
        if hasattr(self, "_psql"):
            self._psql.communicate("\\q\n")
        with suppress(subprocess.CalledProcessError):
            self._call("pg_ctl", "-D", self._data, "-m", "fast", "stop")

    @property
    def _address(self) -> tuple[Any, ...]:
        return ("-h", self._folder, "-U", "bench", "-d", "postgres")

    @staticmethod
    def _row(row: tuple[int, str, str, str]) -> str:
        return "\t".join(str(value).replace("\\", " ").replace("\n", " ") for value in row)

    def _sql(self, script: str, *options: str) -> str:
        done = subprocess.run(
            [self._bin / "psql", *self._address, "-qAtX", "-v", "ON_ERROR_STOP=1", *options],
            input=script, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def _call(self, program: str, *args: Any) -> None:
        command = [str(self._bin / program), *map(str, args)]
        if self._user:
            command = ["runuser", "-u", self._user, "--", *command]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )

    def _cpu(self) -> float:
        """CPU seconds of the server and its children so far."""
        main = int((self._data / "postmaster.pid").read_text().split()[0])
        fields = Path(f"/proc/{main}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _postgres_folder() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "psql").exists():
            return folder
    raise Missing("apt-get install postgresql-15")
