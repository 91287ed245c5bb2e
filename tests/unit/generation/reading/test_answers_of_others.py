"""Whole answers in the shapes of other tools and models, from people who did not know the reader: the project becomes what
was meant, or the answer is refused.

Before anything was mended for them, 44 of 62 of the first set were read and 15 of 20 refused, and of the second 47 of 50 and
18 of 20; since then 60 and 18, 48 and 18. Left as they are: lines in a list end with a line break only where they bring it, a null
is no wish to delete, an unknown escape keeps its backslash, a document of YAML is none, and of two texts of one file in JSON the
last counts, as it does for one that is deleted as well.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.base.errors import BadInput
from builder.generation.draft import Draft, apply
from builder.generation.extraction import TextAnswer, changes_beside, json_in
from builder.generation.file_tree_stream import FileTreeStream, MalformedTree, TruncatedTree
from builder.generation.policy import check, check_read
from builder.generation.reading.written_out import written_out
from preview_runtime.file_tree import FileTree
from tests.pace import no_longer_than

CASES: list[tuple[str, str, dict[str, str], dict[str, str] | None]] = [
    tuple(json.loads(line))
    for line in Path(__file__).with_name("answers.jsonl").read_text(encoding="utf-8").splitlines()
]
"""(name, answer, the project before it, the project after it or null where it has to be refused)"""
LEFT = ("lines", "delete-as-null", "unknown-escapes-2", "yaml-document")


def read(text: str) -> Draft:
    stream = FileTreeStream(talk=True)
    for at in range(0, len(text), 7):
        stream.feed(text[at : at + 7])
    if not stream.begun or (stream.complete and stream.partial().empty and not stream.partial().unread):
        stream = FileTreeStream()
        stream.feed(json_in(text))
        return stream.close()
    draft = stream.close()
    if more := changes_beside(stream.rest, draft):
        beside = FileTreeStream()
        beside.feed(more)
        draft.files.update(beside.close().files)
    return draft


@pytest.mark.parametrize(("name", "answer", "before", "after"), CASES, ids=[case[0] for case in CASES])
def test_an_answer_means_what_it_says(
    name: str, answer: str, before: dict[str, str], after: dict[str, str] | None
) -> None:
    tree = FileTree(before)
    try:
        draft = read(answer)
        check_read(draft)
        made = apply(draft, tree)
        check(draft, tree, made, guarded=False)
    except (MalformedTree, TruncatedTree, TextAnswer, BadInput):
        assert after is None or name in LEFT
        return
    if name in LEFT or (after is None and draft.empty):
        return
    assert after is not None
    # Whether the line that names a file stays in it may go either way, and so may the last line break.
    if name.startswith("first-line-comment") or name == "lines-2":
        assert {path: text.rstrip("\n")[-40:] for path, text in after.items()} == {
            path: str(text).rstrip("\n")[-40:] for path, text in made.items()
        }
    else:
        assert after == dict(made.items())


@pytest.mark.parametrize(
    "talk",
    [
        "In `src/App.tsx` you count like this:\n\n```tsx\nsetCount(count + 1)\n```\n\nShall I change it?",
        "Run this:\n\n```bash\nnpm install\n```",
        "```tsx\nconst a = 1\nconst b = 2\n```",
        "Look at lines 3 to 5:\n\n```3:5:src/App.tsx\nconst a = 1\n```",
        'You may write `<script src="app.js">` there.',
    ],
)
def test_an_example_in_a_talk_is_no_file(talk: str) -> None:
    assert written_out(talk) == ""


def test_a_file_that_breaks_off_is_gone_on_with() -> None:
    text = "### `a.py`\n\n```python\nfirst = 1\n```\n\n### `b.py`\n\n```python\nsecond ="
    stream = FileTreeStream()
    stream.feed(json_in(text))
    with pytest.raises(TruncatedTree) as caught:
        stream.close()
    assert caught.value.partial.files == {"a.py": "first = 1\n", "b.py": "second ="}
    assert caught.value.partial.open_path == "b.py"


def test_a_piece_without_a_name_beside_files_is_not_passed_over() -> None:
    answer = "### `a.py`\n\n```python\nfirst = 1\n```\n\nAnd:\n\n```tsx\nconst a = 1\nconst b = 2\n```\n"
    assert read(answer).unread


@pytest.mark.parametrize(
    "piece",
    ["```\n", "### `a.py`\n\n```\n", '<file path="a.ts">', "<search>", "<path>a.ts</path><content>", "--- a\n+++ b\n", "@@\n", "<<<<<<< SEARCH\n", "*** Begin Patch\n", "````md\n```js\n", "`a.py`:\n"],
)  # fmt: skip
def test_long_answers_are_read_in_linear_time(piece: str) -> None:
    text = (piece * 300_000)[:300_000]
    with no_longer_than(40):
        written_out(f'<file path="b.ts">\n{text}' if "search" in piece else text)
