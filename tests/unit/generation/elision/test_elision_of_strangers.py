"""Files that were shortened, and files that were not, from people who did not know the guard.

Before anything was changed for them, 40 of 60 shortened ones of the first set were noticed and 2 of 40 others taken for such, of the
second 41 of 60 and 1 of 40; since then 119 of 120 and none.
"""

from __future__ import annotations

import json
from pathlib import Path

from builder.generation.elision import elision_in
from preview_runtime.file_tree import FileTree
from tests.unit.generation.mends.projects import Change, changed

BEFORE, *CASES = map(
    json.loads, Path(__file__).with_name("of_strangers.jsonl").read_text(encoding="utf-8").splitlines()
)
"""The texts of files; (name, path, which of the texts it was or null, what was changed, the prompt, whether it was shortened)"""


def noticed(path: str, number: int | None, change: Change, prompt: str) -> bool:
    old = "" if number is None else BEFORE[number]
    before = FileTree({} if number is None else {path: old})
    return elision_in([path], before, FileTree({path: changed(old, change)}), prompt) is not None


def test_99_of_100_that_were_shortened_are_noticed() -> None:
    missed = [name for name, *case, elided in CASES if elided and not noticed(*case)]
    assert len(missed) <= sum(case[-1] for case in CASES) / 100, missed


def test_one_of_100_at_most_is_taken_for_one() -> None:
    wrong = [name for name, *case, elided in CASES if not elided and noticed(*case)]
    assert len(wrong) <= sum(not case[-1] for case in CASES) / 100, wrong
