"""Where a server of Node listens: at the port that it is given, and where others than itself reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from builder.generation.mends.reading.literals import pairs
from builder.generation.mends.reading.script import Script, captures, text_of, unquoted
from builder.generation.mends.work.mend import Splice
from builder.generation.mends.work.resolution import package_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

_SERVERS: Final = frozenset(
    [
        "express",
        "fastify",
        "koa",
        "http",
        "https",
        "node:http",
        "node:https",
        "hono",
        "@hono/node-server",
        "socket.io",
        "restify",
        "polka",
        "ws",
        "@koa/router",
    ]
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_ANYWHERE: Final = '"0.0.0.0"'
_CALLS: Final = """
(call_expression function: (member_expression property: (property_identifier) @_listen)
  arguments: (arguments) @arguments (#eq? @_listen "listen"))
(call_expression function: (identifier) @_serve arguments: (arguments) @arguments (#eq? @_serve "serve"))
"""


def mend_listening(work: Workpiece) -> None:
    """A port that is written out gives way to `PORT` where that is set, and a loopback address to every address."""
    for path in [script.path for script in work.scripts()]:
        script = work.script(path)
        if script is None or _SERVERS.isdisjoint(package_of(one.specifier) for one in script.imports):
            continue
        calls = captures(script, _CALLS).get("arguments", [])
        if len(calls) != 1:
            continue
        splices = _mended(script, calls[0])
        if splices:
            work.mend("listening", path, splices)


def _mended(script: Script, arguments: Node) -> list[Splice]:
    given = [one for one in arguments.named_children if one.type != "comment"]
    if not given:
        return []
    if given[0].type == "object":
        parts = dict(pairs(given[0]))
        splices = _port(script, parts["port"]) if "port" in parts else []
        for name in ("host", "hostname"):
            splices += _host(script, parts[name]) if name in parts else []
        is_fastify = any(package_of(one.specifier) == "fastify" for one in script.imports)
        shorthand = any(
            one.type == "shorthand_property_identifier" and text_of(one) == "port" for one in given[0].named_children
        )
        if shorthand:
            splices += _literal(script, "port")
        # Fastify alone listens on the loopback address where none is given.
        if is_fastify and ("port" in parts or shorthand) and "host" not in text_of(given[0]):
            at = given[0].named_children[-1].end_byte
            splices.append(Splice(at, at, f", host: {_ANYWHERE}"))
        return splices
    if text_of(given[0]) == "0":
        return []  # any port that is free: what asks for it knows where it listens
    splices = _port(script, given[0])
    return splices + (_host(script, given[1]) if len(given) > 1 else [])


def _port(script: Script, node: Node) -> list[Splice]:
    if "process.env.PORT" in text_of(script.root):
        return []
    if node.type == "number":
        return [Splice(node.start_byte, node.end_byte, f"Number(process.env.PORT) || {text_of(node)}")]
    return _literal(script, text_of(node)) if node.type == "identifier" else []


def _literal(script: Script, name: str) -> list[Splice]:
    """The same for the number that a name at the top stands for."""
    if "process.env.PORT" in text_of(script.root):
        return []
    value = _value(script, name)
    if value is None or value.type != "number":
        return []
    return [Splice(value.start_byte, value.end_byte, f"Number(process.env.PORT) || {text_of(value)}")]


def _host(script: Script, node: Node) -> list[Splice]:
    value = _value(script, text_of(node)) if node.type == "identifier" else node
    if value is None or value.type != "string" or unquoted(value) not in _LOOPBACK:
        return []
    quote = text_of(value)[:1]
    return [Splice(value.start_byte, value.end_byte, _ANYWHERE.replace('"', quote))]


def _value(script: Script, name: str) -> Node | None:
    statement = script.top_level.get(name)
    for declarator in (
        statement.named_children if statement is not None and statement.type == "lexical_declaration" else ()
    ):
        own = declarator.child_by_field_name("name")
        if own is not None and text_of(own) == name:
            return declarator.child_by_field_name("value")
    return None
