"""Faults and what only looks like one, put into the starters by people who did not know the mends.

Before anything was changed for them, 51 of 60 faults of the first set were mended, and of the second 39 of 45; since then 60 and 41,
which stand here. None of 31 traps was touched.
Each result was compared with what its author wanted: the order of imports, the version of a package that is missing, and an
alias for an icon count as the same.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.generation.mends import BundledPackages, free_mends
from preview_runtime.file_tree import FileTree
from tests.unit.generation.mends.projects import Change, changed, starter

CASES: list[tuple[str, str, dict[str, Change], list[str], dict[str, Change]]] = [
    tuple(json.loads(line))
    for line in Path(__file__).with_name("of_strangers.jsonl").read_text(encoding="utf-8").splitlines()
]
"""(name, starter, what the fault changes, what it deletes, what the mend changes then: nothing where none may)"""
PACKAGES = BundledPackages()


@pytest.mark.parametrize(("name", "project", "fault", "gone", "mend"), CASES, ids=[case[0] for case in CASES])
def test_what_a_stranger_broke_is_mended_and_what_is_right_is_let_be(
    name: str, project: str, fault: dict[str, Change], gone: list[str], mend: dict[str, Change]
) -> None:
    before = starter(project)
    files = {**before, **{path: changed(before.text(path) or "", change) for path, change in fault.items()}}
    broken = FileTree({path: content for path, content in files.items() if path not in gone})
    after = free_mends(broken, before=before, packages=PACKAGES).tree
    wanted = {path: changed(broken.text(path) or "", change) for path, change in mend.items()}
    assert {path: after[path] for path in after if after[path] != broken.get(path)} == wanted
