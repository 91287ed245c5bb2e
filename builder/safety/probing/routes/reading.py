"""Everything that the sources of an app say of its routes and of the files that it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from builder.safety.probing.routes.python import python_routes, static_mounts
from builder.safety.probing.routes.route import AppRoute, merged
from builder.safety.probing.routes.script import SCRIPTS, script_mounts, script_routes
from preview_runtime.file_tree import FileTree

_DATA_FILE: Final = re.compile(r"[\"'`]([\w./-]{1,60}\.(?:json|jsonl|db|sqlite3?|csv|log))[\"'`]")
_TOKEN_HEADER: Final = re.compile(r"(?i)\b(x[-_](?:[a-z]{2,12}[-_]){0,2}(?:token|auth|key|session))\b")
_ROLE: Final = re.compile(r"(?i)role[^\n]{0,60}?[\"'](\w{2,20})[\"']|[\"'](\w{2,20})[\"'][^\n]{0,30}role")
# Who may more; sellers, pupils and guests are none.
_ELEVATED: Final = frozenset(
    [
        "administrator",
        "superuser",
        "root",
        "staff",
        "manager",
        "teacher",
        "moderator",
        "mod",
        "owner",
        "operator",
        "doctor",
        "trainer",
        "librarian",
        "accountant",
        "supervisor",
        "approver",
        "superadmin",
        "chef",
        "lehrer",
        "professor",
        "boss",
        "hr",
        "agent",
        "support",
        "nurse",
        "coach",
        "curator",
        "leader",
    ]
)
_MOST_ROUTES: Final = 150
_SERVED: Final = ("public/", "static/", "dist/", "build/", "www/", "assets/", "templates/", "src/components/")


@dataclass(frozen=True, slots=True)
class AppSources:
    """`mounts`: below which paths files are given as they are. `private`: files that are nobody's business, by path.
    `written`: names of files that the app may keep its data in. `token_headers`: headers that it reads a token from."""

    routes: list[AppRoute]
    mounts: list[str]
    private: dict[str, bytes]
    written: tuple[str, ...] = ()
    token_headers: tuple[str, ...] = ()
    scheme: str = "Bearer "
    """What stands in front of a token in `Authorization`."""
    roles: tuple[str, ...] = ()
    """Names of those who may more than others, by what is compared with them."""


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
    return AppSources(
        routes, mounts[:6], private, _written(server, tree), _token_headers(server), _scheme(server), _roles(server)
    )


def _written(server: Mapping[str, str], tree: FileTree) -> tuple[str, ...]:
    """Those that are in the project itself are given on purpose, or known as private."""
    there = {path.rpartition("/")[2] for path in tree}
    named = {name.removeprefix("./") for text in server.values() for name in _DATA_FILE.findall(text)}
    return tuple(sorted(name for name in named if name.rpartition("/")[2] not in there))[:12]


def _token_headers(server: Mapping[str, str]) -> tuple[str, ...]:
    found = {name.lower().replace("_", "-") for text in server.values() for name in _TOKEN_HEADER.findall(text)}
    return tuple(sorted(name for name in found if "csrf" not in name and "xsrf" not in name))[:4]


def _scheme(server: Mapping[str, str]) -> str:
    texts = "\n".join(server.values())
    if re.search("(?i)bearer|jwt", texts) or not re.search("(?i)authorization", texts):
        return "Bearer "
    named = re.search(r"[\"'`](Token|Api-?Key|Session|Key) ", texts)
    if named is not None:
        return f"{named[1]} "
    cut = re.search(
        r"(?i)authorization.{0,120}?(?:split|slice|partition|prefix|replace|substr|match|\[\d)", texts, re.DOTALL
    )
    return "Bearer " if cut else ""


def _roles(server: Mapping[str, str]) -> tuple[str, ...]:
    found = {name.lower() for text in server.values() for pair in _ROLE.findall(text) for name in pair}
    return tuple(sorted(found & _ELEVATED))[:4]


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
