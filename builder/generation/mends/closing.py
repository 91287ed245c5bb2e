"""What a file that ends too early left open, and what closes it."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import syntax_tree
from builder.generation.mends.reading.script import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_CLOSES: Final = {"{": "}", "(": ")", "[": "]", "${": "}"}
_WHOLE: Final = frozenset(
    (
        "jsx_opening_element",
        "jsx_closing_element",
        "jsx_self_closing_element",
        "string",
        "template_string",
        "comment",
        "regex",
    )
)
_MOST: Final = 12  # things left open: of more, more is missing than their ends


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """One thing that was opened: what closes it, the row it is in, the margin of that line; `empty`: nothing follows."""

    closes: str
    row: int
    margin: str
    empty: bool = False


def left_open(path: str, text: str) -> list[LeftOpen] | None:
    """What a file that ends too early leaves open, the outermost first; None where it is wrong in another way."""
    opened = _opened_in_python(text) if path.endswith(".py") else _opened(path, text)
    return opened if opened and len(opened) <= _MOST else None


def closing(opened: list[LeftOpen]) -> str:
    """What has to follow: what was opened in one line is closed in one line."""
    lines: list[str] = []
    row = -1
    for one in reversed(opened):
        if one.row == row and not one.closes.startswith("<"):
            lines[-1] += one.closes
        else:
            lines.append(one.margin + one.closes)
        row = one.row
    return "\n" + "\n".join(lines) + "\n"


def _opened(path: str, text: str) -> list[LeftOpen] | None:
    as_json = path.endswith(".json")
    tree = syntax_tree("a.ts", f"({text})"[:-1]) if as_json else syntax_tree(path, text)
    if tree is None:
        return None
    rows = text.split("\n")
    last = len(text.rstrip().encode()) + as_json
    stack: list[LeftOpen] = []
    for node in _leaves(tree.root_node):
        sign = node.type
        if node.is_missing or (as_json and node.start_byte == 0):
            continue
        row = node.start_point.row
        if sign in _CLOSES or sign == "jsx_opening_element":
            line = rows[row] if row < len(rows) else ""
            name = node.child_by_field_name("name")
            closes = _CLOSES.get(sign) or f"</{text_of(name) if name is not None else ''}>"
            stack.append(LeftOpen(closes, row, line[: len(line) - len(line.lstrip())], node.end_byte >= last))
        elif sign in ("}", ")", "]"):
            if not stack or stack.pop().closes != sign:
                return None
        elif sign == "jsx_closing_element" and (not stack or stack.pop().closes != "".join(text_of(node).split())):
            return None
    return stack


def _leaves(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "template_string" and node.named_child_count and node.has_error:
            waiting += reversed(node.children)
        elif node.child_count == 0 or (node.type in _WHOLE and not node.has_error):
            yield node
        else:
            waiting += reversed(node.children)


def _opened_in_python(text: str) -> list[LeftOpen] | None:
    stack: list[LeftOpen] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.OP and token.string in "([{":
                line = token.line
                stack.append(LeftOpen(_CLOSES[token.string], token.start[0], line[: len(line) - len(line.lstrip())]))
            elif (
                token.type == tokenize.OP
                and token.string in ")]}"
                and (not stack or stack.pop().closes != token.string)
            ):
                return None
    except tokenize.TokenError:
        return stack
    except (SyntaxError, IndentationError):
        return None
    return stack
