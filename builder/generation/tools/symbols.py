"""Where names are defined in scripts and Python modules: by parsers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import syntax_tree

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST: Final = 500_000  # characters: a longer file takes a second
_KINDS: Final = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "enum_declaration": "enum",
    "method_definition": "method",
    "variable_declarator": "variable",
}
_SCRIPTS: Final = frozenset({"ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts"})


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A name and where it is defined; lines count from 1."""

    name: str
    kind: str
    line: int


def symbols(path: str, text: str) -> Iterator[DefinedName]:
    """What the file defines, in order; nothing for a file that no parser of ours reads."""
    extension = path.rpartition(".")[2].lower()
    if len(text) > _LONGEST:
        return
    if extension == "py":
        yield from _of_python(text)
    elif extension in _SCRIPTS and (tree := syntax_tree(path, text)):
        yield from _of_script(tree.root_node)


def _of_python(text: str) -> Iterator[DefinedName]:
    try:
        module = ast.parse(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield DefinedName(node.name, "function", node.lineno)
        elif isinstance(node, ast.ClassDef):
            yield DefinedName(node.name, "class", node.lineno)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.col_offset == 0:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (DefinedName(one.id, "variable", node.lineno) for one in targets if isinstance(one, ast.Name))


def _of_script(root: Node) -> Iterator[DefinedName]:
    left = [root]
    while left:
        node = left.pop()
        name = node.child_by_field_name("name") if node.type in _KINDS else None
        if name is not None and name.type.endswith("identifier"):
            said = (name.text or b"").decode("utf-8", "replace")
            yield DefinedName(said, _KINDS[node.type], name.start_point.row + 1)
        left.extend(reversed(node.named_children))
