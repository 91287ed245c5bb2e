"""Lock files of a project: which list of packages has one, whether it still holds, and how it is made anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from builder.safety.packages.shapes import Ecosystem
from builder.safety.packages.wanted import MANIFEST, read_manifest
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.pinning import NPM_LOCK, PYTHON_LOCK, Pinning
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.plans.python_packages import REQUIREMENTS, locked_packages, python_packages

_GROUPS = ("dependencies", "devDependencies", "optionalDependencies")


@dataclass(frozen=True, slots=True)
class Pins:
    """The lock at `lock` for the list of packages at `path`; `holds`: it is there and says what the list asks for."""

    ecosystem: Ecosystem
    path: str
    lock: str
    holds: bool


def pins_of(tree: FileTree) -> tuple[Pins, ...]:
    """Of every package.json and requirements.txt that asks for something, by path."""
    return tuple(sorted(_pins(tree), key=lambda one: one.path))


async def pinned(tree: FileTree, pinning: Pinning) -> dict[str, str]:
    """The lock files (path → text) that are missing or hold no more. Raises `DependencyError`."""
    made: dict[str, str] = {}
    for one in pins_of(tree):
        if one.holds:
            continue
        earlier = tree.text(one.lock) or ""
        if one.ecosystem is Ecosystem.NPM:
            made[one.lock] = await pinning.npm(read_manifest(tree.text(one.path)), earlier)
            continue
        packages = python_packages(tree, one.path)
        if packages is None or packages.wanted is None:
            raise DependencyError("specifier_refused", Phrase("fault.not_pinned", {"name": one.path}), one.path)
        made[one.lock] = await pinning.python([line for _, line in packages.wanted], earlier)
    return made


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
            packages = _table(read_manifest(tree.text(lock)), "packages")
            yield Pins(Ecosystem.NPM, path, lock, _asked(_table(packages, "")) == asked)
        elif name == REQUIREMENTS and (tree.text(path) or "").strip():
            lock = f"{folder}/{PYTHON_LOCK}".lstrip("/")
            yield Pins(Ecosystem.PYPI, path, lock, locked_packages(tree, path) is not None)


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _asked(manifest: dict[str, Any]) -> dict[str, Any]:
    return {group: found for group in _GROUPS if (found := _table(manifest, group))}
