"""package.json: packages that are used but not asked for, and programs that its scripts call."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any, Final

from builder.generation.mends.reading.literals import object_in, pairs, read_json
from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS
from builder.generation.mends.work.mend import Splice
from builder.generation.mends.work.resolution import package_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

# Programs by the package that brings them, where it is known by another name or brings many.
_PROGRAMS: Final = {
    "vite": "vite",
    "tsc": "typescript",
    "tsx": "tsx",
    "nodemon": "nodemon",
    "concurrently": "concurrently",
    "vitest": "vitest",
}
# Packages for whoever works on an app.
_AUTHORS: Final = re.compile(r"@types/|@vitejs/|@sveltejs/vite|@tailwindcss/|@testing-library/|@preact/preset-")
_AUTHORS_NAMES: Final = frozenset(
    [
        "vite",
        "typescript",
        "tailwindcss",
        "postcss",
        "autoprefixer",
        "vitest",
        "nodemon",
        "concurrently",
        "tsx",
        "vite-plugin-solid",
    ]
)
_IMPORTING: Final = (*SCRIPTS, *COMPONENTS, ".css")
_CONFIGURATION: Final = re.compile(r"(?:^|/)[\w.-]+\.config\.[cm]?[jt]s$")


def mend_dependencies(work: Workpiece) -> None:
    """Adds each package that a changed file imports, and that no package.json above it names."""
    for path in sorted({*work.changed, *_without_their_package(work)}):
        scope = work.scope_of(path)
        manifest = f"{scope}package.json"
        if manifest not in work.files:
            continue
        for specifier in _specifiers(work, path):
            if work.resolution.target(path, specifier).kind == "package":
                _need(work, manifest, path, package_of(specifier))
    for path in [one for one in work.changed if one.rpartition("/")[2] == "package.json"]:
        for program in _called(work.json(path)):
            if (package := _PROGRAMS.get(program)) and package not in work.dependencies(path):
                add_dependency(work, path, package, program)


def _without_their_package(work: Workpiece) -> list[str]:
    """The files that did not change and import a package that a changed package.json no longer names."""
    found: list[str] = []
    for manifest in [path for path in work.changed if path.rpartition("/")[2] == "package.json"]:
        scope = manifest.removesuffix("package.json")
        old, new = read_json(work.before.text(manifest)), work.json(manifest)
        gone = set(_named(old)) - set(_named(new))
        for path, text in work.files.items() if gone and new else ():
            if not isinstance(text, str) or not path.startswith(scope) or not path.endswith(_IMPORTING):
                continue
            if any(f"{quote}{name}" in text for name in gone for quote in "'\""):
                found.append(path)
    return found


def _named(manifest: dict[str, Any]) -> list[str]:
    groups = (manifest.get("dependencies"), manifest.get("devDependencies"))
    return [name for group in groups if isinstance(group, dict) for name in group]


def _need(work: Workpiece, manifest: str, path: str, name: str) -> None:
    known = work.dependencies(path)
    if (
        name in known
        or name == work.json(manifest).get("name")
        or (f"@types/{name}" in known and _only_types(work, path, name))
    ):
        return
    if not work.json(manifest):
        return  # broken: nothing is known of what it asks for
    if not work.packages.npm_version(name):
        work.leave("unknown_package", path, name=name)
        return
    add_dependency(work, manifest, name, path)
    for peer in work.packages.npm_peers(name):
        if peer not in work.dependencies(path) and work.packages.npm_version(peer) and not peer.startswith("@types/"):
            add_dependency(work, manifest, peer, path)


def add_dependency(work: Workpiece, manifest: str, name: str, path: str) -> bool:
    """Adds the package `name` to the package.json at `manifest`, in the newest version that is known, for `path`."""
    version = work.packages.npm_version(name)
    text = work.text(manifest)
    found = object_in(text) if text else None
    if not version or found is None or text is None:
        return False
    written = work.dependencies(manifest)
    exact = bool(written) and all(value[:1].isdigit() for value in written.values())
    value = version if exact else f"^{version}"
    group = "devDependencies" if _for_authors(name, path) else "dependencies"
    # Places are one byte further on in what was read than in the file.
    splice = _entry(dict(pairs(found)).get(group), name, value) or _group(found, group, name, value)
    shifted = Splice(splice.start - 1, splice.end - 1, splice.text)
    return work.mend("dependency", manifest, [shifted], name=name, version=version)


def _entry(group: Node | None, name: str, value: str) -> Splice | None:
    """The splice that puts an entry into an object, in the order of the alphabet where that is its order."""
    if group is None or group.type != "object":
        return None
    entries = [one for one in group.named_children if one.type == "pair"]
    text = f'"{name}": "{value}"'
    if not entries:
        margin = " " * _column(group)
        return Splice(group.start_byte, group.end_byte, f"{{\n{margin}  {text}\n{margin}}}")
    margin = " " * entries[0].start_point.column
    joined = ", " if entries[0].start_point.row == group.start_point.row else f",\n{margin}"
    names = [key for key, _ in pairs(group)]
    after = len([one for one in names if one < name]) if names == sorted(names) else len(names)
    if after == 0:
        return Splice(entries[0].start_byte, entries[0].start_byte, text + joined)
    at = entries[after - 1].end_byte
    return Splice(at, at, joined + text)


def _group(manifest: Node, group: str, name: str, value: str) -> Splice:
    entries = [one for one in manifest.named_children if one.type == "pair"]
    inner = f'"{group}": {{\n    "{name}": "{value}"\n  }}'
    if not entries:
        return Splice(manifest.start_byte, manifest.end_byte, f"{{\n  {inner}\n}}")
    at = entries[-1].end_byte
    return Splice(at, at, f",\n  {inner}")


def _column(node: Node) -> int:
    """How far in the line of the pair begins that a value belongs to."""
    return node.parent.start_point.column if node.parent is not None else 0


def _specifiers(work: Workpiece, path: str) -> list[str]:
    script = work.script(path)
    if script is not None and not script.broken:
        return [one.specifier for one in script.imports if "test" not in path or one.kind != "call"]
    if path.endswith(".css"):
        return [one for one in css_imports(work.text(path) or "") if not one.startswith((".", "/", "http"))]
    return []


def css_imports(text: str) -> list[str]:
    """The addresses that the @import rules of a style sheet name."""
    from builder.generation.edits.syntax import syntax_tree

    tree = syntax_tree("a.css", text)
    found = []
    for rule in tree.root_node.named_children if tree else ():
        if rule.type == "import_statement":
            found += [
                (one.text or b"").decode("utf-8", "replace")[1:-1]
                for one in rule.named_children
                if one.type == "string_value"
            ]
    return found


def _only_types(work: Workpiece, path: str, name: str) -> bool:
    script = work.script(path)
    return script is not None and all(
        one.is_type or (one.named and all(named.is_type for named in one.named) and one.default is None)
        for one in script.imports
        if package_of(one.specifier) == name
    )


def _for_authors(name: str, path: str) -> bool:
    return bool(_AUTHORS.match(name)) or name in _AUTHORS_NAMES or bool(_CONFIGURATION.search(path))


def _called(manifest: dict[str, Any]) -> list[str]:
    """The programs that the scripts of a package.json begin with."""
    scripts = manifest.get("scripts")
    found = []
    for command in scripts.values() if isinstance(scripts, dict) else ():
        for part in str(command).replace("||", "&&").split("&&"):
            try:
                words = shlex.split(part)
            except ValueError:
                continue
            found += [next((word for word in words if "=" not in word), "")]
    return found
