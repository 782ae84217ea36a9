"""Small changes to code that decides, one at a time: what a reviewer would call a typing error.

A comparison is turned, a constant is moved, a condition is dropped or negated, a statement is left
out, ``and`` becomes ``or``. Each change is a piece of new text for a piece of the old one, so lines
keep their numbers. Left alone are messages, logging, annotations, decorators and asserts.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from random import Random

TURNED: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
LEFT_ALONE = (ast.JoinedStr, ast.Assert, ast.Raise)
"""A mutant of a message is not worth a test."""
SMALL = 10
"""Larger numbers are bounds: one more or less is the same to anybody."""
LOGGERS = frozenset({"logger", "logging", "log"})


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of one file. Columns and ``end`` are in bytes, as in `ast`."""

    line: int
    column: int
    end_line: int
    end: int
    new: str
    what: str
    function: str
    """Qualified name of the function it stands in, empty at the top of a module."""
    names: frozenset[str] = frozenset()
    """At the top of a module: the names that are bound by the changed statement."""

    def apply(self, text: str) -> str:
        """The text of the file after the change."""
        lines = text.encode().splitlines(keepends=True)
        before, after = lines[self.line - 1][: self.column], lines[self.end_line - 1][self.end :]
        # As many lines as before, so that what was learnt about lines stays true.
        more = b"\n" * (self.end_line - self.line - self.new.count("\n"))
        lines[self.line - 1 : self.end_line] = [before + self.new.encode() + after, more]
        return b"".join(lines).decode()


def find_mutations(text: str, chance: Random) -> list[Mutation]:
    """All changes worth trying in a file; where several are alike, ``chance`` takes one."""
    finder = _Finder(text, chance)
    finder.visit(ast.parse(text))
    return finder.found


def changes_code(text: str, mutation: Mutation) -> bool:
    """Whether the changed file is Python, and not the same as before."""
    try:
        changed = ast.parse(mutation.apply(text))
    except SyntaxError:
        return False
    return ast.dump(changed) != ast.dump(ast.parse(text))


def lines_changed(text: str, mutation: Mutation) -> Collection[int]:
    """Lines that do something else after the change.

    Those of a signature are run when the module is imported: a default changes the function's body.
    """
    if not mutation.function:
        return lines_using(text, mutation.names)
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            body = function.body[0].lineno
            if function.lineno <= mutation.line < body:
                return range(body, (function.end_lineno or body) + 1)
    return range(mutation.line, mutation.end_line + 1)


def lines_using(text: str, names: frozenset[str]) -> set[int]:
    """Lines of functions that use one of the names; all lines of functions if none does."""
    every, using = set(), set()
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for statement in function.body:
            for node in ast.walk(statement):
                if isinstance(node, ast.expr):
                    every.add(node.lineno)
                if isinstance(node, ast.Name) and node.id in names:
                    using.add(node.lineno)
    return using or every


class _Finder(ast.NodeVisitor):
    """Collects changes; knows where it is."""

    def __init__(self, text: str, chance: Random) -> None:
        self.text = text
        self.chance = chance
        self.found: list[Mutation] = []
        self._scope: list[str] = []
        self._in_function = False
        self._names: frozenset[str] = frozenset()

    # --- where changes may be ------------------------------------------------------------------

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, LEFT_ALONE) or _is_logging(node) or _is_type_check(node):
            return
        if isinstance(node, ast.stmt) and not self._in_function:
            self._names = _bound_names(node)
        super().visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before, self._in_function = self._in_function, True
        self._scope.append(node.name)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)
        self._scope.pop()
        self._in_function = before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - ast's name

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope.append(node.name)
        for statement in node.body:
            self.visit(statement)
        self._scope.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    # --- changes -------------------------------------------------------------------------------

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) == 1:
            new = self.chance.choice(TURNED[type(node.ops[0])])
            sides = self._source(node.left), self._source(node.comparators[0])
            self._add(node, f"({sides[0]} {new} {sides[1]})", f"compared by {new}")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        parts = [f"({self._source(value)})" for value in node.values]
        self._add(node, f"({f' {new} '.join(parts)})", f"{old} is {new}")
        dropped = self.chance.randrange(len(parts))
        kept = f" {old} ".join(part for place, part in enumerate(parts) if place != dropped)
        self._add(node, f"({kept})", f"without {_short(parts[dropped])}")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._add(node, f"bool({self._source(node.operand)})", "without not")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self._change_test(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._change_test(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._add(test, "True", f"without if {_short(self._source(test))}")
        self.generic_visit(node)

    def _change_test(self, test: ast.expr) -> None:
        new = self.chance.choice(("True", "False", f"not ({self._source(test)})"))
        self._add(test, new, f"if {_short(new)}")

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._add(node, str(not value), f"{value} is {not value}")
        elif isinstance(value, int):
            nearby = (value - 1, value + 1) if abs(value) <= SMALL else (value // 2, value * 2)
            new = str(self.chance.choice(nearby))
            self._add(node, f"({new})", f"{value} is {new}")
        elif isinstance(value, float):
            new = str(value * self.chance.choice((0.5, 2.0)))
            self._add(node, new, f"{value} is {new}")

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom | ast.Await):
            self._leave_out(node)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._leave_out(node)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
            self._leave_out(node)
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._leave_out(node)

    def visit_Break(self, node: ast.Break) -> None:
        self._leave_out(node)

    def _leave_out(self, node: ast.stmt) -> None:
        if self._in_function:
            self._add(node, "pass", f"without {_short(self._source(node))}")

    def _source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def _add(self, node: ast.expr | ast.stmt, new: str, what: str) -> None:
        end_line, end = node.end_lineno, node.end_col_offset
        if end_line is None or end is None:
            return
        place = (node.lineno, node.col_offset, end_line, end)
        names = frozenset() if self._in_function else self._names
        function = ".".join(self._scope) if self._in_function else ""
        self.found.append(Mutation(*place, new, what, function, names))


def _bound_names(node: ast.stmt) -> frozenset[str]:
    return frozenset(
        name.id
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    )


def _is_logging(node: ast.AST) -> bool:
    """A call such as ``logger.info(...)``, as a statement."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    called = node.value.func
    owner = called.value if isinstance(called, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in LOGGERS


def _is_type_check(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _short(text: str) -> str:
    """One line of at most 40 characters."""
    words = " ".join(text.split())
    return words if len(words) <= 40 else f"{words[:39]}…"
