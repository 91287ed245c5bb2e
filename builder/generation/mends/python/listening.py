"""Where a server of Python listens: at the port that it is given, and where others than itself reach it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from builder.generation.mends.reading.python_module import offsets
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MAKES_APPS: Final = frozenset({"Flask", "Quart", "Bottle", "Sanic", "FastAPI", "SocketIO"})
_TAKES_ADDRESS: Final = frozenset(
    {"HTTPServer", "ThreadingHTTPServer", "TCPServer", "ThreadingTCPServer", "make_server"}
)
_PORT: Final = 'int(os.environ.get("PORT", {}))'


def mend_python_listening(work: Workpiece) -> None:
    """A loopback address that a server is given gives way to every address, and its port to `PORT` where that is set."""
    for path in work.changed:
        module = work.module(path) if path.endswith(".py") else None
        if module is None:
            continue
        text = work.text(path) or ""
        starts = offsets(text)
        splices: list[Splice] = []
        needs_os = False
        says_port = '"PORT"' in text or "'PORT'" in text
        for call in [node for node in ast.walk(module) if isinstance(node, ast.Call)]:
            address = _address(module, call)
            for host in address.get("host", ()):
                splices.append(_instead(starts, host, '"0.0.0.0"'))
            # A port alone is found by the plan; beside a loopback address both are wrong.
            for port in address.get("port", ()) if not says_port else ():
                splices.append(_instead(starts, port, _PORT.format(ast.unparse(port))))
                needs_os = True
        if not splices:
            continue
        if needs_os and not any(
            isinstance(node, ast.Import) and any(one.name == "os" for one in node.names) for node in module.body
        ):
            first = next(
                (
                    node
                    for node in module.body
                    if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__"
                ),
                None,
            )
            if first is None:
                continue
            at = starts[first.lineno - 1]
            splices.append(Splice(at, at, "import os\n"))
        work.mend("listening", path, splices)


def _address(module: ast.Module, call: ast.Call) -> dict[str, list[ast.expr]]:
    """The literal loopback host and, beside it, the literal port that a call listens at."""
    function = call.func
    host: ast.expr | None = None
    port: ast.expr | None = None
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if name == "run" and isinstance(function, ast.Attribute) and _runs_app(module, function.value):
        given = {word.arg: word.value for word in call.keywords}
        host, port = given.get("host"), given.get("port")
        if host is None and call.args and ast.unparse(function.value) not in ("uvicorn", "socketio"):
            host = call.args[0]
            port = call.args[1] if len(call.args) > 1 else port
    elif name in _TAKES_ADDRESS and call.args:
        pair = _literal(module, call.args[0])
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
            host, port = pair.elts
        elif name == "make_server" and len(call.args) > 1:
            host, port = call.args[0], call.args[1]
    host = _literal(module, host)
    port = _literal(module, port)
    if not (isinstance(host, ast.Constant) and host.value in _LOOPBACK):
        return {}
    found: dict[str, list[ast.expr]] = {"host": [host]}
    if isinstance(port, ast.Constant) and isinstance(port.value, int):
        found["port"] = [port]
    return found


def _literal(module: ast.Module, node: ast.expr | None) -> ast.expr | None:
    """A literal, or the one that a name stands for that is given a value once."""
    if not isinstance(node, ast.Name):
        return node
    values = [
        one.value
        for one in ast.walk(module)
        if isinstance(one, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == node.id for target in one.targets)
    ]
    return values[0] if len(values) == 1 else None


def _runs_app(module: ast.Module, owner: ast.expr) -> bool:
    if not isinstance(owner, ast.Name):
        return False
    if owner.id == "uvicorn":
        return True
    for node in module.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and any(isinstance(one, ast.Name) and one.id == owner.id for one in node.targets)
        ):
            return ast.unparse(node.value.func).rpartition(".")[2] in _MAKES_APPS
    return False


def _instead(starts: list[int], node: ast.expr, text: str) -> Splice:
    start = starts[node.lineno - 1] + node.col_offset
    return Splice(start, starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0), text)
