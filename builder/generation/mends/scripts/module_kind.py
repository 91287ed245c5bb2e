"""Modules of Node: `require` in a file that is loaded as an ES module, endings that Node needs, `__dirname`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from builder.generation.mends.reading.literals import object_in, pairs
from builder.generation.mends.reading.script import Script, captures, text_of, unquoted
from builder.generation.mends.scripts.package_imports import known_modules
from builder.generation.mends.work.mend import Splice
from builder.generation.mends.work.resolution import package_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

_BUNDLERS: Final = frozenset(
    [
        "vite",
        "next",
        "nuxt",
        "webpack",
        "parcel",
        "esbuild",
        "tsup",
        "rollup",
        "react-scripts",
        "tsx",
        "ts-node",
        "@nestjs/core",
        "astro",
        "@sveltejs/kit",
        "bun",
    ]
)
_CONFIGURATION: Final = re.compile(r"\.config\.[cm]?[jt]s$")
_LOADED: Final = (".js", ".mjs", ".ts", ".mts")
_REQUIRES: Final = """
(call_expression function: (identifier) @_f arguments: (arguments . (string) @source .) (#eq? @_f "require")) @call
"""


def mend_module_kind(work: Workpiece) -> None:
    """Makes each changed script of Node one kind of module, the one that its package.json says."""
    for scope in sorted({work.scope_of(path) for path in work.changed}):
        _type(work, scope)
    for path in [script.path for script in work.scripts()]:
        script = work.script(path)
        if script is None or script.broken or not path.endswith((".js", ".mjs", ".ts", ".mts", ".jsx", ".tsx")):
            continue
        if (_CONFIGURATION.search(path) and not _is_vites(path, script)) or not _is_es(work, script):
            continue
        if ("require" in script.references and "require" not in script.declared) or script.commonjs:
            _convert(work, script)
        script = work.script(path)
        if script is not None and _runs_in_node(work, script):
            _folder_names(work, script)
            _endings(work, work.script(path))


def _is_vites(path: str, script: Script) -> bool:
    """Whether it is a configuration of Vite that has an import or an export: that is loaded as an ES module alone."""
    return path.rpartition("/")[2].startswith(("vite.config.", "vitest.config.")) and script.is_module


def _type(work: Workpiece, scope: str) -> None:
    """A package.json that says of all its scripts what none of them is."""
    manifest = f"{scope}package.json"
    said = work.json(manifest).get("type")
    if said not in ("module", "commonjs"):
        return
    scripts = [
        script
        for path in work.files
        if path.endswith(".js") and work.scope_of(path) == scope and "public/" not in path
        if (script := work.script(path)) is not None and not script.broken
    ]
    if not _bundled(work, manifest):
        scripts = [one for one in scripts if one.is_module or one.commonjs or _requires(one)]
    else:
        return
    wanted = ""
    if said == "module" and scripts and not any(one.is_module for one in scripts):
        wanted = "commonjs"
    elif (
        said == "commonjs"
        and scripts
        and all(one.is_module and not one.commonjs and not _requires(one) for one in scripts)
    ):
        wanted = "module"
    found = object_in(work.text(manifest) or "") if wanted else None
    value = dict(pairs(found)).get("type") if found is not None else None
    if value is not None:
        work.mend(
            "module_type", manifest, [Splice(value.start_byte - 1, value.end_byte - 1, f'"{wanted}"')], found=wanted
        )


def _is_es(work: Workpiece, script: Script) -> bool:
    if script.is_module or script.path.endswith(".mjs"):
        return True
    manifest = work.json(f"{work.scope_of(script.path)}package.json")
    return manifest.get("type") == "module" and not script.path.endswith(".cjs")


def _bundled(work: Workpiece, path: str) -> bool:
    return not _BUNDLERS.isdisjoint(work.own_dependencies(path))


def _requires(script: Script) -> bool:
    return any(one.kind == "require" for one in script.imports) and "require" not in script.declared


def _runs_in_node(work: Workpiece, script: Script) -> bool:
    """Whether Node itself loads the file, as it is."""
    if not script.path.endswith(_LOADED) or _bundled(work, script.path) or "public/" in script.path:
        return False
    scripts = work.json(f"{work.scope_of(script.path)}package.json").get("scripts")
    commands = " ".join(str(one) for one in scripts.values()) if isinstance(scripts, dict) else ""
    return re.search(r"\b(?:node|nodemon)\b", commands) is not None and not re.search(
        r"\b(?:tsc|tsx|esbuild|bun)\b", commands
    )


def _convert(work: Workpiece, script: Script) -> None:
    """Every `require` and `module.exports` of a script as import and export; none where one of them cannot be."""
    splices: list[Splice] = []
    calls = captures(script, _REQUIRES).get("call", ())
    handled: set[int] = set()
    for statement in script.root.named_children:
        made = _imported(work, script, statement) or _exported(script, statement)
        if made is not None:
            splices.append(made)
            handled |= {
                call.start_byte for call in calls if statement.start_byte <= call.start_byte < statement.end_byte
            }
    if any(call.start_byte not in handled for call in calls) or not splices:
        if calls or script.commonjs:
            work.leave("mixed_modules", script.path)
        return
    if script.commonjs and not any(splice.text.startswith("export") for splice in splices):
        work.leave("mixed_modules", script.path)
        return
    work.mend("es_module", script.path, splices)


def _imported(work: Workpiece, script: Script, statement: Node) -> Splice | None:
    end = ";" if text_of(statement).endswith(";") else ""
    if statement.type == "expression_statement":
        value = statement.named_children[0]
        if (source := _source(value)) is not None:
            return Splice(statement.start_byte, statement.end_byte, f"import {text_of(source)}{end}")
        function = value.child_by_field_name("function") if value.type == "call_expression" else None
        inner = function.child_by_field_name("object") if function is not None else None
        if (
            (
                inner is not None
                and (source := _source(inner)) is not None
                and unquoted(source) == "dotenv"
                and function is not None
            )
            and text_of(function).endswith(".config")
            and text_of(value).endswith("()")
        ):
            quote = text_of(source)[:1]
            return Splice(statement.start_byte, statement.end_byte, f"import {quote}dotenv/config{quote}{end}")
        return None
    if statement.type not in ("lexical_declaration", "variable_declaration") or statement.named_child_count != 1:
        return None
    name, given = (statement.named_children[0].child_by_field_name(field) for field in ("name", "value"))
    asked = _source(given) if given is not None else None
    taken = _taken(work, script, name, unquoted(asked)) if name is not None and asked is not None else ""
    if not taken or asked is None:
        return None
    return Splice(statement.start_byte, statement.end_byte, f"import {taken} from {text_of(asked)}{end}")


def _taken(work: Workpiece, script: Script, name: Node, specifier: str) -> str:
    """The names that an import takes in the place of a `require`; "" where it is not certain what the module gives."""
    target = work.resolution.target(script.path, specifier)
    given = None
    if target.kind == "file":
        given = work.exports(target.path)
        other = work.script(target.path)
        names = _given_as_object(other) if other is not None and other.commonjs else None
        if names is not None:  # it is converted itself, to these names
            if name.type == "identifier":
                return f"* as {text_of(name)}"
            parts = _parts(name)
            return (
                f"{{ {', '.join(parts)} }}" if parts and all(part.split(" as ")[0] in names for part in parts) else ""
            )
    elif target.kind == "package":
        given = known_modules(work, script.path, package_of(specifier)).get(specifier)
    elif target.kind != "builtin":
        return ""
    if name.type == "identifier":
        if target.kind == "builtin" or (given is not None and given.default):
            return text_of(name)
        return f"* as {text_of(name)}" if given is not None else ""
    parts = _parts(name)
    if not parts or (
        target.kind != "builtin" and (given is None or any(part.split(" as ")[0] not in given for part in parts))
    ):
        return ""
    return f"{{ {', '.join(parts)} }}"


def _parts(pattern: Node) -> list[str]:
    if pattern.type != "object_pattern":
        return []
    found = []
    for one in pattern.named_children:
        if one.type == "shorthand_property_identifier_pattern":
            found.append(text_of(one))
        elif one.type == "pair_pattern":
            key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
            if key is None or value is None or value.type != "identifier":
                return []
            found.append(f"{text_of(key)} as {text_of(value)}")
        else:
            return []
    return found


def _exported(script: Script, statement: Node) -> Splice | None:
    if statement.type != "expression_statement" or statement.named_children[0].type != "assignment_expression":
        return None
    assignment = statement.named_children[0]
    left, right = assignment.child_by_field_name("left"), assignment.child_by_field_name("right")
    if left is None or right is None:
        return None
    end = ";" if text_of(statement).endswith(";") else ""
    if text_of(left) == "module.exports":
        names = _shorthands(right)
        text = f"export {{ {', '.join(names)} }}{end}" if names else f"export default {text_of(right)}{end}"
        return Splice(statement.start_byte, statement.end_byte, text)
    name = text_of(left).removeprefix("module.").removeprefix("exports.")
    if text_of(left) in (f"exports.{name}", f"module.exports.{name}") and name.isidentifier():
        if text_of(right) == name and name in script.top_level:
            return Splice(statement.start_byte, statement.end_byte, f"export {{ {name} }}{end}")
        if name not in script.declared:
            return Splice(statement.start_byte, statement.end_byte, f"export const {name} = {text_of(right)}{end}")
    return None


def _given_as_object(script: Script) -> set[str] | None:
    """The names that a script gives by `module.exports = { a, b }`."""
    found: set[str] | None = None
    for statement in script.root.named_children:
        made = _exported(script, statement)
        if made is not None and made.text.startswith("export {"):
            found = (found or set()) | {
                part.strip() for part in made.text.partition("{")[2].partition("}")[0].split(",")
            }
        elif made is not None and made.text.startswith("export const"):
            found = (found or set()) | {made.text.split()[2]}
        elif made is not None:
            return None
    return found


def _shorthands(node: Node) -> list[str]:
    if node.type != "object":
        return []
    parts = [one for one in node.named_children if one.type != "comment"]
    return [text_of(one) for one in parts] if all(one.type == "shorthand_property_identifier" for one in parts) else []


def _source(value: Node) -> Node | None:
    """The text that a plain `require` names."""
    function, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
    if value.type != "call_expression" or function is None or text_of(function) != "require" or arguments is None:
        return None
    given = arguments.named_children
    return given[0] if len(given) == 1 and given[0].type == "string" else None


def _folder_names(work: Workpiece, script: Script) -> None:
    splices = [
        Splice(node.start_byte, node.end_byte, f"import.meta.{name[2:]}")
        for name in ("__dirname", "__filename")
        if name not in script.declared
        for node in script.references.get(name, ())
        if node.type == "identifier"
    ]
    if splices:
        work.mend("folder_name", script.path, splices)


def _endings(work: Workpiece, script: Script | None) -> None:
    """Node does not try endings."""
    if script is None or not _is_es(work, script):
        return
    splices, told = [], []
    for one in script.imports:
        if one.kind == "require" or not one.specifier.startswith("."):
            continue
        target = work.resolution.target(script.path, one.specifier)
        end = target.path.rpartition(".")[2]
        if target.kind != "file" or one.specifier.endswith(f".{end}"):
            continue
        stem = one.specifier.rstrip("/")
        inside = target.path.endswith(f"/index.{end}") and not stem.endswith("/index")
        bare = re.sub(r"\.[cm]?js$", "", stem)
        new = f"{stem}/index.{end}" if inside else f"{bare}.{end}"
        quote = text_of(one.source)[:1]
        splices.append(Splice(one.source.start_byte, one.source.end_byte, f"{quote}{new}{quote}"))
        told.append(new)
    if splices:
        work.mend("import_path", script.path, splices, file=", ".join(told))
