"""How a Node project is installed and started."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from preview_runtime.file_tree import FileTree
from preview_runtime.plans.node_packages import AUTHORS, LOCKS, compiles, node_packages, own_hooks
from preview_runtime.plans.recipe import PACKAGES_FOLDER, WORK_FOLDER, Recipe, folder_of, nearest
from preview_runtime.plans.runtimes import Runtime

_ENTRY_NAMES: Final = tuple(
    f"{name}.{suffix}" for name in ("server", "index", "app", "main") for suffix in ("js", "mjs", "cjs", "ts")
)
# Frameworks that compile the whole app where it runs: Next.js with Tailwind takes 600 MB (measured), Nuxt and Angular
# more.
_COMPILING: Final = frozenset(
    {"next", "nuxt", "@sveltejs/kit", "astro", "@react-router/dev", "@angular/core", "gatsby", "react-scripts"}
)
# The development server of a framework; none of these needs a build first. (package, command, port)
_DEVELOPMENT_SERVERS: Final = (
    ("next", "next dev", 3000),
    ("nuxt", "nuxt dev", 3000),
    ("@sveltejs/kit", "vite dev", 5173),
    ("astro", "astro dev", 4321),
    ("@react-router/dev", "react-router dev --host 0.0.0.0 --port $PORT", 5173),
    ("@angular/core", "ng serve --host 0.0.0.0 --port $PORT", 4200),
    ("vite", "vite", 5173),
)
_SERVERS: Final = (
    "express",
    "fastify",
    "koa",
    "hono",
    "@hono/node-server",
    "@nestjs/core",
    "@hapi/hapi",
    "socket.io",
    "ws",
)
# bun takes 2 s, npm 20 s (Next.js, measured), and bun reads npm's, pnpm's and yarn's locks. No package runs an install
# script; the project's own run afterwards. A folder that was a link to a layer is replaced by a folder of the project's
# own.
_INSTALL: Final = (
    "{ [ ! -L node_modules ] || rm node_modules; }"
    " && bun install --ignore-scripts --no-save --no-progress --linker=hoisted"
)
# Scripts that start several programs, or only the front end: the server's own folder tells how the server starts.
_NOT_THE_SERVER: Final = re.compile(
    r"\b(?:concurrently|npm-run-all|run-p|turbo|lerna|nx|wireit)\b|--(?:prefix|workspace|cwd|filter)\b|\bcd\s+\S+\s*&&"
    r"|^(?:npx\s+)?(?:vite|webpack|parcel|react-scripts|vue-cli-service)\b(?!.*\bnode\b)"
)
# Whether every package can be loaded from here, in a fitting version: `npm ls` does not see the image's packages.
_INSTALLED: Final = """node -e '
const fs = require("fs"), path = require("path")
const semver = require(path.join(process.execPath, "../../lib/node_modules/npm/node_modules/semver"))
const wanted = JSON.parse(fs.readFileSync("package.json", "utf8"))
for (const [name, range] of Object.entries({ ...wanted.devDependencies, ...wanted.dependencies })) {
  if (AUTHORS && !(wanted.dependencies ?? {})[name] && new RegExp(AUTHORS).test(name)) continue
  let folder = process.cwd(), version = ""
  for (;;) {
    const manifest = path.join(folder, "node_modules", name, "package.json")
    if (fs.existsSync(manifest)) { version = JSON.parse(fs.readFileSync(manifest, "utf8")).version; break }
    if (folder === path.dirname(folder)) break
    folder = path.dirname(folder)
  }
  if (!version || !(range === "latest" || semver.satisfies(version, range))) process.exit(1)
}'"""


def node_recipe(tree: FileTree, framework: str) -> Recipe | None:
    """The recipe for a tree with a package.json or a server script, None when nothing starts it."""
    manifest_path = _manifest_path(tree)
    manifest = _manifest(tree, manifest_path)
    folder = folder_of(manifest_path)
    packages = _packages(manifest)
    command, port = _development_server(packages)
    serving = any(name in packages for name in _SERVERS)
    if serving or not command:
        command, port = _script(manifest) or _entry(tree, manifest, folder), 3000
        if not manifest_path and command:
            folder, command = _bare_script(tree)
        # `"start": "vite"` beside an express that is only a proxy.
        port = 5173 if re.match(r"vite\b", command) else port
    if not command:
        return None
    inputs = tuple(path for name in ("package.json", *LOCKS) if (path := f"{folder}/{name}".lstrip("/")) in tree)
    return Recipe(
        runtime=Runtime.NODE,
        name=framework,
        start=command,
        port=port,
        install=_install(manifest) if packages else "",
        installed=_installed(command) if packages else "",
        packages=node_packages(tree, manifest_path, command) if packages else None,
        install_inputs=inputs,
        folder=folder,
        environment={
            "PATH": _path(folder),
            "NODE_ENV": "development",
            "npm_config_cache": f"{PACKAGES_FOLDER}/npm",
            "BUN_INSTALL_CACHE_DIR": f"{PACKAGES_FOLDER}/bun",
            "npm_config_update_notifier": "false",
            "NEXT_TELEMETRY_DISABLED": "1",
            "NUXT_TELEMETRY_DISABLED": "1",
            "ASTRO_TELEMETRY_DISABLED": "1",
            "NG_CLI_ANALYTICS": "false",
            "BROWSER": "none",
        },
        builds=bool(packages & _COMPILING),
    )


def _install(manifest: Mapping[str, Any]) -> str:
    return " && ".join([_INSTALL, *(f"bun run {hook}" for hook in own_hooks(manifest))])


def _installed(command: str) -> str:
    return _INSTALLED.replace("AUTHORS", json.dumps("" if compiles(command) else AUTHORS))


def _path(folder: str) -> str:
    own = f"{WORK_FOLDER}/{folder}/node_modules/.bin" if folder else f"{WORK_FOLDER}/node_modules/.bin"
    return f"{own}:/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _manifest_path(tree: FileTree) -> str:
    paths = [path for path in tree if path.rpartition("/")[2] == "package.json" and "node_modules" not in path]
    serving = [path for path in paths if not _packages(_manifest(tree, path)).isdisjoint(_SERVERS)]
    root = "package.json" if "package.json" in paths else ""
    # A root that starts nothing itself, or no server, leaves the start to the server's folder.
    if root and (root in serving or not serving):
        return root
    if root and (script := _script(_manifest(tree, root))) and not _NOT_THE_SERVER.search(script):
        return root
    return nearest(serving or paths)


def _manifest(tree: FileTree, path: str) -> dict[str, Any]:
    try:
        manifest = json.loads(tree.text(path) or "{}") if path else {}
    except (ValueError, RecursionError):
        return {}  # broken: the installer tells the person where
    return manifest if isinstance(manifest, dict) else {}


def _packages(manifest: Mapping[str, Any]) -> set[str]:
    parts = (manifest.get("dependencies"), manifest.get("devDependencies"))
    return {str(name) for part in parts if isinstance(part, dict) for name in part}


def _development_server(packages: set[str]) -> tuple[str, int]:
    return next(((command, port) for name, command, port in _DEVELOPMENT_SERVERS if name in packages), ("", 0))


def _script(manifest: Mapping[str, Any]) -> str:
    """The script that starts the app, with its own words instead of `npm run`, which would cost 200 ms and hide the
    script's options from us."""
    scripts = manifest.get("scripts")
    if not isinstance(scripts, dict):
        return ""
    names = [name for name in ("start", "dev", "serve", "server") if isinstance(scripts.get(name), str)]
    # `start` of a TypeScript server often runs the result of a build, and no build has run.
    built = re.compile(r"\bnode\s+(?:\./)?(?:dist|build|out)/")
    ready = [name for name in names if not built.search(scripts[name])]
    if ready:
        # Every edit restarts the app here: a watcher of its own would only take memory.
        return re.sub(r"^(?:npx )?nodemon(?= [\w./-]+\.[cm]?js$)", "node", str(scripts[ready[0]]))
    if names and isinstance(scripts.get("build"), str):
        return f"{scripts['build']} && {scripts[names[0]]}"
    return str(scripts[names[0]]) if names else ""


def _entry(tree: FileTree, manifest: Mapping[str, Any], folder: str) -> str:
    main = manifest.get("main")
    if isinstance(main, str) and f"{folder}/{main.removeprefix('./')}".lstrip("/") in tree:
        return f"node {main.removeprefix('./')}"
    within = [path for path in tree if path.endswith(_ENTRY_NAMES) and path.startswith(f"{folder}/" if folder else "")]
    within = [path for path in within if path.rpartition("/")[2] in _ENTRY_NAMES and _serves(tree.text(path) or "")]
    path = nearest(within, _ENTRY_NAMES)
    return f"node {path.removeprefix(f'{folder}/') if folder else path}" if path else ""


def _bare_script(tree: FileTree) -> tuple[str, str]:
    found = [path for path in tree if path.rpartition("/")[2] in _ENTRY_NAMES and _serves(tree.text(path) or "")]
    path = nearest(found, _ENTRY_NAMES)
    return folder_of(path), f"node {path.rpartition('/')[2]}"


def _serves(text: str) -> bool:
    return bool(re.search(r"\bcreateServer\s*\(|\.listen\s*\(|\bserve\s*\(|\bDeno\.serve\b|\bBun\.serve\b", text))
