"""Where an import leads: to a file of the project, to a package, or nowhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from builder.generation.edits.syntax import syntax_tree
from builder.generation.mends.reading.literals import pairs, value_of

if TYPE_CHECKING:
    from tree_sitter import Node


EXTENSIONS: Final = (".tsx", ".ts", ".jsx", ".js", ".mjs", ".mts", ".vue", ".svelte", ".json")
_CONFIGURED: Final = ("tsconfig.json", "tsconfig.app.json", "jsconfig.json", "tsconfig.base.json")
_VITE: Final = tuple(f"vite.config.{end}" for end in ("ts", "js", "mts", "mjs"))
BUILTIN: Final = frozenset(
    [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "test",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
        "sqlite",
    ]
)


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """`file`: `path` is in the tree. `missing`: nothing is there; `path` is what was looked for, without an extension where
    the import has none. `package`: `path` is its name. `other`: nobody of ours can tell."""

    kind: Literal["file", "missing", "package", "builtin", "other"]
    path: str = ""


class ReadFiles(Protocol):
    """What is asked of a tree."""

    files: dict[str, str | bytes]

    def text(self, path: str) -> str | None: ...

    def json(self, path: str) -> dict[str, Any]: ...

    def scope_of(self, path: str) -> str: ...


class Resolution:
    """Follows imports in the present tree."""

    def __init__(self, work: ReadFiles) -> None:
        self._work = work
        self._targets: dict[tuple[str, str], ImportTarget] = {}
        self._bases: dict[str, list[str]] = {}
        self._aliases: dict[str, tuple[list[tuple[str, list[str]]], bool]] = {}

    def target(self, importer: str, specifier: str) -> ImportTarget:
        """Where `specifier` in the file `importer` leads."""
        key = posixpath.dirname(importer), specifier
        if key not in self._targets:
            self._targets[key] = self._target(importer, specifier)
        return self._targets[key]

    def _target(self, importer: str, specifier: str) -> ImportTarget:
        plain = specifier.partition("?")[0]
        if not plain or "!" in plain or "://" in plain or plain.startswith(("data:", "//", "#", "$")):
            return ImportTarget("other")
        scope = self._work.scope_of(importer)
        if plain.startswith("."):
            return self._at(posixpath.join(posixpath.dirname(importer), plain))
        if plain.startswith("/"):
            found = self._at(scope + plain[1:])
            public = f"{scope}public{plain}"
            return ImportTarget("other") if found.kind == "missing" and public in self._work.files else found
        aliases, known = self.aliases(importer)
        missing = None
        for prefix, folders in aliases:
            if plain == prefix.rstrip("/") or plain.startswith(prefix if prefix.endswith("/") else prefix + "/"):
                for folder in folders:
                    found = self._at(posixpath.join(folder, plain[len(prefix) :].lstrip("/")))
                    if found.kind == "file":
                        return found
                    missing = missing or found
        if missing is not None:
            return missing
        for base in self._base_folders(importer):
            found = self._at(posixpath.join(base, plain))
            if found.kind == "file":
                return found
        if plain.startswith(("@/", "~/")):
            return ImportTarget("other") if not known else ImportTarget("missing", f"{scope}src/{plain.lstrip('@~/')}")
        if plain.startswith("node:") or plain.split("/")[0] in BUILTIN:
            return ImportTarget("builtin")
        if (
            ":" in plain
            or (not plain[:1].isalnum() and plain[:1] != "@")
            or (plain.startswith("@") and "/" not in plain)
        ):
            return ImportTarget("other")
        return ImportTarget("package", package_of(plain))

    def aliases(self, importer: str) -> tuple[list[tuple[str, list[str]]], bool]:
        """(prefix, folders) of the import aliases that hold for a file, and whether all could be read."""
        scope = self._work.scope_of(importer)
        if scope not in self._aliases:
            found: list[tuple[str, list[str]]] = []
            known = True
            for folder in _folders_above(scope + "x"):
                for name in _CONFIGURED:
                    found += self._paths(folder, folder + name)
                for name in (*_VITE, "next.config.js", "nuxt.config.ts", "svelte.config.js", "webpack.config.js"):
                    text = self._work.text(folder + name)
                    if text is not None and "alias" in text:
                        read = list(_vite_aliases(folder, name, text))
                        known = known and bool(read) and name in _VITE
                        found += read
            self._aliases[scope] = found, known
        return self._aliases[scope]

    def forget(self) -> None:
        """After a change of what is configured."""
        self._aliases.clear()
        self._bases.clear()
        self._targets.clear()

    def _paths(self, folder: str, path: str) -> Iterator[tuple[str, list[str]]]:
        options = self._options(path)
        base = posixpath.join(folder, str(options.get("baseUrl") or "."))
        paths = options.get("paths")
        for pattern, targets in paths.items() if isinstance(paths, dict) else ():
            if isinstance(targets, list):
                yield pattern.rstrip("*"), [posixpath.join(base, str(target).rstrip("*")) for target in targets]

    def _base_folders(self, importer: str) -> list[str]:
        folder = posixpath.dirname(importer)
        if folder not in self._bases:
            self._bases[folder] = [
                posixpath.join(above, str(base))
                for above in _folders_above(importer)
                for name in _CONFIGURED
                if (base := self._options(above + name).get("baseUrl"))
            ]
        return self._bases[folder]

    def _options(self, path: str) -> dict[str, object]:
        options = self._work.json(path).get("compilerOptions")
        return options if isinstance(options, dict) else {}

    def _at(self, wanted: str) -> ImportTarget:
        path = posixpath.normpath(wanted)
        if path.startswith(".."):
            return ImportTarget("other")
        path = "" if path == "." else path
        found = self.find(path)
        return ImportTarget("file", found) if found else ImportTarget("missing", path)

    def find(self, path: str) -> str:
        """The file that `path`, which may lack its extension, leads to; "" where there is none."""
        files = self._work.files
        if path in files:
            return path
        for end in EXTENSIONS:
            if path + end in files:
                return path + end
        stem, dot, end = path.rpartition(".")
        if dot and end in ("js", "jsx", "mjs", "cjs"):
            for other in (".ts", ".tsx") if end == "js" else (".tsx",) if end == "jsx" else (f".{end[0]}ts",):
                if stem + other in files:
                    return stem + other
        inside = f"{path}/" if path else ""
        return next((f"{inside}index{end}" for end in EXTENSIONS if f"{inside}index{end}" in files), "")


def package_of(specifier: str) -> str:
    """`react-dom` of `react-dom/client`, `@scope/name` of `@scope/name/part`."""
    return "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])


def _folders_above(path: str) -> list[str]:
    """The folders that a file is in, the nearest first, each with its slash; "" is the root."""
    parts = path.split("/")[:-1]
    return ["".join(f"{part}/" for part in parts[:count]) for count in range(len(parts), -1, -1)]


def _vite_aliases(folder: str, name: str, text: str) -> Iterator[tuple[str, list[str]]]:
    tree = syntax_tree(name, text)
    waiting = [tree.root_node] if tree else []
    while waiting:
        node = waiting.pop()
        for key, value in pairs(node) if node.type == "object" else ():
            if key == "alias" and value.type == "object":
                for alias, target in pairs(value):
                    yield alias, [posixpath.join(folder, _last_text(target).lstrip("/"))]
            elif key == "alias" and value.type == "array":
                for entry in value.named_children:
                    parts = dict(pairs(entry)) if entry.type == "object" else {}
                    if "find" in parts and "replacement" in parts and parts["find"].type == "string":
                        yield (
                            str(value_of(parts["find"])),
                            [posixpath.join(folder, _last_text(parts["replacement"]).lstrip("/"))],
                        )
        waiting += node.named_children


def _last_text(node: Node) -> str:
    """The last text inside a value, which is the folder: of `path.resolve(__dirname, "./src")` too."""
    found, waiting = "", [node]
    while waiting:
        one = waiting.pop(0)
        if one.type == "string":
            found = str(value_of(one))
        waiting += one.named_children
    return found
