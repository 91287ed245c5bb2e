"""Which walks a person means when they ask for a change."""

from __future__ import annotations

import json

import pytest

from builder.projects.walks.spoken_of import spoken_of
from preview_runtime.file_tree import FileTree

ADD, KEEP = "walks/add-book.json", "walks/keep.json"
WALKS = {
    ADD: json.dumps({"title": "A book is added", "steps": [{"see": {"text": "Dune"}}]}),
    KEEP: json.dumps({"title": "Books are kept", "steps": [{"reload": True}]}),
}
BOOKS = FileTree({"src/App.tsx": "export const App = () => <h1>Books</h1>;", **WALKS})
DOG = FileTree({"src/App.tsx": "export const App = () => <h1>Walks with Rex</h1>;", **WALKS})


@pytest.mark.parametrize(
    ("tree", "prompt", "meant"),
    [
        (BOOKS, "Make the buttons green", set()),
        (BOOKS, "A walkthrough for beginners, and a sidewalk in the picture", set()),
        (BOOKS, "Delete all walks", {ADD, KEEP}),
        (BOOKS, "Change the walk so that it expects two books", {ADD, KEEP}),
        (BOOKS, "See what stands in add-book.json", {ADD}),
        (BOOKS, "“Books are kept” should also look at the shelf", {KEEP}),
        (DOG, "Each walk gets a colour", set()),
        (DOG, "Change walks/keep.json", {ADD, KEEP}),
        (DOG, "Forget that a book is added", {ADD}),
        (FileTree({"a.txt": "a"}), "Write walks", set()),
    ],
)
def test_the_walks_that_a_request_speaks_of(tree: FileTree, prompt: str, meant: set[str]) -> None:
    assert spoken_of(tree, prompt) == meant


def test_a_walk_that_is_open_in_the_editor_is_meant() -> None:
    assert spoken_of(BOOKS, "Also check the shelf", KEEP) == {KEEP}
    assert spoken_of(BOOKS, "Also check the shelf", "src/App.tsx") == set()
