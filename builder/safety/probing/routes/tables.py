"""Routes of Python that no decorator names: lists and tables of them, views that are added, paths that are compared.

Starlette, aiohttp, Tornado, Bottle and Flask's `add_url_rule`; `http.server` and tables of one's own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, Final

from builder.safety.probing.routes.route import AppRoute, plain
from builder.safety.probing.routes.syntax import (
    FUNCTION,
    METHODS,
    NOT_SENT,
    QUERIES,
    called,
    holder_of,
    subscripts,
    text_of,
)

_ADDS: Final = {
    "Route": "GET", "add_url_rule": "GET", "add_route": "GET", "add_api_route": "GET", "APIRoute": "GET", "add_get": "GET", "add_post": "POST", "add_put": "PUT", "add_patch": "PATCH",
    "add_delete": "DELETE", "add_resource": "GET",
}  # fmt: skip
_VERBS: Final = tuple(method.upper() for method in METHODS)
_KEY: Final = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)")
_PATTERN: Final = re.compile(r"\^?/[\w/\-.\\()\[\]?:<>+*^{},$|]*")
_OF_PATH: Final = ("match", "fullmatch", "search", "compile")
_Views = dict[str, ast.AST]


def listed_routes(tree: ast.Module) -> Iterator[AppRoute]:
    """Every route that a call, a tuple or a key of a table names."""
    views: _Views = {node.name: node for node in ast.walk(tree) if isinstance(node, (*FUNCTION, ast.ClassDef))}
    prefixes: dict[int, str] = {}
    decorators = {id(mark) for view in views.values() for mark in getattr(view, "decorator_list", ())}
    for node in ast.walk(tree):  # from outside in
        if isinstance(node, ast.Call):
            _note_prefix(node, prefixes)
            if id(node) not in decorators:
                yield from _added(node, views, prefixes.get(id(node), ""))
        elif isinstance(node, ast.Tuple | ast.List):
            yield from _entry(node, views)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                yield from _key(key, value, views)
        elif isinstance(node, FUNCTION):
            yield from _bare(node)


def _note_prefix(node: ast.Call, prefixes: dict[int, str]) -> None:
    path = text_of(node.args[0]) if node.args else None
    if called(node) in ("Mount", "Group") and path is not None:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and inner is not node:
                prefixes[id(inner)] = prefixes.get(id(inner), "") + path.rstrip("/")


def _added(node: ast.Call, views: _Views, prefix: str) -> Iterator[AppRoute]:
    """`Route("/x", view, methods=[…])`, `add_url_rule("/x", view_func=view)`, `web.get("/x", view)`, `route("PUT", "/x", view)`."""
    name, texts = called(node), [text_of(one) for one in node.args[:2]]
    if len(texts) > 1 and texts[0] and texts[0].upper() in _VERBS and texts[1] and texts[1].startswith("/"):
        yield from _of(texts[1], node.args[2] if len(node.args) > 2 else None, views, [texts[0].upper()])
        return
    if not texts or texts[0] is None or not texts[0].startswith("/"):
        return
    view = next((one.value for one in node.keywords if one.arg in ("view_func", "endpoint", "handler")), None)
    view = view or (node.args[-1] if len(node.args) > 1 else None)
    listed = next((one.value for one in node.keywords if one.arg in ("methods", "method")), None)
    methods = [text.upper() for one in getattr(listed, "elts", [listed] if listed else []) if (text := text_of(one))]
    if name in _ADDS:
        yield from _of(prefix + texts[0], view, views, methods or [_ADDS[name]], given=bool(methods))
    elif name in METHODS and view is not None and holder_of(view) in views:
        yield from _of(prefix + texts[0], view, views, [name.upper()])


def _entry(node: ast.Tuple | ast.List, views: _Views) -> Iterator[AppRoute]:
    """`("GET", "/x", view)` and `(r"/x/(\\d+)", View)`."""
    texts = [text_of(one) or _compiled(one) for one in node.elts[:2]]
    if len(texts) > 1 and texts[0] in _VERBS and texts[1] and _PATTERN.fullmatch(texts[1]):
        yield from _of(texts[1], node.elts[2] if len(node.elts) > 2 else None, views, [texts[0]])
    elif (
        len(texts) > 1
        and texts[0]
        and _PATTERN.fullmatch(texts[0])
        and isinstance(views.get(holder_of(node.elts[1])), ast.ClassDef)
    ):
        yield from _of(texts[0], node.elts[1], views, [])


def _key(key: ast.AST | None, value: ast.AST, views: _Views) -> Iterator[AppRoute]:
    """`{"GET /x": view}` and `{("GET", "/x"): view}`."""
    if found := _KEY.fullmatch(text_of(key) or ""):
        yield from _of(found[2], value, views, [found[1]])
    elif isinstance(key, ast.Tuple) and len(key.elts) == 2:
        method, path = text_of(key.elts[0]), text_of(key.elts[1])
        if method in _VERBS and path and path.startswith("/"):
            yield from _of(path, value, views, [method])


def _bare(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[AppRoute]:
    """`@get("/x")` and `@route("/x", method="DELETE")`."""
    for mark in node.decorator_list:
        if not isinstance(mark, ast.Call) or not mark.args or (path := text_of(mark.args[0])) is None:
            continue
        plainly = isinstance(mark.func, ast.Name)
        one = next((each.value for each in mark.keywords if each.arg == "method"), None)
        methods = [text.upper() for each in getattr(one, "elts", [one] if one else []) if (text := text_of(each))]
        if path.startswith("/") and (plainly or methods) and called(mark) in (*METHODS, "route"):
            yield from _of(
                path, ast.Name(node.name), {node.name: node}, methods or [called(mark).upper().replace("ROUTE", "GET")]
            )


def _of(
    path: str, target: ast.AST | None, views: _Views, methods: list[str], *, given: bool = True
) -> Iterator[AppRoute]:
    if isinstance(target, ast.Call) and isinstance(target.func, ast.Attribute):
        target = target.func.value  # View.as_view("x")
    view = views.get(holder_of(target)) if target is not None else None
    if isinstance(view, ast.ClassDef) and not (methods and given):
        methods = (
            sorted(one.name.upper() for one in view.body if isinstance(one, FUNCTION) and one.name in METHODS)
            or methods
        )
    fields: dict[str, dict[str, Any]] = {}
    query: list[str] = []
    for holder, key in subscripts(view) if view is not None else ():
        if holder in QUERIES:
            query.append(key)
        elif holder not in NOT_SENT:
            fields[key] = {}
    for one in ast.walk(view) if view is not None else ():
        if isinstance(one, ast.Call) and called(one) in ("get_argument", "get_body_argument") and one.args:
            fields[text_of(one.args[0]) or "text"] = {}
    path = plain_pattern(path) if "(" in path or "^" in path else path
    for method in methods or ["GET"]:
        yield AppRoute(method, plain(path), fields if method != "GET" else {}, tuple(query))


def plain_server(tree: ast.Module) -> Iterator[AppRoute]:
    """Of `http.server`: paths that `do_GET` and its like compare with, whole or in parts."""
    doing = [node for node in ast.walk(tree) if isinstance(node, FUNCTION) and node.name.startswith("do_")]
    within = {id(one) for node in doing for one in ast.walk(node)}
    apart = [one for one in ast.walk(tree) if id(one) not in within] if doing else []
    for node in doing:
        method = node.name[3:]
        fields: dict[str, dict[str, Any]] = {name: {} for holder, name in subscripts(node) if holder not in NOT_SENT}
        paths = [path for one in (*ast.walk(node), *apart) for path in _paths(one)]
        for path in dict.fromkeys(paths):
            yield AppRoute(method, plain(path), fields if method != "GET" else {})


def _paths(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare):
        for text in (text_of(one) for one in (*node.comparators, node.left)):
            if text and text.startswith("/"):
                yield text
        for one in node.comparators:
            parts = [text_of(each) for each in one.elts] if isinstance(one, ast.List | ast.Tuple) else []
            if parts and all(part is not None and re.fullmatch(r"[\w-]*", part) for part in parts):
                path = "/" + "/".join(part for part in parts if part)
                yield from (path, f"{path}/{{id}}") if isinstance(node.left, ast.Subscript) else (path,)
    elif isinstance(node, ast.BoolOp):
        yield from _parts(node)
    elif isinstance(node, ast.Call):
        text = text_of(node.args[0]) if node.args else None
        if called(node) == "startswith" and text and text.startswith("/"):
            yield text.rstrip("/") + "/{id}"
        elif called(node) in _OF_PATH and text and _PATTERN.fullmatch(text) and "/" in text[:2]:
            yield plain_pattern(text)
    elif isinstance(node, ast.MatchSequence):
        words = [
            one.value.value if isinstance(one, ast.MatchValue) and isinstance(one.value, ast.Constant) else None
            for one in node.patterns
        ]
        if any(isinstance(word, str) and re.fullmatch(r"[\w-]+", word) for word in words):
            yield "/" + "/".join(str(word) if word is not None else "{id}" for word in words if word != "")


def _parts(node: ast.BoolOp) -> Iterator[str]:
    """`parts[0] == "api" and parts[1] == "notes"`, with and without something behind."""
    words: dict[int, str] = {}
    for one in ast.walk(node):
        if (
            isinstance(one, ast.Compare)
            and isinstance(one.left, ast.Subscript)
            and isinstance(one.left.slice, ast.Constant)
        ):
            word = text_of(one.comparators[0])
            if isinstance(one.left.slice.value, int) and word and re.fullmatch(r"[\w-]+", word):
                words[one.left.slice.value] = word
    if words:
        path = "/" + "/".join(words.get(at, "{id}") for at in range(min(words), max(words) + 1))
        yield from (path, f"{path}/{{id}}")


def _compiled(node: ast.AST) -> str | None:
    return text_of(node.args[0]) if isinstance(node, ast.Call) and called(node) == "compile" and node.args else None


def plain_pattern(pattern: str) -> str:
    """The path that a regular expression stands for."""
    path = re.sub(
        r"\((?:\?P<(\w+)>|\?:)?[^()]*\)",
        lambda one: f"<{one[1] or 'id'}>",
        pattern.lstrip("^").removesuffix("$").removesuffix("\\Z"),
    )
    return path.replace("/?", "/").replace("\\", "").removesuffix("/") or "/"
