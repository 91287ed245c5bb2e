"""Where names are defined in scripts, components and programs: by parsers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import syntax_tree

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST: Final = 500_000  # characters: a longer file takes a second
# The kinds of nodes whose field `name` is defined there; what they are called is the same in several grammars.
_KINDS: Final = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "function_definition": "function",
    "method_definition": "method",
    "method_declaration": "method",
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "class_definition": "class",
    "record_declaration": "class",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "type_spec": "type",
    "enum_declaration": "enum",
    "variable_declarator": "variable",
}


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A name and where it is defined; lines count from 1."""

    name: str
    kind: str
    line: int


def symbols(path: str, text: str) -> Iterator[DefinedName]:
    """What the file defines, in order; nothing for a file that no parser of ours reads."""
    tree = syntax_tree(path, text) if len(text) <= _LONGEST else None
    left = [(tree.root_node, 1)] if tree else []
    while left:
        node, first = left.pop()
        if node.type == "raw_text" and node.parent and node.parent.type == "script_element":
            script = syntax_tree("script.ts", _text(node))
            left.extend([(script.root_node, first + node.start_point.row)] if script else [])
            continue
        kind = _KINDS.get(node.type, "")
        name = node.child_by_field_name("name") if kind else None
        if node.type == "assignment" and _of_module(node):
            kind, name = "variable", node.child_by_field_name("left")
        if name is not None and name.type.endswith("identifier"):
            yield DefinedName(_text(name), kind, first + name.start_point.row)
        left.extend((child, first) for child in reversed(node.named_children))


def _of_module(node: Node) -> bool:
    statement = node.parent
    return statement is not None and statement.parent is not None and statement.parent.type == "module"


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
