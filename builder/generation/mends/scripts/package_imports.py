"""Imports of packages: the names that they give, and the paths inside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from builder.generation.mends.packages.knowledge import ModuleNames
from builder.generation.mends.packages.versions import fits
from builder.generation.mends.reading.script import Script, ScriptImport, text_of
from builder.generation.mends.scripts.names import mend_names
from builder.generation.mends.scripts.writing import clause
from builder.generation.mends.work.alike import nearest_icon, nearest_name
from builder.generation.mends.work.mend import Splice
from builder.generation.mends.work.resolution import package_of

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece

ICONS: Final = frozenset(
    [
        "lucide-react",
        "lucide-vue-next",
        "lucide-svelte",
        "react-icons",
        "@heroicons/react",
        "@tabler/icons-react",
        "@phosphor-icons/react",
        "@radix-ui/react-icons",
    ]
)
# Whose default is all that they give, so that a name of theirs is never it.
_WHOLE: Final = frozenset({"react", "react-dom", "react-dom/client"})
# Where a path inside a package has moved.
_MOVED: Final = {
    "@heroicons/react/outline": "@heroicons/react/24/outline",
    "@heroicons/react/solid": "@heroicons/react/24/solid",
    "framer-motion/dist/framer-motion": "framer-motion",
    "react-dom/client.js": "react-dom/client",
    "zustand/index": "zustand",
}


def mend_package_names(work: Workpiece) -> None:
    """What is taken from a package that does not give it in the version asked for."""
    for path in [script.path for script in work.scripts()]:
        number = 0
        while (script := work.script(path)) is not None and not script.broken and number < len(script.imports):
            _one(work, script, script.imports[number])
            number += 1


def known_modules(work: Workpiece, path: str, name: str) -> Mapping[str, ModuleNames]:
    """What the package `name` gives to the file at `path`; empty where it is not asked for in a version that is known."""
    asked = work.dependencies(path).get(name)
    version = work.packages.npm_version(name)
    return work.packages.npm_modules(name) if asked is not None and version and fits(asked, version) else {}


def _one(work: Workpiece, script: Script, one: ScriptImport) -> None:
    kind = work.resolution.target(script.path, one.specifier).kind
    if kind == "builtin":
        own = work.packages.npm_modules("node").get(f"node:{one.specifier.removeprefix('node:')}")
        if own is not None:
            mend_names(work, script, one, own)
        return
    if kind != "package":
        return
    name = package_of(one.specifier)
    modules = known_modules(work, script.path, name)
    moved = _MOVED.get(one.specifier, "") or _by_its_use(script, one)
    if moved in modules:
        quote = text_of(one.source)[:1]
        place = Splice(one.source.start_byte, one.source.end_byte, f"{quote}{moved}{quote}")
        work.mend("import_module", script.path, [place], name=one.specifier, module=moved)
        return
    given = modules.get(one.specifier)
    if given is None:
        return
    taken = text_of(one.default) if one.default is not None else ""
    if one.specifier in _WHOLE and taken in given.values and one.kind == "import" and one.namespace is None:
        others = [text_of(other.node) for other in one.named]
        work.mend("import_named", script.path, clause(one, default=None, named=[taken, *others]), name=taken)
        return

    def elsewhere(wanted: str, is_type: bool) -> str:
        def gives(names: ModuleNames) -> bool:
            return wanted in names.values or (is_type and wanted in names.types)

        inside = [path for path, names in modules.items() if path != one.specifier and gives(names)]
        if inside:
            return inside[0] if len(inside) == 1 else ""
        if name in ICONS:
            return ""
        others = [
            other
            for other in work.dependencies(script.path)
            if other != name and (names := known_modules(work, script.path, other).get(other)) and gives(names)
        ]
        return others[0] if len(others) == 1 else ""

    mend_names(
        work,
        script,
        one,
        given,
        nearest=nearest_icon if name in ICONS else nearest_name,
        elsewhere=elsewhere,
    )


def _by_its_use(script: Script, one: ScriptImport) -> str:
    """Where the default of a package is meant that has moved: of React's, what makes a root."""
    if one.specifier != "react-dom" or one.default is None or one.named:
        return ""
    uses = [node.parent for node in script.references.get(text_of(one.default), ()) if node.parent is not None]
    parts = {text_of(part) for use in uses if (part := use.child_by_field_name("property")) is not None}
    whole = all(use.type == "member_expression" for use in uses)
    return "react-dom/client" if uses and whole and parts <= {"createRoot", "hydrateRoot"} else ""
