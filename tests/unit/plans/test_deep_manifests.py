"""A manifest nested deeper than can be read is a broken one, wherever a project's files are looked at."""

from __future__ import annotations

from builder.demo.starters.project import marker
from builder.projects.run_hints import FILE, _document
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import _package
from preview_runtime.plans.node_app import _manifest
from preview_runtime.plans.node_packages import _locked, node_packages
from preview_runtime.plans.python_packages import _of_pyproject
from preview_runtime.stack import _manifests

DEEP = "[" * 12_000


def test_what_is_nested_too_deep_is_broken() -> None:
    tree = FileTree({"package.json": DEEP, "pyproject.toml": f"a = {DEEP}", FILE: DEEP})
    assert _manifests(tree) == []
    assert _manifest(tree, "package.json") == {}
    assert _document(tree) == {}
    assert marker(tree) == {}
    assert _package(DEEP) == ""
    assert _locked({}, DEEP) is None
    assert node_packages(tree, "package.json") is not None
    assert _of_pyproject(tree, "pyproject.toml").files == {"pyproject.toml": f"a = {DEEP}"}
