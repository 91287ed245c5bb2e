"""A walk is read as it is written; a file that is none says where and why, and is never passed over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.projects.walks.reading import MAX_WALKS, InvalidWalk, read_walk, read_walks
from builder.projects.walks.steps import SeeStep, SelectStep
from builder.projects.walks.walk import Walk, walk_schema
from preview_runtime.file_tree import FileTree

TITLE = {"text": "Dune"}


def walk(*steps: object, **more: object) -> str:
    return json.dumps({"title": "A book is added and stays", "steps": list(steps), **more})


def fault(text: str | None, path: str = "walks/books.json") -> InvalidWalk:
    with pytest.raises(InvalidWalk) as raised:
        read_walk(path, text)
    return raised.value


def test_a_walk_is_read_step_by_step() -> None:
    read = read_walk(
        "walks/books.json",
        walk(
            {"type": "Dune", "into": {"label": "Title"}},
            {"select": "Novel", "of": {"label": "Kind"}},
            {"click": {"role": "button", "name": "Add book", "within": {"role": "form"}}},
            {"see": {"role": "checkbox", "name": "Dune"}, "checked": False},
            {"reload": True},
            {"tab": 2},
            {"see": TITLE, "seconds": 3},
        ),
    )
    assert read.title == "A book is added and stays"
    assert isinstance(read.steps[1], SelectStep)
    assert read.steps[1].of.label == "Kind"
    assert isinstance(read.steps[-1], SeeStep)
    assert read.steps[-1].seconds == 3


def test_what_is_written_from_a_walk_reads_the_same() -> None:
    text = walk({"press": "Control+Shift+z"}, {"not_see": TITLE}, {"viewport": {"width": 390, "height": 844}})
    read = Walk.model_validate_json(text)
    assert json.loads(read.model_dump_json(exclude_none=True)) == json.loads(text)


@pytest.mark.parametrize(
    ("steps", "step", "says"),
    [
        ([{"see": TITLE}, {"clock": 1}], 2, "exactly one thing: click, double_click"),
        ([{"click": TITLE, "see": TITLE}], 1, "exactly one thing"),
        (["click"], 1, "exactly one thing"),
        ([{"type": "Dune"}], 1, "“into” is missing"),
        ([{"click": {"role": "buton"}}], 1, "“click → role”: “buton” is no role"),
        ([{"click": {"role": "button", "text": "Add"}}], 1, "“click” says what it is about by one of"),
        ([{"click": {"name": "Add"}}], 1, "by one of role (with name)"),
        ([{"see": {"text": "a", "within": {}}}], 1, "“see → within” says what it is about"),
        ([{"see": TITLE, "chekced": True}], 1, "“chekced” is not known there"),
        ([{"see": TITLE, "count": 2, "checked": True}], 1, "“count” says how many"),
        ([{"see": {"text": "a", "nth": 0}}], 1, "“see → nth”: "),
        ([{"press": "ctrl a"}], 1, "“ctrl a” is no key"),
        ([{"reload": False}], 1, "“reload”: "),
        ([{"open": "https://example.org"}], 1, "“open”: "),
        ([], 0, "“steps”: "),
    ],
)
def test_a_mistake_says_in_which_step_it_is_and_what_it_is(steps: list[Any], step: int, says: str) -> None:
    found = fault(walk(*steps))
    assert (found.path, found.step) == ("walks/books.json", step)
    assert says in found.message
    assert found.message.startswith(f"Step {step}: ") == (step > 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "This is not valid JSON: "),
        ("[]", "object"),
        ('{"title": "Books"}', "“steps” is missing"),
        (walk({"see": TITLE}, author="Ana"), "“author” is not known there"),
        (None, "a text of at most"),
        ("[" * 200_000, "a text of at most"),
        ("[" * 90_000, "This is not valid JSON: "),
    ],
)
def test_a_file_that_is_no_walk_says_why(text: str | None, says: str) -> None:
    assert says in fault(text).message


def test_nothing_in_the_folder_is_passed_over() -> None:
    good = walk({"see": TITLE})
    files = {
        "index.html": "<p>", "src/walks/app.ts": "", "walks/b.json": good, "walks/a.json": good,
        "walks/c.json": "{}", "walks/more/d.json": good, "walks/notes.md": "# Walks", "walks/e.json": b"\x00\xff",
    }  # fmt: skip
    read = read_walks(FileTree(files))
    assert list(read.walks) == ["walks/a.json", "walks/b.json"]
    assert [one.path for one in read.invalid] == ["walks/c.json", "walks/e.json", "walks/more/d.json", "walks/notes.md"]


def test_there_is_an_end_to_how_many_walks_a_project_has() -> None:
    files = {f"walks/{number:03}.json": walk({"see": TITLE}) for number in range(MAX_WALKS + 1)}
    read = read_walks(FileTree(files))
    assert len(read.walks) == MAX_WALKS
    assert [one.path for one in read.invalid] == [f"walks/{MAX_WALKS:03}.json"]


def test_the_schema_is_closed() -> None:
    schema = walk_schema()
    objects = [schema, *(part for part in schema["$defs"].values() if part.get("type") == "object")]
    assert len(objects) > 15
    assert all(part["additionalProperties"] is False for part in objects)
