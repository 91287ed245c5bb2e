"""Writes imports as the file that they go into writes its own."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from builder.generation.mends.reading.script import COMPONENTS, Script, ScriptImport, text_of
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece

_WITHOUT_ENDING: Final = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".mts")


def clause(
    one: ScriptImport,
    *,
    default: str | None = None,
    namespace: str | None = None,
    named: Sequence[str] = (),
) -> list[Splice]:
    """The splices that make the names of an import these."""
    old = next((part for part in one.statement.named_children if part.type == "import_clause"), None)
    if old is None:
        return []
    text = text_of(old)
    parts = [default] if default else []
    if namespace:
        parts.append(f"* as {namespace}")
    if named:
        lines = "\n" in text
        listed = ",\n  ".join(named) if lines else ", ".join(named)
        parts.append(f"{{\n  {listed},\n}}" if lines else f"{{ {listed} }}")
    return [Splice(old.start_byte, old.end_byte, ", ".join(parts))]


def written(one: ScriptImport) -> list[str]:
    """The names between the braces of an import, as they are written."""
    return [text_of(named.node) for named in one.named]


def added(
    script: Script,
    specifier: str,
    *,
    named: str = "",
    default: str = "",
    namespace: str = "",
    is_type: bool = False,
) -> list[Splice]:
    """The splices that import one more name from `specifier`."""
    for one in script.imports:
        if one.kind != "import" or one.specifier != specifier or one.bare or one.namespace:
            continue
        own = text_of(one.default) if one.default else None
        if named and (is_type or not one.is_type):
            name = f"type {named}" if is_type and not one.is_type else named
            return clause(one, default=own, named=[*written(one), name])
        if default and not own and not one.is_type and not is_type:
            return clause(one, default=default, named=written(one))
    quote, end = _style(script)
    names = f"{{ {named} }}" if named else default or f"* as {namespace}"
    line = f"import {'type ' if is_type else ''}{names} from {quote}{specifier}{quote}{end}"
    imports = [one for one in script.imports if one.kind == "import"]
    if imports:
        at = imports[-1].statement.end_byte
        return [Splice(at, at, f"\n{_margin(script, imports[-1].statement.start_point.column)}{line}")]
    statements = [node for node in script.root.named_children if node.type not in ("comment", "hash_bang_line")]
    directives = [node for node in statements if _is_directive(node.type, text_of(node))]
    if directives:
        at = directives[-1].end_byte
        return [Splice(at, at, f"\n{line}")]
    if not statements:
        return []
    first = statements[0]
    margin = _margin(script, first.start_point.column)
    return [Splice(first.start_byte, first.start_byte, f"{line}\n{margin}" if margin else f"{line}\n\n")]


def specifier_for(work: Workpiece, importer: str, path: str, like: str = "") -> str:
    """How `importer` names the file at `path`: by the alias and with the ending that `like` has, where it has them."""
    stem, dot, end = path.rpartition(".")
    shown = path
    if f".{end}" in _WITHOUT_ENDING and dot and not _has_ending(like):
        shown = stem
        if shown.rpartition("/")[2] == "index":
            shown = shown.rpartition("/")[0] or "."
    if like and not like.startswith((".", "/")):
        for prefix, folders in work.resolution.aliases(importer)[0]:
            for folder in folders:
                base = posixpath.normpath(folder)
                if like.startswith(prefix) and (base == "." or shown.startswith(f"{base}/")):
                    inside = shown if base == "." else shown[len(base) + 1 :]
                    return f"{prefix.rstrip('/')}/{inside}"
    if like.startswith("/"):
        return "/" + shown.removeprefix(work.scope_of(importer))
    relative = posixpath.relpath(shown, posixpath.dirname(importer) or ".")
    return relative if relative.startswith(".") else f"./{relative}"


def _has_ending(specifier: str) -> bool:
    return specifier.endswith(_WITHOUT_ENDING)


def _style(script: Script) -> tuple[str, str]:
    """(quotation mark, what ends a statement) of the file's imports, or of its other statements."""
    imports = [one for one in script.imports if one.kind in ("import", "export")]
    if imports:
        return text_of(imports[-1].source)[:1], ";" if text_of(imports[-1].statement).endswith(";") else ""
    text = text_of(script.root)
    ends = [node for node in script.root.named_children if node.type.endswith(("declaration", "expression_statement"))]
    return "'" if text.count("'") > text.count('"') else '"', ";" if any(
        text_of(one).endswith(";") for one in ends
    ) else ""


def _margin(script: Script, column: int) -> str:
    return " " * column if script.path.endswith(COMPONENTS) else ""


def _is_directive(kind: str, text: str) -> bool:
    return kind == "expression_statement" and text.rstrip(";").strip("'\"") in (
        "use client",
        "use server",
        "use strict",
    )
