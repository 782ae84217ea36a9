"""How the house is built: rooms, arrows, circles, long functions, modules that no test imports.

    python benchmarks/house.py [--rev REV] [--compare REV]

Reads the source files of the working tree, or of a git revision, and runs none of them. With
``--compare`` the figures of another revision stand in a column before. What a room, an arrow and a
floor are is said in ``rooms.py``; imports for type checking only count, but where it says "at
runtime". Circles of the last column are named below the tables.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rooms import PACKAGES, count_floors, find_circles, read_house

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rooms import Graph, House, Module

ROOT = Path(__file__).parent.parent
SQL = re.compile(
    r"\s*(select\b.+\bfrom\b|insert\s+(or\s+\w+\s+)?into\b|replace\s+into\b|update\s+\w+\s+set\b"
    r"|delete\s+from\b|create\s+(\w+\s+)?(table|index|view|trigger)\b|alter\s+table\b"
    r"|drop\s+(table|index|view|trigger)\b|pragma\s+\w+|with\s+\w+\s*(\([^)]*\))?\s+as\b)",
    re.IGNORECASE | re.DOTALL,
)
EXECUTE = frozenset({"execute", "executemany", "executescript"})
COMMANDS = f"{PACKAGES[0]}.commands"
"""May have as many modules as there are commands."""
ROOM_MODULES = 12
"""More modules than these, ``__init__`` and ``__main__`` left out, and a room is too full."""
NOT_COUNTED = frozenset({"__init__", "__main__"})
NO_CODE = frozenset(
    {
        *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
        *(tokenize.ENDMARKER, tokenize.ENCODING),
    }
)

# --- figures -------------------------------------------------------------------------------------


def measure(house: House) -> dict[str, str]:
    """All figures, each with its name."""
    modules = list(house.modules.values())
    sizes = count_modules(modules)
    largest = max(sizes.keys() - {COMMANDS}, key=lambda name: sizes[name])
    return {
        "modules, with every __init__": f"{len(modules)}",
        "packages": f"{len(sizes)}",
        "most modules in a package": f"{sizes[largest]} ({largest})",
        f"packages with more than {ROOM_MODULES} modules": f"{len(find_full(sizes))}",
        **measure_graphs(house),
        **measure_functions(modules),
        **measure_sql(modules),
        **measure_tests(house),
        "lines": f"{sum(map(count_lines, modules))}",
        "lines of code": f"{sum(map(count_code, modules))}",
        "files over 400 lines": f"{sum(count_lines(module) > 400 for module in modules)}",
        "lines of tests": f"{sum(map(count_lines, house.tests))}",
        "lines of code of tests": f"{sum(map(count_code, house.tests))}",
    }


def measure_graphs(house: House) -> dict[str, str]:
    """Rooms, floors, arrows, circles."""
    rooms, packages, parts = house.rooms(), house.packages(), house.parts()
    return {
        "rooms": f"{len(rooms)}",
        "floors": f"{count_floors(parts)}",
        "arrows between rooms": f"{count_arrows(rooms)}",
        "arrows between rooms at runtime": f"{count_arrows(house.rooms(types=False))}",
        "arrows between packages": f"{count_arrows(packages)}",
        "arrows between packages at runtime": f"{count_arrows(house.packages(types=False))}",
        "imports between modules": f"{count_arrows(house.imports)}",
        "circles among packages": describe_circles(parts),
        "circles among packages at runtime": describe_circles(house.parts(types=False)),
        "circles among modules": describe_circles(house.imports),
        "circles among modules at runtime": describe_circles(house.runtime_imports),
    }


def measure_functions(modules: Iterable[Module]) -> dict[str, str]:
    """Length of functions: from ``def`` to the last line, docstring and inner functions included."""
    lengths = [length for module in modules for length in function_lengths(module)]
    return {
        "functions": f"{len(lengths)}",
        "median lines of a function": f"{statistics.median(lengths):g}",
        "functions over 30 lines": f"{sum(length > 30 for length in lengths)}",
        "functions over 50 lines": f"{sum(length > 50 for length in lengths)}",
        "longest function": f"{max(lengths)}",
    }


def measure_sql(modules: Iterable[Module]) -> dict[str, str]:
    """SQL and connections outside ``storage``."""
    crawler = [module for module in modules if not module.name.startswith("storage")]
    calls = {module.name: count_executes(module) for module in crawler}
    texts = {module.name: count_sql(module) for module in crawler}
    touching = [module for module in crawler if touches_connection(module)]
    return {
        "execute calls outside storage": _in_modules(calls),
        "SQL texts outside storage": _in_modules(texts),
        "modules outside storage that touch .conn": f"{len(touching)}",
    }


def measure_tests(house: House) -> dict[str, str]:
    """Modules that no file below ``tests`` imports itself."""
    tested = {name for test in house.tests for name in house.imports_of(test)}
    left = len(house.modules) - len(tested)
    return {"modules no test imports": f"{left} ({100 * left / len(house.modules):.0f} %)"}


def count_modules(modules: Iterable[Module]) -> Counter[str]:
    """Modules a package."""
    sizes: Counter[str] = Counter()
    for module in modules:
        last = "__init__" if module.is_package else module.name.rpartition(".")[2]
        sizes[module.package] += last not in NOT_COUNTED
    return sizes


def find_full(sizes: Counter[str]) -> list[str]:
    """Packages with too many modules."""
    return [name for name, size in sizes.items() if size > ROOM_MODULES and name != COMMANDS]


def count_arrows(graph: Graph) -> int:
    """Pairs of names of which one imports the other."""
    return sum(map(len, graph.values()))


def describe_circles(graph: Graph) -> str:
    """How many circles, and how many names stand in each."""
    circles = find_circles(graph)
    if not circles:
        return "0"
    return f"{len(circles)} (of {', '.join(str(len(circle)) for circle in circles)})"


def function_lengths(module: Module) -> Iterator[int]:
    """Lines of each function and method."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def count_executes(module: Module) -> int:
    """Calls of ``execute``, ``executemany`` and ``executescript`` on anything."""
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in EXECUTE
        for node in ast.walk(module.tree)
    )


def count_sql(module: Module) -> int:
    """Texts that begin as SQL statements do."""
    return sum(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL.match(node.value) is not None
        for node in ast.walk(module.tree)
    )


def touches_connection(module: Module) -> bool:
    """Whether it speaks of the ``conn`` of anything."""
    return any(isinstance(n, ast.Attribute) and n.attr == "conn" for n in ast.walk(module.tree))


def count_lines(module: Module) -> int:
    """Lines of the file."""
    return len(module.text.splitlines())


def count_code(module: Module) -> int:
    """Lines that hold code: no blank line, no comment, no docstring."""
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type not in NO_CODE:
            held.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            held.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(held)


def _in_modules(counts: dict[str, int]) -> str:
    return f"{sum(counts.values())} in {sum(map(bool, counts.values()))} modules"


# --- output --------------------------------------------------------------------------------------


def main() -> int:
    """Print the figures of one or two revisions."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rev", help="a git revision instead of the working tree")
    options.add_argument("--compare", metavar="REV", help="the revision of the column before")
    given = options.parse_args()
    columns = [] if given.compare is None else [given.compare]
    houses = {name: read_revision(name) for name in columns}
    houses[given.rev or "working tree"] = read_revision(given.rev)
    print_table("", {name: measure(house) for name, house in houses.items()})
    print()
    print_table(
        "modules a package",
        {
            name: {package: str(n) for package, n in count_modules(house.modules.values()).items()}
            for name, house in houses.items()
        },
    )
    print_circles(list(houses.values())[-1])
    return 0


def read_revision(revision: str | None) -> House:
    """The house of a revision, or of the working tree."""
    if revision is None:
        return read_house(ROOT)
    packed = subprocess.run(
        ["git", "archive", "--format=tar", revision], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            members = [m for m in archive if m.isdir() or m.name.endswith(".py")]
            archive.extractall(folder, members, filter="data")
        return read_house(Path(folder))


def print_table(title: str, columns: dict[str, dict[str, str]]) -> None:
    """Print figures by name, one column a revision."""
    names = dict.fromkeys(name for figures in columns.values() for name in figures)
    widths = {
        name: 2 + max(len(name), *map(len, figures.values())) for name, figures in columns.items()
    }
    print(f"{title:42}" + "".join(f"{name:>{width}}" for name, width in widths.items()))
    for name in names:
        cells = (f"{columns[c].get(name, '-'):>{width}}" for c, width in widths.items())
        print(f"{name:42}" + "".join(cells))


def print_circles(house: House) -> None:
    """Name what stands in circles, type imports included."""
    for what, graph in (("packages", house.parts()), ("modules", house.imports)):
        for circle in find_circles(graph):
            print(f"\ncircle of {what}: {', '.join(sorted(circle))}")


if __name__ == "__main__":
    sys.exit(main())
