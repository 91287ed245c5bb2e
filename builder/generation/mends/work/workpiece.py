"""The tree while it is mended: its files as scripts and manifests, read once each, and the changes made so far."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from builder.generation.edits import Edit, Placed, shown
from builder.generation.edits.syntax import parses
from builder.generation.mends.packages.knowledge import ModuleNames, PackageKnowledge
from builder.generation.mends.reading.literals import read_json
from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, Script, read_script
from builder.generation.mends.work.mend import LeftAlone, Mend, Splice
from builder.generation.mends.work.resolution import Resolution
from preview_runtime.file_tree import FileTree

_GROUPS: Final = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_ANYTHING: Final = ModuleNames(frozenset(), frozenset(), default=True, open=True)
_LONGEST: Final = 300_000  # characters


class Workpiece:
    """`changed` are the paths to be looked at, `affected` those whose imports
    may lead into them, `before` the tree as it was. Mends are made by `mend`, seen faults that stay are told by `leave`."""

    def __init__(
        self, tree: FileTree, changed: Iterable[str], packages: PackageKnowledge, before: FileTree | None = None
    ) -> None:
        self.before = before or FileTree()
        self.files: dict[str, str | bytes] = dict(tree)
        self.packages = packages
        self.changed = sorted(path for path in changed if self._readable(path))
        self.affected: frozenset[str] = frozenset()
        self.mends: list[Mend] = []
        self.left: list[LeftAlone] = []
        self.resolution = Resolution(self)
        self._scripts: dict[str, Script | None] = {}
        self._modules: dict[str, ast.Module | None] = {}
        self._json: dict[str, dict[str, Any]] = {}
        self._exports: dict[str, ModuleNames] = {}

    def text(self, path: str) -> str | None:
        content = self.files.get(path)
        return content if isinstance(content, str) else None

    def script(self, path: str) -> Script | None:
        """The script at `path`, read at most once between changes."""
        if path not in self._scripts:
            text = self.text(path)
            self._scripts[path] = read_script(path, text) if text is not None else None
        return self._scripts[path]

    def scripts(self, affected: bool = False) -> list[Script]:
        """Those of the changed files that are scripts and can be read; with the affected ones where asked for."""
        paths = sorted({*self.changed, *self.affected}) if affected else self.changed
        found = [self.script(path) for path in paths if path.endswith((*SCRIPTS, *COMPONENTS))]
        return [script for script in found if script is not None and not script.broken]

    def module(self, path: str) -> ast.Module | None:
        """The Python module at `path`, None where it cannot be read."""
        if path not in self._modules:
            text = self.text(path)
            try:
                self._modules[path] = ast.parse(text) if text is not None and len(text) < _LONGEST else None
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                self._modules[path] = None
        return self._modules[path]

    def json(self, path: str) -> dict[str, Any]:
        """The object in a JSON file; empty where it cannot be read."""
        if path not in self._json:
            self._json[path] = read_json(self.text(path))
        return self._json[path]

    def scope_of(self, path: str) -> str:
        """The folder of the nearest package.json above, with its slash; "" for the root, or where there is none."""
        folder = path.rpartition("/")[0]
        while folder:
            if f"{folder}/package.json" in self.files:
                return f"{folder}/"
            folder = folder.rpartition("/")[0]
        return ""

    def dependencies(self, path: str) -> dict[str, str]:
        """The packages that a file may import, with what is asked of each: those of all package.json above it."""
        found: dict[str, str] = {}
        scope = self.scope_of(path)
        while True:
            manifest = self.json(f"{scope}package.json")
            for group in _GROUPS:
                entries = manifest.get(group)
                for name, version in entries.items() if isinstance(entries, dict) else ():
                    found.setdefault(name, str(version))
            if not scope:
                return found
            scope = self.scope_of(scope.rstrip("/"))

    def own_dependencies(self, path: str) -> dict[str, str]:
        """Those of the nearest package.json alone."""
        manifest = self.json(f"{self.scope_of(path)}package.json")
        groups = [entries for group in _GROUPS if isinstance(entries := manifest.get(group), dict)]
        return {str(name): str(version) for entries in groups for name, version in entries.items()}

    def exports(self, path: str, seen: frozenset[str] = frozenset()) -> ModuleNames:
        """What the file at `path` gives, with what it passes on."""
        if path in self._exports:
            return self._exports[path]
        script = self.script(path) if path.endswith((*SCRIPTS, *COMPONENTS)) else None
        if script is None or script.broken or path in seen:
            return _ANYTHING
        own = script.exports
        values, types, is_open = set(own.values), set(own.types), own.open
        # What is passed on under its name is of the kind that it is where it stands.
        for one in script.imports:
            target = self.resolution.target(path, one.specifier) if one.kind == "export" else None
            if target is not None and target.kind == "file":
                given = self.exports(target.path, seen | {path})
                for named in one.named:
                    if named.name in given.types and named.name not in given.values:
                        values.discard(named.local)
                        types.add(named.local)
        for star in own.stars:
            target = self.resolution.target(path, star)
            given = self.exports(target.path, seen | {path}) if target.kind == "file" else _ANYTHING
            values, types, is_open = values | given.values, types | given.types, is_open or given.open
        found = ModuleNames(frozenset(values), frozenset(types - values), own.default, is_open)
        if not seen:
            self._exports[path] = found
        return found

    def mend(self, code: str, path: str, splices: Sequence[Splice], **values: str) -> bool:
        """Make a change. False, and nothing is changed, where the result could not be read any more."""
        text = self.text(path)
        if text is None or not splices:
            return False
        raw, edits = text.encode(), []
        current = text
        limit = len(raw)
        for splice in sorted(splices, key=lambda one: (one.start, one.end), reverse=True):
            if splice.end > limit:
                return False
            limit = splice.start
            start, end = len(raw[: splice.start].decode()), len(raw[: splice.end].decode())
            instead = splice.text
            if not end:  # an edit needs something that it replaces: the first line
                end = current.find("\n") + 1 or len(current)
                instead += current[:end]
            edits.append(Edit(path, *shown(current, Placed(start, end, instead))))
            current = current[:start] + instead + current[end:]
        # Not of style sheets: the grammar of CSS does not know all of Tailwind's rules.
        worse = not path.endswith(".css") and parses(path, current) is False and parses(path, text)
        if current == text or worse:
            return False
        self._put(path, current)
        self.mends.append(Mend(code, path, values, tuple(edits)))
        return True

    def make(self, code: str, path: str, text: str, **values: str) -> None:
        """Make a file that is not there."""
        self._put(path, text)
        self.mends.append(Mend(code, path, values, (Edit(path, "", text),)))

    def leave(self, code: str, path: str, **values: str) -> None:
        """Tell of a fault that stays."""
        found = LeftAlone(code, path, values)
        if found not in self.left:
            self.left.append(found)

    def after(self, tree: FileTree) -> FileTree:
        """`tree` with the changes."""
        put: Mapping[str, str | bytes] = {path: text for path, text in self.files.items() if tree.get(path) != text}
        return tree.replace(put) if put else tree

    def _put(self, path: str, text: str) -> None:
        self.files[path] = text
        self._scripts.pop(path, None)
        self._modules.pop(path, None)
        self._exports.clear()
        if path.endswith(".json") or ".config." in path:
            self._json.pop(path, None)
            self.resolution.forget()

    def _readable(self, path: str) -> bool:
        text = self.text(path)
        if text is None or len(text) > _LONGEST or "node_modules/" in path:
            return False
        return not any("\ud800" <= character <= "\udfff" for character in text)
