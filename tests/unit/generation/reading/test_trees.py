"""Files given as a tree of folders, each with a name and what is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.generation.streams import same_however_cut

APP, CSS = "const a = 1;\nexport default a;\n", "p { color: red }\n"
TWO = {"src/App.tsx": APP, "style.css": CSS}
STYLE = {"name": "style.css", "content": CSS}
SRC = {"name": "src", "children": [{"name": "App.tsx", "content": APP}]}
TYPED = {"type": "directory", "name": "src", "contents": [{"type": "file", "name": "App.tsx", "content": APP}]}
BY_PATH = {"name": "src", "path": "src", "children": [{"name": "App.tsx", "path": "src/App.tsx", "content": APP}]}
PROJECT = {"name": "my-app", "children": [SRC, STYLE]}

TREES: dict[str, Any] = {
    "folders in the list": {"files": [SRC, STYLE]},
    "what is in it before its name": {"files": [{"children": SRC["children"], "name": "src"}, STYLE]},
    "files by name": {"files": [{"name": "src", "children": {"App.tsx": APP}}, STYLE]},
    "a list that is called contents": {"files": [TYPED, STYLE]},
    "paths as well as names": {"files": [BY_PATH, STYLE]},
    "empty lists at files": {"files": [SRC, {**STYLE, "children": []}]},
    "the project as the files": {"files": PROJECT},
    "the project in the list": {"files": [{"name": "root", "children": [SRC, STYLE]}]},
    "the project without a name": {"files": {"name": "/", "type": "directory", "children": [SRC, STYLE]}},
    "the project under another name": {"title": "T", "tree": PROJECT},
    "a list under another name": {"title": "T", "tree": [SRC, STYLE]},
    "the project in an object": {"root": {"name": "root", "children": [SRC, STYLE]}},
    "the document itself": PROJECT,
    "the document itself, with types": {**PROJECT, "type": "folder"},
    "the document is the list": [SRC, STYLE],
    "as the command prints it": [{"type": "directory", "name": ".", "contents": [TYPED, STYLE]}],
}


@pytest.mark.parametrize("answer", TREES.values(), ids=TREES)
def test_a_tree_of_folders_is_its_files(answer: Any) -> None:
    draft = same_however_cut(json.dumps(answer))
    assert (draft.files, draft.unread) == (TWO, [])


def test_a_folder_that_may_be_the_projects_own_or_not_stays_in_the_path() -> None:
    draft = same_however_cut(json.dumps({"files": {"name": "client", "children": [STYLE]}}))
    assert draft.files == {"client/style.css": CSS}


def test_a_file_that_cannot_be_read_in_a_tree_is_named() -> None:
    draft = same_however_cut(json.dumps({"files": {**PROJECT, "children": [SRC, {"name": "style.css", "content": 5}]}}))
    assert draft.unread == ["style.css"]
