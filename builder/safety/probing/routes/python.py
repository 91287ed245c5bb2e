"""Routes of FastAPI, Flask, Django and Python's own server, by the syntax tree of their sources."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from builder.safety.probing.routes.route import AppRoute, joined, plain
from builder.safety.probing.routes.syntax import (
    FORMS,
    FUNCTION,
    METHODS,
    NOT_SENT,
    QUERIES,
    called,
    holder_of,
    option,
    subscripts,
    text_of,
)
from builder.safety.probing.routes.tables import listed_routes, plain_pattern, plain_server

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
    found = [route for module in modules for route in _decorated(module, mounted, models)]
    listed = [route for module in modules for route in (*listed_routes(module.tree), *plain_server(module.tree))]
    return [*found, *_django(modules), *listed]


def static_mounts(files: Mapping[str, str]) -> list[str]:
    """Below which paths files are given as they are, as far as the sources of Python say so."""
    found = []
    for path, text in files.items():
        tree = _parsed(text) if path.endswith(".py") else None
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Call) and called(node) in ("mount", "Mount", "add_static", "static") and node.args:
                found.append(text_of(node.args[0]))
            elif isinstance(node, ast.keyword) and node.arg == "static_url_path":
                found.append(text_of(node.value))
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
        made = called(node.value) in ("APIRouter", "Blueprint", "FastAPI", "Flask", "Router")
        if made and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, option(node.value, "prefix", "url_prefix")


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
            or called(node) not in ("include_router", "register_blueprint")
            or not node.args
        ):
            continue
        by = (
            node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        )
        prefix = option(node, "prefix", "url_prefix")
        what = node.args[0]
        if isinstance(what, ast.Name):
            source, name = names.get(what.id, ("", what.id))
            yield _Mount(source.rpartition(".")[2] or module.name.rpartition(".")[2], name, prefix, by)
        elif isinstance(what, ast.Attribute) and isinstance(what.value, ast.Name):
            yield _Mount(names.get(what.value.id, ("", what.value.id))[1], what.attr, prefix, by)


def _decorated(module: _Module, mounted: list[_Mount], models: Mapping[str, ast.ClassDef]) -> Iterator[AppRoute]:
    own = module.name.rpartition(".")[2]
    helpers = {node.name: node for node in module.tree.body if isinstance(node, FUNCTION)}
    for node in ast.walk(module.tree):
        if not isinstance(node, FUNCTION):
            continue
        for mark in node.decorator_list:
            if (
                not isinstance(mark, ast.Call)
                or not isinstance(mark.func, ast.Attribute)
                or not isinstance(mark.func.value, ast.Name)
            ):
                continue
            verb, router = mark.func.attr, mark.func.value.id
            path = text_of(mark.args[0]) if mark.args else option(mark, "path", "rule") or None
            if path is None or verb not in (*METHODS, "route", "api_route"):
                continue
            methods = [verb.upper()] if verb in METHODS else _listed(mark) or ["GET"]
            prefix = module.prefixes.get(router, "")
            above = [one.prefix for one in mounted if one.router == router and one.module == own] or [""]
            for outer in dict.fromkeys(above):
                fields, query, form = _reads(node, plain(path), models, helpers)
                for method in methods:
                    yield AppRoute(method, joined(outer + prefix, path), fields if method != "GET" else {}, query, form)


def _listed(call: ast.Call) -> list[str]:
    for word in call.keywords:
        if word.arg == "methods" and isinstance(word.value, ast.List | ast.Tuple | ast.Set):
            return [text.upper() for one in word.value.elts if (text := text_of(one))]
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
            if isinstance(default, ast.Call) and called(default) in ("Form", "Body"):
                form = form or called(default) == "Form"
                fields[argument.arg] = {}
                if argument.arg in query:
                    query.remove(argument.arg)
    bodies = [
        node,
        *(
            helpers[name]
            for one in ast.walk(node)
            if isinstance(one, ast.Call) and (name := called(one)) in helpers and name != node.name
        ),
    ]
    for body in bodies[:4]:
        for holder, name in subscripts(body):
            if holder in QUERIES:
                query.append(name)
            elif holder not in NOT_SENT:
                fields.setdefault(name, {})
                form = form or holder in FORMS
    return fields, tuple(dict.fromkeys(query)), form


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
        if isinstance(node, (*FUNCTION, ast.ClassDef))
    }

    def below(name: str, prefix: str, depth: int) -> Iterator[AppRoute]:
        inner = [path for path, _, target in patterns.get(name, ()) if target == "."]
        for path, view, target in patterns.get(name, ()):
            registered = view is not None and view.startswith(":")
            whole = prefix + (inner[0] if registered and inner else "") + path
            if registered and view is not None:
                yield from _of_set(whole, view[1:], views)
            elif target == ".":
                continue  # of a router of the same file
            elif target and depth:
                yield from below(target, whole, depth - 1)
            elif view is not None:
                yield from _of_view(whole, view, views)

    for name in patterns:
        if name not in included:
            yield from below(name, "", 4)


def _patterns(tree: ast.Module) -> Iterator[tuple[str, str | None, str]]:
    """(path, the view's name, the module that is included) of `path()`; of a router's `register()` the view set."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) < 2 or (path := text_of(node.args[0])) is None:
            continue
        if called(node) == "register" and isinstance(node.args[1], ast.Name | ast.Attribute):
            yield f"{path}/", f":{holder_of(node.args[1])}", ""
        elif called(node) in ("path", "re_path", "url"):
            path = plain_pattern(path) if called(node) != "path" else path
            what = node.args[1]
            if isinstance(what, ast.Call) and called(what) == "include":
                yield path, None, (text_of(what.args[0]) or ".") if what.args else ""
            else:
                by_method = (
                    [one for one in what.keywords if (one.arg or "").lower() in METHODS]
                    if isinstance(what, ast.Call)
                    else []
                )
                for one in by_method:  # view(GET=listed, POST=made)
                    yield path, f"{one.arg} {holder_of(one.value)}", ""
                if not by_method:
                    view = (
                        what.func.value if isinstance(what, ast.Call) and isinstance(what.func, ast.Attribute) else what
                    )
                    yield path, holder_of(view), ""


def _of_set(path: str, name: str, views: Mapping[str, ast.AST]) -> Iterator[AppRoute]:
    """Of a view set of Django REST framework: its list, its things and the actions that it adds."""
    view = views.get(name)
    named = [views[one.id] for one in ast.walk(view) if isinstance(one, ast.Name) and one.id in views] if view else []
    fields: dict[str, dict[str, Any]] = {
        text: {}
        for one in named
        for each in ast.walk(one)
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and each.targets[0].id == "fields"
        and isinstance(each.value, ast.List | ast.Tuple)
        for item in each.value.elts
        if (text := text_of(item)) and text not in ("id", "pk", "owner", "user", "author", "created", "created_at")
    }
    yield AppRoute("GET", plain(path), query=("search",))
    yield AppRoute("POST", plain(path), fields)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        yield AppRoute(method, plain(f"{path}<pk>/"), fields if method in ("PUT", "PATCH") else {})
    for each in view.body if isinstance(view, ast.ClassDef) else ():
        for mark in each.decorator_list if isinstance(each, FUNCTION) else ():
            if isinstance(mark, ast.Call) and called(mark) == "action" and isinstance(each, FUNCTION):
                one = any(
                    word.arg == "detail" and isinstance(word.value, ast.Constant) and word.value.value
                    for word in mark.keywords
                )
                for method in _listed(mark) or ["GET"]:
                    yield AppRoute(
                        method, plain(f"{path}{'<pk>/' if one else ''}{option(mark, 'url_path') or each.name}/")
                    )


def _of_view(path: str, name: str, views: Mapping[str, ast.AST]) -> Iterator[AppRoute]:
    only, _, name = name.rpartition(" ")
    view = views.get(name)
    query: list[str] = []
    fields: dict[str, dict[str, Any]] = {}
    form = False
    for holder, key in subscripts(view) if view else ():
        if holder in QUERIES:
            query.append(key)
        elif holder not in NOT_SENT:
            fields[key] = {}
            form = form or holder in FORMS
    named = (
        {one.value for one in ast.walk(view) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
        if view
        else set()
    )
    named |= {one.name.upper() for one in ast.walk(view) if isinstance(one, FUNCTION)} if view else set()
    asked = [method for method in ("PUT", "PATCH", "DELETE") if method in named]
    unsafe = ["POST"] if fields or "POST" in named or not asked else []
    for method in (only.upper(),) if only else ("GET", *unsafe, *asked):
        yield AppRoute(method, plain(path), fields if method != "GET" else {}, tuple(query), form)
