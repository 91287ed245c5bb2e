"""Values in JSON with comments and in scripts' object literals, read without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from builder.generation.edits.syntax import syntax_tree

if TYPE_CHECKING:
    from tree_sitter import Node

UNREAD: Final = object()
"""Stands for a value that only running the script would tell."""
_WORDS: Final = {"true": True, "false": False, "null": None}


def object_in(text: str) -> Node | None:
    """The object that the JSON `text` is, comments and trailing commas allowed; its places are one byte further on. None
    where it cannot be read."""
    tree = syntax_tree("a.ts", f"({text})")
    if tree is None or tree.root_node.has_error:
        return None
    statements = [one for one in tree.root_node.named_children if one.type == "expression_statement"]
    inner = statements[0].named_children[0] if len(statements) == 1 else None
    found = next((one for one in inner.named_children if one.type == "object"), None) if inner is not None else None
    return found


def read_json(text: str | None) -> dict[str, Any]:
    """The object in `text`; empty where there is none."""
    found = object_in(text) if text else None
    value = value_of(found) if found is not None else None
    return value if isinstance(value, dict) else {}


def value_of(node: Node) -> Any:
    """The value that a literal stands for, `UNREAD` for what is none."""
    if node.type == "string":
        return "".join((part.text or b"").decode("utf-8", "replace") for part in node.named_children)
    if node.type == "object":
        return {key: value_of(value) for key, value in pairs(node)}
    if node.type == "array":
        return [value_of(one) for one in node.named_children if one.type != "comment"]
    if node.type == "number":
        text = (node.text or b"").decode()
        return int(text) if text.isdigit() else UNREAD
    return _WORDS.get(node.type, UNREAD)


def pairs(node: Node) -> list[tuple[str, Node]]:
    """The keys of an object literal that are written out, with their values' nodes."""
    found = []
    for pair in node.named_children:
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if pair.type == "pair" and key is not None and value is not None:
            text = value_of(key) if key.type == "string" else (key.text or b"").decode("utf-8", "replace")
            found.append((str(text), value))
    return found
