"""Answers in the shapes of other tools and models, which no rule was written for: read, or refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder.generation.draft import Draft, Edit
from builder.generation.file_tree_stream import FileTreeStream, MalformedTree

CASES: list[tuple[str, str, Any]] = [
    tuple(json.loads(line)) for line in Path(__file__).with_name("shapes.jsonl").read_text().splitlines()
]
"""(what it means: files, edits or unread; a name; the document, or the text of the whole answer)"""
FILES = {"src/App.tsx": "const a = '\\d';\nexport default a;\n", "style.css": "p { color: red }\n"}


def read(answer: Any) -> Draft:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    stream = FileTreeStream(talk=isinstance(answer, str))
    for at in range(0, len(text), 7):
        stream.feed(text[at : at + 7])
    return stream.close()


@pytest.mark.parametrize(("means", "answer"), [(c[0], c[2]) for c in CASES], ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_an_answer_in_a_shape_of_others(means: str, answer: Any) -> None:
    try:
        draft = read(answer)
    except MalformedTree:
        assert means == "unread"
        return
    if means == "unread":
        assert draft.unread
        return
    edits = [Edit("a.ts", "old line", "new\nline")] if means == "edits" else []
    assert (draft.files, draft.edits, draft.unread) == ({} if edits else FILES, edits, [])
