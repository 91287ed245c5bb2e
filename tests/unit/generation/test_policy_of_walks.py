"""What an answer may do to the project's walks: what checks an app is neither silently gone nor changed unseen."""

from __future__ import annotations

import json

import pytest

from builder.generation.policy import with_walks
from builder.generation.prompts.request import build_request
from preview_runtime.file_tree import FileTree

PATH = "walks/add.json"
OTHER = "walks/other.json"


def walk(*steps: object) -> str:
    return json.dumps({"title": "A book is added", "steps": list(steps)})


SEES = walk({"click": {"text": "Add"}}, {"see": {"text": "Dune"}})
SEES_OTHER = walk({"click": {"text": "Add"}}, {"see": {"text": "Emma"}})
CLICKS = walk({"click": {"text": "Add"}})
BEFORE = FileTree({"src/App.tsx": "1", PATH: SEES})


@pytest.mark.parametrize("after", [{}, {PATH: SEES_OTHER}, {PATH: "{}"}], ids=["deleted", "changed", "emptied"])
def test_a_walk_that_the_answer_was_not_shown_stays_as_it_is(after: dict[str, str]) -> None:
    kept = with_walks(FileTree({"src/App.tsx": "2", **after}), BEFORE, (), ())
    assert dict(kept) == {"src/App.tsx": "2", PATH: SEES}


@pytest.mark.parametrize(
    ("after", "stays"),
    [({}, SEES), ({PATH: "no walk"}, SEES), ({PATH: CLICKS}, SEES), ({PATH: SEES_OTHER}, SEES_OTHER)],
    ids=["deleted", "no walk", "expects nothing", "expects something else"],
)
def test_a_walk_that_was_shown_may_change_and_still_checks_something(after: dict[str, str], stays: str) -> None:
    assert with_walks(FileTree(after), BEFORE, {PATH}, ())[PATH] == stays


def test_a_walk_that_the_person_spoke_of_may_go_and_new_ones_may_come() -> None:
    assert PATH not in with_walks(FileTree({"src/App.tsx": "2"}), BEFORE, {PATH}, {PATH})
    assert with_walks(FileTree({PATH: SEES, OTHER: SEES_OTHER}), BEFORE, (), ())[OTHER] == SEES_OTHER


def test_a_model_reads_the_walks_that_it_may_see_and_hears_of_no_other() -> None:
    tree = FileTree({"src/App.tsx": "1", PATH: SEES, OTHER: SEES_OTHER})
    assert "walks/" not in build_request("Make it green", tree).user
    asked = build_request("Make it green", tree, walks={PATH}).user
    assert PATH in asked
    assert OTHER not in asked
    large = FileTree({f"src/part{number}.ts": "export const a = 1;\n" * 2_000 for number in range(20)} | dict(tree))
    request = build_request("Make it green", large)
    assert request.tools
    assert not any(path.startswith("walks/") for path in (*request.tools.tree, *request.others))
    assert "walks/" not in request.user
