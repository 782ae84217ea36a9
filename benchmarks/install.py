"""Does the package install and work where nothing else is? On every Python that it claims.

    python benchmarks/install.py                    # all that are at hand
    python benchmarks/install.py --python 3.12 --extras web,mcp

Builds wheel and sdist, then for each Python of pyproject.toml's classifiers that is at hand (on PATH or
under pyenv): an empty environment, the wheel, `baotinh demo`, a search in its archive, and a page of
`baotinh serve`. The last line is for the sdist: it must give the same wheel. Needs an index to
install from. Ends with 1 when anything failed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CLAIMED = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
SERVE_SECONDS = 60


def main() -> int:
    """Print a line for each Python; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", action="append", choices=CLAIMED, help="only this version")
    parser.add_argument("--extras", default="web")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="install-") as name:
        folder = Path(name)
        wheel, sdist = build(folder)
        print(
            f"{wheel.name}: {wheel.stat().st_size >> 10} KB, {sdist.name}: {sdist.stat().st_size >> 10} KB"
        )
        failed = 0
        for version in asked.python or CLAIMED:
            python = find_python(version)
            if python is None:
                print(f"Python {version}: not at hand, not tried")
                continue
            try:
                print(try_wheel(python, version, wheel, asked.extras, folder / version), flush=True)
            except (subprocess.CalledProcessError, AssertionError, OSError) as error:
                failed += 1
                print(
                    f"Python {version}: FAILED: {error}\n{getattr(error, 'stderr', '')}", flush=True
                )
        same = names_of(wheel) == names_of(build_wheel(sdist, folder / "again"))
        print(f"the sdist gives {'the same' if same else 'ANOTHER'} wheel")
    return 1 if failed or not same else 0


def copy_source(folder: Path) -> Path:
    """Return a copy of what git knows of the working tree."""
    source = folder / "source"
    files = run(
        "git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"
    )
    for file in filter(None, files.split("\0")):
        if (ROOT / file).exists():
            (source / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, source / file, follow_symlinks=False)
    return source


def build(folder: Path) -> tuple[Path, Path]:
    """Return wheel and sdist of what git knows of the working tree."""
    source = copy_source(folder)
    tools = folder / "tools"
    run(sys.executable, "-m", "venv", str(tools))
    run(str(tools / "bin/pip"), "install", "--quiet", "build")
    run(str(tools / "bin/python"), "-m", "build", "--outdir", str(folder / "dist"), str(source))
    (wheel,) = (folder / "dist").glob("*.whl")
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    return wheel, sdist


def build_wheel(sdist: Path, into: Path) -> Path:
    """Return the wheel that an sdist gives."""
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(into),
        str(sdist),
    )
    (wheel,) = into.glob("*.whl")
    return wheel


def names_of(wheel: Path) -> list[tuple[str, int]]:
    """Return what is in a wheel, without what differs from build to build."""
    with zipfile.ZipFile(wheel) as archive:
        return sorted(
            (each.filename, each.CRC)
            for each in archive.infolist()
            if not each.filename.endswith("RECORD")
        )


def find_python(version: str) -> str | None:
    """Return an interpreter of that version; None where there is none that can make environments."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in (
        f"python{version}",
        *map(str, sorted(pyenv.glob(f"{version}.*/bin/python{version}"))),
    ):
        try:
            return run(
                candidate, "-c", "import ssl, sqlite3, sys, venv; print(sys.executable)"
            ).strip()
        except (OSError, subprocess.CalledProcessError):
            continue  # a shim of pyenv stands on PATH for versions that are not switched on
    return None


def try_wheel(python: str, version: str, wheel: Path, extras: str, folder: Path) -> str:
    """Install the wheel into an empty environment, use it, and return a line about it."""
    begun = time.monotonic()
    run(python, "-m", "venv", str(folder / "venv"))
    bin_ = folder / "venv" / "bin"
    run(str(bin_ / "python"), "-m", "pip", "install", "--quiet", f"{wheel}[{extras}]")
    installed = time.monotonic()
    size = sum(file.stat().st_size for file in (folder / "venv").rglob("*") if file.is_file())
    baotinh = str(bin_ / "baotinh")
    run(baotinh, "demo", cwd=folder)
    archive = str(folder / "baotinh-demo" / "archive.db")
    hits = run(baotinh, "--archive", archive, "search", "tinh uy long an", cwd=folder)
    assert "Tỉnh ủy" in hits, hits
    used = time.monotonic()
    page = serve(baotinh, archive) if "web" in extras.split(",") else "not asked for"
    return (
        f"Python {version}: installed in {installed - begun:.0f} s ({size >> 20} MB), demo and search"
        f" {used - installed:.0f} s, serve: {page}"
    )


def serve(baotinh: str, archive: str) -> str:
    """Start the pages, ask for a search, end them; return what came."""
    process = subprocess.Popen(
        [baotinh, "--archive", archive, "serve", "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://[\w.:]+", said)
        assert found, said
        deadline = time.monotonic() + SERVE_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{found[0]}/?q=tinh+uy+long+an", timeout=30) as answer:  # noqa: S310 - our own server
                    text = answer.read().decode()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        assert "Tỉnh ủy Long An" in text.replace("<mark>", "").replace("</mark>", ""), text[:500]
        return f"a page of {len(text) >> 10} KB"
    finally:
        process.terminate()
        process.wait(30)


def run(*command: str, cwd: Path | None = None) -> str:
    """Run a command to its end and return what it printed. Raise CalledProcessError."""
    environ = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("BAOTINH_", "PYTHONPATH", "VIRTUAL_ENV"))
    }
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
