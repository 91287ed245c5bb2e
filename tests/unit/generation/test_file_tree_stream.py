"""What a person sees of an answer while it arrives, and what is kept of it."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.generation.draft import Draft, Edit
from builder.generation.file_tree_stream import (
    EditClosed,
    FieldSet,
    FileClosed,
    FileOpened,
    FileText,
    FileTreeStream,
    MalformedTree,
    TreeEvent,
    TruncatedTree,
)
from builder.generation.reading.paths import inside
from tests.unit.generation.streams import events_of

DRAFT = {
    "title": "Tod✓",
    "summary": 'Say "hi"\n',
    "stack": ["react", "typescript"],
    "note": {"deep": [1, -2.5e3, None, True, {"k": 'v\\"}]'}, []], "files": {"not": "a file"}},
    "files": {
        "package.json": '{"name": "x"}\n',
        "src/App.tsx": 'const a = "\\d\\\\";\n\tb = `😀 \u2028 \u0000 é`;\n' * 3,
        "empty.txt": "",
        'wei"rd/name\\n.txt': "x",
    },
    "edits": [{"path": "a", "find": "x\n", "replace": ""}, {"replace": "2", "find": "1", "path": "b"}],
    "delete": ["old.ts"],
    "run": {"start": "npm run dev", "port": 5173},
}


def read(*chunks: str) -> tuple[list[TreeEvent], Draft]:
    stream = FileTreeStream()
    return events_of(stream, list(chunks)), stream.close()


def feed_all(stream: FileTreeStream, chunks: list[str]) -> None:
    for chunk in chunks:
        stream.feed(chunk)


def split(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 11, 12, 20, 10_000])
def test_text_is_byte_exact_however_it_is_cut(size: int, ascii_only: bool) -> None:
    _, draft = read(*split(json.dumps(DRAFT, ensure_ascii=ascii_only), size))
    assert draft.files == DRAFT["files"]
    assert (draft.title, draft.summary, draft.stack) == (DRAFT["title"], DRAFT["summary"], DRAFT["stack"])
    assert draft.edits == [Edit("a", "x\n", ""), Edit("b", "1", "2")]
    assert (draft.delete, draft.run, draft.open_path) == (["old.ts"], DRAFT["run"], None)


def test_events_come_in_the_order_of_the_answer() -> None:
    events, _ = read('{"title":"A","files":{"a":"1","b":""},"edits":[{"path":"a","find":"1","replace":"2"}]}')
    assert events == [
        FieldSet("title", "A"),
        FileOpened("a"),
        FileText("a", "1"),
        FileClosed("a"),
        FileOpened("b"),
        FileClosed("b"),
        EditClosed(Edit("a", "1", "2")),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text(max_size=20),
        "other": JSON,
        "files": st.dictionaries(st.text(max_size=12), st.text(max_size=200), max_size=4),
        "edits": st.lists(
            st.fixed_dictionaries(
                {"path": st.text(max_size=5), "find": st.text(max_size=20), "replace": st.text(max_size=20)}
            ),
            max_size=2,
        ),
        "delete": st.lists(st.text(max_size=5), max_size=3),
    },
)


@settings(max_examples=200, deadline=None)
@given(DRAFTS, st.booleans(), st.sampled_from([None, 1]), st.data())
def test_any_split_gives_the_same_events(
    value: dict[str, object], ascii_only: bool, indent: int | None, data: st.DataObject
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    whole_events, whole = read(text)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=12)) | {0, len(text)})
    events, draft = read(*(text[a:b] for a, b in pairwise(cuts)))
    assert events == whole_events
    assert draft == whole
    files = value.get("files", {})
    assert isinstance(files, dict)
    assert draft.files == {inside(path): text for path, text in files.items()}


@settings(max_examples=100, deadline=None)
@given(DRAFTS, st.data())
def test_no_character_is_looked_at_more_than_twice(value: dict[str, object], data: st.DataObject) -> None:
    text = json.dumps(value)
    stream = FileTreeStream()
    for chunk in split(text, data.draw(st.integers(1, 30))):
        stream.feed(chunk)
    assert stream.characters == len(text)
    assert len(text) <= stream.bytes_scanned <= 2 * len(text)


def test_every_decided_character_is_handed_on_at_once() -> None:
    stream = FileTreeStream()
    stream.feed('{"files":{"a":"')
    assert stream.feed("x") == [FileText("a", "x")]
    assert stream.feed("y\\") == [FileText("a", "y")]
    assert stream.feed("n") == [FileText("a", "\n")]
    assert stream.feed("\\ud83d") == []
    assert stream.feed("\\ude0") == []
    assert stream.feed("0z") == [FileText("a", "😀"), FileText("a", "z")]


def test_halves_of_a_character_in_two_pieces_become_one() -> None:
    stream = FileTreeStream()
    stream.feed('{"files":{"a":"')
    assert stream.feed("\ud83d") == []
    assert stream.feed("\ude00") == [FileText("a", "😀")]


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ('{"files":{"a":"\\ud83dx"}}', 15),
        ('{"files":{"a":"\\ude00"}}', 15),
        ('{"files":{"a":"\\ud83d\\n"}}', 15),
        ('{"files":{"a":"\ude00"}}', 15),
        ('{"files":{"a":"\\u12g4"}}', 15),
        ('{"files" {"a":"b"}}', 9),
        ('{"files":{"a" "b"}}', 14),
        ('{"files":{"a":"b" "c":"d"}}', 18),
        ('{"files":{"a":"b"}]', 18),
        ('{"title":tru }', 9),
        ('{"title":01 }', 9),
        ("Sure! Here", 0),
        ("[]", 0),
        ("{} x", 3),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_cannot_be_read_is_named_with_its_place(text: str, offset: int, size: int) -> None:
    stream = FileTreeStream()
    with pytest.raises(MalformedTree) as caught:
        feed_all(stream, split(text, size))
    assert caught.value.offset == offset
    assert caught.value.message
    with pytest.raises(MalformedTree):
        stream.feed("x")
    with pytest.raises(MalformedTree):
        stream.close()


@pytest.mark.parametrize("size", [1, 7, 500])
def test_a_cut_off_answer_keeps_all_that_arrived(size: int) -> None:
    text = '{"title":"T","files":{"a":"1","src/b":"half \\ud83d'
    stream = FileTreeStream()
    for chunk in split(text, size):
        stream.feed(chunk)
    with pytest.raises(TruncatedTree) as caught:
        stream.close()
    assert caught.value.resume_at == len(text) - 6
    partial = caught.value.partial
    assert (partial.title, partial.files, partial.open_path) == ("T", {"a": "1", "src/b": "half "}, "src/b")


@pytest.mark.parametrize("text", ["", "  \n", "{", '{"title"', '{"title":', '{"title":1', '{"title":"x"'])
def test_every_prefix_of_an_answer_is_truncated_not_malformed(text: str) -> None:
    stream = FileTreeStream()
    stream.feed(text)
    with pytest.raises(TruncatedTree):
        stream.close()


def test_absent_and_null_fields_leave_the_draft_empty() -> None:
    assert read("{}")[1] == Draft()
    assert read('{"files":null,"edits":null,"title":null,"stack":[]}')[1].files == {}


def test_of_a_path_written_twice_the_last_counts_and_is_noted() -> None:
    _, draft = read('{"files":{"a":"1","b":"2","a":"3"}}')
    assert draft.files == {"b": "2", "a": "3"}
    assert "a was written twice" in draft.notes[0]


def test_a_file_given_as_json_becomes_text() -> None:
    events, draft = read('{"files":{"package.json":{"name":"x"},"n":5}}')
    assert json.loads(draft.files["package.json"]) == {"name": "x"}
    assert events[0] == FileOpened("package.json")
    assert "n" not in draft.files


def test_a_raw_line_break_in_a_file_is_a_line_break() -> None:
    assert read('{"files":{"a":"1\n2\t"}}')[1].files == {"a": "1\n2\t"}


def test_deep_nesting_ends_in_an_error_not_in_a_crash() -> None:
    with pytest.raises(MalformedTree):
        FileTreeStream().feed('{"x":' + "[" * 100_000)


def test_the_work_grows_with_the_length_and_not_faster() -> None:
    def looks(files: int) -> float:
        text = json.dumps({"files": {f"f{i}": "const a = 1;\n" * 200 for i in range(files)}})
        stream = FileTreeStream()
        for chunk in split(text, 20):
            stream.feed(chunk)
        stream.close()
        return stream.bytes_scanned / len(text)

    assert looks(80) <= 1.05 * looks(10) <= 2.1
