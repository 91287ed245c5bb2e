"""Lock files of a project: which list of packages has one, whether it still holds, and how it is made anew.

A lock is a file of the project where a person wants it so; otherwise it is kept beside the versions, by the list that it
was made for (`PackageLocks`), and laid over the files for whatever installs or leaves the house.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder.safety.packages.shapes import Ecosystem
from builder.safety.packages.wanted import MANIFEST, read_manifest
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.pinning import FIELDS, NPM_LOCK, PYTHON_LOCK, Pinning
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.plans.node_packages import LOCKS
from preview_runtime.plans.python_packages import REQUIREMENTS, locked_packages, python_packages

_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")


@dataclass(frozen=True, slots=True)
class Pins:
    """The lock at `lock` for the list of packages at `path`; `holds`: a file of the project says what the list asks for.
    `key` identifies what is asked for."""

    ecosystem: Ecosystem
    path: str
    lock: str
    holds: bool
    key: str = ""


def pins_of(tree: FileTree) -> tuple[Pins, ...]:
    """Of every package.json and requirements.txt that asks for something, by path."""
    return tuple(sorted(_pins(tree), key=lambda one: one.path))


async def pinned(tree: FileTree, pinning: Pinning) -> dict[str, str]:
    """The lock files (path → text) that are missing or hold no more. Raises `DependencyError`."""
    return {
        one.lock: await made(tree, one, pinning, tree.text(one.lock) or "") for one in pins_of(tree) if not one.holds
    }


async def made(tree: FileTree, one: Pins, pinning: Pinning, earlier: str) -> str:
    """The lock for one list; the versions of the `earlier` one stay where they fit. Raises `DependencyError`."""
    if one.ecosystem is Ecosystem.NPM:
        manifest = read_manifest(tree.text(one.path))
        if manifest.get("workspaces"):
            raise DependencyError("specifier_refused", Phrase("fault.not_pinned", {"name": one.path}), one.path)
        return await pinning.npm(manifest, earlier)
    packages = python_packages(tree, one.path)
    if packages is None or packages.wanted is None:
        raise DependencyError("specifier_refused", Phrase("fault.not_pinned", {"name": one.path}), one.path)
    return await pinning.python([line for _, line in packages.wanted], earlier)


def with_locks(tree: FileTree, kept: Mapping[str, str]) -> FileTree:
    """`tree` with the locks that are `kept` beside it (key → text), where it has none that holds."""
    laid = {one.lock: kept[one.key] for one in pins_of(tree) if not one.holds and kept.get(one.key)}
    return tree.replace(laid) if laid else tree


def locked_versions(manifest: str | None, lock: str | None) -> dict[str, str]:
    """The exact version of each package that a package.json names by a range, from a package-lock.json that holds for it;
    empty where it does not."""
    asked, packages = _asked(read_manifest(manifest)), read_manifest(lock).get("packages")
    if not asked or not isinstance(packages, dict) or _asked(_table(packages, "")) != asked:
        return {}
    found: dict[str, str] = {}
    for group in asked.values():
        for name, text in group.items():
            version = _table(packages, f"node_modules/{name}").get("version")
            if isinstance(version, str) and isinstance(text, str) and not text.startswith("npm:"):
                found[name] = version
    return found


def with_locked_versions(tree: FileTree) -> FileTree:
    """`tree` with exact versions in each package.json whose lock holds: what is compiled here is what is installed
    elsewhere."""
    changed: dict[str, str] = {}
    for one in pins_of(tree):
        if one.ecosystem is Ecosystem.NPM and one.holds:
            manifest = read_manifest(tree.text(one.path))
            exact = locked_versions(tree.text(one.path), tree.text(one.lock))
            for group in _asked(manifest):
                manifest[group] = {name: exact.get(name, text) for name, text in manifest[group].items()}
            changed[one.path] = json.dumps(manifest)
    return tree.replace(changed) if changed else tree


def _pins(tree: FileTree) -> Iterator[Pins]:
    for path in tree:
        folder, _, name = path.rpartition("/")
        if "node_modules" in path.split("/"):
            continue
        if name == MANIFEST and (asked := _asked(read_manifest(tree.text(path)))):
            lock = f"{folder}/{NPM_LOCK}".lstrip("/")
            entries = _table(read_manifest(tree.text(lock)), "packages")
            other = any(f"{folder}/{kind}".lstrip("/") in tree for kind in LOCKS if kind != NPM_LOCK)
            holds = _asked(_table(entries, "")) == asked or other
            manifest = read_manifest(tree.text(path))
            told = {field: manifest[field] for field in FIELDS if manifest.get(field)}
            yield Pins(Ecosystem.NPM, path, lock, holds, _key(Ecosystem.NPM, path, told))
        elif name == REQUIREMENTS and (tree.text(path) or "").strip():
            lock = f"{folder}/{PYTHON_LOCK}".lstrip("/")
            packages = python_packages(tree, path)
            wanted = sorted(line for _, line in packages.wanted or ()) if packages else []
            if packages is not None and packages.wanted == ():
                continue
            holds = locked_packages(tree, path) is not None
            yield Pins(Ecosystem.PYPI, path, lock, holds, _key(Ecosystem.PYPI, path, wanted))


def _key(ecosystem: Ecosystem, path: str, asked: object) -> str:
    return hashlib.sha256(json.dumps([ecosystem, path, asked], sort_keys=True).encode()).hexdigest()


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _asked(manifest: dict[str, Any]) -> dict[str, Any]:
    return {group: found for group in _GROUPS if (found := _table(manifest, group))}
