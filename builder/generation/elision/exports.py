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


def still_imported(name: str, path: str, tree: FileTree) -> bool:
    """Whether another file of `tree` imports `name` from the module at `path`."""
    stem = path.rpartition("/")[2].partition(".")[0]
    if stem in ("index", "__init__"):
        stem = path.rpartition("/")[0].rpartition("/")[2]
    for other, text in tree.items():
        if other == path or not isinstance(text, str) or not stem or stem not in text or len(text) > _LONGEST:
            continue
        if other.endswith(_SCRIPTS) and (parsed := syntax_tree(other, text)):
            if any(name in names for source, names in _imported(parsed.root_node) if _names_module(source, stem)):
                return True
        elif other.endswith(".py") and name in text and _python_imports(text, name, stem):
            return True
    return False


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


def _python_imports(text: str, name: str, stem: str) -> bool:
    try:
        module = ast.parse(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").rpartition(".")[2] == stem
        and any(alias.name == name for alias in node.names)
        for node in ast.walk(module)
    )


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


def _imported(root: Node) -> Iterator[tuple[str, set[str]]]:
    """(module, names) of each import."""
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
        yield _text(source), names


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
