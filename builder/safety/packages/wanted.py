"""Which packages of a registry a project's files ask for. Pure; what cannot be read asks for nothing, and its installer says
where it is broken."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from builder.safety.packages.commands import fetched_by
from builder.safety.packages.locks import of_locks
from builder.safety.packages.shapes import Ecosystem, Wanted
from builder.safety.packages.sources import from_address, index_options, npm_address, of_settings, python_address
from preview_runtime.file_tree import FileTree

MANIFEST: Final = "package.json"
GROUPS: Final = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_REPLACED: Final = ("overrides", "resolutions")
_REQUIREMENTS: Final = re.compile(r"(?:^|/)(?:requirements[^/]*\.txt|requirements/[^/]+\.txt)$")
_INCLUDE: Final = re.compile(r"^(?:-r|--requirement)[ =]?\s*(\S+)$")
_OPTIONS: Final = re.compile(r"\s--?[A-Za-z].*$|(?:^|\s)#.*$")
# What is the project's own: a folder or a file of it.
_OWN: Final = re.compile(r"(?:file|link|portal):|[./~]")
# A version that stands elsewhere in the project: the name is the registry's all the same.
_SAID_ELSEWHERE: Final = re.compile(r"(?:workspace|catalog|patch):.*", re.DOTALL)
_OWN_SCRIPTS: Final = ("preinstall", "install", "postinstall", "prepare")


def wanted_packages(tree: FileTree) -> tuple[Wanted, ...]:
    """All of them, each once for each file, by path and name."""
    found: set[Wanted] = set()
    own = {str(one.get("name")) for _, one in _manifests(tree)}
    for path, manifest in _manifests(tree):
        found.update(one for one in of_manifest(path, manifest) if one.name not in own or one.elsewhere)
    for path in _requirement_files(tree):
        found.update(_of_lines(path, (tree.text(path) or "").splitlines()))
    for path in tree:
        name = path.rpartition("/")[2]
        if name == "pyproject.toml":
            found.update(_of_lines(path, _of_pyproject(tree.text(path) or "")))
        elif path == "sayso.json":
            found.update(_of_run_settings(path, tree.text(path) or ""))
    found.update(of_settings(tree))
    found.update(one for one in of_locks(tree) if one.name not in own or one.elsewhere)
    return tuple(sorted(found, key=lambda one: (one.path, one.ecosystem, one.name, one.asked, one.way)))


def of_manifest(path: str, manifest: dict[str, Any]) -> Iterator[Wanted]:
    """What one package.json asks npm's registry for."""
    for group in GROUPS:
        if isinstance(packages := manifest.get(group), dict):
            for name, asked in packages.items():
                if (one := npm_package(str(name), asked, path)) is not None:
                    yield one
    pnpm = _table(manifest, "pnpm")
    replaced = [manifest.get(group) for group in _REPLACED] + [pnpm.get("overrides"), pnpm.get("packageExtensions")]
    workspaces = _table(manifest, "workspaces")
    for named in (manifest, workspaces):
        replaced += [named.get("catalog"), named.get("catalogs")]
    for table in replaced:
        for name, asked in _entries(table):
            leads = asked.startswith("npm:") or npm_address(asked)
            if leads and (one := npm_package(name, asked, path)) is not None:
                yield one
    scripts = _table(manifest, "scripts")
    for hook in _OWN_SCRIPTS:
        if isinstance(command := scripts.get(hook), str):
            yield from of_command(path, command)


def npm_package(name: str, asked: object, path: str = "") -> Wanted | None:
    """The package behind an entry of a package.json; None for one that is the project's own code."""
    text = asked.strip() if isinstance(asked, str) else ""
    if text.startswith("npm:"):
        name, separator, text = text[4:].rpartition("@")
        if not separator or not name:
            name, text = f"{separator}{text}", ""
    if not name or _OWN.match(text):
        return None
    if address := npm_address(text):
        return from_address(Ecosystem.NPM, name, address, path)
    return Wanted(Ecosystem.NPM, name, _SAID_ELSEWHERE.sub("", text), path)


def read_manifest(text: str | None) -> dict[str, Any]:
    """A package.json's content; empty for none that can be read."""
    try:
        manifest = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def requirement(line: str) -> Requirement | None:
    """The requirement in a line of a requirements.txt; None for an option, a comment, an address or a path."""
    try:
        found = Requirement(_OPTIONS.sub("", line).strip())
    except InvalidRequirement:
        return None
    return None if found.url else found


def _manifests(tree: FileTree) -> list[tuple[str, dict[str, Any]]]:
    paths = [path for path in tree if path.rpartition("/")[2] == MANIFEST and "node_modules" not in path.split("/")]
    return [(path, read_manifest(tree.text(path))) for path in paths]


def _entries(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The names and what is asked of them, however deep."""
    if isinstance(value, str):
        yield name, value
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield from _entries(inner, str(key) if key != "." else name)


def _requirement_files(tree: FileTree) -> list[str]:
    waiting = [path for path in tree if _REQUIREMENTS.search(path)]
    found: list[str] = []
    while waiting:
        path = waiting.pop()
        if path in found or path not in tree:
            continue
        found.append(path)
        for line in (tree.text(path) or "").splitlines():
            if match := _INCLUDE.match(line.strip()):
                waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1])))
    return found


def _of_lines(path: str, lines: Iterable[str]) -> Iterator[Wanted]:
    for line in lines:
        if (found := requirement(line)) is not None:
            yield Wanted(Ecosystem.PYPI, canonicalize_name(found.name), str(found.specifier), path)
            continue
        text = line.strip()
        name, at, rest = text.partition("@")
        named = at and re.fullmatch(r"[\w.-]+(?:\[[\w,.\s-]*\])?", name.strip())
        if address := python_address(rest.strip() if named else text):
            name = canonicalize_name(name.partition("[")[0].strip()) if named else ""
            yield from_address(Ecosystem.PYPI, name, address, path)
        elif text.startswith("-"):
            yield from index_options(Ecosystem.PYPI, path, text)


def _of_pyproject(text: str) -> Iterator[str]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    project = _table(document, "project")
    yield from _lines(project.get("dependencies"))
    yield from _lines(_table(document, "build-system").get("requires"))
    for groups in (_table(project, "optional-dependencies"), _table(document, "dependency-groups")):
        for group in groups.values():
            yield from _lines(group)
    poetry = _table(_table(document, "tool"), "poetry")
    for one in (poetry, *(group for group in _table(poetry, "group").values() if isinstance(group, dict))):
        yield from (name for name in _table(one, "dependencies") if name != "python")


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _lines(value: object) -> Iterator[str]:
    yield from (line for line in value if isinstance(line, str)) if isinstance(value, list) else ()


def _of_run_settings(path: str, text: str) -> Iterator[Wanted]:
    run = read_manifest(text).get("run")
    command = run.get("install") if isinstance(run, dict) else None
    yield from of_command(path, command if isinstance(command, str) else "")


def of_command(path: str, command: str) -> Iterator[Wanted]:
    """What a command of the project's own has an installer fetch."""
    for one in fetched_by(command):
        yield from index_options(one.ecosystem, path, one.options)
        if one.ecosystem is Ecosystem.PYPI:
            yield from _of_lines(path, one.named)
            continue
        for word in one.named:
            if address := npm_address(word):
                yield from_address(Ecosystem.NPM, "", address, path)
            elif not re.match(r"[./~]|[\w.+-]+:|[\w.-]+/", word):  # a folder of the project
                name, _, asked = word.rpartition("@") if "@" in word[1:] else (word, "", "")
                if (found := npm_package(name, asked, path)) is not None:
                    yield found
