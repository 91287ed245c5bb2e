"""Python modules as the names that they give, need and import."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from typing import Final

STANDARD: Final = sys.stdlib_module_names
_ALWAYS: Final = frozenset({*dir(builtins), "__file__", "__name__", "__doc__", "__path__", "__builtins__", "__spec__"})


def given_names(module: ast.Module) -> tuple[frozenset[str], bool]:
    """The names that a module gives, and whether it may give others (`*`, `__getattr__`, `globals()`)."""
    names: set[str] = set()
    more = False
    for node in _statements(module.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            more = more or node.name == "__getattr__"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                more = more or alias.name == "*"
                names.add(alias.asname or alias.name.partition(".")[0])
        else:
            names |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
            more = more or any(isinstance(one, ast.Name) and one.id in ("globals", "exec") for one in ast.walk(node))
    for one in ast.walk(module):
        if isinstance(one, ast.Global):
            names |= set(one.names)
    return frozenset(names), more


def own_names(module: ast.Module) -> frozenset[str]:
    """What a module defines itself: its functions, classes and values."""
    found: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return frozenset(found)


def free_names(module: ast.Module) -> frozenset[str]:
    """The names that a module uses and that nothing anywhere in it binds."""
    names, more = given_names(module)
    if more or any(
        isinstance(node, ast.ExceptHandler) and "NameError" in ast.unparse(node.type or node)
        for node in ast.walk(module)
    ):
        return frozenset()
    bound = set(names)
    used: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
    return frozenset(used - bound - _ALWAYS)


def imports(module: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, str, int]]:
    """(statement, dotted module, dots in front) of each import, wherever it stands."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name, 0
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or "", node.level


def optional(module: ast.Module) -> frozenset[int]:
    """The lines of imports that may fail, or that only a checker of types follows."""
    lines: set[int] = set()
    for node in ast.walk(module):
        guarded = isinstance(node, ast.Try) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
        if guarded:
            lines |= {one.lineno for one in ast.walk(node) if isinstance(one, ast.Import | ast.ImportFrom)}
    return frozenset(lines)


def offsets(text: str) -> list[int]:
    """Where each line begins, in bytes; an `ast` column counts bytes too."""
    found = [0]
    for line in text.split("\n"):
        found.append(found[-1] + len(line.encode()) + 1)
    return found


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, with those inside of conditions and attempts."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While):
            for part in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)
            for item in getattr(node, "items", []):
                yield ast.Expr(value=item.optional_vars or item.context_expr)
            if isinstance(node, ast.For):
                yield ast.Expr(value=node.target)
        else:
            yield node
