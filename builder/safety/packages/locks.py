"""What lock files in a project's tree would install: names that no list asks for, and entries that lead past the registry.

An installer does what a lock says, so a lock is judged like a list of packages. Pure.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from builder.safety.packages.shapes import Ecosystem, Wanted
from builder.safety.packages.sources import from_address, other_index, python_address
from preview_runtime.dependencies.resolution import MOST, Resolved, bun_addresses, is_plain, resolved_packages
from preview_runtime.file_tree import FileTree

_PNPM_KEY: Final = re.compile(r"^  '?/?((?:@[^/@'\s]+/)?[^/@'\s]+)[@/](\d[^:'(\s]*)[^:]*:\s*$")
_PNPM_ELSEWHERE: Final = re.compile(r"\b(?:tarball|repo|directory):\s*([^\s,}]+)")
_YARN_KEY: Final = re.compile(r'^"?((?:@[^/@"\s]+/)?[^/@"\s]+)@([^":,]*(?::[^",]*)?)')
_YARN_RESOLVED: Final = re.compile(r'^\s+"?resolved"?:?\s+"?([^"\s#]+)')
_YARN_VERSION: Final = re.compile(r'^\s+"?version"?:?\s+"?([^"\s]+)')


def is_lock(path: str) -> bool:
    """Whether the file says which versions are installed."""
    return path.rpartition("/")[2] in _READERS


def of_locks(tree: FileTree) -> Iterator[Wanted]:
    """Every package of every lock, each name and version once for each lock, and what comes from elsewhere."""
    for path in tree:
        name = path.rpartition("/")[2]
        if "node_modules" in path.split("/") or (read := _READERS.get(name)) is None:
            continue
        yield from read(path, tree.text(path) or "")


def of_resolved(ecosystem: Ecosystem, path: str, packages: tuple[Resolved, ...]) -> Iterator[Wanted]:
    """The packages of a lock as they are judged; more than `MOST` are as one that nobody can answer for."""
    if len(packages) > MOST:
        yield from_address(ecosystem, path, path, path)
        return
    for one in packages:
        name = canonicalize_name(one.name) if ecosystem is Ecosystem.PYPI else one.name
        yield Wanted(ecosystem, name, one.version, path, one.way, script=one.script)


def _of_npm(path: str, text: str) -> Iterator[Wanted]:
    yield from of_resolved(Ecosystem.NPM, path, resolved_packages(path, text))
    if not is_plain(path, text):
        yield from_address(Ecosystem.NPM, path, path, path)  # an installer may read it in another way
    try:
        document = json.loads(text)
        entries = [*document.get("packages", {}).items(), *_nested(document.get("dependencies"))]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return
    for place, entry in entries:
        name = str(place).rpartition("node_modules/")[2]
        if not isinstance(entry, dict) or not place or entry.get("link") or "node_modules/" not in f"{place}":
            continue
        yield from _tarball(path, str(entry.get("name") or name), str(entry.get("version", "")), entry.get("resolved"))


def _nested(packages: Any) -> Iterator[tuple[str, Any]]:
    """The entries of an older lock (npm 6), in which they lie in one another."""
    waiting = [packages]
    while waiting:
        here = waiting.pop()
        for name, entry in here.items() if isinstance(here, dict) else ():
            yield f"node_modules/{name}", entry
            if isinstance(entry, dict):
                waiting.append(entry.get("dependencies"))


def _of_bun(path: str, text: str) -> Iterator[Wanted]:
    packages = resolved_packages(path, text)
    yield from of_resolved(Ecosystem.NPM, path, packages)
    if not is_plain(path, text):
        yield from_address(Ecosystem.NPM, path, path, path)  # bun may read it in another way
    for one in packages:
        if not re.match(r"\d", one.version) and not re.match(r"(?:workspace|file|link):", one.version):
            yield from_address(Ecosystem.NPM, one.name, one.version, path)
    for name, version, address in bun_addresses(text):
        yield from _tarball(path, name, version, address)


def _of_pnpm(path: str, text: str) -> Iterator[Wanted]:
    found: set[Resolved] = set()
    name = ""
    for line in text.splitlines():
        if key := _PNPM_KEY.match(line):
            name = key[1]
            found.add(Resolved(key[1], key[2], ("",)))
        elif line.lstrip().startswith("resolution:"):
            for address in _PNPM_ELSEWHERE.finditer(line):
                yield from_address(Ecosystem.NPM, name, address[1], path)
    yield from of_resolved(Ecosystem.NPM, path, tuple(sorted(found, key=lambda one: (one.name, one.version))))


def _of_yarn(path: str, text: str) -> Iterator[Wanted]:
    found: dict[Resolved, None] = {}
    name = version = ""
    for line in text.splitlines():
        if key := _YARN_KEY.match(line):
            name, asked = key[1], key[2].removeprefix("npm:")
            if (alias := re.match(r"((?:@[^/@]+/)?[A-Za-z][^@]*)@", asked)) and key[2].startswith("npm:"):
                name = alias[1]
        elif told := _YARN_VERSION.match(line):
            version = told[1]
            found[Resolved(name, version, ("",))] = None
        elif told := _YARN_RESOLVED.match(line):
            yield from _tarball(path, name, version, told[1])
    yield from of_resolved(Ecosystem.NPM, path, tuple(found))


def _tarball(path: str, name: str, version: str, resolved: object) -> Iterator[Wanted]:
    """Whether an entry is fetched as its name says: from `<registry>/<name>/-/<name>-<version>.tgz`."""
    if not isinstance(resolved, str) or not resolved:
        return
    try:
        address = urlsplit(resolved)
        host = address.hostname or ""
    except ValueError:
        address, host = None, ""
    base = name.rpartition("/")[2]
    own = f"/{name}/-/{base}-{version}.tgz"
    if address is None or address.scheme not in ("http", "https") or not unquote(address.path).endswith(own):
        if address is not None and address.scheme == "file":
            return  # a file of the project
        yield from_address(Ecosystem.NPM, name, resolved, path)
    elif host and (one := other_index(Ecosystem.NPM, f"{address.scheme}://{address.netloc}", path)) is not None:
        yield one


def _of_requirements(path: str, text: str) -> Iterator[Wanted]:
    yield from of_resolved(Ecosystem.PYPI, path, resolved_packages(path, text))
    for line in text.splitlines():
        if address := python_address(line.partition(" @ ")[2].strip() or line.strip()):
            yield from_address(Ecosystem.PYPI, line.partition(" @ ")[0].strip(), address, path)


def _of_uv(path: str, text: str) -> Iterator[Wanted]:
    try:
        packages = tomllib.loads(text).get("package", [])
    except (ValueError, RecursionError):
        return
    found: list[Resolved] = []
    for entry in packages if isinstance(packages, list) else ():
        source = entry.get("source") if isinstance(entry, dict) else None
        if not isinstance(source, dict):
            continue
        name = str(entry.get("name", ""))
        if isinstance(address := source.get("registry"), str):
            found.append(Resolved(name, str(entry.get("version", "")), ("",)))
            if (one := other_index(Ecosystem.PYPI, address, path)) is not None:
                yield one
        for kind in ("git", "url"):
            if isinstance(address := source.get(kind), str):
                yield from_address(Ecosystem.PYPI, name, address, path)
    yield from of_resolved(Ecosystem.PYPI, path, tuple(found))


_READERS: Final = {
    "package-lock.json": _of_npm,
    "npm-shrinkwrap.json": _of_npm,
    "bun.lock": _of_bun,
    "pnpm-lock.yaml": _of_pnpm,
    "yarn.lock": _of_yarn,
    "requirements.lock": _of_requirements,
    "uv.lock": _of_uv,
}
