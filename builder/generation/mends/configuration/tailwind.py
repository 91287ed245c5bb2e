"""Style sheets and configuration of Tailwind 3 in a project that has Tailwind 4 (its upgrade guide says how they read)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, Final

from builder.generation.edits.syntax import syntax_tree
from builder.generation.mends.configuration.manifest import add_dependency
from builder.generation.mends.reading.literals import pairs
from builder.generation.mends.reading.script import text_of
from builder.generation.mends.scripts.writing import added
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

_LAYERS: Final = ("base", "components", "utilities", "screens", "variants")
_OLD_IMPORTS: Final = frozenset(
    {"tailwindcss/base", "tailwindcss/components", "tailwindcss/screens", "tailwindcss/variants"}
)
_ENDINGS: Final = ("js", "ts", "cjs", "mjs", "mts")
_PLUGIN: Final = "@tailwindcss/vite"
_POSTCSS: Final = "@tailwindcss/postcss"


def mend_tailwind(work: Workpiece) -> None:
    """`@tailwind` rules become the one import, PostCSS gets the plugin of its own, Vite the one that it lacks."""
    for path in list(work.changed):
        if not _is_four(work, path):
            continue
        name = path.rpartition("/")[2]
        if path.endswith(".css"):
            _style_sheet(work, path)
        elif name.startswith("postcss.config."):
            _postcss(work, path)
    for path in [one for one in work.changed if one.endswith(".css")]:
        if _is_four(work, path) and "tailwindcss" in _imported(work, path):
            _vite(work, work.scope_of(path))


def _is_four(work: Workpiece, path: str) -> bool:
    asked = work.dependencies(path)
    version = asked.get("tailwindcss", "4" if _PLUGIN in asked or _POSTCSS in asked else "").lstrip("^~>=v ")
    return version in ("latest", "*") or (version.partition(".")[0].isdigit() and int(version.partition(".")[0]) >= 4)


def _style_sheet(work: Workpiece, path: str) -> None:
    tree = syntax_tree(path, work.text(path) or "")
    if tree is None:
        return
    top = [node for node in tree.root_node.named_children if node.type != "comment"]
    old: list[tuple[str, Node]] = []
    there = False
    for node in top:
        if node.type == "at_rule" and text_of(node).startswith("@tailwind"):
            old.append((text_of(node).removeprefix("@tailwind").strip(" ;"), node))
        elif node.type == "import_statement":
            address = _address(node)
            there = there or address == "tailwindcss"
            if address in _OLD_IMPORTS or (address == "tailwindcss/utilities" and _has_old_imports(top)):
                old.append((address.rpartition("/")[2], node))
    layers = {name for name, _ in old}
    # `@tailwind utilities` alone is what Tailwind 4 itself is made of.
    if not old or not layers <= set(_LAYERS) or layers == {"utilities"}:
        return
    if not there and not {"base", "utilities"} <= layers:
        work.leave("tailwind_parts", path)
        return
    raw = (work.text(path) or "").encode()
    splices = [_whole_line(raw, node) for _, node in old]
    if not there:
        line = '@import "tailwindcss";'
        if config := _config(work, path):
            line += f'\n@config "{config}";'
        first = old[0][1]
        if all(
            node.type in ("import_statement", "charset_statement") for node in top if node.start_byte < first.start_byte
        ):
            splices[0] = Splice(first.start_byte, first.end_byte, line)
        else:
            splices.append(Splice(0, 0, f"{line}\n\n"))
    work.mend("tailwind_directives", path, splices)


def _has_old_imports(top: list[Node]) -> bool:
    return any(node.type == "import_statement" and _address(node) in _OLD_IMPORTS for node in top)


def _address(node: Node) -> str:
    return next((text_of(one)[1:-1] for one in node.named_children if one.type == "string_value"), "")


def _imported(work: Workpiece, path: str) -> set[str]:
    tree = syntax_tree(path, work.text(path) or "")
    return (
        {_address(node) for node in tree.root_node.named_children if node.type == "import_statement"} if tree else set()
    )


def _whole_line(raw: bytes, node: Node) -> Splice:
    end = node.end_byte
    return Splice(node.start_byte, end + (raw[end : end + 1] == b"\n"), "")


def _config(work: Workpiece, path: str) -> str:
    """How the style sheet names a configuration that says more than where to look; "" where there is none."""
    scope = work.scope_of(path)
    found = next(
        (f"{scope}tailwind.config.{end}" for end in _ENDINGS if f"{scope}tailwind.config.{end}" in work.files), ""
    )
    if not found or not _says_something(work.script(found)):
        return ""
    relative = posixpath.relpath(found, posixpath.dirname(path) or ".")
    return relative if relative.startswith(".") else f"./{relative}"


def _says_something(script: Any) -> bool:
    waiting = [script.root] if script is not None else []
    while waiting:
        node = waiting.pop()
        for key, value in pairs(node) if node.type == "object" else ():
            if key == "plugins" and value.named_child_count:
                return True
            if key == "theme" and any(inner.named_child_count or name != "extend" for name, inner in pairs(value)):
                return True
        waiting += node.named_children
    return False


def _postcss(work: Workpiece, path: str) -> None:
    script = work.script(path)
    waiting = [script.root] if script is not None and not script.broken else []
    while waiting:
        node = waiting.pop()
        for key, value in pairs(node) if node.type == "object" else ():
            if key == "tailwindcss" and value.type == "object" and value.parent is not None:
                name = value.parent.child_by_field_name("key")
                if name is not None and work.mend(
                    "tailwind_postcss", path, [Splice(name.start_byte, name.end_byte, f'"{_POSTCSS}"')]
                ):
                    manifest = f"{work.scope_of(path)}package.json"
                    if _POSTCSS not in work.dependencies(path):
                        add_dependency(work, manifest, _POSTCSS, path)
                return
        waiting += node.named_children


def _vite(work: Workpiece, scope: str) -> None:
    """Adds Tailwind's plugin to a Vite configuration where nothing else makes its styles."""
    path = next((f"{scope}vite.config.{end}" for end in _ENDINGS if f"{scope}vite.config.{end}" in work.files), "")
    script = work.script(path) if path else None
    asked = work.dependencies(path) if path else {}
    if script is None or script.broken or "vite" not in asked or "@tailwindcss/cli" in asked or _POSTCSS in asked:
        return
    if any(one.rpartition("/")[2].startswith(("postcss.config", ".postcssrc")) for one in work.files):
        return
    if any(one.specifier == _PLUGIN for one in script.imports) or "tailwindcss" in script.declared:
        return
    waiting = [script.root]
    while waiting:
        node = waiting.pop()
        for key, value in pairs(node) if node.type == "object" else ():
            if key == "plugins" and value.type == "array" and value.named_child_count:
                at = value.named_children[-1].end_byte
                splices = [Splice(at, at, ", tailwindcss()"), *added(script, _PLUGIN, default="tailwindcss")]
                if work.mend("tailwind_plugin", path, splices) and _PLUGIN not in asked:
                    add_dependency(work, f"{scope}package.json", _PLUGIN, path)
                return
        waiting += node.named_children
