"""What pyproject.toml says of the package: every data file is in the wheel."""

from __future__ import annotations

import subprocess
import tomllib

import pytest

from tests.support.paths import ROOT

FOR_TRANSLATORS = {".po", "babel.toml"}
"""What only `make catalogues` reads."""


def test_the_wheel_carries_every_file_that_code_may_read() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = {
        path
        for package, patterns in project["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for path in (ROOT / package).glob(pattern)
    }
    listed = subprocess.run(
        ["git", "ls-files", "baotinh", "crawler", "storage"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("no checkout of git")
    files = {ROOT / line for line in listed.stdout.splitlines() if not line.endswith(".py")}
    missing = {path for path in files - packed if path.exists()}
    assert {path for path in missing if not {path.suffix, path.name} & FOR_TRANSLATORS} == set()
