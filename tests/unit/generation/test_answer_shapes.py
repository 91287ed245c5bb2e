"""The right content in another shape: what can only mean one thing is taken, the rest is named."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.generation.draft import Draft, Edit
from builder.generation.file_tree_stream import FileTreeStream, MalformedTree
from builder.generation.models.draft_schema import DRAFT_SCHEMA
from tests.unit.generation.streams import events_of, same_however_cut

APP, CSS, PACKAGE = "const a = '\\d';\nexport default a;\n", "p { color: red }\n", '{"name": "x"}'
TWO = {"src/App.tsx": APP, "style.css": CSS}
EDIT = Edit("a.ts", "old line", "new\nline")


def draft_of(text: str) -> Draft:
    draft = same_however_cut(text)
    assert draft.notes or not (draft.files or draft.edits or draft.delete or draft.unread)
    return draft


FILES: dict[str, Any] = {
    "list of path and content": [{"path": "src/App.tsx", "content": APP}, {"path": "style.css", "content": CSS}],
    "content before path": [{"content": APP, "path": "src/App.tsx"}, {"content": CSS, "path": "style.css"}],
    "name and code": [{"name": "src/App.tsx", "code": APP}, {"name": "style.css", "code": CSS}],
    "filename and text": [{"filename": "src/App.tsx", "text": APP}, {"filename": "style.css", "text": CSS}],
    "file_path and file_content": [
        {"file_path": "src/App.tsx", "file_content": APP},
        {"file_path": "style.css", "file_content": CSS},
    ],
    "filePath and contents": [{"filePath": "src/App.tsx", "contents": APP}, {"filePath": "style.css", "contents": CSS}],
    "file, language and body": [
        {"file": "src/App.tsx", "language": "tsx", "body": APP},
        {"file": "style.css", "language": "css", "body": CSS},
    ],
    "folder and name": [
        {"path": "src/", "name": "App.tsx", "content": APP},
        {"directory": ".", "filename": "style.css", "content": CSS},
    ],
    "entries that say what they are": [
        {"type": "file", "action": "create", "path": "src/App.tsx", "content": APP},
        {"type": "file", "action": "modify", "path": "style.css", "content": CSS},
    ],
    "a list of maps": [{"src/App.tsx": APP}, {"style.css": CSS}],
    "a list of pairs": [["src/App.tsx", APP], ["style.css", CSS]],
    "entries with lines": [
        {"path": "src/App.tsx", "content": APP.split("\n")},
        {"path": "style.css", "lines": [CSS]},
    ],
    "a tree of children": [
        {"name": "src", "type": "directory", "children": [{"name": "App.tsx", "type": "file", "content": APP}]},
        {"name": "style.css", "type": "file", "content": CSS},
    ],
    "entries in an object each": [
        {"file": {"path": "src/App.tsx", "content": APP}},
        {"file": {"path": "style.css", "content": CSS}},
    ],
    "a string of JSON": json.dumps(TWO),
    "a string of a list": json.dumps([{"path": path, "content": text} for path, text in TWO.items()]),
    "a string twice": json.dumps(json.dumps(TWO)),
    "files in files": {"files": TWO},
    "a list in files": {"files": [{"path": path, "content": text} for path, text in TWO.items()]},
    "files in a list": [{"files": TWO}],
    "a list in a list": [[{"path": path, "content": text} for path, text in TWO.items()]],
    "strings in a list": [json.dumps({"path": path, "content": text}) for path, text in TWO.items()],
    "numbers": {str(at): {"path": path, "content": text} for at, (path, text) in enumerate(TWO.items())},
    "a fenced string": f"```json\n{json.dumps(TWO)}\n```",
    "content": {path: {"content": text} for path, text in TWO.items()},
    "code": {path: {"language": "tsx", "code": text} for path, text in TWO.items()},
    "text and path again": {path: {"path": path, "text": text} for path, text in TWO.items()},
    "lines": {path: text.split("\n") for path, text in TWO.items()},
    "lines with their ends": {path: text.splitlines(keepends=True) for path, text in TWO.items()},
    "content as lines": {path: {"content": text.split("\n")} for path, text in TWO.items()},
    "folders": {"src": {"App.tsx": APP}, "style.css": CSS},
    "folders with files as objects": {"src": {"App.tsx": {"content": APP}}, "style.css": {"content": CSS}},
    "folders with a slash": {"src/": {"App.tsx": APP}, "./": {"style.css": CSS}},
    "a container's file system": {
        "src": {"directory": {"App.tsx": {"file": {"contents": APP}}}},
        "style.css": {"file": {"contents": CSS}},
    },
    "labels": {
        "main": {"path": "src/App.tsx", "content": APP},
        "styles": {"path": "style.css", "content": CSS},
    },
    "folders with lists": {"src": [{"name": "App.tsx", "content": APP}], "style.css": CSS},
}


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_files_in_another_shape_are_files(files: Any) -> None:
    for field in ("files", "Files", "file_tree"):
        draft = draft_of(json.dumps({"title": "T", field: files, "stack": ["react"]}, ensure_ascii=False))
        assert draft.files == TWO
        assert (draft.unread, draft.title, draft.stack) == ([], "T", ["react"])


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"path": "a.ts", "content": "x"}, {"a.ts": "x"}),
        ({"filename": "a.ts", "language": "ts", "code": "x"}, {"a.ts": "x"}),
        ({"content": "x", "path": "a.ts"}, {"a.ts": "x"}),
        ({"language": "ts", "path": "./a.ts", "content": ["x", "y"]}, {"a.ts": "x\ny"}),
        ({"path": "a path is text too"}, {"path": "a path is text too"}),
        ({"text": "x", "a.ts": "y"}, {"text": "x", "a.ts": "y"}),
        ({"src/": "", "src/a.ts": "x", "b/": None}, {"src/a.ts": "x"}),
        ([{"path": "src", "type": "directory"}, {"path": "src/a.ts", "content": "x"}, {}, None], {"src/a.ts": "x"}),
        ([{"path": "a.ts", "content": {"code": "x"}}], {"a.ts": "x"}),
        ([{"op": "add", "path": "/src/a.ts", "value": "x"}], {"src/a.ts": "x"}),
        ("none", {}),
        ({"files": {"a.ts": "x"}, "b.ts": "y"}, {"files/a.ts": "x", "b.ts": "y"}),
        ({"a.ts": "x", "files": {"b.ts": "y"}}, {"files/b.ts": "y", "a.ts": "x"}),
        ({"Dockerfile": {"content": "FROM x"}}, {"Dockerfile": "FROM x"}),
        ({"a": {"b": {"c": {"d.ts": "deep"}, "e.ts": "e"}}, "f.ts": "f"}, {"a/b/c/d.ts": "deep", "a/b/e.ts": "e", "f.ts": "f"}),
        ({"src": {"LICENSE.old": "1", "a.ts": "x", "b": {"c.ts": "y"}}}, {"src/LICENSE.old": "1", "src/a.ts": "x", "src/b/c.ts": "y"}),
        ({"a.ts": ["one line"]}, {"a.ts": "one line"}),
        ({"a.ts": ["a\n", "b"]}, {"a.ts": "a\nb"}),
        ({"a.ts": ["", ""]}, {"a.ts": "\n"}),
        ({"a.txt": {"content": ""}}, {"a.txt": ""}),
        (None, {}),
        ("", {}),
        ([], {}),
    ],
)  # fmt: skip
def test_single_files_and_folders(files: Any, expected: dict[str, str]) -> None:
    draft = same_however_cut(json.dumps({"title": "T", "files": files}))
    assert (draft.files, draft.unread) == (expected, [])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("package.json", {"name": "x", "files": ["dist"], "scripts": {"start": "vite"}}),
        ("package.json", {"files": {"a.ts": "x"}, "version": "1.0.0"}),
        ("tsconfig.json", {"files": ["a.ts"], "compilerOptions": {}}),
        ("manifest.json", {"content": "hello", "name": "x"}),
        ("public/manifest.webmanifest", {"text": "hello"}),
        ("data.json", {"content": ["one", "two"], "path": "a.ts"}),
        ("data.json", ["one", "two"]),
        ("data.json", [{"path": "a.ts", "content": "x"}]),
        ("data.json", [1, None, True, [], {}]),
        (".eslintrc", {"rules": {"semi": ["error", "always"]}}),
        ("src/a/strings.json", {"index.html": "Home", "app.tsx": "App"}),
        ("data.json", {"nul": "\0", "é": "\u2028", 'q"': "\\d"}),
    ],
)
def test_a_json_file_given_as_json_is_that_json(path: str, value: Any) -> None:
    for files in ({path: value}, [{"path": path, "content": value}]):
        draft = draft_of(json.dumps({"files": files}))
        assert draft.files == {path: json.dumps(value, indent=2, ensure_ascii=False) + "\n"}
        assert not draft.unread


@pytest.mark.parametrize(
    "value",
    [{"content": PACKAGE}, {"code": PACKAGE, "language": "json"}, PACKAGE, [PACKAGE], ['{"name":', ' "x"}']],
    ids=str,
)
def test_a_json_file_in_the_shape_of_a_text_file_is_its_text(value: Any) -> None:
    draft = same_however_cut(json.dumps({"files": {"package.json": value, "a.ts": {"content": "x"}}}))
    assert json.loads(draft.files["package.json"]) == {"name": "x"}


@pytest.mark.parametrize(
    "number",
    ["9007199254740993", "-9007199254740993", "123456789012345678901234567890", "1.0", "1e400", "-0", "0.1000", "1E5", "1e-7"],
)  # fmt: skip
def test_numbers_in_a_json_file_stay_as_they_were_written(number: str) -> None:
    draft = same_however_cut(f'{{"files": {{"data.json": {{"n": {number}, "l": [{number}]}}}}}}')
    assert draft.files["data.json"] == f'{{\n  "n": {number},\n  "l": [\n    {number}\n  ]\n}}\n'


FIND = {"find": "old line", "replace": "new\nline"}
EDITS: dict[str, Any] = {
    "one object": {"path": "a.ts", **FIND},
    "by path": {"a.ts": FIND},
    "a list by path": {"a.ts": [FIND]},
    "old_string and new_string": [{"path": "a.ts", "old_string": "old line", "new_string": "new\nline"}],
    "file_path, old_str and new_str": [{"file_path": "a.ts", "old_str": "old line", "new_str": "new\nline"}],
    "oldString and newString": [{"filePath": "a.ts", "oldString": "old line", "newString": "new\nline"}],
    "search and replace": [{"file": "a.ts", "search": "old line", "replace": "new\nline"}],
    "old and new": [{"filename": "a.ts", "old": "old line", "new": "new\nline"}],
    "before and after": [{"path": "a.ts", "before": "old line", "after": "new\nline"}],
    "find and replace_with": [{"path": "a.ts", "find": "old line", "replace_with": "new\nline"}],
    "original and updated": [{"path": "a.ts", "original": "old line", "updated": "new\nline"}],
    "from and to": [{"path": "a.ts", "from": "old line", "to": "new\nline"}],
    "lines": [{"path": "a.ts", "find": ["old line"], "replace": ["new", "line"]}],
    "edits in edits": [{"path": "a.ts", "edits": [FIND]}],
    "changes of a file": [{"file": "a.ts", "changes": [{"search": "old line", "replace": "new\nline"}]}],
    "an edit in an object": [{"path": "a.ts", "edit": FIND}],
    "edits in an object": {"edits": [{"path": "a.ts", **FIND}]},
    "a list of maps": [{"a.ts": FIND}],
    "numbers": {"0": {"path": "a.ts", **FIND}},
    "a list in a list": [[{"path": "a.ts", **FIND}]],
    "strings in a list": [json.dumps({"path": "a.ts", **FIND})],
    "a string twice": json.dumps(json.dumps([{"path": "a.ts", **FIND}])),
    "a triple": ["a.ts", "old line", "new\nline"],
    "a list of triples": [["a.ts", "old line", "new\nline"]],
    "with an empty one": [{"path": "", "find": "", "replace": ""}, {"path": "a.ts", **FIND}, {}],
    "a string of JSON": json.dumps([{"path": "a.ts", **FIND}]),
    "a string of one object": json.dumps({"path": "a.ts", **FIND}),
    "with more about it": [{"path": "./a.ts", "action": "replace", "reason": "as asked", **FIND}],
}


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS)
def test_edits_in_another_shape_are_edits(edits: Any) -> None:
    draft = draft_of(json.dumps({"summary": "S", "edits": edits}))
    assert (draft.edits, draft.unread, draft.files, draft.summary) == ([EDIT], [], {}, "S")


@pytest.mark.parametrize("name", [".gitignore", "no.ts", "empty.css", "old", "Dockerfile"])
def test_any_name_can_be_deleted(name: str) -> None:
    for delete in (name, [name], {"path": name}):
        assert same_however_cut(json.dumps({"delete": delete})).delete == [name]


def test_flat_triples_are_edits() -> None:
    draft = draft_of(json.dumps({"edits": ["a.ts", "1", "2", "b.ts", "3", "4"]}))
    assert draft.edits == [Edit("a.ts", "1", "2"), Edit("b.ts", "3", "4")]


@pytest.mark.parametrize(
    "answer",
    [
        {"summary": "S", "path": "a.ts", **FIND},
        {"file_path": "a.ts", "old_string": "old line", "new_string": "new\nline"},
        [{"path": "a.ts", **FIND}],
        {"files": {"a.ts": FIND}},
        {"files": {"a.ts": [FIND]}},
        {"files": [{"path": "a.ts", **FIND}]},
        {"files": {"a.ts": {"edits": [FIND]}}},
        {"summary": "S", "changes": [{"path": "a.ts", **FIND}]},
        {"summary": "S", "patches": {"a.ts": [FIND]}},
        {"files": {}, "modifications": [{"file": "a.ts", **FIND}]},
    ],
    ids=json.dumps,
)
def test_edits_in_another_place_are_edits(answer: Any) -> None:
    draft = draft_of(json.dumps(answer))
    assert (draft.edits, draft.unread, draft.files) == ([EDIT], [], {})


DELETES: list[Any] = [
    ["src/a.ts", "b.css"],
    "src/a.ts\nb.css",
    "src/a.ts, b.css",
    ["src/a.ts", "", "b.css"],
    [{"path": "src/a.ts"}, {"path": "b.css"}],
    [{"file": "./src/a.ts", "reason": "unused"}, "/b.css"],
    {"src/a.ts": True, "b.css": "unused"},
    {"src/a.ts": None, "b.css": None},
    {"files": ["src/a.ts", "b.css"]},
    {"path": ["src/a.ts", "b.css"]},
    {"paths": ["src\\a.ts", "b.css"]},
    '["src/a.ts", "b.css"]',
]


@pytest.mark.parametrize("delete", DELETES, ids=json.dumps)
def test_deletes_in_another_shape_are_deletes(delete: Any) -> None:
    for field in ("delete", "deleted_files", "deletions"):
        draft = same_however_cut(json.dumps({"summary": "S", field: delete}))
        assert (draft.delete, draft.unread, draft.summary) == (["src/a.ts", "b.css"], [], "S")


@pytest.mark.parametrize(
    "answer",
    [
        {"delete": "src/a.ts"},
        {"delete": {"path": "src/a.ts"}},
        {"files": [{"path": "src/a.ts", "action": "delete"}]},
        {"files": {"src/a.ts": {"deleted": True}}},
        {"edits": [{"path": "src/a.ts", "operation": "delete"}]},
        {"removed": ["src/a.ts"]},
        {"delete": "./src/a.ts"},
    ],
    ids=json.dumps,
)
def test_one_file_is_deleted(answer: Any) -> None:
    draft = draft_of(json.dumps(answer))
    assert (draft.delete, draft.unread, draft.files) == (["src/a.ts"], [], {})


INNER = {"title": "T", "summary": "S", "files": TWO}
WRAPPED: dict[str, Any] = {
    "draft": {"draft": INNER},
    "result": {"status": "ok", "result": INNER},
    "twice": {"response": {"draft": INNER}},
    "an own name": {"my_todo_app": INNER},
    "after a title": {"title": "T", "app": INNER},
    "a list of one": [INNER],
    "a list of one in an object": {"results": [INNER]},
    "the tool's name": {"write_app": INNER},
    "a tool call": {"name": "write_app", "arguments": INNER},
    "a tool call with a string": {"name": "write_app", "arguments": json.dumps(INNER)},
    "a function call": {"type": "function", "function": {"name": "write_app", "arguments": json.dumps(INNER)}},
    "a list of calls": {"tool_calls": [{"id": "1", "function": {"name": "write_app", "arguments": json.dumps(INNER)}}]},
    "a tool's use": {"type": "tool_use", "name": "write_app", "input": INNER},
    "parameters": {"tool": "write_app", "parameters": INNER},
    "a message": {"role": "assistant", "content": json.dumps(INNER)},
    "a fenced string": {"answer": f"```json\n{json.dumps(INNER)}\n```"},
    "a string": json.dumps(INNER),
    "two documents in a list": [{"title": "T", "summary": "S"}, {"files": TWO}],
    "the schema filled in": {"type": "object", "properties": INNER},
}


@pytest.mark.parametrize("answer", WRAPPED.values(), ids=WRAPPED)
def test_a_document_inside_something_else_is_the_document(answer: Any) -> None:
    draft = same_however_cut(json.dumps(answer))
    assert (draft.files, draft.unread, draft.title, draft.summary) == (TWO, [], "T", "S")


@pytest.mark.parametrize(
    "answer",
    [
        TWO,
        {"title": "T", **TWO},
        [{"path": path, "content": text} for path, text in TWO.items()],
        {"title": "T", "src": {"App.tsx": APP}, "style.css": CSS},
        {"files": {"src/App.tsx": APP}, "style.css": CSS},
        {"title": "T", "code": [{"path": path, "content": text} for path, text in TWO.items()]},
        [{"files": {"src/App.tsx": APP}}, {"files": {"style.css": CSS}}],
    ],
    ids=lambda answer: json.dumps(answer)[:60],
)
def test_files_beside_the_field_for_them_are_files(answer: Any) -> None:
    draft = same_however_cut(json.dumps(answer))
    assert (draft.files, draft.unread) == (TWO, [])


@pytest.mark.parametrize(
    "text",
    [
        f"{{}}{json.dumps(INNER)}",
        f'{{"title": "A"}}\n\n{json.dumps(INNER)}',
        f'{{"title": "A", "files": {{}}}},\n{json.dumps(INNER)}',
        f'{{"title": "T", "summary": "S", "files": {json.dumps({"src/App.tsx": APP})}}}\n{json.dumps({"files": {"style.css": CSS}})}',
    ],
)
def test_what_follows_an_empty_document_is_the_document(text: str) -> None:
    draft = same_however_cut(text)
    assert (draft.files, draft.unread, draft.title, draft.summary) == (TWO, [], "T", "S")


def test_two_documents_in_different_places_are_not_chosen_between() -> None:
    draft = same_however_cut(json.dumps({"before": INNER, "after": INNER}))
    assert not draft.files
    assert draft.unread


def test_what_stands_beside_a_draft_that_says_something_is_no_draft() -> None:
    answer = {"title": "T", "note": {"files": {"b.ts": "x"}}, "files": {"a.ts": "x"}, "changes": ["Dark mode."]}
    draft = same_however_cut(json.dumps(answer))
    assert (draft.files, draft.unread, draft.notes) == ({"a.ts": "x"}, [], [])


@pytest.mark.parametrize(
    ("answer", "unread"),
    [
        ({"files": {"a.ts": None}}, ["a.ts"]),
        ({"files": {"a.ts": 5, "b.ts": "x"}}, ["a.ts"]),
        ({"files": ["a.ts", "b.ts"]}, ["files", "files"]),
        ({"files": "see above"}, ["files"]),
        ({"files": 5}, ["files"]),
        ({"files": {"a.ts": {"description": "the app"}}}, ["a.ts"]),
        ({"files": {"a.ts": {"content": "x", "code": "y"}}}, ["a.ts"]),
        ({"files": {"a.ts": {"content": "eA==", "encoding": "base64"}}}, ["a.ts"]),
        ({"files": {"a.ts": {"encoding": "base64", "content": "eA=="}}}, ["a.ts"]),
        ({"files": {"a.ts": [1, 2]}}, ["a.ts"]),
        ({"files": {"src": {"a": 5}}}, ["src"]),
        ({"files": [{"path": "a.ts"}]}, ["a.ts"]),
        ({"files": [{"content": "x"}]}, ["files"]),
        ({"files": [{"filename": "a.ts", "content": "x", "path": "src/a.ts"}]}, ["a.ts"]),
        ({"files": [{"path": "a.ts", "content": "x", "action": "delete"}]}, ["a.ts"]),
        ({"edits": "see above"}, ["edits"]),
        ({"edits": [{"path": "a.ts", "find": "x"}]}, ["a.ts"]),
        ({"edits": [{"path": "a.ts", "replace": "x"}]}, ["a.ts"]),
        ({"edits": [{"find": "x", "replace": "y"}]}, ["edits"]),
        ({"edits": [{"path": "a.ts", "content": "x"}]}, ["a.ts"]),
        ({"edits": [{"path": "a.ts", "diff": "@@ -1 +1 @@"}]}, ["a.ts"]),
        ({"edits": {"a.ts": "the whole file?"}}, ["a.ts"]),
        ({"edits": [{"path": "a.ts", "line": 5, "text": "x"}]}, ["a.ts"]),
        ({"edits": ["Make the button blue."]}, ["edits"]),
        ({"delete": [5]}, ["delete"]),
        ({"delete": True}, ["delete"]),
        ({"summary": "Done.", "html": "<!doctype html><p>Hi</p>"}, ["html"]),
        ({"summary": "Done.", "component": {"code": "const a = 1;\nlet b;"}}, ["component"]),
        ({"widgets": {"a.ts": "x"}}, ["widgets"]),
    ],
    ids=str,
)
def test_what_can_mean_two_things_is_named(answer: Any, unread: list[str]) -> None:
    draft = draft_of(json.dumps(answer))
    assert draft.unread == unread
    assert any(unread[0] in note for note in draft.notes)


@pytest.mark.parametrize(
    "answer",
    [{"summary": "It counts sheep."}, {"summary": "S", "thoughts": "I will\nnot."}, {"title": "T", "suggestions": ["Dark mode"]},
     {"summary": "S", "confidence": 0.9, "meta": {"model": "x"}}, {"files": {}, "edits": [], "delete": []},
     {"files": "none", "edits": "No edits.", "delete": "N/A"}, {"files": " ", "edits": "Nothing to change: all is well", "delete": "-"},
     {"removed": ["The sidebar?"], "changes": ["Dark mode", "Bigger: all"], "updates": "More."}, {"edits": [{"path": "", "find": "", "replace": ""}], "delete": [""]}],
)  # fmt: skip
def test_words_beside_an_answer_that_changes_nothing_are_words(answer: Any) -> None:
    draft = same_however_cut(json.dumps(answer))
    assert draft.empty
    assert not draft.unread


def test_a_document_that_is_an_edit_as_well_is_both() -> None:
    draft = draft_of(json.dumps({"files": {"b.ts": "x"}, "path": "a.ts", **FIND}))
    assert (draft.files, draft.edits) == ({"b.ts": "x"}, [EDIT])
    told = same_however_cut(json.dumps({"files": {"b.ts": "x"}, "file": "b.ts", "text": "The main file."}))
    assert told.files == {"b.ts": "x"}


NAMES = st.lists(st.sampled_from(["a", "src", "content", "lib", "path"]), max_size=2).map("/".join)
PATHS = (
    st.tuples(NAMES, st.sampled_from(["a.ts", "b.css", "Dockerfile", "index.html"]))
    .map("/".join)
    .map(lambda path: path.lstrip("/"))
)
SHAPES = st.sampled_from(["path content", "content path", "filename code", "text", "content", "lines"])


def shaped(path: str, text: str, shape: str) -> tuple[dict[str, Any], Any]:
    """An entry of a list, and a value of a map, for the file."""
    if shape == "content path":
        return {"content": text, "path": path}, {"content": text}
    if shape == "lines":
        return {"file_path": path, "lines": [text]}, [text]
    name, _, field = shape.rpartition(" ")
    return {name or "path": path, field: text}, {field: text} if name else text


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(PATHS, st.tuples(st.text(max_size=30), SHAPES), max_size=4),
    st.sampled_from(["list", "map", "string", "root"]),
    st.data(),
)
def test_any_mixture_of_shapes_is_the_same_files(
    files: dict[str, tuple[str, str]], whole: str, data: st.DataObject
) -> None:
    both = {path: shaped(path, text, shape) for path, (text, shape) in files.items()}
    entries, mapped = [entry for entry, _ in both.values()], {path: value for path, (_, value) in both.items()}
    value: Any = entries if whole == "list" else mapped
    answer = {"files": json.dumps(value) if whole == "string" else value} if whole != "root" else mapped
    text = json.dumps(answer, ensure_ascii=data.draw(st.booleans()))
    cuts = sorted({0, len(text), *data.draw(st.sets(st.integers(0, len(text)), max_size=8))})
    stream = FileTreeStream()
    for start, end in pairwise(cuts):
        stream.feed(text[start:end])
    draft = stream.close()
    assert (draft.files, draft.unread) == ({path: text for path, (text, _) in files.items()}, [])


def test_the_schema_given_back_is_no_app() -> None:
    assert not same_however_cut(json.dumps(DRAFT_SCHEMA)).files


@pytest.mark.parametrize("text", ["[]", "[1]", '["a"]', "[[]]", '"hello"', '"[1]"', "5", "null", '[{"a": 1}, 2]'])
def test_what_is_no_document_at_all_is_malformed_from_its_beginning(text: str) -> None:
    with pytest.raises(MalformedTree) as caught:
        events_of(FileTreeStream(), [text])
    assert (caught.value.offset, caught.value.message) == (0, "This is not a JSON object")


@pytest.mark.parametrize(
    ("before", "path"),
    [
        ('{"files": [{"path": "src/a.ts", "content": "', "src/a.ts"),
        ('{"files": {"src/a.ts": {"content": "', "src/a.ts"),
        ('{"files": {"src": {"deep": {"a.ts": "', "src/deep/a.ts"),
        ('{"draft": {"files": {"./a.ts": "', "a.ts"),
        ('[{"title": "T", "files": {"a.ts": "', "a.ts"),
        ('{"a.ts": "', "a.ts"),
        ('{}{"files": {"a.ts": "', "a.ts"),
    ],
)
def test_the_usual_other_shapes_are_seen_while_they_arrive(before: str, path: str) -> None:
    stream = FileTreeStream()
    stream.feed(before)
    assert stream.open_path == path
    [event] = stream.feed("x")
    assert (event.path, event.text) == (path, "x")  # type: ignore[union-attr]
    assert stream.partial().files == {path: "x"}
