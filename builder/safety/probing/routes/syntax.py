"""What the syntax tree of Python says, in few words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

METHODS: Final = ("get", "post", "put", "patch", "delete")
FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
# What is read of these is not what somebody sends.
NOT_SENT: Final = frozenset(
    ("session", "headers", "cookies", "environ", "config", "args", "GET", "row", "user", "META", "os", "app", "db", "settings", "query_params", "claims", "payload", "current_user", "me", "item", "result")
)  # fmt: skip
QUERIES: Final = frozenset(("args", "GET", "query_params"))
FORMS: Final = frozenset(("form", "forms", "POST"))


def subscripts(node: ast.AST) -> Iterator[tuple[str, str]]:
    """(of what, the name) of each `x["name"]` and `x.get("name")`."""
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Load) and (name := text_of(one.slice)):
            yield holder_of(one.value), name
        elif (
            isinstance(one, ast.Call)
            and isinstance(one.func, ast.Attribute)
            and one.func.attr in ("get", "getlist", "pop")
            and one.args
            and (name := text_of(one.args[0]))
        ):
            yield holder_of(one.func.value), name


def holder_of(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call | ast.Await | ast.BoolOp):
        return "body"
    return ""


def called(node: ast.Call) -> str:
    return (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )


def option(node: ast.Call, *names: str) -> str:
    return next((text for one in node.keywords if one.arg in names and (text := text_of(one.value))), "")


def text_of(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
