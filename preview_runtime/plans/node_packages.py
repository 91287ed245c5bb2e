"""Which packages a Node project needs, when its files alone can tell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from preview_runtime.file_tree import FileTree
from preview_runtime.plans.recipe import PackageSet
from preview_runtime.plans.runtimes import Runtime

MANIFEST: Final = "package.json"
# bun reads all of these lock files. The first existing one counts.
LOCKS: Final = ("bun.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock")
_GROUPS: Final = ("dependencies", "devDependencies", "optionalDependencies")
# The fields of a package.json on which the packages depend; all others are left out of the set.
_FIELDS: Final = (
    *_GROUPS,
    "peerDependencies",
    "peerDependenciesMeta",
    "overrides",
    "resolutions",
)
_LOCAL: Final = re.compile(r"^(?:file|link|portal|workspace|patch|catalog):|^[./~]")
_HOOKS: Final = ("preinstall", "install", "postinstall", "prepare")
# Install scripts that the app can do without here: its development server does the same, or they set up git hooks.
_NEEDLESS: Final = re.compile(
    r"(?:npx\s+)?(?:nux[ti]\s+prepare|svelte-kit\s+sync|astro\s+sync|husky(?:\s+install)?|simple-git-hooks|lefthook\s+install|"
    r"next\s+telemetry\s+disable|true|:|echo\s+[^;&|]*)(?:\s*\|\|\s*(?:true|echo\s+['\"]*))?\s*(?:\|\|\s*true)?"
)
# Packages for a project's author, not for the running app: when one of them is missing, nothing is delayed.
AUTHORS: Final = r"^(@types\/|@typescript-eslint\/|eslint|prettier|husky$|lint-staged$|nodemon$|typescript$)"
# Turbopack refuses files that lie outside the app's folder, a link to a layer among them.
_IN_THE_FOLDER: Final = frozenset({"next"})
_PLAIN: Final = re.compile(
    r"(?:npm\s+(?:install|i|ci)|bun\s+(?:install|i)|pnpm\s+(?:install|i)|yarn(?:\s+install)?)(?:\s+--?[\w-]+(?:=\S+)?)*"
)


def node_packages(tree: FileTree, path: str, start: str = "") -> PackageSet | None:
    """The packages of the package.json at `path`; None when they have to be in the project's own volume.

    `start` tells whether the author's packages can be left out. The own volume is needed when one of the packages is
    the project's code (a folder, a workspace, a patch), when a script of the project has to run after the install, and
    for Next.js.
    """
    try:
        manifest = json.loads(tree.text(path) or "{}")
    except (ValueError, RecursionError):
        return PackageSet(Runtime.NODE, {MANIFEST: tree.text(path) or ""}, None)  # broken: the installer says where
    if not isinstance(manifest, dict) or manifest.get("workspaces") or manifest.get("patchedDependencies"):
        return None
    asked = {
        str(name): str(version)
        for group in _GROUPS
        if isinstance(packages := manifest.get(group), dict)
        for name, version in packages.items()
    }
    if _IN_THE_FOLDER & set(asked) or any(_LOCAL.match(version.strip()) for version in asked.values()):
        return None
    if own_hooks(manifest):
        return None
    needed = {**asked}
    if not compiles(start):
        running = manifest.get("dependencies") or {}
        needed = {name: asked[name] for name in asked if name in running or not re.match(AUTHORS, name)}
    kept = {name: manifest[name] for name in _FIELDS if manifest.get(name)}
    files = {MANIFEST: json.dumps(kept, sort_keys=True)}
    folder = path.removesuffix(MANIFEST)
    lock = next((name for name in LOCKS if tree.text(folder + name)), "")
    if not lock:
        return PackageSet(Runtime.NODE, files, tuple(sorted(needed.items())))
    text = tree.text(folder + lock) or ""
    name = "package-lock.json" if lock == "npm-shrinkwrap.json" else lock
    return PackageSet(
        Runtime.NODE, {**files, name: text}, _locked(needed, text) if name == "package-lock.json" else None
    )


def compiles(start: str) -> bool:
    """Whether a start command compiles TypeScript, and so needs the compiler."""
    return bool(re.search(r"\b(?:tsc|ts-node|tsx)\b", start))


def only_installs(command: str) -> bool:
    """Whether a given install command is just the installer's own."""
    return bool(_PLAIN.fullmatch(command.strip()))


def own_hooks(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the project's own scripts around an install that the app cannot do without."""
    scripts = manifest.get("scripts")
    if not isinstance(scripts, dict):
        return ()
    return tuple(name for name in _HOOKS if scripts.get(name) and not _NEEDLESS.fullmatch(str(scripts[name]).strip()))


def _locked(asked: Mapping[str, str], text: str) -> tuple[tuple[str, str], ...] | None:
    """The versions in a package-lock.json for `asked`."""
    try:
        packages = json.loads(text)["packages"]
        return tuple(sorted((name, f"={packages[f'node_modules/{name}']['version']}") for name in asked))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
