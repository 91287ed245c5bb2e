"""Answers of weak models, through all that reads one: what can only mean one thing is taken, the rest is named."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from builder.generation.assembly import Assembly
from builder.generation.draft import Draft, Edit

VUE = "<script setup>\nconst n = 0\n</script>\n<template><b>{{ n }}</b></template>\n"
GO = 'package main\n\nfunc main() { println("hi") }\n'
CSS = "body { margin: 0 }\n"
TWO = {"web/src/Main.vue": VUE, "cmd/main.go": GO}
TREE = {
    "docker/web/Dockerfile": "FROM node:22\nRUN npm i\n",
    "api/[id]/route.ts": "export const GET = () => Response.json({ a: `${1}` });\n",
    "README.md": "# Hi\n\n```ts\nconst a = 1;\n```\n",
    ".github/workflows/ci.yml": "on: push\njobs: {}\n",
}
EDITS = [Edit("api/main.rs", "let a = 1;\n", "let a = 2;\n"), Edit("api/main.rs", "x", 'y"\\d'), Edit("[id].vue", "<b>", "<i>")]  # fmt: skip
GO_EDIT = {"path": "cmd/main.go", "find": '"hi"', "replace": '"ho"'}
BLOCK = '<<<<<<< SEARCH\n"hi"\n=======\n"ho"\n>>>>>>> REPLACE'


def read(answer: Any, size: int = 10_000) -> Draft:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    assembly = Assembly()
    assembly.begin()
    for at in range(0, len(text), size):
        assembly.feed(text[at : at + size])
    return assembly.finish()


WRAPPERS: list[Callable[[Any], Any]] = [
    lambda answer: answer,
    lambda answer: {"draft": answer},
    lambda answer: {"name": "write_app", "arguments": json.dumps(answer)},
    lambda answer: [answer],
    lambda answer: {"my_app": answer},
]
AROUND = [
    "{}",
    "Sure!\n```json\n{}\n```\nDone.",
    '<think>{{"files":{{}}}} hm</think>{}',
    "\ufeff\n{}",
    '{{"title":"x"}}\n\n{}',
]
LISTS: list[Callable[[list[Any]], Any]] = [
    lambda entries: entries,
    lambda entries: {"files": entries},
    lambda entries: dict(enumerate(entries)),
    lambda entries: [entries],
    json.dumps,
]


@pytest.mark.parametrize("path", ["path", "file_path", "Filename", "location", "target-file"])
def test_files_under_any_names_in_any_list_in_any_wrapper(path: str) -> None:
    draw = random.Random(path)
    texts = ["content", "code", "text", "file_content", "source", "body"]
    for listed, wrapped, around in itertools.product(LISTS, WRAPPERS, AROUND):
        text = draw.choice(texts)
        entries = [
            {path: name, text: inside} if draw.random() < 0.5 else {text: inside, path: name}
            for name, inside in TREE.items()
        ]
        answer = around.format(json.dumps(wrapped({"title": "T", "files": listed(entries)})))
        draft = read(answer)
        assert (draft.files, draft.unread) == (TREE, [])
        assert read(answer, draw.choice([1, 7, 20])) == draft


GROUPED: dict[str, Callable[[list[dict[str, Any]], dict[str, list[Any]], str], Any]] = {
    "a list": lambda edits, files, path: {"edits": edits},
    "by file": lambda edits, files, path: {"edits": files},
    "a list of files": lambda edits, files, path: {"edits": [{path: name, "edits": inner} for name, inner in files.items()]},
    "changes": lambda edits, files, path: {"changes": [{path: name, "changes": inner} for name, inner in files.items()]},
    "among the files": lambda edits, files, path: {"files": {name: {"edits": inner} for name, inner in files.items()}},
    "a call each": lambda edits, files, path: [{"name": "edit_file", "arguments": edit} for edit in edits],
    "calls": lambda edits, files, path: {"tool_calls": [{"function": {"name": "edit", "arguments": json.dumps(edit)}} for edit in edits]},
    "a call for each file": lambda edits, files, path: [{path: name, "edits": inner} for name, inner in files.items()],
    "actions": lambda edits, files, path: {"actions": [{"type": "edit", **edit} for edit in edits]},
    "modify": lambda edits, files, path: {"modify": edits},
    "lines of JSON": lambda edits, files, path: "\n".join(map(json.dumps, edits)),
}  # fmt: skip


@pytest.mark.parametrize("grouped", GROUPED.values(), ids=GROUPED)
@pytest.mark.parametrize(
    ("find", "replace"),
    [("search", "replacement"), ("targetContent", "ReplacementContent"), ("match", "replace"), ("current", "proposed"), ("existing_code", "new_code"), ("old_string", "new_string")],
)  # fmt: skip
def test_edits_under_any_names_in_any_group(grouped: Any, find: str, replace: str) -> None:
    for path in ("path", "target_file", "filename"):
        files: dict[str, list[Any]] = {}
        for edit in EDITS:
            files.setdefault(edit.path, []).append({find: edit.find, replace: edit.replace})
        answer = grouped([{path: edit.path, find: edit.find, replace: edit.replace} for edit in EDITS], files, path)
        draft = read(answer)
        assert (draft.edits, draft.unread, draft.files) == (EDITS, [], {})
        assert read(answer, 7) == draft


@pytest.mark.parametrize(
    "answer",
    [
        {"files": [{"key": path, "value": text} for path, text in TWO.items()]},
        {"files": [{"id": path, "content": text} for path, text in TWO.items()]},
        {"files": [{"path": "web/src/Main", "extension": "vue", "content": VUE}, {"path": "cmd/main", "extension": ".go", "content": GO}]},
        {"files": [{"path": "web/src/Main.vue", "template": VUE}, {"path": "cmd/main.go", "snippet": GO}]},
        {"files": [{"path": "web/src/Main.vue", "old": None, "new": VUE}, {"path": "cmd/main.go", "before": "", "after": GO}]},
        {"files": [{"path": path, "content": "", "code": text} for path, text in TWO.items()]},
        {"files": {path: {"content": text, "code": text} for path, text in TWO.items()}},
        {"project": {"files": {"files": [{"path": path, "content": text} for path, text in TWO.items()]}}},
        {"tool_calls": [{"function": {"name": "write_file", "arguments": json.dumps({"path": path, "content": text})}} for path, text in TWO.items()]},
        {"choices": [{"message": {"role": "assistant", "content": json.dumps({"files": TWO})}}]},
        {"create": TWO},
        {"files_to_create": TWO},
        {"file": {"path": "cmd/main.go", "content": GO}, "files": {"web/src/Main.vue": VUE}},
        {"operations": [{"op": "create", "path": path, "content": text} for path, text in TWO.items()]},
        {"edits": [{"path": path, "action": "create", "content": text} for path, text in TWO.items()]},
        f"◁think▷ {json.dumps({'files': {'n.ts': 'n'}})} ◁/think▷{json.dumps({'files': TWO})}",
        f"<|channel|>analysis<|message|>{json.dumps({'files': {'n.ts': 'n'}})}<|end|><|start|>assistant<|channel|>final<|message|>{json.dumps({'files': TWO})}",
        f"<thought_process>{json.dumps({'files': {'n.ts': 'n'}})}</thought_process>{json.dumps({'files': TWO})}",
    ],
    ids=lambda answer: str(answer)[:40],
)  # fmt: skip
def test_files_that_can_only_be_files(answer: Any) -> None:
    draft = read(answer)
    assert (draft.files, draft.unread) == (TWO, [])
    assert read(answer, 7) == draft


@pytest.mark.parametrize(
    "answer",
    [
        {"create": {"a.css": CSS}, "update": [GO_EDIT], "delete": ["b.css"]},
        {"added": {"a.css": CSS}, "modified": [GO_EDIT], "deleted": ["b.css"]},
        {"files_to_create": [{"path": "a.css", "content": CSS}], "files_to_edit": [GO_EDIT], "files_to_delete": "- `b.css`"},
        {"changes": [{"action": "create", "file": "a.css", "content": CSS}, {"action": "update", **GO_EDIT}, {"action": "delete", "file": "b.css"}]},
        {"operations": [{"type": "create_file", "path": "a.css", "content": CSS}, {"type": "edit_file", **GO_EDIT}, {"type": "delete_file", "path": "b.css"}]},
        {"files": [{"path": "a.css", "content": CSS}, GO_EDIT, {"path": "b.css", "isDeleted": True}]},
        {"files": {"a.css": CSS}, "edits": {"cmd/main.go": [['"hi"', '"ho"']]}, "delete": "b.css"},
        {"files": {"a.css": CSS}, "edits": [{"path": "cmd/main.go", "diff": BLOCK}], "delete": '"b.css"'},
        [{"name": "Write", "input": {"file_path": "a.css", "content": CSS}}, {"name": "MultiEdit", "input": {"file_path": "cmd/main.go", "edits": [{"old_string": '"hi"', "new_string": '"ho"'}]}}, {"name": "Delete", "input": {"path": "b.css", "action": "delete"}}],
        {"generated_files": {"### a.css": CSS}, "edits": [GO_EDIT], "delete": ["b.css"]},
        {"file_contents": {"a.css": CSS}, "edits": [{"path": "cmd/main.go", "search_replace": BLOCK}], "delete": ["b.css"]},
        '{"files": {"a.css": "body { margin: 0 }\\n"} "edits": [{"path": "cmd/main.go", "find": "\\"hi\\"", "replace": "\\"ho\\""}]\n"delete": ["b.css"]}',
        {"files": {"a.css": CSS}, "edits": f"cmd/main.go\n```go\n{BLOCK}\n```", "delete": {"b.css": True, "c.css": False}},
    ],
    ids=lambda answer: str(answer)[:40],
)  # fmt: skip
def test_files_edits_and_deletes_by_what_they_do(answer: Any) -> None:
    draft = read(answer)
    assert (draft.files, draft.delete, draft.unread) == ({"a.css": CSS}, ["b.css"], [])
    assert draft.edits == [Edit("cmd/main.go", '"hi"', '"ho"')]


@pytest.mark.parametrize(
    ("answer", "unread"),
    [
        ({"files": {"a.css": CSS}, "rename": [{"from": "b.css", "to": "c.css"}]}, "rename"),
        ({"delete": ["b.css"], "update": {"a.ts": "const a = 1;\nconst b = 2;\n"}}, "update"),
        ({"files": [{"path": "a.css", "content": "", "action": "deleted"}]}, "a.css"),
        ({"files": [{"path": "a.css", "content": "eA==", "encoding": "base64"}]}, "a.css"),
        ({"files": {"a.css": {"content": "x", "code": "y"}}}, "a.css"),
        ({"files": {"a.css": None, "b.css": CSS}}, "a.css"),
        ({"files": [{"path": "a.ts", "template": "react"}]}, "a.ts"),
        ({"path": "a.ts", "new": "const a = 1;\n"}, "a.ts"),
        ({"files": {"a.ts": "--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+b\n"}}, "a.ts"),
        ({"files": {"a.ts": f"{BLOCK}\n"}}, "a.ts"),
        ({"files": [{"path": "a.css", "file": "b.css", "content": CSS}]}, "a.css"),
        ({"files": {"a.css": CSS}, "operations": [{"op": "rename", "from": "b.css", "to": "c.css"}]}, "operations"),
        ({"files": [{"path": "a.css", "content": "H4sI", "encoding": "gzip"}]}, "a.css"),
        ({"summary": "S", "patch": "*** Begin Patch\n*** Update File: a.ts\n@@\n-old\n+new\n*** End Patch"}, "patch"),
        ({"summary": "S", "diff": "--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-old\n+new\n"}, "diff"),
        ({"files": {"docker-compose.yaml": {"services": {}}}}, "docker-compose.yaml"),
    ],
    ids=str,
)
def test_what_was_to_change_and_cannot_be_read_is_named_whatever_else_changed(answer: Any, unread: str) -> None:
    assert read(answer).unread == [unread]


@pytest.mark.parametrize(
    "more",
    [
        {"changes": {"src/App.tsx": "- dark mode\n- fixed (y = 2)"}},
        {"added": {"src/Toggle.tsx": "A toggle for the dark mode"}},
        {"new": ["Dark mode", "A list: all of it"]},
        {"created": ["src/a.ts", "src/b.ts"]},
        {"moved": "The button is on the left."},
        {"actions": [{"type": "shell", "command": "npm i"}]},
        {"update": "Faster: <5 ms"},
        {"file": "src/App.tsx"},
    ],
    ids=str,
)
def test_words_about_changes_are_no_changes(more: dict[str, Any]) -> None:
    draft = read({"files": {"a.css": CSS}, "summary": "S", **more})
    assert (draft.files, draft.edits, draft.delete, draft.unread) == ({"a.css": CSS}, [], [], [])
