"""What an import takes, held against what its module gives."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from builder.generation.mends.packages.knowledge import ModuleNames
from builder.generation.mends.reading.script import COMPONENTS, NamedImport, Script, ScriptImport, text_of
from builder.generation.mends.scripts.writing import added, clause, written
from builder.generation.mends.work.alike import nearest_name, same_but_case
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece


def mend_names(
    work: Workpiece,
    script: Script,
    one: ScriptImport,
    given: ModuleNames,
    path: str = "",
    *,
    nearest: Callable[[str, frozenset[str]], str] = nearest_name,
    elsewhere: Callable[[str, bool], str] | None = None,
) -> None:
    """Makes the import `one` of `script` take what its module gives.

    `path`: the module's file, where it is one of the project. `elsewhere`: the specifier of the one other module that
    gives a name ("" = none or several; the flag: as a type).
    """
    if one.kind not in ("import", "export") or one.bare or "?" in one.specifier:
        return
    if one.default is not None and not given.default and not given.open and not one.is_type:
        _default(work, script, one, given, path, nearest)
        return
    if given.open:
        return
    names = given.values | given.types
    for named in one.named:
        if named.name in names or (named.name == "default" and given.default):
            continue
        if _missing(work, script, one, named, given, path, nearest, elsewhere):
            return
    if not one.is_type:
        _types(work, script, one, given)


def _missing(
    work: Workpiece,
    script: Script,
    one: ScriptImport,
    named: NamedImport,
    given: ModuleNames,
    path: str,
    nearest: Callable[[str, frozenset[str]], str],
    elsewhere: Callable[[str, bool], str] | None,
) -> bool:
    """One name that the module does not give. True once a mend was made."""
    name, names = named.name, given.values | given.types
    if path and _export(work, path, name):
        return True
    stem = (path or one.specifier).rpartition("/")[2].partition(".")[0]
    if given.default and _is_the_default(work, path, name, stem):
        if one.kind == "export":
            node = named.node
            return work.mend(
                "import_default",
                script.path,
                [Splice(node.start_byte, node.end_byte, f"default as {named.local}")],
                name=name,
            )
        if one.default is None and one.namespace is None:
            others = [text_of(other.node) for other in one.named if other is not named]
            return work.mend("import_default", script.path, clause(one, default=named.local, named=others), name=name)
    # The name that is used without an import is the one that was meant.
    used = [other for other in names if other in script.references and other not in script.declared]
    unused = named.local not in script.references and named.local not in script.type_references
    found = used[0] if unused and len(used) == 1 and named.name == named.local else nearest(name, names)
    if not found and (moved := elsewhere(name, named.is_type or one.is_type) if elsewhere else ""):
        return _move(work, script, one, named, moved)
    if not found:
        work.leave("missing_name", script.path, name=name, module=one.specifier)
        return False
    kept = "" if unused and found in used else named.local
    text = f"{'type ' if named.is_type and not one.is_type else ''}{found}"
    text += f" as {kept}" if kept and kept != found else ""
    node = named.node
    return work.mend(
        "import_name",
        script.path,
        [Splice(node.start_byte, node.end_byte, text)],
        name=name,
        found=found,
        module=one.specifier,
    )


def _default(
    work: Workpiece,
    script: Script,
    one: ScriptImport,
    given: ModuleNames,
    path: str,
    nearest: Callable[[str, frozenset[str]], str],
) -> None:
    """A default import of a module that has none."""
    assert one.default is not None
    local, others = text_of(one.default), written(one)
    stem = (path or one.specifier).rpartition("/")[2].partition(".")[0]
    target = work.script(path) if path else None
    if target is not None and local not in given and path.endswith(COMPONENTS) is False:
        own = next((name for name in (local, stem) if name in target.top_level), "")
        if own and own not in given:
            text = work.text(path) or ""
            end = len(text.encode())
            line = f"{'' if text.endswith(chr(10)) else chr(10)}\nexport default {own}{_end(target)}\n"
            if work.mend("export_default", path, [Splice(end, end, line)], name=own):
                return
    only = next(iter(given.values)) if len(given.values) == 1 else ""
    found = (
        local
        if local in given.values
        else same_but_case(local, given.values)
        or (only if path and only.lower() in (local.lower(), stem.lower()) else "")
        or nearest(local, given.values)
    )
    if found and one.namespace is None:
        name = found if found == local else f"{found} as {local}"
        work.mend("import_named", script.path, clause(one, named=[*others, name]), name=local)
    elif not found and not others and one.namespace is None and _only_as_a_whole(script, local, given):
        work.mend("import_whole", script.path, clause(one, namespace=local), name=local)
    else:
        work.leave("missing_default", script.path, name=local, module=one.specifier)


def _types(work: Workpiece, script: Script, one: ScriptImport, given: ModuleNames) -> None:
    """Types that are taken as values, where the compiler keeps every import that is not marked."""
    if not _keeps_imports(work, script.path):
        return
    unmarked = [named for named in one.named if not named.is_type and named.name in given.types]
    splices = [Splice(named.node.start_byte, named.node.start_byte, "type ") for named in unmarked]
    if splices:
        work.mend("import_type", script.path, splices, name=", ".join(named.name for named in unmarked))


def _keeps_imports(work: Workpiece, path: str) -> bool:
    if not path.endswith((".ts", ".tsx", ".mts", ".vue", ".svelte")):
        return False
    scope = work.scope_of(path)
    for name in ("tsconfig.json", "tsconfig.app.json"):
        options = work.json(scope + name).get("compilerOptions")
        if isinstance(options, dict) and options.get("verbatimModuleSyntax") is True:
            return True
    return False


def _export(work: Workpiece, path: str, name: str) -> bool:
    """Gives a name that a file declares for itself to others."""
    target = work.script(path)
    if target is None or target.commonjs or (statement := target.top_level.get(name)) is None:
        return False
    if statement.type in ("export_statement", "import_statement", "ambient_declaration", "expression_statement"):
        return False
    return work.mend("export_name", path, [Splice(statement.start_byte, statement.start_byte, "export ")], name=name)


def _is_the_default(work: Workpiece, path: str, name: str, stem: str) -> bool:
    target = work.script(path) if path else None
    if target is not None and target.exports.default_name:
        return target.exports.default_name == name
    plain = "".join(character for character in stem.lower() if character.isalnum())
    return plain == name.lower()


def _move(work: Workpiece, script: Script, one: ScriptImport, named: NamedImport, specifier: str) -> bool:
    if one.kind != "import" or one.namespace is not None:
        return False
    others = [text_of(other.node) for other in one.named if other is not named]
    name = text_of(named.node).removeprefix("type ").strip()
    default = text_of(one.default) if one.default is not None else None
    there = any(other.kind == "import" and other.specifier == specifier and not other.bare for other in script.imports)
    is_type = named.is_type or one.is_type
    if not others and default is None and not there:
        quote = text_of(one.source)[:1]
        splices = [Splice(one.source.start_byte, one.source.end_byte, f"{quote}{specifier}{quote}")]
    elif not others and default is None:
        splices = [*added(script, specifier, named=name, is_type=is_type), _without(script, one.statement)]
    else:
        splices = [*added(script, specifier, named=name, is_type=is_type), *clause(one, default=default, named=others)]
        if _overlap(splices):
            return False
    return work.mend("import_module", script.path, splices, name=named.name, module=specifier)


def _without(script: Script, statement: Node) -> Splice:
    raw = script.root.text or b""
    start, end = statement.start_byte, statement.end_byte
    return Splice(start, end + (raw[end - script.root.start_byte : end - script.root.start_byte + 1] == b"\n"), "")


def _overlap(splices: list[Splice]) -> bool:
    ordered = sorted(splices, key=lambda one: (one.start, one.end))
    return any(one.end > other.start for one, other in itertools.pairwise(ordered))


def _only_as_a_whole(script: Script, local: str, given: ModuleNames) -> bool:
    """Whether a name is only used to take parts of it, all of which the module gives."""
    nodes = script.references.get(local, [])
    for node in nodes:
        parent = node.parent
        if parent is None or parent.type not in ("member_expression", "nested_identifier"):
            return False
        part = parent.child_by_field_name("property") or parent.named_children[-1]
        if text_of(part) not in given:
            return False
    return bool(nodes)


def _end(script: Script) -> str:
    return ";" if any(text_of(node).endswith(";") for node in script.root.named_children) else ""
