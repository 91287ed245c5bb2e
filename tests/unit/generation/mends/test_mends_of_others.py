"""Faults that no mend was written for are mended, and what only looks like a fault stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.generation.mends import BundledPackages, free_mends
from preview_runtime.file_tree import FileTree

CASES: list[tuple[str, dict[str, str], str, list[str], list[str]]] = [
    tuple(json.loads(line)) for line in Path(__file__).with_name("of_others.jsonl").read_text().splitlines()
]
"""(name, files, the path that is mended, what is in it then, what is not; no path where nothing may change)"""
PACKAGES = BundledPackages()


@pytest.mark.parametrize(
    ("files", "path", "there", "gone"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_fault_is_mended_and_what_is_none_is_let_be(
    files: dict[str, str], path: str, there: list[str], gone: list[str]
) -> None:
    tree = FileTree(files)
    mended = free_mends(tree, before=FileTree(), packages=PACKAGES)
    if not path:
        assert mended.tree is tree
        return
    text = str(mended.tree[path])
    assert [part for part in there if part not in text] == []
    assert [part for part in gone if part in text] == []
    assert free_mends(mended.tree, before=FileTree(), packages=PACKAGES).tree is mended.tree
