"""The rooms of the house and the imports between them, read from the source files.

A *package* is a folder with Python files. A *room* is a package, too, but every module directly
in the package ``crawler`` is a room of its own, as ``ls crawler`` shows them. An *arrow* goes from
one room to another when any module imports any: at its top, inside a function, or for type checking
only. What a package hands on from its modules is an import of the package.

For circles and floors a module that stands beside packages is taken alone, wherever that is: a
package may use a module of the folder it stands in, and another module of that folder may use the
package. A *floor* is one step of the longest way down; what stands in a circle is on one floor.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PACKAGES = ("crawler", "storage")
Graph = dict[str, set[str]]
"""Each name with the names it imports."""


@dataclass(frozen=True, slots=True)
class Module:
    """One source file."""

    name: str
    is_package: bool
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The package it stands in; an ``__init__`` stands in its own."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def room(self) -> str:
        """Its package, or itself where it stands directly in ``crawler``."""
        return self.name if self.package == PACKAGES[0] else self.package


@dataclass(slots=True)
class House:
    """All modules of the packages, what they import, and what the tests import."""

    modules: dict[str, Module]
    tests: list[Module]
    imports: Graph = field(init=False)
    """Type imports included."""
    runtime_imports: Graph = field(init=False)

    def __post_init__(self) -> None:
        self.imports = {m.name: self.imports_of(m) for m in self.modules.values()}
        self.runtime_imports = {
            m.name: self.imports_of(m, types=False) for m in self.modules.values()
        }

    def imports_of(self, module: Module, *, types: bool = True) -> set[str]:
        """Our modules that a module imports."""
        named = {self._known(name) for name in read_imports(module, types=types)}
        return {name for name in named if name is not None and name != module.name}

    def _known(self, name: str) -> str | None:
        """The module that ``package.module.name`` stands in; None when it is not ours."""
        while name and name not in self.modules:
            name = name.rpartition(".")[0]
        return name or None

    def rooms(self, *, types: bool = True) -> Graph:
        """Each room with the rooms it imports."""
        return merge(self._graph(types), lambda name: self.modules[name].room)

    def parts(self, *, types: bool = True) -> Graph:
        """Packages, and modules beside packages, with the parts they import."""
        holding = {m.name.rpartition(".")[0] for m in self.modules.values() if m.is_package}
        alone = {m.name for m in self.modules.values() if m.package in holding}

        def part_of(name: str) -> str:
            return name if name in alone else self.modules[name].package

        return merge(self._graph(types), part_of)

    def packages(self, *, types: bool = True) -> Graph:
        """Each package with the packages it imports."""
        return merge(self._graph(types), lambda name: self.modules[name].package)

    def _graph(self, types: bool) -> Graph:
        return self.imports if types else self.runtime_imports


# --- reading -------------------------------------------------------------------------------------


def read_house(folder: Path) -> House:
    """Parse the packages and tests below a folder."""
    found = (module for name in PACKAGES for module in read_modules(folder, name))
    return House({module.name: module for module in found}, list(read_modules(folder, "tests")))


def read_modules(folder: Path, top: str) -> Iterator[Module]:
    """Parse every Python file below ``folder/top``."""
    for path in sorted((folder / top).rglob("*.py")):
        words = list(path.relative_to(folder).with_suffix("").parts)
        is_package = words[-1] == "__init__"
        text = path.read_text(encoding="utf-8")
        name = ".".join(words[:-1] if is_package else words)
        yield Module(name, is_package, text, ast.parse(text))


def read_imports(module: Module, *, types: bool) -> Iterator[str]:
    """Full names of what is imported; ``types``: those for type checking only as well."""
    for node in walk_code(module.tree, types=types):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    words = module.package.split(".")
    words = words[: len(words) - node.level + 1]
    return ".".join([*words, *([node.module] if node.module else [])])


def walk_code(node: ast.AST, *, types: bool) -> Iterator[ast.AST]:
    """All nodes below one; without ``types`` not what stands under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(node):
        if not types and isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from walk_code(child, types=types)


# --- graphs --------------------------------------------------------------------------------------


def merge(graph: Graph, room_of: Callable[[str], str]) -> Graph:
    """The graph of rooms from that of modules."""
    merged: Graph = defaultdict(set)
    for name, others in graph.items():
        room = room_of(name)
        merged[room] |= {room_of(other) for other in others} - {room}
    return merged


def find_circles(graph: Graph) -> list[set[str]]:
    """Sets of names each of which reaches each other, largest first."""
    reached = {name: _reach(graph, name) for name in graph}
    circles: list[set[str]] = []
    for name in graph:
        if name in reached[name] and not any(name in circle for circle in circles):
            circles.append({other for other in reached[name] if name in reached[other]})
    return sorted(circles, key=lambda circle: (-len(circle), min(circle)))


def _reach(graph: Graph, start: str) -> set[str]:
    """What can be reached from a name; the name itself only by a circle."""
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(graph[name])
    return found


def count_floors(graph: Graph) -> int:
    """Names on the longest way down; a circle counts as one."""
    circles = find_circles(graph)
    stands_for = {name: min(circle) for circle in circles for name in circle}
    down = merge(graph, lambda name: stands_for.get(name, name))
    floors: dict[str, int] = {}

    def floor(name: str) -> int:
        if name not in floors:
            floors[name] = 1 + max(map(floor, down[name]), default=0)
        return floors[name]

    return max(map(floor, list(down)), default=0)
