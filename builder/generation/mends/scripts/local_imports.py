"""Imports of the project's own files: where they lead, and what is taken."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, Script, ScriptImport, text_of
from builder.generation.mends.scripts.names import mend_names
from builder.generation.mends.scripts.writing import clause, specifier_for
from builder.generation.mends.work.alike import is_slip
from builder.generation.mends.work.mend import Splice
from builder.generation.mends.work.resolution import EXTENSIONS, ImportTarget, package_of

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece

_CODE: Final = (*SCRIPTS, *COMPONENTS)


def mend_paths(work: Workpiece) -> None:
    """Imports that lead nowhere get the path of the one file that they can mean."""
    for script in work.scripts(affected=True):
        splices, told = [], []
        for one in script.imports:
            target, like = work.resolution.target(script.path, one.specifier), one.specifier
            if target.kind == "package" and (slashed := _slashed(work, script, one.specifier)):
                target, like = ImportTarget("missing", slashed), f"@/{one.specifier[1:]}"
            if target.kind == "file" and _lacks_its_ending(work, script, one, target.path):
                target = ImportTarget("missing", target.path)
            if target.kind == "missing" and (found := _meant(work, script, one, target)):
                new = specifier_for(work, script.path, found, like)
                if new != one.specifier:
                    quote = text_of(one.source)[:1]
                    splices.append(Splice(one.source.start_byte, one.source.end_byte, f"{quote}{new}{quote}"))
                    told.append(new)
            elif target.kind == "missing":
                work.leave("missing_file", script.path, file=one.specifier)
        if splices:
            work.mend("import_path", script.path, splices, file=", ".join(told))


def mend_local_names(work: Workpiece) -> None:
    """What is taken from a file that does not give it, where it gives the same under another name or in another way."""
    for path in [script.path for script in work.scripts(affected=True)]:
        for number in range(len(work.script(path).imports) if work.script(path) else 0):  # type: ignore[union-attr]
            script = work.script(path)
            if script is None or script.broken or number >= len(script.imports):
                break
            one = script.imports[number]
            target = work.resolution.target(path, one.specifier)
            if target.kind == "file" and target.path.endswith(".json"):
                _of_json(work, script, one, target.path)
            elif target.kind == "file" and target.path != path and target.path.endswith(_CODE):
                mend_names(work, script, one, work.exports(target.path), target.path)


def _lacks_its_ending(work: Workpiece, script: Script, one: ScriptImport, path: str) -> bool:
    """Whether a component is imported without the ending that Vite does not try (its `resolve.extensions`)."""
    if not path.endswith(COMPONENTS) or one.specifier.endswith(COMPONENTS):
        return False
    packages = work.dependencies(script.path)
    configured = any("extensions" in (work.text(other) or "") for other in work.files if "vite.config." in other)
    return "vite" in packages and not configured and not {"nuxt", "vike"}.intersection(packages)


def _of_json(work: Workpiece, script: Script, one: ScriptImport, path: str) -> None:
    """A file of JSON is taken as a whole: what is taken by a name that it does not have is the whole."""
    alone = one.kind == "import" and len(one.named) == 1 and one.default is None and one.namespace is None
    alone = alone and not one.is_type and not path.endswith("package.json")
    if alone and work.json(path) and one.named[0].name not in work.json(path):
        name = one.named[0].local
        work.mend("import_default", script.path, clause(one, default=name, named=[]), name=name)


def _meant(work: Workpiece, script: Script, one: ScriptImport, target: ImportTarget) -> str:
    """The file of the tree that an import which leads to nothing can only mean; "" where none or several fit."""
    wanted = target.path
    folded = wanted.lower()
    paths = [path for path in work.files if path != script.path and "node_modules/" not in path]
    stemmed = {path: _stem(path) for path in paths}
    stem, ending = _stem(wanted), _ending(wanted)
    asset = bool(ending) and f".{ending}" not in _CODE

    def fits(path: str) -> bool:
        return path.endswith(f".{ending}") if asset else path.endswith((*_CODE, ".json")) and _gives(work, path, one)

    for same in (
        [path for path in paths if path.lower() == folded],
        [path for path in paths if stemmed[path].lower() == stem.lower()],
        [path for path in paths if stemmed[path].lower() == f"{stem.lower()}/index"],
        [path for path in paths if stemmed[path].lower() == f"{stem.lower()}.svelte"],
    ):
        if found := [path for path in same if fits(path)]:
            return _first(found)
    # The same file in another folder, or one whose name has a slip: only if it gives what is taken.
    name = stem.rpartition("/")[2]
    scope = work.scope_of(script.path)
    near = [
        path
        for path in paths
        if path.startswith(scope) and stemmed[path].rpartition("/")[2].lower() == name.lower() and fits(path)
    ]
    if not near and name != "index":
        near = [
            path
            for path in paths
            if posixpath.dirname(path) == posixpath.dirname(wanted)
            and is_slip(name, stemmed[path].rpartition("/")[2])
            and fits(path)
        ]
    return _first(near)


def _slashed(work: Workpiece, script: Script, specifier: str) -> str:
    """The file that “@components/Card” means where “@/components/Card” was meant: nobody has a package of that name."""
    name = package_of(specifier)
    if not specifier.startswith("@") or name in work.dependencies(script.path) or work.packages.npm_version(name):
        return ""
    return work.resolution.find(f"{work.scope_of(script.path)}src/{specifier[1:]}")


def _first(paths: list[str]) -> str:
    """The one file, or of those that differ in their ending alone the one that is looked for first."""
    if len({_stem(path) for path in paths}) != 1:
        return ""
    return min(
        paths, key=lambda path: EXTENSIONS.index(f".{_ending(path)}") if f".{_ending(path)}" in EXTENSIONS else 99
    )


def _gives(work: Workpiece, path: str, one: ScriptImport) -> bool:
    if path.endswith(".json"):
        return not one.named
    given = work.exports(path) if path.endswith(_CODE) else None
    if given is None or given.open:
        return True
    names = [named.name for named in one.named]
    return (one.default is None or given.default or bool(given.values)) and all(
        name in given or (name == "default" and given.default) for name in names
    )


def _stem(path: str) -> str:
    ending = _ending(path)
    return path[: -len(ending) - 1] if ending and f".{ending}" in (*_CODE, *EXTENSIONS, ".css", ".scss") else path


def _ending(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2] if "." in name[1:] else ""
