"""What a file defines at its top, and which names each of these speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import syntax_tree

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST: Final = 300_000  # characters
_NAMED: Final = frozenset({
    "function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration",
    "interface_declaration", "type_alias_declaration", "enum_declaration", "function_definition", "class_definition",
    "variable_declarator", "method_declaration", "record_declaration", "type_spec",
})  # fmt: skip
_AROUND: Final = frozenset({
    "program", "module", "source_file", "export_statement", "lexical_declaration", "variable_declaration",
    "decorated_definition", "expression_statement", "type_declaration",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Definition:
    """Lines count from 1. `names`: all that stand in it, its own included."""

    name: str
    line: int
    lines: int
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Content:
    extension: str
    sha: str
    text: str = field(compare=False)


def definitions(path: str, text: str, sha: str) -> tuple[Definition, ...]:
    """In their order; none for a file that no parser here reads. `sha`: the digest of `text`."""
    if len(text) > _LONGEST:
        return ()
    return _read(_Content(path.rpartition(".")[2].lower(), sha, text))


@lru_cache(maxsize=2_000)
def _read(content: _Content) -> tuple[Definition, ...]:
    tree = syntax_tree(f"file.{content.extension}", content.text)
    if tree is None:
        return ()
    found: dict[str, Definition] = {}
    left: list[tuple[Node, int]] = [(tree.root_node, 0)]
    while left:
        node, above = left.pop()
        if node.type == "raw_text" and node.parent and node.parent.type == "script_element":
            script = syntax_tree("script.ts", _text(node))
            left.extend([(script.root_node, above + node.start_point.row)] if script else [])
        elif node.type in _NAMED or node.type == "assignment":
            name = node.child_by_field_name("left" if node.type == "assignment" else "name")
            if name is not None and name.type.endswith("identifier"):
                found.setdefault(_text(name), _definition(_text(name), node, above))
        elif node.type in _AROUND or node.type in ("document", "script_element"):
            left.extend((child, above) for child in reversed(node.named_children))
    return tuple(found.values())


def _definition(name: str, node: Node, above: int) -> Definition:
    first, last = node.start_point.row, node.end_point.row
    return Definition(name, above + first + 1, last - first + 1, frozenset(_names(node)))


def _names(node: Node) -> set[str]:
    found: set[str] = set()
    left = [node]
    while left:
        one = left.pop()
        if one.type.endswith("identifier"):
            found.add(_text(one))
        left.extend(one.named_children)
    return found


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
