"""Tests use what a caller has: none reaches for a private name, in the code or in a library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PATCHING = {"setattr", "delattr", "getattr", "hasattr"}
# Where a library has no public way to it.
LIBRARIES = {
    # What browsers read beyond the standard library's limit, in an answer of a hundred headers and more.
    ("containers/test_compose.py", "_MAXHEADERS"),
    # Whether a connection to SQLite is closed.
    ("integration/base/test_cancelled_readers.py", "_connection"),
    # Whether a full pipe is read: asyncio before Python 3.11.4 does not say so, and no Process gives its transport.
    ("integration/test_child_process.py", "_paused"),
    ("integration/test_child_process.py", "_transport"),
    # Requests for which the client of Docker has no method of its own.
    ("unit/containers/docker/test_connection.py", "_query"),
    ("unit/containers/docker/test_connection.py", "_query_json"),
}


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def reached_for(text: str) -> Iterator[str]:
    """The private names of others that a module uses."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                continue
            case ast.Attribute(attr=name) if private(name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                words = [word for one in names for word in one.name.split(".")]
                words += (getattr(node, "module", "") or "").split(".")
                yield from filter(private, words)
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in PATCHING:
                said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                yield from (word for one in said for word in one.split(".") if private(word))


def test_no_test_reaches_for_a_private_name() -> None:
    found = {
        (path.relative_to(TESTS).as_posix(), name)
        for path in TESTS.rglob("*.py")
        for name in reached_for(path.read_text(encoding="utf-8"))
    }
    assert found - LIBRARIES == set()
    assert LIBRARIES - found == set(), "an exception that nobody needs any more"


def test_what_counts_as_reaching_for_one() -> None:
    seen = "from a import _b\nfrom a._c import d\nimport a._e\nx._f = x.y._g()\npatch.setattr(x, '_h', 1)\nsetattr('a._i', 1)"
    assert sorted(reached_for(seen)) == ["_b", "_c", "_e", "_f", "_g", "_h", "_i"]
    assert list(reached_for("self._a = cls._b\nx.__name__\nfor _ in x: pass\ndef _own(): ...\n_own()")) == []
