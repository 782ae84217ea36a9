"""An archive of imported pages, with evidence; commands run in this process."""

from __future__ import annotations

import importlib
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from crawler import settings
from crawler.cli import cli
from storage.errors import BaotinhError
from tests.support.crawls import Desk
from tests.support.template import begin
from tests.support.warcs import response

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Vault:
    """An archive with evidence; commands run in this process."""

    desk: Desk

    def __post_init__(self) -> None:
        begin(self.desk.archive)

    def copy(self, folder: Path) -> Vault:
        """The same in another folder."""
        shutil.copytree(self.desk.folder, folder, dirs_exist_ok=True)
        return Vault(Desk(folder, set(self.desk.private), dict(self.desk.settings)))

    def run(self, *words: str) -> Result:
        return run(self.desk, *words)

    @property
    def evidence(self) -> Path:
        (chain,) = (self.desk.folder / "captures" / "evidence").iterdir()
        return chain

    def capture(self, *numbers: int) -> None:
        path = self.desk.folder / f"{numbers}.warc.gz"
        path.write_bytes(b"".join(response(n) for n in numbers))
        assert self.run("import", str(path), "--source", "town").exit_code == 0

    def check(self) -> list[str]:
        """What is wrong; empty: nothing."""
        done = self.run("verify", "--evidence")
        lines = done.stdout.splitlines()
        return [] if done.exit_code == 0 else lines

    def change(self, sql: str) -> None:
        with closing(sqlite3.connect(self.desk.archive, isolation_level=None)) as conn:
            conn.execute(sql)


def run(desk: Desk, *words: str) -> Result:
    start = ["--archive", str(desk.archive), "--sources", str(desk.sources)]
    environ = {f"BAOTINH_{name}": value for name, value in desk.settings.items()}
    environ["BAOTINH_ALLOW_PRIVATE_HOSTS"] = ",".join(desk.private)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        importlib.reload(settings)
        done = CliRunner().invoke(cli, [*start, *words])
    importlib.reload(settings)
    if done.exception is not None and not isinstance(done.exception, (SystemExit, BaotinhError)):
        raise done.exception
    return done
