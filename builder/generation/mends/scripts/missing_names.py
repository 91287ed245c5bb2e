"""Names that are used without an import: hooks, components, functions and types of which one module alone can be meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from builder.generation.mends.packages.bundled import global_names
from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, Script, text_of
from builder.generation.mends.scripts.name_sources import NOT_LOOKED_AT, NameSources
from builder.generation.mends.scripts.package_imports import known_modules
from builder.generation.mends.scripts.writing import added

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

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
# Frameworks and plugins that bring names into scope by themselves.
_IMPLICIT: Final = ("nuxt", "unplugin-auto-import", "@sveltejs/kit", "astro", "@nuxt/kit", "@builder.io/qwik")
# What templates know by themselves, or by what the app uses.
_KNOWN_ELEMENTS: Final = frozenset(
    [
        "RouterLink",
        "RouterView",
        "Transition",
        "TransitionGroup",
        "KeepAlive",
        "Teleport",
        "Suspense",
        "Component",
        "Slot",
    ]
)
_SHORTEST: Final = 2


def mend_missing_names(work: Workpiece) -> None:
    """Imports each free name for which there is one module that gives it."""
    sources = NameSources(work)
    for path in [script.path for script in work.scripts()]:
        script = work.script(path)
        if script is None or NOT_LOOKED_AT.search(path) or not _is_module(script) or _says_globals(script):
            continue
        asked = work.dependencies(path)
        if any(name in asked for name in _IMPLICIT) or any(name.startswith("@nuxt") for name in asked):
            continue
        for name in sorted(script.elements - script.declared - _KNOWN_ELEMENTS):
            current = work.script(path)
            if current is not None and not current.broken and not _registered(work, path, name):
                _import(work, sources, current, name, is_type=False)
        for name, is_type in [
            *((name, False) for name in script.references),
            *((name, True) for name in script.type_references),
        ]:
            if (current := work.script(path)) is None or current.broken:
                break
            if _is_free(current, name, is_type) and not _declared_in_project(work, path, name):
                _import(work, sources, current, name, is_type)


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
    if not is_type and all(node.parent is not None and node.parent.type == "nested_type_identifier" for node in nodes):
        return False  # the types of a package's global namespace need no import
    if name in global_names() and not (not is_type and all(_is_tag(node) for node in nodes)):
        return False
    return not any(_is_guarded(node) for node in nodes)


def _import(work: Workpiece, sources: NameSources, script: Script, name: str, is_type: bool) -> None:
    path = script.path
    if (whole := _WHOLE.get(name)) and not is_type and known_modules(work, path, whole[0]):
        splices = added(script, whole[1], namespace=name) if whole[2] else added(script, whole[1], default=name)
        work.mend("import_missing", path, splices, name=name, module=whole[1])
        return
    found = sources.of(script, name, is_type)
    called = "" if is_type else _called_so(work, path, name)
    if called and {one.specifier for one in found} <= {called}:
        work.mend("import_missing", path, added(script, called, default=name), name=name, module=called)
        return
    if len(found) != 1:
        if found or (name[:1].isupper() and not is_type):
            work.leave("unknown_name", path, name=name)
        return
    specifier, as_default, types_only = found[0]
    mark = is_type and (types_only or path.endswith((".ts", ".tsx", *COMPONENTS)))
    splices = (
        added(script, specifier, default=name, is_type=mark)
        if as_default
        else added(script, specifier, named=name, is_type=mark)
    )
    work.mend("import_missing", path, splices, name=name, module=specifier)


def _called_so(work: Workpiece, path: str, name: str) -> str:
    """The package that is called `name` and is its own default: `clsx`, `jsonwebtoken`; "" where there is none."""
    for package in work.dependencies(path):
        first, *others = re.split(r"[-.]", package)
        if name == first + "".join(word[:1].upper() + word[1:] for word in others):
            given = known_modules(work, path, package).get(package)
            return package if given is not None and given.default else ""
    return ""


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
