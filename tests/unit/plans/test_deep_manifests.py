"""A manifest nested deeper than can be read is a broken one, wherever a project's files are looked at."""

from __future__ import annotations

from dataclasses import replace

from builder.demo.starters.project import marker
from builder.projects.run_hints import FILE, read_hints, write_hints
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import asks_for_postgres
from preview_runtime.plans.node_packages import node_packages
from preview_runtime.plans.plan import plan_run
from preview_runtime.plans.python_packages import python_packages
from preview_runtime.stack import detect_stack

DEEP = "[" * 12_000


def test_what_is_nested_too_deep_is_broken() -> None:
    tree = FileTree({"package.json": DEEP, "pyproject.toml": f"a = {DEEP}", FILE: DEEP})
    assert marker(tree) == {}
    assert (read_hints(tree), write_hints(tree, RunHints())) == (RunHints(), None)
    assert asks_for_postgres(tree) is None
    assert node_packages(tree, "package.json") is not None
    found = python_packages(tree, "pyproject.toml")
    assert found is not None
    assert found.files == {"pyproject.toml": f"a = {DEEP}"}
    locked = node_packages(FileTree({"package.json": "{}", "package-lock.json": DEEP}), "package.json")
    assert locked is not None
    assert locked.wanted is None


def test_an_app_with_one_runs_as_with_any_that_is_broken() -> None:
    deep, broken = (FileTree({"package.json": text, "server.js": "1"}) for text in (DEEP, "{"))
    assert detect_stack(deep) == detect_stack(broken)
    plans = [replace(plan_run(tree, RunHints(start="node server.js")), packages=None) for tree in (deep, broken)]
    assert plans[0] == plans[1]
