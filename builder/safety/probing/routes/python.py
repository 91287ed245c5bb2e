"""Routes of FastAPI, Flask, Django and Python's own server, by the syntax tree of their sources."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from builder.safety.probing.routes.route import AppRoute, joined, plain

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_TYPES: Final = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "list": "array",
    "date": "date",
    "datetime": "date-time",
    "EmailStr": "email",
}
# What is read of these is not what somebody sends.
_NOT_SENT: Final = frozenset(
    ("session", "headers", "cookies", "environ", "config", "args", "GET", "row", "user", "META", "os", "app", "db", "settings", "query_params", "claims", "payload", "current_user", "me", "item", "result")
)  # fmt: skip
_ADDS: Final = {
    "Route": "GET", "add_url_rule": "GET", "add_route": "GET", "add_api_route": "GET", "APIRoute": "GET", "add_get": "GET", "add_post": "POST", "add_put": "PUT", "add_patch": "PATCH",
    "add_delete": "DELETE", "add_resource": "GET",
}  # fmt: skip
_QUERIES: Final = frozenset(("args", "GET", "query_params"))
_FORMS: Final = frozenset(("form", "POST"))


@dataclass(slots=True)
class _Module:
    name: str
    tree: ast.Module
    prefixes: dict[str, str] = field(default_factory=dict)
    """Routers and blueprints by their variable, with their own prefix."""


def python_routes(files: Mapping[str, str]) -> list[AppRoute]:
    """The routes of all `.py` files; files that cannot be read as Python are passed over."""
    modules = [
        _Module(_module_name(path), tree)
        for path, text in files.items()
        if path.endswith(".py") and (tree := _parsed(text))
    ]
    models = {node.name: node for module in modules for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)}
    for module in modules:
        module.prefixes.update(_own_prefixes(module.tree))
    mounted = [mount for module in modules for mount in _mounts(module)]
    found = [route for module in modules for route in (*_decorated(module, mounted, models), *_listed_routes(module, models))]
    return [*found, *_django(modules), *(route for module in modules for route in _plain_server(module.tree))]


def static_mounts(files: Mapping[str, str]) -> list[str]:
    """Below which paths files are given as they are, as far as the sources of Python say so."""
    found = []
    for path, text in files.items():
        tree = _parsed(text) if path.endswith(".py") else None
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and _called(node) in ("mount", "Mount", "add_static", "static") and node.args:
                found.append(_text(node.args[0]))
            elif isinstance(node, ast.keyword) and node.arg == "static_url_path":
                found.append(_text(node.value))
    return [one for one in found if one is not None]


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _module_name(path: str) -> str:
    name = path.removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")


def _own_prefixes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        made = _called(node.value) in ("APIRouter", "Blueprint", "FastAPI", "Flask", "Router")
        if made and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, _option(node.value, "prefix", "url_prefix")


@dataclass(frozen=True, slots=True)
class _Mount:
    """`router` of the module whose name ends with `module` ("" for its own) is below `prefix`."""

    module: str
    router: str
    prefix: str
    by: str


def _mounts(module: _Module) -> Iterator[_Mount]:
    names: dict[str, tuple[str, str]] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = (node.module or "", alias.name)
    for node in ast.walk(module.tree):
        if (
            not isinstance(node, ast.Call)
            or _called(node) not in ("include_router", "register_blueprint")
            or not node.args
        ):
            continue
        by = (
            node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        )
        prefix = _option(node, "prefix", "url_prefix")
        what = node.args[0]
        if isinstance(what, ast.Name):
            source, name = names.get(what.id, ("", what.id))
            yield _Mount(source.rpartition(".")[2] or module.name.rpartition(".")[2], name, prefix, by)
        elif isinstance(what, ast.Attribute) and isinstance(what.value, ast.Name):
            yield _Mount(names.get(what.value.id, ("", what.value.id))[1], what.attr, prefix, by)


def _decorated(module: _Module, mounted: list[_Mount], models: Mapping[str, ast.ClassDef]) -> Iterator[AppRoute]:
    own = module.name.rpartition(".")[2]
    helpers = {node.name: node for node in module.tree.body if isinstance(node, _FUNCTION)}
    for node in ast.walk(module.tree):
        if not isinstance(node, _FUNCTION):
            continue
        for mark in node.decorator_list:
            if (
                not isinstance(mark, ast.Call)
                or not isinstance(mark.func, ast.Attribute)
                or not isinstance(mark.func.value, ast.Name)
            ):
                continue
            verb, router = mark.func.attr, mark.func.value.id
            path = _text(mark.args[0]) if mark.args else _option(mark, "path", "rule") or None
            if path is None or verb not in (*_METHODS, "route", "api_route"):
                continue
            methods = [verb.upper()] if verb in _METHODS else _listed(mark) or ["GET"]
            prefix = module.prefixes.get(router, "")
            above = [one.prefix for one in mounted if one.router == router and one.module == own] or [""]
            for outer in dict.fromkeys(above):
                fields, query, form = _reads(node, plain(path), models, helpers)
                for method in methods:
                    yield AppRoute(method, joined(outer + prefix, path), fields if method != "GET" else {}, query, form)


def _listed_routes(module: _Module, models: Mapping[str, ast.ClassDef]) -> Iterator[AppRoute]:
    """`Route("/x", view, methods=[…])` within `Mount("/p", routes=[…])`, `add_url_rule`, `add_route`, `add_get` and the like."""
    views = {node.name: node for node in ast.walk(module.tree) if isinstance(node, (*_FUNCTION, ast.ClassDef))}
    prefixes: dict[int, str] = {}
    for node in ast.walk(module.tree):  # from outside in
        if not isinstance(node, ast.Call):
            continue
        called, path = _called(node), _text(node.args[0]) if node.args else None
        if called in ("Mount", "Group") and path is not None:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and inner is not node:
                    prefixes[id(inner)] = prefixes.get(id(inner), "") + path.rstrip("/")
        if called not in _ADDS or path is None or not path.startswith("/"):
            continue
        target = node.args[-1] if len(node.args) > 1 else next((one.value for one in node.keywords if one.arg in ("endpoint", "view_func", "handler")), None)
        target = next((one.value for one in node.keywords if one.arg == "view_func"), target)
        name = _holder(target.func.value) if isinstance(target, ast.Call) and isinstance(target.func, ast.Attribute) else _holder(target) if target else ""
        view = views.get(name)
        verbs = {one.name for one in view.body if isinstance(one, _FUNCTION) and one.name in _METHODS} if isinstance(view, ast.ClassDef) else set()
        methods = _listed(node) or sorted(verb.upper() for verb in verbs) or [_ADDS[called]]
        reads = _reads(view, plain(path), models, views) if isinstance(view, _FUNCTION) else ({key: {} for holder, key in _subscripts(view) if holder not in _NOT_SENT | _QUERIES}, (), False) if view else ({}, (), False)
        for method in methods:
            yield AppRoute(method, plain(prefixes.get(id(node), "") + path), reads[0] if method != "GET" else {}, reads[1], reads[2])


def _listed(call: ast.Call) -> list[str]:
    for option in call.keywords:
        if option.arg == "methods" and isinstance(option.value, ast.List | ast.Tuple | ast.Set):
            return [text.upper() for one in option.value.elts if (text := _text(one))]
    return []


def _reads(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    path: str,
    models: Mapping[str, ast.ClassDef],
    helpers: Mapping[str, Any],
) -> tuple[dict[str, dict[str, Any]], tuple[str, ...], bool]:
    """What a function reads of a body, of the address, and whether the body is a form."""
    fields: dict[str, dict[str, Any]] = {}
    query: list[str] = []
    form = False
    arguments = [*node.args.args, *node.args.kwonlyargs]
    for argument in arguments:
        kind = _annotation(argument.annotation)
        if kind in models:
            fields |= _model_fields(models[kind])
        elif kind in _TYPES and "{" + argument.arg + "}" not in path:
            query.append(argument.arg)
    if isinstance(node.args, ast.arguments):
        for argument, default in zip(reversed(node.args.args), reversed(node.args.defaults), strict=False):
            if isinstance(default, ast.Call) and _called(default) == "Form":
                form = True
                fields[argument.arg] = {}
                if argument.arg in query:
                    query.remove(argument.arg)
    bodies = [
        node,
        *(
            helpers[called]
            for one in ast.walk(node)
            if isinstance(one, ast.Call) and (called := _called(one)) in helpers and called != node.name
        ),
    ]
    for body in bodies[:4]:
        for holder, name in _subscripts(body):
            if holder in _QUERIES:
                query.append(name)
            elif holder not in _NOT_SENT:
                fields.setdefault(name, {})
                form = form or holder in _FORMS
    return fields, tuple(dict.fromkeys(query)), form


def _subscripts(node: ast.AST) -> Iterator[tuple[str, str]]:
    """(of what, the name) of each `x["name"]` and `x.get("name")`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Load) and (name := _text(one.slice)):
            yield _holder(one.value), name
        elif (
            isinstance(one, ast.Call)
            and isinstance(one.func, ast.Attribute)
            and one.func.attr in ("get", "getlist", "pop")
            and one.args
            and (name := _text(one.args[0]))
        ):
            yield _holder(one.func.value), name


def _holder(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call | ast.Await | ast.BoolOp):
        return "body"
    return ""


def _model_fields(model: ast.ClassDef) -> dict[str, dict[str, Any]]:
    return {
        node.target.id: {"type": _TYPES.get(_annotation(node.annotation), "")}
        if _annotation(node.annotation) in _TYPES
        else {}
        for node in model.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id != "model_config"
    }


def _annotation(node: ast.AST | None) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.BinOp):  # str | None
        return _annotation(node.left)
    if isinstance(node, ast.Subscript):
        outer = _annotation(node.value)
        if outer in ("Optional", "Annotated"):
            inner = node.slice
            return _annotation(inner.elts[0] if isinstance(inner, ast.Tuple) else inner)
        return outer
    return ""


def _django(modules: list[_Module]) -> Iterator[AppRoute]:
    patterns = {module.name: [*_patterns(module.tree)] for module in modules}
    patterns = {name: found for name, found in patterns.items() if found}
    included = {target for found in patterns.values() for _, _, target in found if target}
    views = {
        node.name: node
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, (*_FUNCTION, ast.ClassDef))
    }

    def below(name: str, prefix: str, depth: int) -> Iterator[AppRoute]:
        for path, view, target in patterns.get(name, ()):
            whole = prefix + path
            if target and depth:
                yield from below(target, whole, depth - 1)
            elif view is not None:
                yield from _of_view(whole, view, views)

    for name in patterns:
        if name not in included:
            yield from below(name, "", 4)


def _patterns(tree: ast.Module) -> Iterator[tuple[str, str | None, str]]:
    """(path, the view's name, the module that is included) of `path()`; of a router's `register()` the view set."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) < 2 or (path := _text(node.args[0])) is None:
            continue
        if _called(node) == "register" and isinstance(node.args[1], ast.Name | ast.Attribute):
            yield f"{path}/", _holder(node.args[1]), ""
            yield f"{path}/<pk>/", _holder(node.args[1]), ""
        elif _called(node) in ("path", "re_path", "url"):
            path = _plain_pattern(path) if _called(node) != "path" else path
            what = node.args[1]
            if isinstance(what, ast.Call) and _called(what) == "include":
                yield path, None, (_text(what.args[0]) or "") if what.args else ""
            else:
                by_method = [one for one in what.keywords if (one.arg or "").lower() in _METHODS] if isinstance(what, ast.Call) else []
                for one in by_method:  # view(GET=listed, POST=made)
                    yield path, f"{one.arg} {_holder(one.value)}", ""
                if not by_method:
                    view = what.func.value if isinstance(what, ast.Call) and isinstance(what.func, ast.Attribute) else what
                    yield path, _holder(view), ""


def _plain_pattern(pattern: str) -> str:
    """A path of a regular expression."""
    return re.sub(r"\((?:\?P<(\w+)>)?[^()]*\)", lambda one: f"<{one[1] or 'id'}>", pattern.lstrip("^").rstrip("$")).replace("\\", "").replace("/?", "/")


def _of_view(path: str, name: str, views: Mapping[str, ast.AST]) -> Iterator[AppRoute]:
    only, _, name = name.rpartition(" ")
    view = views.get(name)
    query: list[str] = []
    fields: dict[str, dict[str, Any]] = {}
    form = False
    for holder, key in _subscripts(view) if view else ():
        if holder in _QUERIES:
            query.append(key)
        elif holder not in _NOT_SENT:
            fields[key] = {}
            form = form or holder in _FORMS
    named = (
        {one.value for one in ast.walk(view) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
        if view
        else set()
    )
    named |= {one.name.upper() for one in ast.walk(view) if isinstance(one, _FUNCTION)} if view else set()
    asked = [method for method in ("PUT", "PATCH", "DELETE") if method in named]
    unsafe = ["POST"] if fields or "POST" in named or not asked else []
    for method in (only.upper(),) if only else ("GET", *unsafe, *asked):
        yield AppRoute(method, plain(path), fields if method != "GET" else {}, tuple(query), form)


def _plain_server(tree: ast.Module) -> Iterator[AppRoute]:
    """Of `http.server`: paths that `do_GET` and its like compare with."""
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTION) and node.name.startswith("do_"):
            fields: dict[str, dict[str, Any]] = {
                name: {} for holder, name in _subscripts(node) if holder not in _NOT_SENT
            }
            for one in ast.walk(node):
                texts = [*one.comparators, one.left] if isinstance(one, ast.Compare) else []
                for text in (_text(each) for each in texts):
                    if text and text.startswith("/"):
                        yield AppRoute(node.name[3:], text, fields if node.name != "do_GET" else {})
                if (
                    isinstance(one, ast.Call)
                    and _called(one) == "startswith"
                    and one.args
                    and (text := _text(one.args[0]))
                    and text.startswith("/")
                ):
                    yield AppRoute(node.name[3:], text.rstrip("/") + "/{id}", fields if node.name != "do_GET" else {})


def _called(node: ast.Call) -> str:
    return (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )


def _option(node: ast.Call, *names: str) -> str:
    return next((text for one in node.keywords if one.arg in names and (text := _text(one.value))), "")


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
