"""Routes of Express, Fastify, Hono, Koa and Node's own server, by the syntax tree of their sources."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from builder.safety.probing.routes.route import AppRoute, joined, plain
from builder.safety.probing.routes.script_tables import OF_EVERY_VALUE, tabled

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Parser

SCRIPTS: Final = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_METHODS: Final = ("get", "post", "put", "patch", "delete", "all", "del")
_LONGEST: Final = 300_000  # characters
_GROUP: Final = re.compile(r"\((?:\?<\w+>)?[^()]*\)\??")
_IS_BODY: Final = re.compile(r"\.body\b|\.json\(\)|formData\(|parseBody\(|[bB]ody\(|JSON\.parse\(")
_PREFIX: Final = re.compile(
    r"^(?:new )?[\w.]{0,40}(?:Router|router|Elysia)\([^()]{0,200}?\bprefix\s?:\s?[\"'`](/[^\"'`]*)[\"'`]|^(?:new )?[\w.]{1,40}(?:\(\))?\.basePath\([\"'`](/[^\"'`]*)[\"'`]\)"
)
_BODIES: Final = ("body", "data", "json", "input", "form", "fields", "payload", "parsed")


@dataclass(slots=True)
class _File:
    path: str
    root: Node
    names: dict[str, str] = field(default_factory=dict)
    """Local name → the file it comes from."""
    routes: list[tuple[str, AppRoute]] = field(default_factory=list)
    """Each with the name of the router or app that has it, "" where none does."""
    uses: list[tuple[str, str]] = field(default_factory=list)
    """(prefix, local name) of each router that is used."""
    mounts: list[str] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    """Routers with the prefix that they were made with."""
    scopes: list[tuple[int, int, str]] = field(default_factory=list)
    """(begin, end, prefix) of plugins that are written where they are registered."""


def script_routes(files: Mapping[str, str]) -> list[AppRoute]:
    """The routes of all scripts that have a server's ways of naming them."""
    read = _read(files)
    used = {file.names[name] for file in read.values() for _, name in file.uses if name in file.names}

    def below(path: str, prefix: str, depth: int) -> Iterator[AppRoute]:
        file = read[path]
        local = {name: before for before, name in file.uses if name not in file.names}
        for holder, route in file.routes:
            below_it = joined(prefix, local[holder]) if holder in local else prefix  # a router of the same file
            below_it = joined(below_it, file.own[holder]) if file.own.get(holder) else below_it
            path_of = "" if route.path == "/" and below_it else route.path
            yield replace(route, path=joined(below_it, path_of))
        prefixed = {file.names.get(name) for before, name in file.uses if before}
        for before, name in file.uses:
            target = file.names.get(name)
            if not before and target in prefixed:
                continue  # something else of the router's file
            if target in read and target != path and depth:
                yield from below(target, joined(prefix, before) if before else prefix, depth - 1)

    return [route for path in read if path not in used for route in below(path, "", 4)]


def script_mounts(files: Mapping[str, str]) -> list[str]:
    """Below which paths `express.static` and the like give files."""
    return [mount for file in _read(files).values() for mount in file.mounts]


def _read(files: Mapping[str, str]) -> dict[str, _File]:
    found = {}
    for path, text in files.items():
        if path.endswith(SCRIPTS) and len(text) <= _LONGEST and "node_modules/" not in path:
            file = _File(path, _parser().parse(text.encode()).root_node)
            for node in _walk(file.root):
                _look(file, node, files)
            file.routes += [("", route) for route in tabled(file.root, file.path)]
            found[path] = file
    return found


def _look(file: _File, node: Node, files: Mapping[str, str]) -> None:
    if node.type == "import_statement" and (source := node.child_by_field_name("source")):
        target = _resolved(file.path, _text(source) or "", files)
        for name in _walk(node):
            if name.type == "identifier" and target:
                file.names[_of(name)] = target
    elif node.type == "variable_declarator":
        _required(file, node, files)
    elif node.type == "call_expression":
        _call(file, node, files)
    elif node.type in ("binary_expression", "switch_case"):
        _compared(file, node)


def _required(file: _File, node: Node, files: Mapping[str, str]) -> None:
    value, name = node.child_by_field_name("value"), node.child_by_field_name("name")
    made = _PREFIX.search(_of(value)[:400]) if value is not None else None
    if made is not None and value is not None and value.type in ("new_expression", "call_expression"):
        file.own[_of(name)] = made[1] or made[2]
    for call in _walk(value) if value else ():
        if call.type == "call_expression" and _of(call.child_by_field_name("function")) == "require":
            target = _resolved(file.path, _text(_arguments(call)[0]) or "" if _arguments(call) else "", files)
            for one in _walk(name) if name and target else ():
                if one.type in ("identifier", "shorthand_property_identifier_pattern"):
                    file.names[_of(one)] = target


def _call(file: _File, node: Node, files: Mapping[str, str]) -> None:
    function, arguments = node.child_by_field_name("function"), _arguments(node)
    if function is None or function.type != "member_expression" or not arguments:
        return
    verb = _of(function.child_by_field_name("property"))
    holder = function.child_by_field_name("object")
    path = _text(arguments[0])
    if verb in _METHODS and path is not None and path.startswith("/") and len(arguments) > 1:
        fields, query, form = _reads(arguments[1:], file)
        methods = (
            ("GET", "POST", "PUT", "PATCH", "DELETE")
            if verb == "all"
            else ("DELETE" if verb == "del" else verb.upper(),)
        )
        above = next((prefix for begin, end, prefix in reversed(file.scopes) if begin <= node.start_byte < end), "")
        named = _root(holder) if holder is not None and holder.type == "call_expression" else _of(holder)
        file.routes += [
            (
                named,
                AppRoute(
                    method,
                    joined(above, path) if above else plain(path),
                    fields if method != "GET" else {},
                    query,
                    form,
                ),
            )
            for method in methods
        ]
    elif verb in _METHODS and holder is not None and (path := _route_of(holder)) is not None:
        fields, query, form = _reads(arguments, file)
        file.routes.append(
            (_root(holder), AppRoute(verb.upper(), plain(path), fields if verb != "get" else {}, query, form))
        )
    elif verb == "prefix" and path is not None and path.startswith("/"):
        file.own[_of(holder)] = path
    elif verb in ("use", "route", "register", "mount") and path != "*":
        prefix = path if path is not None and path.startswith("/") else _prefix_of(arguments)
        prefix = joined(file.own[_of(holder)], prefix) if prefix and _of(holder) in file.own else prefix
        if prefix and arguments[0].type in ("arrow_function", "function_expression", "function"):
            file.scopes.append((arguments[0].start_byte, arguments[0].end_byte, prefix))
        for one in arguments:
            text = _of(one)
            if "static" in text.lower() and one.type == "call_expression":
                file.mounts.append(prefix)
            elif one.type == "identifier" and (prefix or text in file.names):
                file.uses.append((prefix, text))
            elif (
                one.type == "call_expression"
                and _of(one.child_by_field_name("function")) == "require"
                and _arguments(one)
            ):
                if target := _resolved(file.path, _text(_arguments(one)[0]) or "", files):
                    file.names[f"require {target}"] = target
                    file.uses.append((prefix, f"require {target}"))
            elif one.type == "call_expression" and (name := _root(one)) in file.names:
                file.uses.append((prefix, name))  # router(database), router.routes()
            elif one.type == "call_expression" and prefix and _of(one).endswith(".routes()"):
                file.uses.append((prefix, _root(one)))
    elif verb == "startsWith" and path is not None and path.startswith("/") and len(path) > 1:
        _add_plain(file, node, path.rstrip("/") + "/{id}")
    elif verb in ("match", "test", "exec"):
        pattern = next((one for one in (arguments[0], holder) if one is not None and one.type == "regex"), None)
        if pattern is not None:
            _add_pattern(file, node, _of(pattern))


def _prefix_of(arguments: list[Node]) -> str:
    """`{ prefix: "/x" }`, as plugins of Fastify are registered with."""
    options = [one for one in arguments if one.type == "object"]
    found = re.search(r"\bprefix\s?:\s?[\"'`](/[^\"'`]*)[\"'`]", _of(options[-1])) if options else None
    return found[1] if found else ""


def _route_of(node: Node) -> str | None:
    """The path of `router.route("/x")`, with more calls behind it."""
    while node.type == "call_expression":
        function = node.child_by_field_name("function")
        if function is None or function.type != "member_expression":
            return None
        if _of(function.child_by_field_name("property")) == "route" and _arguments(node):
            return _text(_arguments(node)[0])
        inner = function.child_by_field_name("object")
        if inner is None:
            return None
        node = inner
    return None


def _compared(file: _File, node: Node) -> None:
    """`pathname === "/x"` and `case "/x":`."""
    sides = [node.child_by_field_name(name) for name in ("left", "right", "value")]
    for side in sides:
        text = _text(side) if side is not None else None
        if text and text.startswith("/"):
            _add_plain(file, node, text)
        elif text and (found := re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)", text)):
            file.routes.append(("", AppRoute(found[1], plain(found[2]))))


def _add_pattern(file: _File, node: Node, pattern: str) -> None:
    path = (
        pattern.strip("/").rpartition("/")[0] if pattern.count("/") > 1 and not pattern.endswith("/") else pattern[1:-1]
    )
    path = path.replace("\\/", "/").removeprefix("^").removesuffix("$").removesuffix("/?")
    path = _GROUP.sub("{id}", path.replace("[^/]+", "x"))
    if path.startswith("/") and re.fullmatch(r"[\w/{}.-]+", path):
        _add_plain(file, node, path)


def _add_plain(file: _File, node: Node, path: str) -> None:
    around = node
    while around.parent is not None and around.type not in (
        "if_statement",
        "function_declaration",
        "arrow_function",
        "program",
        "switch_case",
    ):
        around = around.parent
    places = (
        [around.child_by_field_name(name) for name in ("condition", "consequence")]
        if around.type == "if_statement"
        else [around]
    )
    methods: list[str] = []
    for place in places:
        methods = (
            methods
            or [text for one in _walk(place) if (text := _text(one)) in ("GET", "POST", "PUT", "PATCH", "DELETE")]
            if place
            else methods
        )
    body = places[-1]
    fields, query, form = _reads([body if body is not None else around], file)
    for method in dict.fromkeys(methods or ["GET", "POST"]):
        file.routes.append(("", AppRoute(method, path, fields if method != "GET" else {}, query, form)))


def _reads(nodes: list[Node], file: _File) -> tuple[dict[str, dict[str, Any]], tuple[str, ...], bool]:
    """What handlers read of the body and of the address; handlers that are only named are looked up in the same file."""
    fields: dict[str, dict[str, Any]] = {}
    query: list[str] = []
    looked = [*nodes]
    for node in nodes:
        if node.type == "identifier":
            looked += [
                one
                for one in file.root.children
                for each in _walk(one, 3)
                if each.type in ("function_declaration", "variable_declarator")
                and _of(each.child_by_field_name("name")) == _of(node)
            ]
    bodies = {
        _of(one.child_by_field_name("name"))
        for top in looked
        for one in _walk(top)
        if one.type == "variable_declarator" and _IS_BODY.search(_of(one.child_by_field_name("value"))[:200])
    }
    for node in (each for top in looked for each in _walk(top)):
        if node.type == "member_expression":
            holder, name = node.child_by_field_name("object"), _of(node.child_by_field_name("property"))
            of = _last(holder)
            if (of in _BODIES or of in bodies) and name not in OF_EVERY_VALUE:
                fields[name] = {}
            elif of == "query":
                query.append(name)
        elif (
            node.type == "variable_declarator"
            and (pattern := node.child_by_field_name("name")) is not None
            and pattern.type == "object_pattern"
        ):
            value = node.child_by_field_name("value")
            names = [
                _of(one)
                for one in _walk(pattern)
                if one.type in ("shorthand_property_identifier_pattern", "property_identifier")
            ]
            if _of(value).endswith("query"):
                query += names
            elif any(word in _of(value).lower() for word in _BODIES):
                fields |= {key: {} for key in names}
        elif (
            node.type == "call_expression"
            and _of(node.child_by_field_name("function")).endswith("searchParams.get")
            and _arguments(node)
        ):
            query.append(_text(_arguments(node)[0]) or "")
    return fields, tuple(dict.fromkeys(name for name in query if name)), False


def _resolved(path: str, specifier: str, files: Mapping[str, str]) -> str:
    if not specifier.startswith("."):
        return ""
    base = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
    stem = base.removesuffix(".js")
    return next(
        (
            one
            for one in (
                base,
                *(f"{name}{end}" for name in (base, stem) for end in SCRIPTS),
                *(f"{base}/index{end}" for end in SCRIPTS),
            )
            if one in files
        ),
        "",
    )


def _arguments(node: Node) -> list[Node]:
    arguments = node.child_by_field_name("arguments")
    return arguments.named_children if arguments is not None else []


def _root(node: Node | None) -> str:
    """The name at the beginning of a chain of calls."""
    while node is not None and node.type in ("call_expression", "member_expression"):
        node = node.child_by_field_name("function") or node.child_by_field_name("object")
    return _of(node)


def _last(node: Node | None) -> str:
    if node is None:
        return ""
    return _of(node.child_by_field_name("property")) if node.type == "member_expression" else _of(node)


def _of(node: Node | None) -> str:
    return (node.text or b"").decode(errors="replace") if node is not None else ""


def _text(node: Node) -> str | None:
    if node.type == "string" or (
        node.type == "template_string" and not any(one.type == "template_substitution" for one in node.children)
    ):
        return _of(node)[1:-1]
    return None


def _walk(node: Node, depth: int = 200) -> Iterator[Node]:
    waiting = [(node, 0)]
    while waiting:
        one, level = waiting.pop()
        yield one
        if level < depth:
            waiting += [(child, level + 1) for child in reversed(one.children)]


def _parser() -> Parser:
    from tree_sitter import Parser

    return Parser(_language())


@cache
def _language() -> Language:
    import tree_sitter_typescript
    from tree_sitter import Language

    return Language(tree_sitter_typescript.language_tsx())
