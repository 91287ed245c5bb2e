"""Which packages of a registry a project's files ask for. Pure; what cannot be read asks for nothing, and its installer says
where it is broken."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from builder.safety.packages.shapes import Ecosystem, Wanted
from preview_runtime.file_tree import FileTree

MANIFEST: Final = "package.json"
GROUPS: Final = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_REPLACED: Final = ("overrides", "resolutions")
_REQUIREMENTS: Final = re.compile(r"(?:^|/)(?:requirements[^/]*\.txt|requirements/[^/]+\.txt)$")
_INCLUDE: Final = re.compile(r"^(?:-r|--requirement)[ =]?\s*(\S+)$")
_OPTIONS: Final = re.compile(r"\s--?[A-Za-z].*$|(?:^|\s)#.*$")
# What is the project's own, or comes from an address: no registry is asked for it.
_ELSEWHERE: Final = re.compile(
    r"(?:file|link|portal|workspace|patch|catalog|https?|git(?:\+\w+)?|github):|[./~]|[\w.-]+/[\w.-]+"
)
_PIP: Final = re.compile(r"(?:python3?|py|uv)$|(?:uv-)?pip3?$")
_NODE: Final = frozenset({"npm", "pnpm", "yarn", "bun"})
_ADDS: Final = frozenset({"install", "i", "add"})


def wanted_packages(tree: FileTree) -> tuple[Wanted, ...]:
    """All of them, each once for each file, by path and name."""
    found: set[Wanted] = set()
    own = {str(one.get("name")) for _, one in _manifests(tree)}
    for path, manifest in _manifests(tree):
        found.update(one for one in of_manifest(path, manifest) if one.name not in own)
    for path in _requirement_files(tree):
        found.update(_of_lines(path, (tree.text(path) or "").splitlines()))
    for path in tree:
        name = path.rpartition("/")[2]
        if name == "pyproject.toml":
            found.update(_of_lines(path, _of_pyproject(tree.text(path) or "")))
        elif path == "sayso.json":
            found.update(_of_command(path, tree.text(path) or ""))
    return tuple(sorted(found, key=lambda one: (one.path, one.ecosystem, one.name, one.asked)))


def of_manifest(path: str, manifest: dict[str, Any]) -> Iterator[Wanted]:
    """What one package.json asks npm's registry for."""
    for group in GROUPS:
        if isinstance(packages := manifest.get(group), dict):
            for name, asked in packages.items():
                if (one := npm_package(str(name), asked, path)) is not None:
                    yield one
    for group in _REPLACED:
        for asked in _strings(manifest.get(group)):
            if asked.startswith("npm:") and (one := npm_package("", asked, path)) is not None:
                yield one


def npm_package(name: str, asked: object, path: str = "") -> Wanted | None:
    """The registry's package behind an entry of a package.json; None for one from elsewhere."""
    text = asked.strip() if isinstance(asked, str) else ""
    if text.startswith("npm:"):
        name, separator, text = text[4:].rpartition("@")
        if not separator or not name:
            name, text = f"{separator}{text}", ""
    if not name or _ELSEWHERE.match(text):
        return None
    return Wanted(Ecosystem.NPM, name, text, path)


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


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else ():
        yield from _strings(inner)


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


def _of_command(path: str, text: str) -> Iterator[Wanted]:
    """What the install command of a project's own run settings names."""
    run = read_manifest(text).get("run")
    command = run.get("install") if isinstance(run, dict) else None
    try:
        lexer = shlex.shlex(command if isinstance(command, str) else "", posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:
        return
    part: list[str] = []
    for word in [*words, ";"]:
        if set(word) <= set(";&|()"):
            yield from _of_words(path, part)
            part = []
        else:
            part.append(word)


def _of_words(path: str, words: list[str]) -> Iterator[Wanted]:
    program = words[0].rpartition("/")[2] if words else ""
    at = next((place for place, word in enumerate(words) if word in _ADDS), 0)
    named: list[str] = []
    skip = False
    for word in words[at + 1 :] if at else ():
        if not skip and not word.startswith("-"):
            named.append(word)
        skip = word in ("-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--prefix", "-C")
    if program in _NODE:
        for word in named:
            if re.match(r"[./~]|[\w.+-]+:|[\w.-]+/", word):
                continue  # a folder or an address
            name, _, asked = word.rpartition("@") if "@" in word[1:] else (word, "", "")
            if (one := npm_package(name, asked, path)) is not None:
                yield one
    elif _PIP.match(program):
        yield from _of_lines(path, named)
