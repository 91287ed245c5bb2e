"""One bad character does not cost the answer: what can only mean one thing is read, and noted; the rest keeps its name."""

from __future__ import annotations

import json
import random
from itertools import pairwise

import pytest

from builder.generation.draft import Edit
from builder.generation.file_tree_stream import FileOpened, FileTreeStream, MalformedTree, TruncatedTree
from tests.unit.generation.streams import events_of, outcome, same_however_cut


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\d+", r"\d+"),
        (r"it\'s", r"it\'s"),
        (r"\${price}", r"\${price}"),
        (r"\x41", r"\x41"),
        (r"\0", r"\0"),
        (r"\s*\w+\.\(\)\[\]", r"\s*\w+\.\(\)\[\]"),
        (r"\\\d", "\\\\d"),
        (r"\`", r"\`"),
        (r"\u{1F600}", r"\u{1F600}"),
        (r"C:\users", r"C:\users"),
        (r"\😀", r"\😀"),
        ("a\\\nb", "a\\\nb"),
        (r"\v\a\e", r"\v\a\e"),
        (r"\-\ \_", r"\-\ \_"),
        (r"\n\d\n", "\n\\d\n"),
        (r"\ud83d\ude00\d", "😀\\d"),
        (r"\d\"", '\\d"'),
        (r"\N \U \B", r"\N \U \B"),
    ],
)
def test_an_escape_that_json_does_not_have_is_kept(written: str, meant: str) -> None:
    draft = same_however_cut(
        '{"files":{"a.ts":"x%sy"},"edits":[{"path":"b","find":"%s","replace":"%s"}]}' % ((written,) * 3)
    )
    assert draft.files == {"a.ts": f"x{meant}y"}
    assert draft.edits == [Edit("b", meant, meant)]
    assert any(note.startswith("a.ts: ") and "scapes" in note for note in draft.notes)


@pytest.mark.parametrize(
    "text",
    [
        '{"title":"T","files":{"a.ts":"x","b.ts":"y"},}',
        '{"title":"T","files":{"a.ts":"x","b.ts":"y",}}',
        '{"title":"T","files":{"a.ts":"x","b.ts":"y" , },"stack":["a",],}',
        '{"files":{"a.ts":"x","b.ts":"y"},"title":"T",\n}\n',
        '{"title":"T", // the name\n"files":{"a.ts":"x","b.ts":"y"}}',
        '// an app\n{"title":"T","files":{"a.ts":"x",/* the second */"b.ts":"y"}}',
        '{"title":"T",/** a * b **/"files":/**/{"a.ts":"x"/*,*/,"b.ts":"y"}}// end',
        '{"title"://\n"T","files":{"a.ts":"x","b.ts":"y"}\n// }\n}',
        '{"title":"T",\n# Python\'s comment\n"files":{"a.ts":"x","b.ts":"y"}}',
        "{'title':'T','files':{'a.ts':'x','b.ts':'y'}}",
        "{'title':'T','files':{\"a.ts\":'x','b.ts':\"y\"}}",
        '{title:"T",files:{"a.ts":"x","b.ts":"y"}}',
        "{title: 'T', files: {'a.ts': `x`, \"b.ts\": `y`}}",
        "{'title':'T','done':True,'none':None,'bad':False,'files':{'a.ts':'x','b.ts':'y'}}",
        '{"title":"T","none":undefined,"files":{"a.ts":"x","b.ts":"y"}}',
        '\ufeff{"title":"T","files":{"a.ts":"x","b.ts":"y"}}',
        '\ufeff\ufeff{"title":"T","files":\u3000{"a.ts":"x",\u2009"b.ts":"y"\u200b}\f}\v',
        '{“title”:“T”,“files”:{“a.ts”:“x”,"b.ts":‘y’}}',
        '{"title":"T","run":{"port":NaN},"x":-Infinity,"files":{"a.ts":"x","b.ts":"y"}}',
        '{"title":"T","a":+1,"b":.5,"c":5.,"d":0x1F,"e":-.5e3,"files":{"a.ts":"x","b.ts":"y"}}',
        '{"title":"T","files":{"`a.ts`":"x","\\"b.ts\\"":"y"}}',
        '{"title":"T",\u00a0"files":{"a.ts":"x","b.ts":"y"}}',
    ],
)
def test_commas_comments_and_quotes_are_forgiven(text: str) -> None:
    draft = same_however_cut(text)
    assert (draft.title, draft.files, draft.unread) == ("T", {"a.ts": "x", "b.ts": "y"}, [])
    assert draft.notes or text[0] == "\ufeff" or "\u00a0" in text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"'it\'s \"so\" \n'", 'it\'s "so" \n'),
        (r"""'say "hi"'""", 'say "hi"'),
        (r"'\ud83d\ude00 \u00e9 \\ \d'", "😀 é \\ \\d"),
        ("`a ${b} \\`c\\` \\${d}\n`", "a ${b} `c` ${d}\n"),
        ("''", ""),
        ("'// no comment, }'", "// no comment, }"),
    ],
)
def test_other_quotes_have_their_own_escapes(written: str, meant: str) -> None:
    draft = same_however_cut(f"{{'files': {{'a.ts': {written}}}}}")
    assert draft.files == {"a.ts": meant}


@pytest.mark.parametrize("text", ["// no comment", "/* none */", "# none", "a,]}", "'", "http://x/*/y", "{'a': `b`,}"])
def test_inside_a_text_they_are_text(text: str) -> None:
    draft = same_however_cut(json.dumps({"files": {"a.ts": text}}))
    assert (draft.files, draft.notes) == ({"a.ts": text}, [])


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("./src/App.tsx", "src/App.tsx"),
        ("/index.html", "index.html"),
        ("src\\App.tsx", "src/App.tsx"),
        (".\\src\\App.tsx", "src/App.tsx"),
        ("\\src\\App.tsx", "src/App.tsx"),
        ("src//a.ts", "src/a.ts"),
        ("src/./a.ts", "src/a.ts"),
        ("src/b/../a.ts", "src/a.ts"),
        ("././/src///App.tsx", "src/App.tsx"),
        ("src\new\tests\\App.tsx", "src/new/tests/App.tsx"),
        ("src\x08utton.tsx", "src/button.tsx"),
        ("a\nb", "a\nb"),
        ("a.ts\n", "a.ts"),
        ("src/App.jsx ", "src/App.jsx"),
        ("**src/App.jsx**", "src/App.jsx"),
        ("`src/App.jsx`:", "src/App.jsx"),
        ("1. src/App.jsx", "src/App.jsx"),
        ("- src/App.jsx (updated)", "src/App.jsx"),
        ("src/App.jsx [new file]", "src/App.jsx"),
        ("[src/App.jsx](src/App.jsx)", "src/App.jsx"),
        ("file:///src/App.jsx", "src/App.jsx"),
        # Names that people do give.
        ("docs/1. Start.md", "docs/1. Start.md"),
        ("img/photo (1).svg", "img/photo (1).svg"),
        ("notes (new).md", "notes (new).md"),
        ("- ", "- "),
        ("src\\components/App.tsx", "src/components/App.tsx"),
        ("/./a", "a"),
        (".env", ".env"),
        ("a/.b/c", "a/.b/c"),
        ("src/App.tsx", "src/App.tsx"),
        # These are not inside, or no path at all: they keep their name, and are refused by it.
        ("../secret", "../secret"),
        ("src/../../secret", "src/../../secret"),
        ("/../secret", "/../secret"),
        ("C:\\app\\a.ts", "C:\\app\\a.ts"),
        ("\\\\server\\share\\a.ts", "\\\\server\\share\\a.ts"),
        ("//server/a.ts", "//server/a.ts"),
        ("src/", "src/"),
        ("/", "/"),
        (".", "."),
        ("./CON", "./CON"),
        ("./a\0b", "./a\0b"),
        ("./a:b", "./a:b"),
        (" a.ts", "a.ts"),
    ],
)
def test_a_path_that_stays_inside_is_written_one_way(written: str, path: str) -> None:
    answer = {"files": {written: "x"}, "edits": [{"path": written, "find": "x", "replace": "y"}], "delete": [written]}
    draft = same_however_cut(json.dumps(answer))
    assert (draft.files, draft.edits, draft.delete) == ({path: "x"}, [Edit(path, "x", "y")], [path])
    assert draft.unread == []
    listed = same_however_cut(json.dumps({"files": [{"path": written, "content": "x"}]}))
    assert listed.files == {path: "x"}


def test_a_path_is_the_same_in_all_events_and_while_it_is_open() -> None:
    stream = FileTreeStream()
    events = events_of(stream, ['{"files":{"./src\\\\a.ts":"x'])
    assert events[0] == FileOpened("src/a.ts")
    assert {getattr(event, "path", "") for event in events} == {"src/a.ts"}
    with pytest.raises(TruncatedTree) as caught:
        stream.close()
    assert (caught.value.partial.open_path, caught.value.partial.files) == ("src/a.ts", {"src/a.ts": "x"})


def test_one_path_written_two_ways_is_one_file() -> None:
    draft = same_however_cut('{"files":{"./a.ts":"1","a.ts":"2","/a.ts":"3"}}')
    assert draft.files == {"a.ts": "3"}
    assert "a.ts was written twice; the last one counts." in draft.notes


def test_nul_and_large_numbers_stay_exact() -> None:
    text = '{"title":"a\\u0000b","files":{"a.bin":"\\u0000\0\\u0000","d.json":{"n":9007199254740993,"s":"\\u0000"}},"run":{"port":9007199254740993}}'
    draft = same_however_cut(text)
    assert (draft.title, draft.files["a.bin"]) == ("a\0b", "\0\0\0")
    assert json.loads(draft.files["d.json"]) == {"n": 9007199254740993, "s": "\0"}
    assert draft.run == {"port": 9007199254740993}


@pytest.mark.parametrize(
    ("text", "offset", "names"),
    [
        ('{"files":{"a":"\\ud83d\\d"}}', 15, "surrogate"),
        ('{"files":{"a":"\\ud83d"}}', 15, "surrogate"),
        ('{"files":{"a":"\\u12g4"}}', 15, "escape"),
        ('{"files":{"a":"\\d\\ude00"}}', 17, "surrogate"),
        ("{'files':{'a':'it's'}}", 18, "comma"),
        ("{'files':{'a':'\\ud83d'}}", 15, "surrogate"),
        ('{"a":1,,"b":2}', 7, "name"),
        ('{,"a":1}', 1, "name"),
        ('{"a":}', 5, "value"),
        ('{"a":[,1]}', 6, "value"),
        ('{"a":[1,,2]}', 8, "value"),
        ('{"a":1 / 2}', 7, "comma"),
        ('{"a" 1}', 5, "colon"),
        ('{a b:1}', 3, "colon"),
        ('{"a":nul}', 5, "null"),
        ('{"a":NaNa}', 5, "number"),
        ('{"a":+}', 5, "number"),
        ('{"a":007}', 5, "number"),
        ('{"a":“b "c" “d””}', 15, "comma"),
        ('{"a"：1}', 4, "colon"),
        ('{"a":1，"b":2}', 6, "comma"),
        ('{"a":r"x"}', 5, "number"),
        ('{"a":"x" + "y"}', 9, "comma"),
        ('{"a":\0"x"}', 5, "value"),
        ('{"files":{"a":"<p class="b">"}}', 25, "comma"),
        ('{"files":{"a":"b" "c":"d"}}', 18, "comma"),
        ('{"files":{"a":"b"}]', 18, "comma"),
        ("['a'", 0, "object"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_stays_unclear_is_named_with_its_place(text: str, offset: int, names: str, size: int) -> None:
    with pytest.raises(MalformedTree) as caught:
        events_of(FileTreeStream(), [text[at : at + size] for at in range(0, len(text), size)])
    assert caught.value.offset == offset
    assert names in caught.value.message


@pytest.mark.parametrize(
    "text", ['{"files":{"a.ts":"x\\d', '{"a":1,/* never ends }', '{"a":1}/', "{'files':{'a.ts':'x"]
)
def test_a_cut_inside_what_is_forgiven_is_a_cut(text: str) -> None:
    stream = FileTreeStream()
    for character in text:
        stream.feed(character)
    if text.endswith("/"):
        assert stream.close().files == {}  # what follows the end is no part of it
        return
    with pytest.raises(TruncatedTree):
        stream.close()


@pytest.mark.parametrize("piece", ["\\d", "\\u{1}", "/**/", "'x',", ",\n", "\\'"])
def test_forgiving_takes_linear_time(piece: str) -> None:
    def looks(count: int) -> float:
        inside = piece * count if piece[0] == "\\" else ""
        text = f'{{"files":{{"a.ts":"{inside}"}},"x":[{"" if inside else ("1," + piece.rstrip(",")) * count}'
        stream = FileTreeStream()
        try:
            for at in range(0, len(text), 6):
                stream.feed(text[at : at + 6])
        except MalformedTree:
            pass
        return stream.bytes_scanned / len(text)

    assert looks(4_000) <= 1.05 * looks(400) <= 2.1


ANSWERS = [
    '{"title":"T","summary":"S","files":{"./a.ts":"x\\d\\ud83d\\ude00","src":{"b.ts":"y"}},"edits":[{"path":"a.ts","old":"x","new":"y"}]}',
    "Here: {'files':[{'path':'a.ts','content':'it\\'s'},{'path':'b.ts','code':`y`},],} // done",
    '<think>{"title":"O","files":{"o.ts":"o"}}</think>\n```json\n{"title":"T"}\n{"draft":{"files":{"a.ts":["x","y"]}}}\n```',
    "◁think▷ {x} ◁/think▷<|channel|>analysis<|message|>{}<|end|>{'files':{“a.ts”:`x`,\"b.ts\":‘y’},'n':0x1F} < ◁",
    '[{"path":"a.ts","content":"x"},{"path":"b.ts","find":"1","replace":"2"}] {"delete":"c.ts"} end',
]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("talk", [False, True])
def test_whatever_is_wrong_in_an_answer_it_is_read_the_same_however_it_is_cut(seed: int, talk: bool) -> None:
    draw = random.Random(seed)
    for answer in ANSWERS:
        text = answer
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(text))
            text = (
                text[:at]
                + draw.choice(["", *"{}[]\",:'`\\/u*#<> \nd8|◁“”+.\0\ufeff"])
                + text[at + draw.randint(0, 1) :]
            )
        whole = outcome([text], talk=talk)
        assert outcome(list(text), talk=talk) == whole
        cuts = sorted([0, *draw.sample(range(len(text)), 5), len(text)])
        assert outcome([text[start:end] for start, end in pairwise(cuts)], talk=talk) == whole


def test_notes_do_not_grow_without_end() -> None:
    answer = {"files": {f"./f{number}.ts": "x" for number in range(5_000)}}
    stream = FileTreeStream()
    stream.feed(json.dumps(answer))
    assert 0 < len(stream.close().notes) <= 100
