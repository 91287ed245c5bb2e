"""Which modules give a name: the project's own, and those of its packages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, Script, text_of
from builder.generation.mends.scripts.package_imports import ICONS, known_modules
from builder.generation.mends.scripts.writing import specifier_for
from builder.generation.mends.work.resolution import package_of

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece

NOT_LOOKED_AT: Final = re.compile(r"\.(?:test|spec|stories|config|d)\.[cm]?[jt]sx?$|(?:^|/)(?:tests?|__tests__)/")
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
# Who takes from one of these runs in Node.
_IN_NODE: Final = frozenset(
    [
        "express",
        "fastify",
        "koa",
        "@hono/node-server",
        "better-sqlite3",
        "pg",
        "mysql2",
        "mongodb",
        "mongoose",
        "ws",
        "dotenv",
    ]
)
_SERVER_SIDE: Final = ("server", "api", "backend", "functions")
_ASKED: Final = 30  # other files that are asked where a name comes from
_DECLARES: Final = ("function", "function*", "const", "let", "var", "class", "interface", "type", "enum")


class NameSource(NamedTuple):
    """How a file imports a name; `is_type`: it is a type alone."""

    specifier: str
    default: bool
    is_type: bool


class _Own(NamedTuple):
    path: str
    default: bool
    is_type: bool


class NameSources:
    """Finds names in the present tree; what it found is kept for the files to come."""

    def __init__(self, work: Workpiece) -> None:
        self._work = work
        self._scripts = {
            path: text
            for path, text in work.files.items()
            if isinstance(text, str) and path.endswith((*SCRIPTS, *COMPONENTS)) and "node_modules/" not in path
        }
        self._own: dict[tuple[str, bool], list[_Own]] = {}
        self._used: dict[str, bool] = {}
        self._usual: dict[str, dict[str, set[str]]] = {}

    def of(self, script: Script, name: str, is_type: bool) -> list[NameSource]:
        """Where `script` can have `name` from: one source where it is certain."""
        own = [one for one in self._giving(name, is_type) if self._reaches(script.path, one.path)]
        packages = self._packages(script, name, is_type)
        if len(own) + len(packages) > 1:
            usual = self._usually(script.path, name)
            if len(usual) == 1:
                own = [one for one in own if one.path in usual]
                packages = [one for one in packages if one.specifier in usual]
            elif len(own) == 1 and not usual:
                # What the project itself has under this name is there to be used; unless the file takes its like already.
                used = {package_of(one.specifier) for one in script.imports}
                packages = [one for one in packages if package_of(one.specifier) in used]
            elif not own:
                # Icons are called like anything: a package that the file takes from goes before those that it does not.
                used = {package_of(one.specifier) for one in script.imports}
                if not any(
                    package_of(one.specifier) in ICONS and package_of(one.specifier) in used for one in packages
                ):
                    packages = [one for one in packages if package_of(one.specifier) in used] or packages
        mine = [NameSource(specifier_for(self._work, script.path, one.path), one.default, one.is_type) for one in own]
        return [*mine, *packages]

    def _reaches(self, importer: str, path: str) -> bool:
        return (
            path != importer
            and self._work.scope_of(path) == self._work.scope_of(importer)
            and _is_server(path) == _is_server(importer)
        )

    def _giving(self, name: str, is_type: bool) -> list[_Own]:
        """The project's own modules that give `name`."""
        if (name, is_type) not in self._own:
            self._own[name, is_type] = [
                found
                for path, text in self._scripts.items()
                if _may_give(path, text, name) and (found := self._given_by(path, name, is_type)) is not None
            ]
        return self._own[name, is_type]

    def _given_by(self, path: str, name: str, is_type: bool) -> _Own | None:
        script = self._work.script(path)
        if script is None or script.broken or script.commonjs:
            return None
        own = script.exports
        passed_on = {named.local for one in script.imports if one.kind == "export" for named in one.named}
        if name in passed_on:
            return None
        if name in own.values or (is_type and name in own.types):
            return _Own(path, False, name in own.types)
        stem = path.rpartition("/")[2].partition(".")[0]
        if not is_type and own.default and (own.default_name == name or (not own.default_name and stem == name)):
            return _Own(path, True, False)
        return None

    def _packages(self, script: Script, name: str, is_type: bool) -> list[NameSource]:
        """The modules of packages that give `name`, among those that the project uses."""
        work = self._work
        if self._loads_scripts(script.path):
            return []
        found: list[NameSource] = []
        if any(
            package_of(one.specifier) in _IN_NODE
            or work.resolution.target(script.path, one.specifier).kind == "builtin"
            for one in script.imports
        ):
            found += [
                NameSource(module, False, name not in names.values)
                for module, names in work.packages.npm_modules("node").items()
                if name in names.values or (is_type and name in names.types)
            ]
        for package in work.dependencies(script.path):
            if package.startswith("@types/") or (package in ICONS and not self._is_used(package)):
                continue
            giving = [
                (specifier, names)
                for specifier, names in known_modules(work, script.path, package).items()
                if name in names.values or (is_type and name in names.types)
            ]
            direct = [one for one in giving if one[0] == package] or giving
            if len(direct) == 1:
                specifier, names = direct[0]
                found.append(NameSource(specifier, False, name not in names.values))
        return found

    def _usually(self, path: str, name: str) -> set[str]:
        """What the project's other files import `name` from: files' paths, or modules of packages."""
        if name not in self._usual:
            asked = [other for other, text in self._scripts.items() if name in text][: _ASKED + 1]
            self._usual[name] = {other: self._imported_from(other, name) for other in asked}
        return {source for other, sources in self._usual[name].items() if other != path for source in sources}

    def _imported_from(self, path: str, name: str) -> set[str]:
        script = self._work.script(path)
        found = set()
        for one in script.imports if script is not None else ():
            default = text_of(one.default) if one.default is not None else ""
            if default == name or any(named.local == name for named in one.named):
                target = self._work.resolution.target(path, one.specifier)
                found.add(target.path if target.kind == "file" else one.specifier)
        return found

    def _is_used(self, package: str) -> bool:
        if package not in self._used:
            quoted = (f'"{package}', f"'{package}")
            self._used[package] = any(quoted[0] in text or quoted[1] in text for text in self._scripts.values())
        return self._used[package]

    def _loads_scripts(self, path: str) -> bool:
        """Whether a page brings names in by scripts of others."""
        scope = self._work.scope_of(path)
        return any(
            isinstance(text, str) and page.startswith(scope) and page.endswith(".html") and 'src="http' in text
            for page, text in self._work.files.items()
        )


def _may_give(path: str, text: str, name: str) -> bool:
    """What is seen without reading a file: reading each takes too long in a large project."""
    if path.endswith(".d.ts") or NOT_LOOKED_AT.search(path):
        return False
    if path.rpartition("/")[2].partition(".")[0] == name:
        return True
    if name not in text or "export" not in text:
        return False
    return any(f"{word} {name}" in text for word in _DECLARES) or "export {" in text or f"export default {name}" in text


def _is_server(path: str) -> bool:
    return path.partition("/")[0] in _SERVER_SIDE
