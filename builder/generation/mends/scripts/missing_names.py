"""Names that are used without an import: hooks, components, functions and types of which one module alone can be meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from builder.generation.mends.packages.bundled import global_names
from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, Script, text_of
from builder.generation.mends.scripts.package_imports import known_modules
from builder.generation.mends.scripts.writing import added, specifier_for
from builder.generation.mends.work.resolution import package_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

# Packages whose names are looked for even where nothing of them is imported yet.
_ALWAYS: Final = (
    "react",
    "react-dom",
    "vue",
    "svelte",
    "preact",
    "solid-js",
    "react-router-dom",
    "pinia",
    "vue-router",
)
# The names by which some packages are called as a whole: package, module, and whether as a namespace.
_WHOLE: Final = {
    "React": ("react", "react", False),
    "THREE": ("three", "three", True),
    "d3": ("d3", "d3", True),
    "axios": ("axios", "axios", False),
    "dayjs": ("dayjs", "dayjs", False),
    "express": ("express", "express", False),
    "cors": ("cors", "cors", False),
    "L": ("leaflet", "leaflet", False),
}
_NOT_LOOKED_AT: Final = re.compile(r"\.(?:test|spec|stories|config|d)\.[cm]?[jt]sx?$|(?:^|/)(?:tests?|__tests__)/")
# Frameworks and plugins that bring names into scope by themselves.
_IMPLICIT: Final = ("nuxt", "unplugin-auto-import", "@sveltejs/kit", "astro", "@nuxt/kit", "@builder.io/qwik")
# What templates know by themselves, or by what the app uses.
_KNOWN_ELEMENTS: Final = frozenset(
    "RouterLink RouterView Transition TransitionGroup KeepAlive Teleport Suspense Component Slot".split()
)
_SERVER_SIDE: Final = ("server", "api", "backend", "functions")
_SHORTEST: Final = 2
_ASKED: Final = 30  # other files that are asked where a name comes from


def mend_missing_names(work: Workpiece) -> None:
    """Imports each free name for which there is one module that gives it."""
    for path in [script.path for script in work.scripts()]:
        script = work.script(path)
        if script is None or _NOT_LOOKED_AT.search(path) or not _is_module(script) or _says_globals(script):
            continue
        asked = work.dependencies(path)
        if any(name in asked for name in _IMPLICIT) or any(name.startswith("@nuxt") for name in asked):
            continue
        for name in sorted(script.elements - script.declared - _KNOWN_ELEMENTS):
            current = work.script(path)
            if current is not None and not current.broken and not _registered(work, path, name):
                _import(work, current, name, is_type=False)
        for name, is_type in [
            *((name, False) for name in script.references),
            *((name, True) for name in script.type_references),
        ]:
            if (current := work.script(path)) is None or current.broken:
                break
            if _is_free(current, name, is_type) and not _declared_in_project(work, path, name):
                _import(work, current, name, is_type)


def _registered(work: Workpiece, path: str, name: str) -> bool:
    """Whether the app makes a component known to all of its templates, or the component itself is called so."""
    return path.rpartition("/")[2].partition(".")[0] == name or any(
        isinstance(text, str) and (f'component("{name}"' in text or f"component('{name}'" in text)
        for text in work.files.values()
    )


def _is_free(script: Script, name: str, is_type: bool) -> bool:
    if name in script.declared or (len(name) < _SHORTEST and name != "L"):
        return False
    nodes = script.type_references[name] if is_type else script.references[name]
    if name in global_names() and not (not is_type and all(_is_tag(node) for node in nodes)):
        return False
    return not any(_is_guarded(node) for node in nodes)


def _import(work: Workpiece, script: Script, name: str, is_type: bool) -> None:
    path = script.path
    if (whole := _WHOLE.get(name)) and not is_type and known_modules(work, path, whole[0]):
        splices = added(script, whole[1], namespace=name) if whole[2] else added(script, whole[1], default=name)
        work.mend("import_missing", path, splices, name=name, module=whole[1])
        return
    found = [*_own(work, script, name, is_type), *_packages(work, script, name, is_type)]
    if len(found) > 1:
        usual = _usual(work, path, name)
        found = [one for one in found if one[2] in usual] if len(usual) == 1 else found
    if len(found) != 1:
        if found or (name[:1].isupper() and not is_type):
            work.leave("unknown_name", path, name=name)
        return
    specifier, as_default, _, types_only = found[0]
    mark = is_type and (types_only or path.endswith((".ts", ".tsx", *COMPONENTS)))
    splices = (
        added(script, specifier, default=name, is_type=mark)
        if as_default
        else added(script, specifier, named=name, is_type=mark)
    )
    work.mend("import_missing", path, splices, name=name, module=specifier)


# (specifier, as default, what the module is, whether it is a type alone)
_Found = tuple[str, bool, str, bool]


def _own(work: Workpiece, script: Script, name: str, is_type: bool) -> list[_Found]:
    """The project's own modules that give `name`."""
    found: list[_Found] = []
    scope, side = work.scope_of(script.path), _side(script.path)
    for path, text in work.files.items():
        if path == script.path or not isinstance(text, str) or not path.endswith((*SCRIPTS, *COMPONENTS)):
            continue
        stem = path.rpartition("/")[2].partition(".")[0]
        if (name not in text and name != stem) or _NOT_LOOKED_AT.search(path) or path.endswith(".d.ts"):
            continue
        if work.scope_of(path) != scope or _side(path) != side:
            continue
        other = work.script(path)
        if other is None or other.broken or other.commonjs:
            continue
        own = other.exports
        if name in own.values or (is_type and name in own.types):
            if not any(
                one.kind == "export" and any(named.local == name for named in one.named) for one in other.imports
            ):
                found.append((specifier_for(work, script.path, path), False, path, name in own.types))
        elif not is_type and own.default and (own.default_name == name or (not own.default_name and stem == name)):
            found.append((specifier_for(work, script.path, path), True, path, False))
    return found


def _packages(work: Workpiece, script: Script, name: str, is_type: bool) -> list[_Found]:
    """The packages that give `name`, among those that the project uses."""
    if _loads_scripts(work, script.path):
        return []
    used = {package_of(one.specifier) for one in script.imports}
    found: list[_Found] = []
    if any(work.resolution.target(script.path, one.specifier).kind == "builtin" for one in script.imports):
        found += [
            (module, False, module, name not in names.values)
            for module, names in work.packages.npm_modules("node").items()
            if name in names.values or (is_type and name in names.types)
        ]
    for package in work.dependencies(script.path):
        if package.startswith("@types/") or not (package in used or package in _ALWAYS or _in_use(work, package)):
            continue
        giving = [
            (specifier, names)
            for specifier, names in known_modules(work, script.path, package).items()
            if name in names.values or (is_type and name in names.types)
        ]
        direct = [one for one in giving if one[0] == package] or giving
        if len(direct) == 1:
            specifier, names = direct[0]
            found.append((specifier, False, specifier, name not in names.values))
    return found


def _usual(work: Workpiece, path: str, name: str) -> set[str]:
    """What the project's other files import `name` from: files' paths, or modules of packages."""
    found: set[str] = set()
    asked = 0
    for other, text in work.files.items():
        if asked == _ASKED:
            break
        if (
            other == path
            or not isinstance(text, str)
            or name not in text
            or not other.endswith((*SCRIPTS, *COMPONENTS))
        ):
            continue
        asked += 1
        script = work.script(other)
        for one in script.imports if script is not None else ():
            if any(named.local == name for named in one.named) or (
                one.default is not None and text_of(one.default) == name
            ):
                target = work.resolution.target(other, one.specifier)
                found.add(target.path if target.kind == "file" else one.specifier)
    return found


def _in_use(work: Workpiece, package: str) -> bool:
    return any(
        isinstance(text, str) and path.endswith((*SCRIPTS, *COMPONENTS)) and f'"{package}"' in text.replace("'", '"')
        for path, text in work.files.items()
    )


def _loads_scripts(work: Workpiece, path: str) -> bool:
    """Whether a page brings names in by scripts of others."""
    scope = work.scope_of(path)
    return any(
        isinstance(text, str) and page.startswith(scope) and page.endswith(".html") and 'src="http' in text
        for page, text in work.files.items()
    )


def _declared_in_project(work: Workpiece, path: str, name: str) -> bool:
    """Whether the project makes `name` known everywhere: in a file of declarations, or on the window."""
    for other, text in work.files.items():
        if other == path or not isinstance(text, str) or name not in text or not other.endswith(SCRIPTS):
            continue
        if (
            other.endswith(".d.ts")
            or f"window.{name} =" in text
            or f"globalThis.{name} =" in text
            or "declare global" in text
        ):
            return True
        if ".config." in other:
            return True
    return False


def _is_module(script: Script) -> bool:
    return script.path.endswith((".tsx", ".jsx", *COMPONENTS)) or script.is_module


def _says_globals(script: Script) -> bool:
    return any(
        node.type == "comment" and text_of(node).lstrip("/* \t").startswith(("global ", "globals ", "eslint-env"))
        for node in script.root.named_children
    )


def _is_tag(node: Node) -> bool:
    return node.parent is not None and node.parent.type.startswith("jsx_")


def _is_guarded(node: Node) -> bool:
    """Whether it is only asked for if there is one: `typeof Name`."""
    parent = node.parent
    return parent is not None and parent.type == "unary_expression" and text_of(parent).startswith("typeof")


def _side(path: str) -> bool:
    return path.partition("/")[0] in _SERVER_SIDE
