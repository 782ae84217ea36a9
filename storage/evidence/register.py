"""Table ``evidence_files``: every manifest and stamp that was ever here, with its digest.

The chain says what became of a file once the next manifest names it. This says it at once, also of
the newest stamp, which nothing names yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.evidence.files import evidence_in, keep_file
from storage.evidence.manifest import is_evidence, sha256

if TYPE_CHECKING:
    from pathlib import Path

    from storage.db.database import Database

_NOTE = "insert into evidence_files (name, digest) values (?, ?) on conflict do nothing"


class Register:
    """What files of evidence one archive has had."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self._folder = folder

    def keep(self, path: Path, data: bytes) -> None:
        """Write a file and note it. Raise ArchiveError when it cannot be written."""
        keep_file(path, data)
        self._note({f"{path.parent.name}/{path.name}": sha256(data)})

    def note_all(self) -> None:
        """Note what lies in the folder and is not known: of earlier versions, of a backup."""
        known = self.digests()
        found = {f"{path.parent.name}/{path.name}": path for path in evidence_in(self._folder)}
        self._note({n: sha256(p.read_bytes()) for n, p in found.items() if n not in known})

    def adopt(self, files: dict[str, bytes]) -> list[str]:
        """Keep files of other archives; return the names that other bytes have here already.

        Names are ``<chain>/<file>``. Raise ArchiveError when they cannot be written.
        """
        known = self.digests()
        strange, new = [], {}
        for name, data in files.items():
            path, digest = self._folder / name, sha256(data)
            if name in known or path.exists():
                here = known.get(name) or sha256(path.read_bytes())
                if here != digest:
                    strange.append(name)
                    continue
            if not path.exists():
                keep_file(path, data)
            new[name] = digest
        self._note(new)
        return strange

    @property
    def own(self) -> str | None:
        """Return the name of the archive's own chain, None where it has none yet."""
        row = self._db.conn.execute("select id from evidence_chain").fetchone()
        return None if row is None else str(row[0])

    def files_of(self, chain: str) -> dict[str, bytes]:
        """Return the files that are here of a chain, by name."""
        folder = self._folder / chain
        found = sorted(folder.iterdir()) if folder.is_dir() else ()
        return {path.name: path.read_bytes() for path in found if is_evidence(path.name)}

    def digests(self) -> dict[str, str]:
        """Return name -> SHA-256 of all files that were noted."""
        return dict(self._db.conn.execute("select name, digest from evidence_files order by name"))

    def _note(self, digests: dict[str, str]) -> None:
        if not digests:
            return
        with self._db.transaction():
            self._db.conn.executemany(_NOTE, digests.items())
