"""Closes what a file that ends too early left open, where nothing but the closing itself can be missing."""

from __future__ import annotations

import ast
import io
import json
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import parses, syntax_tree
from builder.generation.mends.reading.script import (
    COMPONENTS,
    SCRIPTS,
    Script,
    captures,
    read_script,
    text_of,
)
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

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
_ENDS: Final = (")", "]", "}", ";", ",", ">")
_LOCALS: Final = """
(variable_declarator name: (identifier) @name)
(array_pattern (identifier) @name)
(function_declaration name: (identifier) @name)
(import_clause (identifier) @name)
(namespace_import (identifier) @name)
(import_specifier name: (identifier) @name !alias)
(import_specifier alias: (identifier) @name)
"""
_FUNCTIONS: Final = """
(function_declaration body: (statement_block) @body) @function
(function_expression body: (statement_block) @body) @function
(arrow_function body: (statement_block) @body) @function
(method_definition body: (statement_block) @body) @function
"""


@dataclass(frozen=True, slots=True)
class _Open:
    """What was opened: its sign or tag, the row it is in, and how far in that line begins."""

    closes: str
    row: int
    margin: str


def mend_endings(work: Workpiece) -> None:
    """Adds what closes the rest of a changed file that cannot be read."""
    for path in work.changed:
        text = work.text(path) or ""
        # A page of HTML is closed by whoever shows it, and templates in it are read by nobody here.
        if not text.strip() or path.endswith((".html", ".htm")) or parses(path, text) is not False:
            continue
        closing = _closing(path, text)
        if closing is None:
            continue  # what is wrong is not its end
        end = len(text.rstrip().encode())
        if not _complete(work, path, text, closing) or not work.mend(
            "closed", path, [Splice(end, len(text.encode()), closing)], closing=" ".join(closing.split())
        ):
            work.leave("cut_off", path)


def _closing(path: str, text: str) -> str | None:
    """What has to follow `text`; None where that cannot be told."""
    opened = _opened_in_python(text) if path.endswith(".py") else _opened(path, text)
    if not opened or len(opened) > _MOST:
        return None
    lines: list[str] = []
    row = -1
    for one in reversed(opened):
        if one.row == row and not one.closes.startswith("<"):
            lines[-1] += one.closes
        else:
            lines.append(one.margin + one.closes)
        row = one.row
    return "\n" + "\n".join(lines) + "\n"


def _opened(path: str, text: str) -> list[_Open] | None:
    as_json = path.endswith(".json")
    tree = syntax_tree("a.ts", f"({text})"[:-1]) if as_json else syntax_tree(path, text)
    if tree is None:
        return None
    rows = text.split("\n")
    stack: list[_Open] = []
    for node in _leaves(tree.root_node):
        sign = node.type
        if node.is_missing or (as_json and node.start_byte == 0):
            continue
        row = node.start_point.row
        if sign in _CLOSES:
            line = rows[row] if row < len(rows) else ""
            stack.append(_Open(_CLOSES[sign], row, line[: len(line) - len(line.lstrip())]))
        elif sign == "jsx_opening_element":
            name = node.child_by_field_name("name")
            line = rows[row]
            tag = f"</{text_of(name) if name is not None else ''}>"
            stack.append(_Open(tag, row, line[: len(line) - len(line.lstrip())]))
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


def _opened_in_python(text: str) -> list[_Open] | None:
    stack: list[_Open] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.OP and token.string in "([{":
                line = token.line
                stack.append(_Open(_CLOSES[token.string], token.start[0], line[: len(line) - len(line.lstrip())]))
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


def _complete(work: Workpiece, path: str, text: str, closing: str) -> bool:
    """Whether nothing but `closing` is missing: it can be read then, every function gives what it began to give, and
    nothing was declared or imported for a use that never came."""
    whole = text.rstrip() + closing
    if path.endswith(".json") and text.rstrip().endswith('"'):
        return _reads(whole)
    if not (
        text.rstrip().endswith(_ENDS) or (text.endswith("\n") and not text.rstrip().endswith(("=", "(", "{", ".", ":")))
    ):
        return False
    if path.endswith(".json"):
        return _reads(whole)
    if path.endswith(".py"):
        try:
            ast.parse(whole)
        except (SyntaxError, ValueError):
            return False
        return True
    if not parses(path, whole):
        return False
    if not path.endswith((*SCRIPTS, *COMPONENTS)):
        return True
    script = read_script(path, whole)
    return (
        script is not None
        and not script.broken
        and _returns(script, len(text.rstrip().encode()))
        and not _unused(script)
        and _gives_what_is_taken(work, script)
    )


def _reads(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _returns(script: Script, end: int) -> bool:
    """Whether each function that was left open ends with what it gives, if it gives anything."""
    captured = captures(script, _FUNCTIONS)
    for body in captured.get("body", ()):
        if body.end_byte <= end:
            continue
        statements = [one for one in body.named_children if one.type != "comment"]
        if not statements:
            return False
        if statements[-1].type in ("return_statement", "throw_statement"):
            continue
        if _is_component(body) or any(_gives(one) for one in statements):
            return False
    return True


def _is_component(body: Node) -> bool:
    function = body.parent
    name = function.child_by_field_name("name") if function is not None else None
    if name is None and function is not None and function.parent is not None:
        name = function.parent.child_by_field_name("name")
    return name is not None and (text_of(name)[:1].isupper() or text_of(name).startswith("use"))


def _gives(node: Node) -> bool:
    """Whether a statement returns a value from the function that it stands in."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type == "return_statement" and one.named_child_count:
            return True
        if "function" not in one.type and one.type not in ("method_definition", "class_body"):
            waiting += one.named_children
    return False


def _unused(script: Script) -> bool:
    names = {text_of(node) for node in captures(script, _LOCALS).get("name", ())} - {"React"}
    used = script.references.keys() | script.type_references.keys()
    given = script.exports.values | script.exports.types | {script.exports.default_name}
    return any(name not in used and name not in given and not name.startswith("_") for name in names)


def _gives_what_is_taken(work: Workpiece, script: Script) -> bool:
    own = script.exports
    if own.open or own.stars:
        return True
    stem = script.path.rpartition("/")[2].partition(".")[0]
    for path, text in work.files.items():
        if (
            not isinstance(text, str)
            or stem not in text
            or not path.endswith((*SCRIPTS, *COMPONENTS))
            or path == script.path
        ):
            continue
        other = work.script(path)
        for one in other.imports if other is not None else ():
            target = work.resolution.target(path, one.specifier)
            if target.path != script.path:
                continue
            if one.default is not None and not own.default:
                return False
            if any(named.name not in own.values | own.types | {"default"} for named in one.named):
                return False
    return True
