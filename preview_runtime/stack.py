"""The stack of a file tree, determined from its files alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, verbatim

# The folders in which a front end may lie beside its server, the likeliest first (instant/front-folder.ts agrees).
FRONT_FOLDERS: Final = ("frontend", "front-end", "client", "web", "webapp", "ui", "apps/web", "packages/web")


class StackKind(StrEnum):
    """What has to run so that the app can be seen."""

    FRONT_END = "front_end"  # files that a browser shows, after at most a Vite-like build
    FRAMEWORK = "framework"  # a front end that only its own development server can build
    NODE_SERVER = "node_server"
    PYTHON = "python"
    CONTAINER = "container"  # another language, or the project brings its own Dockerfile
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Stack:
    """`name` as its makers write it; `needs` names features that only a real server or Vite has (None for none);

    `front_end` says whether an index.html can be shown by itself, `front_folder` which folder it lies in ("" = the root),
    `native` which Python packages, or other things that the app does, no browser has.
    """

    kind: StackKind
    name: str
    needs: Phrase | None = None
    front_end: bool = False
    native: tuple[str, ...] = ()
    front_folder: str = ""

    @property
    def needs_server(self) -> bool:
        """Whether a part of it runs on a server; a front end with a build that only Vite can do runs there as a
        whole."""
        return self.kind not in (StackKind.FRONT_END, StackKind.NOTHING) or bool(self.needs)

    @property
    def is_all_server(self) -> bool:
        """Whether the server answers every path, as opposed to only /api beside a front end."""
        return not self.front_end or (self.kind is StackKind.FRONT_END and bool(self.needs))


# Server stacks beside which a front end may exist, which can be shown before the server runs.
_BESIDE: Final = (StackKind.FRONT_END, StackKind.PYTHON, StackKind.NODE_SERVER, StackKind.CONTAINER)
# Development servers with a build of their own, by the package that marks them; the first one found gives the stack its
# name.
_FRAMEWORKS: Final = {
    "next": "Next.js",
    "nuxt": "Nuxt",
    "@sveltejs/kit": "SvelteKit",
    "@angular/core": "Angular",
    "astro": "Astro",
    "@remix-run/react": "Remix",
    "@remix-run/node": "Remix",
    "@react-router/dev": "React Router's framework mode",
    "@tanstack/react-start": "TanStack Start",
    "@solidjs/start": "SolidStart",
    "@builder.io/qwik": "Qwik",
    "gatsby": "Gatsby",
    "vitepress": "VitePress",
    "expo": "Expo",
    "react-native": "React Native",
    "react-scripts": "Create React App",
    "@ionic/angular": "Ionic Angular",
    "ember-source": "Ember",
    "@stencil/core": "Stencil",
    "@storybook/core": "Storybook",
    "electron": "Electron",
}
_NODE_SERVERS: Final = {
    "@nestjs/core": "NestJS",
    "express": "Express",
    "fastify": "Fastify",
    "koa": "Koa",
    "@hono/node-server": "Hono",
    "hono": "Hono",
    "@hapi/hapi": "hapi",
    "@adonisjs/core": "AdonisJS",
    "json-server": "json-server",
    "socket.io": "Socket.IO",
    "ws": "WebSocket server",
    "apollo-server": "Apollo Server",
    "@apollo/server": "Apollo Server",
    "mongoose": "Mongoose",
    "pg": "PostgreSQL client",
    "mysql2": "MySQL client",
    "better-sqlite3": "SQLite",
    "@prisma/client": "Prisma",
}
_FRONT_ENDS: Final = {
    "react": "React",
    "vue": "Vue",
    "svelte": "Svelte",
    "preact": "Preact",
    "lit": "Lit",
    "solid-js": "Solid",
}
# Build steps that the instant engine lacks (facts of its pipeline), by the package that asks for them.
_BUILD_STEPS: Final = {
    "vite-plugin-pwa": Phrase("needs.pwa"),
    "@originjs/vite-plugin-federation": Phrase("needs.federation"),
    "@vanilla-extract/vite-plugin": verbatim("vanilla-extract"),
    "unocss": verbatim("UnoCSS"),
    "vike": verbatim("Vike"),
    "vite-plugin-ssr": Phrase("needs.server_rendering"),
}
_PYTHON_SERVERS: Final = {
    "django": "Django",
    "fastapi": "FastAPI",
    "flask": "Flask",
    "starlette": "Starlette",
    "streamlit": "Streamlit",
    "gradio": "Gradio",
    "reflex": "Reflex",
    "tornado": "Tornado",
    "sanic": "Sanic",
    "aiohttp": "aiohttp",
    "bottle": "Bottle",
    "litestar": "Litestar",
}
# Python packages that need a socket, a thread or native code that Pyodide does not have, or a start of their own.
_NOT_IN_BROWSER: Final = frozenset(
    {
        "aiohttp",
        "asyncpg",
        "celery",
        "channels",
        "django",
        "gevent",
        "gradio",
        "litestar",
        "mysqlclient",
        "psycopg",
        "psycopg2",
        "psycopg2-binary",
        "redis",
        "reflex",
        "sanic",
        "streamlit",
        "tensorflow",
        "torch",
        "tornado",
        "transformers",
    }
)
# What a server in a browser cannot do, by what says in a Python file that it is done.
_LASTING: Final = {
    "websockets": re.compile(r"\.websocket(?:_route)?\(|\bWebSocketRoute\(|\bflask_sock\b|\bflask_socketio\b"),
    "event streams": re.compile(r"text/event-stream|\bsse_starlette\b|\bEventSourceResponse\b"),
}
_LANGUAGES: Final = {
    "go.mod": "Go",
    "Cargo.toml": "Rust",
    "pom.xml": "Java",
    "build.gradle": "Java",
    "build.gradle.kts": "Kotlin",
    "Gemfile": "Ruby",
    "composer.json": "PHP",
    "mix.exs": "Elixir",
    "Package.swift": "Swift",
}
# Programs without a build file, by the line that identifies their main file.
_PROGRAMS: Final = {".go": "Go", ".java": "Java"}
_MAIN: Final = {".go": re.compile(r"^package main\b", re.M), ".java": re.compile(r"\bstatic\s+void\s+main\s*\(")}
_CONTAINER_FILES: Final = ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml", "Dockerfile")
# A script runner, and a script: two patterns, because a single one would read the words between them again from every
# runner.
_RUNNER: Final = re.compile(r"(?:^|[\s;&|])(?:node|nodemon|tsx|ts-node|bun|deno)\s")
_SCRIPT: Final = re.compile(r"\S\.[cm]?[jt]s\b")
_REQUIREMENT: Final = re.compile(r"^[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)
_IMPORT: Final = re.compile(r"^[ \t]*(?:from|import)\s+([A-Za-z_]\w*)", re.MULTILINE)
# An import's names end where the next import begins; otherwise each of many imports would be read to the end of the
# file.
_CONFIG_IMPORT: Final = re.compile(
    r"""(?:^|[;\n])[^\S\n]*import\s(?:(?:(?![;\n][^\S\n]*import\s)[^'"])*?\sfrom\s*)?["']([^"'.][^"']*)["']"""
)
_CONFIG_PACKAGES: Final = re.compile(
    r"vite|vitest(?:/config)?|@vitejs/plugin-(?:react|react-swc|vue|basic-ssl)|@sveltejs/vite-plugin-svelte|"
    r"@tailwindcss/vite|tailwindcss|autoprefixer|vite-tsconfig-paths|vite-plugin-solid|@preact/preset-vite|@mdx-js/rollup|vite-plugin-(?:checker|inspect|eslint2?)|"
    r"rollup-plugin-visualizer|(?:node:)?(?:path|url|fs|process)"
)
_STYLE_STEPS: Final = {".styl": "Stylus"}


def detect_stack(tree: FileTree, start: str = "") -> Stack:
    """The stack of `tree`; `start` is its start command, if known ("" otherwise)."""
    manifests = _manifests(tree)
    packages = {name for manifest in manifests for name in _packages(manifest)}
    folder = front_folder(tree)
    front_end = folder is not None
    found = _detected(tree, start, manifests, packages, folder)
    return replace(found, front_end=front_end, front_folder=folder or "") if found.kind in _BESIDE else found


def front_folder(tree: FileTree) -> str | None:
    """The folder of the front end that can be shown by itself ("" = the root), None when there is none.

    That is the folder of index.html: the root, or one of `FRONT_FOLDERS`. A page without a build of its own belongs to
    the server if one of the server's files names it.
    """
    if "index.html" in tree:
        return ""
    for folder in FRONT_FOLDERS:
        if f"{folder}/index.html" in tree and not (_is_plain(tree, folder) and _is_served(tree, folder)):
            return folder
    return None


def _is_plain(tree: FileTree, folder: str) -> bool:
    """Whether a browser can show the files of `folder` as they are."""
    if f"{folder}/package.json" in tree:
        return False
    page = tree.text(f"{folder}/index.html") or ""
    return not re.search(r"""src=["'][^"']+\.(?:[cm]?ts|[jt]sx|vue|svelte)["']""", page)


def _is_served(tree: FileTree, folder: str) -> bool:
    """Whether a server's file names `folder`, or a page in it; the output folder of a build does not count."""
    named = re.compile(
        rf"""["'`/]{re.escape(folder)}(?:["'`]|/(?!dist\b|build\b|out\b))|go:embed\s+(?:all:)?{folder}\b"""
    )
    for path in tree:
        if path.startswith(f"{folder}/") or not path.endswith((".py", ".js", ".mjs", ".cjs", ".ts", ".go", ".java")):
            continue
        text = tree.text(path) or ""
        if folder in text and named.search(text):
            return True
    return False


def _detected(
    tree: FileTree, start: str, manifests: list[dict[str, Any]], packages: set[str], folder: str | None
) -> Stack:
    front_end = folder is not None
    if framework := _first(_FRAMEWORKS, packages):
        return Stack(StackKind.FRAMEWORK, framework, Phrase("needs.development_server", {"name": framework}))
    if python := _python(tree, start, front_end):
        return python
    if language := next((name for file, name in _LANGUAGES.items() if _has(tree, file)), ""):
        return Stack(StackKind.CONTAINER, language, Phrase("needs.server", {"name": language}))
    if language := next((name for suffix, name in _PROGRAMS.items() if _has_program(tree, suffix)), ""):
        return Stack(StackKind.CONTAINER, language, Phrase("needs.server", {"name": language}))
    if server := _node_server(tree, manifests, packages, start):
        return Stack(StackKind.NODE_SERVER, server, Phrase("needs.node", {"name": server}))
    if folder is not None:
        name = _first(_FRONT_ENDS, packages) or ("TypeScript" if _has_suffix(tree, ".ts") else "HTML and JavaScript")
        return Stack(StackKind.FRONT_END, name, _build_step(below(tree, folder), packages, manifests))
    if any(_has(tree, file) for file in _CONTAINER_FILES):
        return Stack(StackKind.CONTAINER, "Docker", Phrase("needs.container"))
    if front := _first(_FRONT_ENDS, packages):
        return Stack(StackKind.FRAMEWORK, front, Phrase("needs.own_page"))
    return Stack(StackKind.NOTHING, "")


def below(tree: FileTree, folder: str) -> FileTree:
    """The files of `folder` as a tree of their own; `tree` itself for the root."""
    if not folder:
        return tree
    prefix = f"{folder}/"
    return FileTree({path.removeprefix(prefix): content for path, content in tree.items() if path.startswith(prefix)})


def _node_server(tree: FileTree, manifests: list[dict[str, Any]], packages: set[str], start: str) -> str:
    if server := _first(_NODE_SERVERS, packages):
        return server
    scripts = [script for manifest in manifests for script in _scripts(manifest)]
    if any(_runs_script(script) for script in [*scripts, start]):
        return "Node"
    # A script that opens a port without using a framework.
    names = ("server.js", "server.mjs", "server.ts", "app.js", "index.js")
    for path in tree:
        text = tree.text(path) if path.rpartition("/")[2] in names else None
        if text and re.search(r"\bcreateServer\s*\(", text) and re.search(r"['\"](?:node:)?https?['\"]", text):
            return "Node"
    return ""


def _runs_script(command: str) -> bool:
    runner = _RUNNER.search(command)
    return bool(runner and _SCRIPT.search(command, runner.end()))


def _python(tree: FileTree, start: str, front_end: bool) -> Stack | None:
    wanted: set[str] = set()
    lasting: set[str] = set()
    serves = False
    for path in tree:
        text = tree.text(path) or ""
        name = path.rpartition("/")[2]
        if re.fullmatch(r"requirements[\w.-]*\.txt", name):
            wanted |= {match.lower().replace("_", "-") for match in _REQUIREMENT.findall(text)}
        elif name in ("pyproject.toml", "Pipfile"):
            low = text.lower()
            wanted |= {known for known in (*_PYTHON_SERVERS, *_NOT_IN_BROWSER) if re.search(rf"\b{known}\b", low)}
        elif name.endswith(".py"):
            wanted |= {match.lower() for match in _IMPORT.findall(text)} | {"python"}
            serves = serves or "serve_forever(" in text
            lasting |= {what for what, sign in _LASTING.items() if sign.search(text)}
    started = bool(re.search(r"\b(?:python3?|uvicorn|gunicorn|flask|streamlit)\b", start))
    server = _first(_PYTHON_SERVERS, wanted)
    # A stray script beside a front end, such as one that makes its data, is not the app.
    if not (server or started or serves or ("python" in wanted and not front_end and "package.json" not in tree)):
        return None
    name = server or "Python"
    needs = Phrase("needs.python", {"name": name}) if server else verbatim("Python")
    return Stack(StackKind.PYTHON, name, needs, native=tuple(sorted(wanted & _NOT_IN_BROWSER | lasting)))


def _build_step(tree: FileTree, packages: set[str], manifests: list[dict[str, Any]]) -> Phrase | None:
    """The feature for which the instant engine's pipeline has no step, None when it has all steps
    (instant/unsupported.ts agrees)."""
    if step := next((step for package, step in _BUILD_STEPS.items() if package in packages), None):
        return step
    for suffix, name in _STYLE_STEPS.items():
        if _has_suffix(tree, suffix):
            return verbatim(name)
    for package, first, label in (("vue", 3, "Vue"), ("svelte", 5, "Svelte")):
        if (major := _major(manifests, package)) is not None and major < first:
            return verbatim(f"{label} {major}")
    for path in tree:
        text = tree.text(path) or ""
        if re.fullmatch(r"vite\.config\.[cm]?[jt]s", path):
            for imported in _CONFIG_IMPORT.findall(text):
                if not _CONFIG_PACKAGES.fullmatch(imported):
                    return Phrase("needs.vite_plugin", {"name": imported})
        elif re.fullmatch(r"postcss\.config\.[cm]?[jt]s|\.postcssrc(?:\.\w+)?", path):
            if plugin := re.search(r"postcss-(?!nesting\b|import\b|flexbugs-fixes\b)[\w-]+|@csstools/[\w-]+", text):
                return Phrase("needs.postcss", {"name": plugin[0]})
        elif re.fullmatch(r"tailwind\.config\.[cm]?[jt]s", path) and (_major(manifests, "tailwindcss") or 4) < 3:
            return Phrase("needs.tailwind_configuration")
    return None


def _major(manifests: list[dict[str, Any]], package: str) -> int | None:
    for manifest in manifests:
        for part in ("dependencies", "devDependencies"):
            versions = manifest.get(part)
            number = re.search(r"\d+", str(versions.get(package, ""))) if isinstance(versions, dict) else None
            if number:
                return int(number[0])
    return None


def _manifests(tree: FileTree) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in tree:
        if path.rpartition("/")[2] != "package.json" or path.count("/") > 2 or "node_modules" in path:
            continue
        try:
            manifest = json.loads(tree.text(path) or "")
        except (ValueError, RecursionError):
            continue  # half-written or broken: the build reports its line, the choice continues without it
        if isinstance(manifest, dict):
            found.append(manifest)
    return found


def _packages(manifest: Mapping[str, Any]) -> set[str]:
    parts = (manifest.get("dependencies"), manifest.get("devDependencies"))
    return {str(name) for part in parts if isinstance(part, dict) for name in part}


def _scripts(manifest: Mapping[str, Any]) -> list[str]:
    scripts = manifest.get("scripts")
    names = ("start", "dev", "serve", "server")
    return [str(scripts[name]) for name in names if name in scripts] if isinstance(scripts, dict) else []


def _first(names: Mapping[str, str], found: set[str]) -> str:
    return next((label for package, label in names.items() if package in found), "")


def _has(tree: FileTree, name: str) -> bool:
    return any(path == name or path.endswith(f"/{name}") for path in tree)


def _has_program(tree: FileTree, suffix: str) -> bool:
    return any(path.endswith(suffix) and _MAIN[suffix].search(tree.text(path) or "") for path in tree)


def _has_suffix(tree: FileTree, suffix: str) -> bool:
    return any(path.endswith(suffix) for path in tree)
