"""Answers with files, edits and deletes, cut anywhere and gone on with in any way: what is told as whole is whole."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from builder.generation.assembly import Assembly
from builder.generation.draft import Draft, Edit
from builder.generation.file_tree_stream import MalformedTree, TruncatedTree

SQL = "".join(f"insert into t values ({number % 3}, 'x');\n" for number in range(40))
RUST = (
    "fn main() {\n"
    + "".join(f'    let a{number} = {number};\n    println!("{{}}", a{number});\n' for number in range(14))
    + "}\n"
)
EDITS = [
    {"path": "x.ts", "find": "old one", "replace": "new\n"},
    {"path": "x.ts", "find": "two", "replace": 'a "b"'},
    {"path": "y.ts", "find": "3", "replace": ""},
]
ANSWERS: dict[str, dict[str, Any]] = {
    "files": {
        "title": "T",
        "files": {"a.sql": SQL, "b.rs": RUST, "one.css": "a{b:c}" * 120, "c.svelte": "<b>\n  {n}\n</b>\n" * 30},
    },
    "edits": {"summary": "S", "edits": EDITS, "delete": ["q.ts", "r.ts"]},
    "all": {
        "title": "T",
        "files": {"a.sql": SQL[:900], "e.txt": "short"},
        "edits": EDITS[:1],
        "delete": ["q.ts"],
        "run": {"start": "npm start"},
    },
    "deletes first": {"delete": ["q.ts"], "edits": EDITS, "files": {"b.rs": RUST}},
    "a list": {"files": [{"path": "a.sql", "content": SQL}, {"path": "b.rs", "content": RUST}]},
    "folders": {"files": {"a.sql": {"content": SQL}, "src": {"b.rs": RUST, "c": {"d.txt": "x\n" * 300}}}},
}


def read(assembly: Assembly, text: str, dice: random.Random) -> Draft | None:
    """The Draft after one more attempt, None where it is not whole."""
    size = dice.choice([3, 7, 20, len(text)])
    assembly.begin()
    try:
        for at in range(0, len(text), size):
            assembly.feed(text[at : at + size])
        return assembly.finish()
    except (MalformedTree, TruncatedTree):
        return None


def as_asked(assembly: Assembly, whole: Draft) -> dict[str, Any]:
    """What is missing, as the prompt asks for it."""
    files, join = {}, assembly.join
    if join:
        files[join.path] = join.begin + whole.files[join.path][len(join.kept) :]
    for path, text in whole.files.items():
        if not (path in assembly.files and assembly.files[path].closed) and path not in files:
            files[path] = text
    known = assembly.fields.edits
    edits = [{"path": e.path, "find": e.find, "replace": e.replace} for e in whole.edits if e not in known]
    gone = [path for path in whole.delete if path not in assembly.fields.delete]
    return {"title": "T", "files": files, "edits": edits, "delete": gone}


def ways(answer: str, cut: int, asked: dict[str, Any], assembly: Assembly, whole: Draft) -> Iterator[tuple[str, str]]:
    """(how, what) models send instead; each brings all that is missing, or shows that something is."""
    yield "as asked", json.dumps(asked)
    yield "after an apology, in a fence", f"Sorry, I was cut off.\n```json\n{json.dumps(asked)}\n```"
    yield "the whole once more", answer
    yield "nothing", "{}"
    yield "the rest of the text", answer[cut:]
    yield "the rest of the text, with a repeat", answer[max(0, cut - 30) :]
    open_file = assembly.open_file
    if open_file is None:
        return
    path, have = open_file.path, len(open_file.text)
    text = whole.files[path]
    others = {name: inside for name, inside in asked["files"].items() if name != path}
    rests = {f"{again} characters again": text[max(0, have - again) :] for again in (0, 1, 5, 16, 40, 120, 300, 600)}
    rests |= {"the line again": text[text.rfind("\n", 0, have) + 1 :], "an empty rest": ""}
    rests |= {"a remark first": f"// Sorry, going on\n{text[have:]}", "a fence first": f"```\n{text[have:]}\n```"}
    if join := assembly.join:
        rests |= {"the mark and nothing": join.begin, "only the mark": f"{join.mark}\n{text[len(join.kept) :]}"}
    for how, rest in rests.items():
        yield how, json.dumps({**asked, "files": {path: rest, **others}})
    yield "left out", json.dumps({**asked, "files": others})
    tail = text[max(0, have - 20) : have] or "x"
    edits = [*asked["edits"], {"path": path, "find": tail, "replace": tail + text[have:]}]
    yield "as an edit", json.dumps({**asked, "files": others, "edits": edits})


def goes_on_as_it_began(assembly: Assembly, whole: Draft) -> bool:
    """Whether the rest of the open file may begin with all of it that arrived: then nothing tells it from the whole."""
    assert assembly.open_file is not None
    arrived = assembly.open_file.text
    return arrived in whole.files[assembly.open_file.path][1:]


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_told_as_whole_is_whole(name: str) -> None:
    dice, answer = random.Random(name), json.dumps(ANSWERS[name])
    whole = read(Assembly(), answer, dice)
    assert whole is not None

    def same(draft: Draft) -> bool:
        known = (whole.files, sorted(map(str, whole.edits)), sorted(whole.delete), [])
        return (draft.files, sorted(map(str, draft.edits)), sorted(draft.delete), draft.unread) == known

    for cut in sorted(dice.sample(range(60, len(answer) - 3), min(20, len(answer) - 63))):
        first = Assembly()
        assert read(first, answer[:cut], dice) is None
        if first.empty or (first.open_file and not first.join and goes_on_as_it_began(first, whole)):
            continue
        for how, sent in ways(answer, cut, as_asked(first, whole), first, whole):
            assembly = Assembly()
            read(assembly, answer[:cut], dice)
            draft = read(assembly, sent, dice)
            for _ in range(2):  # what was not proven is asked for once more, and whole
                draft = draft or read(assembly, json.dumps(as_asked(assembly, whole)), dice)
            assert draft is not None, (how, cut)
            assert same(draft), (how, cut)


@pytest.mark.parametrize(
    ("cut", "goes_on", "whole"),
    [
        ('{"files": {"a.ts": "x"}, "edits": [{"path": "b.ts", "find": "1', {"title": "T"}, False),
        ('{"files": {"a.ts": "x"}, "edits": [{"path": "b.ts", "find": "1', {"delete": ["c.ts"]}, False),
        ('{"files": {"a.ts": "x"}, "edits": [{"path": "b.ts", "find": "1', {"files": {"b.ts": "y"}}, True),
        ('{"files": {"a.ts": "x"}, "edits": [{"pa', {"title": "T", "summary": "S"}, False),
        ('{"files": {"a.ts": "x"}, "delete": ["c.', {"title": "T", "summary": "S"}, False),
        ('{"files": {"a.ts": "x", "b.', {"title": "T", "summary": "S"}, False),
        ('{"files": {"a.ts": "x"}, "edits": ', {"title": "T", "summary": "S"}, False),
        ('{"files": {"a.ts": "x"}, "summary": "S', {"title": "T", "summary": "S"}, True),
        ('{"files": {"a.ts": "x"}', {"title": "T", "summary": "S"}, True),
    ],
)
def test_a_change_that_broke_off_has_to_come(cut: str, goes_on: dict[str, Any], whole: bool) -> None:
    assembly, dice = Assembly(), random.Random(1)
    assert read(assembly, cut, dice) is None
    assert (read(assembly, json.dumps(goes_on), dice) is not None) is whole


def test_a_file_that_begins_as_it_goes_on_has_to_begin_with_all_that_arrived() -> None:
    assembly, dice = Assembly(), random.Random(1)
    read(assembly, json.dumps({"files": {"a.css": "a{b:c}" * 30}})[:-20], dice)
    assert assembly.missing["a.css"] == ("a{b:c}" * 30)[:-17]
    assert read(assembly, json.dumps({"title": "T", "files": {"a.css": "a{b:c}" * 20}}), dice) is None
    draft = read(assembly, json.dumps({"title": "T", "files": {"a.css": "a{b:c}" * 40}}), dice)
    assert draft is not None
    assert draft.files == {"a.css": "a{b:c}" * 40}


def test_a_file_whose_first_line_comes_again_has_to_begin_with_more_than_that() -> None:
    text = "".join(f"\tcase {number % 3}:\n\t\tx = {number}\n\t\tbreak\n" for number in range(60))
    assembly, dice = Assembly(), random.Random(1)
    read(assembly, json.dumps({"files": {"a.go": text}})[:514], dice)
    rest = text[text.index("\tcase 0:\n\t\tx = 3") :]
    assert read(assembly, json.dumps({"title": "T", "files": {"a.go": rest}}), dice) is None
    draft = read(assembly, json.dumps({"title": "T", "files": {"a.go": text}}), dice)
    assert draft is not None
    assert draft.files == {"a.go": text}


def test_fields_behind_a_bracket_too_many_are_read() -> None:
    answer = '{"title": "T", "files": {"a.ts": "x"}}, "edits": [{"path": "b", "find": "1", "replace": "2"}], "delete": ["c.ts"]}'
    draft = read(Assembly(), answer, random.Random(1))
    assert draft is not None
    assert (draft.files, draft.edits, draft.delete) == ({"a.ts": "x"}, [Edit("b", "1", "2")], ["c.ts"])
