"""Everything that the sources of an app say of its routes and of the files that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from builder.safety.probing.routes.python import python_routes, static_mounts
from builder.safety.probing.routes.route import AppRoute, merged
from builder.safety.probing.routes.script import SCRIPTS, script_mounts, script_routes
from preview_runtime.file_tree import FileTree

_MOST_ROUTES: Final = 150
_SERVED: Final = ("public/", "static/", "dist/", "build/", "www/", "assets/", "templates/", "src/components/")


@dataclass(frozen=True, slots=True)
class AppSources:
    """`mounts`: below which paths files are given as they are. `private`: files that are nobody's business, by path."""

    routes: list[AppRoute]
    mounts: list[str]
    private: dict[str, bytes]


def read_sources(tree: FileTree) -> AppSources:
    """Of a project's files. Linear, up to a second for large ones: not for the event loop."""
    texts = {path: content for path, content in tree.items() if isinstance(content, str)}
    server = {
        path: text
        for path, text in texts.items()
        if not path.startswith(("src/", "client/src/", "frontend/")) or _is_server(text)
    }
    routes = merged([*python_routes(server), *script_routes(server)])[:_MOST_ROUTES]
    mounts = list(dict.fromkeys(mount.rstrip("/") for mount in ("", *static_mounts(texts), *script_mounts(server))))
    private = {
        path: content.encode() if isinstance(content, str) else content
        for path, content in tree.items()
        if _is_private(path)
    }
    return AppSources(routes, mounts[:6], private)


def _is_server(text: str) -> bool:
    return any(
        word in text
        for word in ("express", "fastify", "hono", "node:http", "createServer", "require('http')", "Router(")
    )


def _is_private(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    if path.startswith(_SERVED):
        return False
    if name.startswith(".env") or name.endswith((".db", ".sqlite", ".sqlite3", ".pem", ".key", ".sql")):
        return True
    return (
        name.endswith((".py", *SCRIPTS))
        and not name.endswith((".config.js", ".config.ts"))
        and "/" not in path.strip("/").removeprefix("server/").removeprefix("app/")
    )
