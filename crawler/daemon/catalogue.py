"""The daemon's catalogue of sources: a file is read again when it changes, unless it is invalid.

Children read their sources from a snapshot of the user's folder that holds only valid files,
so a file that is being saved breaks no crawl.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from crawler.errors import SourceError
from crawler.sources.catalogue import load_sources
from crawler.sources.files import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crawler.sources.model import Source

Stamp = tuple[int, int, int]


class Catalogue:
    """All sources by id, and the folder of source files for children."""

    def __init__(self, folder: Path | None, snapshot: Path) -> None:
        self.sources: Mapping[str, Source] = {}
        self.complaints: list[str] = []
        """What is wrong with files of the folder now, one sentence each."""
        self._folder = folder
        self._snapshot = snapshot
        self._stamps: dict[str, Stamp] = {}
        self._uncopied: dict[str, Source] = {}
        """Valid sources that no child can read yet: the disk of the snapshot is full."""

    @property
    def children_folder(self) -> Path | None:
        """Return the ``--sources`` of children."""
        return self._snapshot if self._folder else None

    def load(self) -> None:
        """Read everything at a start. Raise SourceError only if the folder itself is missing.

        An invalid file is a complaint; its source is left out until the file is valid.
        """
        if self._folder is not None:
            if not self._folder.is_dir():
                raise SourceError(f"{self._folder}: there is no such folder of source files")
            try:
                shutil.rmtree(self._snapshot, ignore_errors=True)
                self._snapshot.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._snapshot.mkdir(mode=0o700)
            except OSError as error:
                raise SourceError(f"{self._snapshot} cannot be made: {error.strerror}") from error
        self.reload()

    def has_changed(self) -> bool:
        """Return whether a file of the folder was added, removed or written since the last read."""
        return self._folder is not None and self._read_stamps() != self._stamps

    def reload(self) -> tuple[list[str], list[str]]:
        """Read valid files; return ids that are new or changed, and ids that are gone."""
        self.complaints = []
        self._uncopied = {}
        if self._folder is not None:
            self._stamps = self._read_stamps()
            self._copy_good_files(self._folder)
        try:
            sources = load_sources(self.children_folder) | self._uncopied
        except SourceError as error:
            self.complaints.append(self._name_original(str(error)))
            return [], []
        before, self.sources = self.sources, sources
        changed = [id_ for id_, source in sources.items() if before.get(id_) != source]
        return changed, [id_ for id_ in before if id_ not in sources]

    def _copy_good_files(self, folder: Path) -> None:
        present = {path.name for path in folder.glob("*.toml")}
        for kept in self._snapshot.glob("*.toml"):
            if kept.name not in present:
                kept.unlink()
        taken: dict[str, str] = {}
        for name in sorted(present):
            self._copy_file(folder / name, taken)

    def _copy_file(self, path: Path, taken: dict[str, str]) -> None:
        """Copy one file if it is valid; otherwise complain, and keep the earlier copy."""
        kept = self._snapshot / path.name
        fresh = kept.with_suffix(".new")
        try:
            shutil.copyfile(path, fresh)
            source = read_source(fresh)
            if source.id in taken:
                raise SourceError(
                    f"{path}: id: {source.id!r} is already taken by {taken[source.id]}"
                )
            taken[source.id] = str(path)
            if not (kept.exists() and kept.read_bytes() == fresh.read_bytes()):
                fresh.replace(kept)
        except (SourceError, OSError) as error:
            if isinstance(error, OSError):
                self._stamps.pop(path.name, None)  # a full disk: it is tried again
                self._note_uncopied(path)
            message = str(error).replace(str(fresh), str(path))
            stays = " (the version read before stays in force)" if kept.exists() else ""
            self.complaints.append(f"{message}{stays}")
            if kept.exists():
                taken.setdefault(read_source(kept).id, str(path))
        finally:
            fresh.unlink(missing_ok=True)

    def _note_uncopied(self, path: Path) -> None:
        with contextlib.suppress(SourceError, OSError):  # said already
            source = read_source(path)
            self._uncopied[source.id] = source

    def _name_original(self, text: str) -> str:
        return text.replace(str(self._snapshot), str(self._folder))

    def _read_stamps(self) -> dict[str, Stamp]:
        stamps: dict[str, Stamp] = {}
        for path in self._folder.glob("*.toml") if self._folder else ():
            try:
                found = path.stat()
            except OSError:
                continue
            stamps[path.name] = (found.st_mtime_ns, found.st_size, found.st_ino)
        return stamps
