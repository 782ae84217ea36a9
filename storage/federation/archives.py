"""Several archives open for reading, a connection each: what one cannot answer, others do."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TypeVar

from storage.archive import Archive
from storage.db.connections import explain
from storage.db.database import identity
from storage.engine.searcher import index_changed_at, open_searcher
from storage.errors import ArchiveError, ArchiveUnusable, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from storage.engine.searcher import Answering

T = TypeVar("T")


class Member:
    """One of the archives, under the name by which results say where they come from."""

    def __init__(self, name: str, archive: Archive) -> None:
        self.name = name
        self.archive = archive
        self._state: tuple[int, int | None] | None = None
        self._answering: Answering | None = None

    def answering(self) -> Answering:
        """Return who answers searches: opened anew where archive or index have changed."""
        state = self._find_state()
        if self._answering is None or state != self._state:
            self._answering, self._state = open_searcher(self.archive.connection), state
        return self._answering

    def _find_state(self) -> tuple[int, int | None]:
        version = self.archive.connection.execute("pragma data_version").fetchone()[0]
        return version, index_changed_at(self.archive.path)


@dataclass(slots=True)
class Archives:
    """Open archives. ``failures`` has one sentence for each that could not be opened or asked."""

    members: list[Member]
    failures: list[str] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def open_reading(cls, paths: Sequence[Path], *, captures_dir: Path | None = None) -> Self:
        """Open archives by their paths, each file once.

        ``captures_dir`` is for a single one; each of several has its captures beside it. Raise
        ArchiveError where none of them can be opened.
        """
        paths = distinct(paths)
        opened = cls([])
        errors = []
        for name, path in zip(name_apart(paths), paths, strict=True):
            try:
                archive = Archive.open_reading(
                    path, captures_dir=captures_dir if len(paths) == 1 else None
                )
            except ArchiveError as error:
                errors.append(error)
                continue
            opened._stack.callback(archive.close)
            opened.members.append(Member(name, archive))
        if not opened.members:
            raise errors[0] if len(errors) == 1 else ArchiveError("; ".join(map(str, errors)))
        opened.failures += map(str, errors)
        return opened

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. May be called again."""
        self._stack.close()

    def ask(self, question: Callable[[Member], T]) -> list[tuple[Member, T]]:
        """Return what each archive answers; one that cannot is among the failures from then on.

        A filter that nothing in one archive can match, such as a source it does not have, leaves
        that archive out. Raise QueryError where that is so in all, and the first error where no
        archive can be asked.
        """
        answers: list[tuple[Member, T]] = []
        refused: list[QueryError] = []
        broken: list[ArchiveError] = []
        for member in list(self.members):
            try:
                answers.append((member, question(member)))
            except QueryError as error:
                refused.append(error)
            except (sqlite3.Error, UnicodeError, ArchiveError) as error:
                broken.append(self.leave_out(member, error))
        if not answers and (refused or broken):
            raise (refused or broken)[0]
        return answers

    def leave_out(self, member: Member, error: Exception) -> ArchiveError:
        """Ask an archive no more that broke; return why, one sentence."""
        problem = _as_archive_error(error, member)
        if member in self.members:
            self.members.remove(member)
            self.failures.append(str(problem))
        return problem

    def member(self, name: str) -> Member | None:
        """Return the archive of that name, or None."""
        return next((member for member in self.members if member.name == name), None)


def distinct(paths: Sequence[Path]) -> list[Path]:
    """Return absolute paths, of each file the first, whatever links lead to it."""
    found: dict[object, Path] = {}
    for path in paths:
        found.setdefault(identity(path) or path.absolute(), path.absolute())
    return list(found.values())


def name_apart(paths: Sequence[Path]) -> list[str]:
    """Return a name for each path: its stem, with as many folders before it as tell all apart."""
    for depth in range(max(len(path.parts) for path in paths)):
        names = ["/".join((*path.parts[-1 - depth : -1], path.stem)) for path in paths]
        if max(Counter(names).values()) == 1:
            return names
    return [str(path) for path in paths]


def _as_archive_error(error: Exception, member: Member) -> ArchiveError:
    if isinstance(error, ArchiveError):
        return error
    path = member.archive.path
    if isinstance(error, sqlite3.OperationalError):
        try:
            member.archive.explain_missing(error)
        except ArchiveError as older:
            return older
    if isinstance(error, sqlite3.Error | UnicodeError):
        return explain(error, path)
    return ArchiveUnusable(f"{path} cannot be used: {error}")
