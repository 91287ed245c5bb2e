"""A document among words: after talk, in a fence, past what the model thought aloud."""

from __future__ import annotations

import json

import pytest

from builder.generation.extraction import TextAnswer, json_in
from builder.generation.file_tree_stream import FileTreeStream, MalformedTree, TruncatedTree
from tests.unit.generation.streams import events_of, same_however_cut

DOCUMENT = '{"title": "T", "files": {"a.ts": "<think>{\\"x\\"}</think>\\n```"}}'
FILES = {"a.ts": '<think>{"x"}</think>\n```'}
OTHER = '{"title": "O", "files": {"o.ts": "other"}}'

AROUND = {
    "nothing": DOCUMENT,
    "a fence": f"```json\n{DOCUMENT}\n```",
    "a fence without a language": f"```\n{DOCUMENT}\n```\n",
    "tildes": f"~~~json\n{DOCUMENT}\n~~~",
    "the language alone": f"json\n{DOCUMENT}",
    "words before": f"Sure! Here is the app:\n\n{DOCUMENT}",
    "words after": f"{DOCUMENT}\n\nEnjoy it! {{note}} [1]",
    "words and a fence": f"Here you are.\n```json\n{DOCUMENT}\n```\nIt counts {{sheep}}.",
    "braces in the words": f"I use {{curly}} braces, f(x) {{ return x }} and {{{{name}}}}: {DOCUMENT}",
    "quotes in the words": f'I call it "[Todo]" and "{{x}}": {DOCUMENT}',
    "brackets in the words": f"[Note] see [1], [ ] and [{{]: {DOCUMENT}",
    "an import in the words": f'import {{"a"}} from b; {DOCUMENT}',
    "a part of JSON in the words": f'An answer has {{"title": …}} in it.\n{DOCUMENT}',
    "an object in the words": f'The config is {{"port": 3000}}.\n{DOCUMENT}',
    "a cut object in the words": f'It begins with {{"title": "X", "files": and goes on. {DOCUMENT}',
    "thoughts": f"<think>I could write it.</think>\n{DOCUMENT}",
    "a document in the thoughts": f"<think>Perhaps {OTHER}? No.</think>{DOCUMENT}",
    "thinking": f"<thinking>\n{OTHER}\n</thinking>\n\n```json\n{DOCUMENT}\n```",
    "thoughts with attributes": f'<think effort="high">{OTHER}</think>{DOCUMENT}',
    "square tags": f"[THINK]Perhaps {OTHER}? [/NO][/THINK]{DOCUMENT}",
    "capitals": f"<THINK>{OTHER}</THINK>{DOCUMENT}",
    "several thoughts": f"<think>{OTHER}</think>Hm.<reasoning>{OTHER}</reasoning>\n{DOCUMENT}",
    "no beginning of the thoughts": f"It has a < b, so {{}}.</think>\n{DOCUMENT}",
    "other tags": f"<answer><b>Here</b> a<b {DOCUMENT}</answer>",
    "an empty document before": f"{{}}\nSorry, here it is:\n{DOCUMENT}",
    "a title before": f'{{"title": "X"}}\nSorry, here it is:\n```json\n{DOCUMENT}\n```',
    "a byte order mark": f"\ufeff{DOCUMENT}",
    "a list": f"Files: [{DOCUMENT}]",
    "a string": json.dumps(DOCUMENT),
    "a comment": f"// app.json\n{DOCUMENT}",
}


@pytest.mark.parametrize("text", AROUND.values(), ids=AROUND)
def test_the_document_is_found_and_nothing_else(text: str) -> None:
    draft = same_however_cut(text, talk=True)
    assert (draft.files, draft.title, draft.unread) == (FILES, "T", [])


@pytest.mark.parametrize("text", AROUND.values(), ids=AROUND)
def test_it_is_found_in_a_whole_text_too(text: str) -> None:
    stream = FileTreeStream(talk=True)
    stream.feed(json_in(text))
    assert stream.close().files == FILES


@pytest.mark.parametrize("before", ["", "```json\n", "Here it is: ", "<think>Hm.</think>"])
def test_it_is_seen_while_it_arrives(before: str) -> None:
    stream = FileTreeStream(talk=True)
    stream.feed(before)
    events = events_of(stream, ['{"title": "T", "files": {"a.ts": "x'])
    assert [getattr(event, "path", "T") for event in events] == ["T", "a.ts", "a.ts"]
    with pytest.raises(TruncatedTree) as caught:
        stream.close()
    assert caught.value.partial.files == {"a.ts": "x"}


@pytest.mark.parametrize(
    "text",
    [
        "Which colour?",
        "",
        "{",
        "I use {curly} braces.",
        '"Hello," it said.',
        "a < b",
        "[1] is a note",
        "<think>Hm",
        "{{name}}?",
    ],
)
def test_words_alone_are_no_document(text: str) -> None:
    stream = FileTreeStream(talk=True)
    for character in text:
        try:
            stream.feed(character)
        except MalformedTree:
            assert text.startswith("{")  # all of the answer begins like one
            return
    with pytest.raises(TruncatedTree):
        stream.close()
    assert stream.begun == (text == "{")
    with pytest.raises(TextAnswer):
        json_in(text)


def test_an_answer_that_begins_as_a_document_is_one() -> None:
    for text, offset in (('{"title": "T" "files": {}}', 14), ('```json\n{"files": {"a": "x" "b"}}', 28)):
        with pytest.raises(MalformedTree) as caught:
            FileTreeStream(talk=True).feed(text)
        assert caught.value.offset == offset


def test_a_document_that_was_only_thought_counts_where_no_other_is() -> None:
    for text in (f"<think>{DOCUMENT}</think>", f"<think>So: {DOCUMENT}", f"<thinking>{DOCUMENT}</thinking>Done."):
        assert json_in(text) == DOCUMENT
    assert json_in(f"<think>{OTHER}</think>Here: {DOCUMENT}") == DOCUMENT


def test_the_person_reads_what_was_said_and_not_what_was_thought() -> None:
    with pytest.raises(TextAnswer) as caught:
        json_in("<think>They want a {thing}.</think>\nWhich colour?")
    assert caught.value.message == "The model answered with text instead of an app: Which colour?"


@pytest.mark.parametrize("piece", ["{", '{"', "[{", "<", "<think ", "</think>", '{"a"', " ", '"{', "{ ", "`"])
def test_long_talk_is_read_in_linear_time(piece: str) -> None:
    """Counted in characters that go through the machine, which only a document's do."""
    stream = FileTreeStream(talk=True)
    text = "Well. " + piece * (200_000 // len(piece))
    for at in range(0, len(text), 1_000):
        stream.feed(text[at : at + 1_000])
    assert stream.bytes_scanned <= 2.1 * len(text)
