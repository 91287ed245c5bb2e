"""What a file gives to others, and who takes it: by parsers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from builder.generation.edits.syntax import syntax_tree
from preview_runtime.file_tree import FileTree

if TYPE_CHECKING:
    from tree_sitter import Node

_SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_LONGEST = 500_000  # characters


def exports(path: str, text: str) -> frozenset[str]:
    """The names that others can import from a script (`default` included) or a Python module; empty for other files."""
    if len(text) > _LONGEST:
        return frozenset()
    if path.endswith(".py"):
        return frozenset(_defined(text))
    tree = syntax_tree(path, text) if path.endswith(_SCRIPTS) else None
    return frozenset(_exported(tree.root_node)) if tree else frozenset()


class ImportedNames:
    """Who imports what in `tree`; each file is parsed at most once, and only where it is asked for."""

    def __init__(self, tree: FileTree) -> None:
        self._tree = tree
        self._known: dict[str, list[tuple[str, frozenset[str]]]] = {}

    def of(self, path: str) -> frozenset[str]:
        """The names that other files import from the module at `path`."""
        stem = path.rpartition("/")[2].partition(".")[0]
        if stem in ("index", "__init__"):
            stem = path.rpartition("/")[0].rpartition("/")[2]
        if not stem:
            return frozenset()
        names: set[str] = set()
        for other, text in self._tree.items():
            if other != path and isinstance(text, str) and len(text) <= _LONGEST and stem in text:
                names.update(*(given for source, given in self._imports(other, text) if _names_module(source, stem)))
        return frozenset(names)

    def _imports(self, path: str, text: str) -> list[tuple[str, frozenset[str]]]:
        if path not in self._known:
            self._known[path] = list(_imports_in(path, text))
        return self._known[path]


def _imports_in(path: str, text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """(module, names) of each import."""
    if path.endswith(".py"):
        yield from _python_imports(text)
    elif path.endswith(_SCRIPTS) and (tree := syntax_tree(path, text)):
        yield from _script_imports(tree.root_node)


def _names_module(source: str, stem: str) -> bool:
    last = source.strip("'\"").rpartition("/")[2]
    return last == stem or last.rpartition(".")[0] == stem


def _defined(text: str) -> Iterator[str]:
    try:
        module = ast.parse(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def _python_imports(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    try:
        module = ast.parse(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            yield (node.module or "").replace(".", "/"), frozenset(alias.name for alias in node.names)


def _exported(root: Node) -> Iterator[str]:
    for statement in root.named_children:
        if statement.type != "export_statement":
            continue
        if any(child.type == "default" for child in statement.children):
            yield "default"
        elif declaration := statement.child_by_field_name("declaration"):
            named = declaration.child_by_field_name("name")
            for node in [named] if named else declaration.named_children:
                name = node.child_by_field_name("name") if node.type == "variable_declarator" else node
                if name is not None and name.type in ("identifier", "type_identifier"):
                    yield _text(name)
        for clause in statement.named_children:
            for specifier in clause.named_children if clause.type == "export_clause" else []:
                name = specifier.child_by_field_name("alias") or specifier.child_by_field_name("name")
                if name is not None:
                    yield _text(name)


def _script_imports(root: Node) -> Iterator[tuple[str, frozenset[str]]]:
    for statement in root.named_children:
        source = statement.child_by_field_name("source")
        if statement.type != "import_statement" or source is None:
            continue
        names: set[str] = set()
        for clause in statement.named_children:
            for part in clause.named_children if clause.type == "import_clause" else []:
                if part.type == "identifier":
                    names.add("default")
                for specifier in part.named_children if part.type == "named_imports" else []:
                    name = specifier.child_by_field_name("name")
                    names |= {_text(name)} if name is not None else set()
        yield _text(source), frozenset(names)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
