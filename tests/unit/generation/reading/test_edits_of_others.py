"""Edits that no rule was written for: made at the one place that is meant, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.generation.draft import Draft, DraftRefused, Edit, apply
from preview_runtime.file_tree import FileTree

CASES: list[tuple[str, str, str, list[tuple[str, str]], str | None]] = [
    tuple(json.loads(line)) for line in Path(__file__).with_name("edits.jsonl").read_text().splitlines()
]
"""(name, path, text, [(find, replace)], the text afterwards, None where the edits are refused)"""


@pytest.mark.parametrize(
    ("path", "text", "edits", "after"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_an_edit_goes_where_it_is_meant_or_nowhere(
    path: str, text: str, edits: list[tuple[str, str]], after: str | None
) -> None:
    draft = Draft(edits=[Edit(path, find, replace) for find, replace in edits])
    if after is None:
        with pytest.raises(DraftRefused):
            apply(draft, FileTree({path: text}))
        return
    assert apply(draft, FileTree({path: text}))[path] == after
