"""Routes of scripts that no call of a router names: tables of them, options, files that are routes, paths in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from builder.safety.probing.routes.route import AppRoute, plain

if TYPE_CHECKING:
    from tree_sitter import Node

_VERBS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_KEY: Final = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)")
_READS: Final = re.compile(r"\b(?:body|data|input|payload|form|fields)\.([A-Za-z_]\w{0,40})\b(?!\()")
_TAKES: Final = re.compile(r"\{([^{}=]{1,200})\}\s*=\s*(?:await\s+)?(?:[\w.]*(?:body|json\(\)|data|input|payload)\b)")
_PART: Final = re.compile(r"\w\[(\d)\]\s*={2,3}\s*[\"'`]([\w-]+)[\"'`]")
_PARTS: Final = re.compile(r"\[\s*((?:[\"'`][\w-]+[\"'`]\s*,?\s*){1,5})\]\.(?:join|every)")
OF_EVERY_VALUE: Final = frozenset(["length", "map", "filter", "trim", "toString", "on", "push", "slice", "find"])
"""Read from a text or a list, and no field of what was sent."""
# Where only the text of a function is read, these are more often calls than fields.
_NOT_READ: Final = OF_EVERY_VALUE | {"forEach", "json", "text", "parse", "keys", "get", "has", "id"}


def tabled(root: Node, path: str) -> Iterator[AppRoute]:
    """`{method: "POST", url: "/x"}`, `["GET", "/x", view]`, `"GET /x": view`, `on("PUT", "/x", view)`, `parts[0] === "x"`, and
    Next's files of `app/api` and `pages/api`."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.type == "object":
            yield from _options(node)
        elif node.type == "pair":
            key = node.child_by_field_name("key")
            found = _KEY.fullmatch(_string(key) or "") if key is not None else None
            if found is not None:
                yield from _route(found[1], found[2], node)
        elif node.type in ("array", "arguments"):
            yield from _entry(node)
        elif node.type == "if_statement" and (test := node.child_by_field_name("condition")) is not None:
            yield from _in_parts(test, node)
    yield from _of_file(root, path)


def _options(node: Node) -> Iterator[AppRoute]:
    pairs = {
        _of(one.child_by_field_name("key")).strip("\"'"): one.child_by_field_name("value")
        for one in node.named_children
        if one.type == "pair"
    }
    path = next((_string(value) for name in ("url", "path") if (value := pairs.get(name)) is not None), None)
    methods = re.findall(r"[\"'`](GET|POST|PUT|PATCH|DELETE|get|post|put|patch|delete)[\"'`]", _of(pairs.get("method")))
    if (
        path
        and path.startswith("/")
        and (
            "handler" in pairs or len(pairs) > 2 or any(one.type == "method_definition" for one in node.named_children)
        )
    ):
        for method in methods:
            yield from _route(method.upper(), path, node)


def _entry(node: Node) -> Iterator[AppRoute]:
    parts = node.named_children[:2]
    if len(parts) < 2 or len(node.named_children) < 3:
        return
    method, path = _string(parts[0]), _string(parts[1])
    if parts[1].type == "regex":
        path = _pattern(_of(parts[1]))
    if method is not None and method.upper() in _VERBS and path and path.startswith("/"):
        yield from _route(method.upper(), path, node)


def _in_parts(test: Node, node: Node) -> Iterator[AppRoute]:
    words = {int(at): word for at, word in _PART.findall(_of(test))}
    if not words:
        return
    path = "/" + "/".join(words.get(at, "{id}") for at in range(min(words), max(words) + 1))
    methods = [verb for verb in _VERBS if re.search(rf"[\"'`]{verb}[\"'`]", _of(test))]
    methods = methods or [verb for verb in _VERBS if re.search(rf"[\"'`]{verb}[\"'`]", _of(node))] or ["GET"]
    for method in methods:
        yield from _route(method, path, node)
        yield from _route(method, f"{path}/{{id}}", node)


def _of_file(root: Node, path: str) -> Iterator[AppRoute]:
    found = re.search(
        r"(?:^|/)(?:app/(?P<app>(?:[^/]+/)*)route|pages/(?P<pages>api/.+?)(?:/index)?)\.[cm]?[jt]s$", path
    )
    if found is None:
        return
    address = "/" + re.sub(r"\([^)]*\)/", "", found["app"] or found["pages"] or "").strip("/")
    address = re.sub(r"\[(?:\.\.\.)?(\w+)\]", r"{\1}", address)
    text = _of(root)
    verbs = [
        verb
        for verb in _VERBS
        if re.search(
            rf"export\s+(?:async\s+)?(?:function|const)\s+{verb}\b"
            if found["app"] is not None
            else rf"[\"']{verb}[\"']",
            text,
        )
    ]
    for verb in verbs or (["GET"] if found["app"] is None else []):
        yield from _route(verb, address, root)


def _route(method: str, path: str, node: Node) -> Iterator[AppRoute]:
    text = _of(node)[:4_000]
    names = [*_READS.findall(text)]
    names += [name.split(":")[0].strip() for taken in _TAKES.findall(text) for name in taken.split(",")]
    fields: dict[str, dict[str, Any]] = {name: {} for name in names if name.isidentifier() and name not in _NOT_READ}
    yield AppRoute(method, plain(path), fields if method != "GET" else {})


def _pattern(regex: str) -> str:
    path = regex[1 : regex.rfind("/")].replace("\\/", "/").lstrip("^").removesuffix("$").removesuffix("/?")
    return re.sub(r"\([^()]*\)", "{id}", path)


def _string(node: Node | None) -> str | None:
    return (
        _of(node)[1:-1]
        if node is not None and node.type in ("string", "template_string") and "${" not in _of(node)
        else None
    )


def _of(node: Node | None) -> str:
    return (node.text or b"").decode(errors="replace") if node is not None else ""
