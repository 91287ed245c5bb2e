"""Closes what a file that ends too early left open, where nothing but the closing itself can be missing."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import parses
from builder.generation.mends.closing import LeftOpen, closing, left_open
from builder.generation.mends.packages.bundled import global_names
from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, Script, captures, read_script, text_of
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

_LINES: Final = 3  # that close: of more, more is missing
_TELLING: Final = 3  # characters of a line that is told from others
_LOCALS: Final = """
(variable_declarator name: (identifier) @name)
(array_pattern (identifier) @name)
(function_declaration name: (identifier) @name)
(import_clause (identifier) @name)
(namespace_import (identifier) @name)
(import_specifier name: (identifier) @name !alias)
(import_specifier alias: (identifier) @name)
(object_pattern (shorthand_property_identifier_pattern) @name)
(pair_pattern value: (identifier) @name)
"""
_FUNCTIONS: Final = """
(function_declaration body: (statement_block) @body) @function
(function_expression body: (statement_block) @body) @function
(arrow_function body: (statement_block) @body) @function
(method_definition body: (statement_block) @body) @function
"""


def mend_endings(work: Workpiece) -> None:
    """Adds what closes the rest of a changed file that cannot be read."""
    for path in work.changed:
        text = work.text(path) or ""
        # A page of HTML is closed by whoever shows it, and templates in it are read by nobody here.
        if not text.strip() or path.endswith((".html", ".htm")) or parses(path, text) is not False:
            continue
        opened = left_open(path, text)
        if opened is None:
            continue  # what is wrong is not its end
        end = closing(opened)
        old, at = work.before.text(path), len(text.rstrip().encode())
        if old is not None and old.startswith(text.rstrip()):
            end = old[len(text.rstrip()) :]
            certain = all(_only_closes(line) for line in end.split("\n"))
        else:
            proven = old is not None and _same_end(old, text)
            certain = (proven or _cannot_go_on(path, text, opened)) and _complete(
                work, path, text.rstrip() + end, at, proven
            )
        splice = Splice(at, len(text.encode()), end)
        if not certain or not work.mend("closed", path, [splice], closing=" ".join(end.split())):
            work.leave("cut_off", path)


def _same_end(old: str, text: str) -> bool:
    """Whether a file that was written anew ends where it ended before, but for what closes."""
    return len(_last_line(old)) > _TELLING and _last_line(old) == _last_line(text)


def _last_line(text: str) -> str:
    """The last line that does more than close."""
    return next((line.strip() for line in reversed(text.split("\n")) if not _only_closes(line)), "")


def _only_closes(line: str) -> bool:
    rest = line.strip()
    while rest:
        if rest[0] in ")]};,":
            rest = rest[1:]
        elif rest.startswith("</") and ">" in rest:
            rest = rest.partition(">")[2]
        else:
            return False
        rest = rest.lstrip()
    return True


def _cannot_go_on(path: str, text: str, opened: list[LeftOpen]) -> bool:
    """Whether nothing is likely to follow but the end: a comma promises more, and so does what has just been opened."""
    whole = text.rstrip()
    if whole.endswith((",", "=", ":", ".", "&&", "||", "?", "+")) or opened[-1].empty:
        return False
    if len({one.row for one in opened}) > _LINES:
        return False
    if whole.endswith("/>") and opened[-1].closes.startswith("</"):
        return False  # elements without content come in rows
    if path.endswith(".json"):
        return len(opened) == 1 and whole.endswith(('"', "}", "]"))
    if path.endswith(".css"):
        return False  # a rule, or a list of declarations, ends like one that goes on
    if path.endswith(".py"):
        return len(opened) == 1 and whole.endswith((")", "]", "}", '"', "'"))
    return whole.endswith((")", "]", "}", ";", ">")) or text.endswith("\n")


def _complete(work: Workpiece, path: str, whole: str, end: int, proven: bool) -> bool:
    """Whether the file can be read when it is closed, every function gives what it began to give, and nothing was declared
    or imported for a use that never came. `end`: bytes of what was there; `proven`: it ended there before."""
    if path.endswith((".json", ".py")):
        return _reads(path, whole)
    if not parses(path, whole):
        return False
    if not path.endswith((*SCRIPTS, *COMPONENTS)):
        return True
    script = read_script(path, whole)
    return (
        script is not None
        and not script.broken
        and _returns(script, end, proven)
        and not _unused(script)
        and not _lacks(script)
        and _gives_what_is_taken(work, script)
    )


def _reads(path: str, text: str) -> bool:
    try:
        if path.endswith(".json"):
            json.loads(text)
        else:
            ast.parse(text)
    except (ValueError, SyntaxError, RecursionError):
        return False
    return True


def _returns(script: Script, end: int, proven: bool) -> bool:
    """Whether each function that was left open ends with what it gives; where the end is `proven`, if it gives anything."""
    captured = captures(script, _FUNCTIONS)
    for body in captured.get("body", ()):
        if body.end_byte <= end:
            continue
        statements = [one for one in body.named_children if one.type != "comment"]
        if not statements:
            return False
        if statements[-1].type in ("return_statement", "throw_statement"):
            continue
        if not proven or _is_component(body) or any(_gives(one) for one in statements):
            return False
    blocks = () if proven else captures(script, "[(statement_block) (class_body)] @block").get("block", ())
    bodies = {body.start_byte for body in captured.get("body", ())}
    return all(block.end_byte <= end or block.start_byte in bodies for block in blocks)


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


def _lacks(script: Script) -> bool:
    """Whether it uses what nothing declares, and what may have stood further down."""
    return any(name not in script.declared and name not in global_names() for name in script.references)


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
