"""One answer out of several attempts: every join is proven, or that one file is asked for whole."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.generation.assembly import Assembly, Opened, Text, Unfinished
from builder.generation.edits import Edit
from builder.generation.file_tree_stream import TruncatedTree
from tests.pace import no_longer_than

STARTERS = Path(__file__).resolve().parents[3] / "templates" / "starters"
REPEATING = {
    "rows.html": "<ul>\n" + "  <li>item</li>\n" * 120 + "</ul>\n",
    "twice.css": ".card { margin: 1rem; }\n.card p { color: #333; }\n" * 40,
    "lines.txt": "x\n" * 600,
    "closing.tsx": "export function A() {\n  return (\n" + "    <div>\n" * 60 + "    </div>\n" * 60 + "  )\n}\n",
    "doubled.ts": 2 * "".join(f"export const value{number} = {number}\n" for number in range(40)),
    "one line.json": json.dumps({"rows": list(range(2_000))}),
    "crlf.ts": "".join(f"const line{number} = '{number}'\r\n" for number in range(90)),
    "emoji.md": "".join(f"- 😀 é “{number}”\n" for number in range(90)),
    "doc.py": '"""Doc\n"""\n' + "".join(f'def f{number}():\n    """Doc"""\n    return {number}\n\n\n' for number in range(30)),
}  # fmt: skip


def document(files: dict[str, str], **more: Any) -> str:
    return json.dumps({"title": "T", "summary": "S", "files": files, **more}, ensure_ascii=False)


def real_files() -> dict[str, str]:
    found = sorted(
        path for path in STARTERS.rglob("*") if path.suffix in {".tsx", ".ts", ".css", ".py", ".html", ".md"}
    )
    texts = {path.relative_to(STARTERS).as_posix(): path.read_text(encoding="utf-8") for path in found}
    return {path: text for path, text in texts.items() if 600 < len(text) < 12_000}


def cuts(text: str, dice: random.Random) -> Iterator[int]:
    """At each kind of place: a line's start, before its end, within it, in its indentation, after the first characters."""
    starts = [place + 1 for place, sign in enumerate(text[:-1]) if sign == "\n"] or [0]
    start = dice.choice(starts)
    yield from (
        max(1, start),
        max(1, start - 1),
        min(len(text) - 1, start + 1),
        dice.randrange(1, len(text)),
        len(text) - 1,
    )
    yield from (max(1, dice.choice(starts)), dice.randrange(1, 40))


def continuations(path: str, text: str, cut: int, assembly: Assembly) -> Iterator[tuple[str, dict[str, str] | None]]:
    """What models do when they are asked to go on: (how, the files they send)."""
    line, join = text.rfind("\n", 0, cut) + 1, assembly.join
    assert join is not None
    rest = text[len(join.kept) :]
    yield "as asked", {path: join.begin + rest}
    before = join.kept.rfind("\n", 0, len(join.kept) - len(join.repeated) - 1) + 1
    yield "as asked, a line more", {path: f"{join.kept[before:]}{join.mark}\n{rest}"}
    yield "without the mark", {path: join.repeated + rest}
    yield "the mark alone", {path: f"{join.mark}\n{rest}"}
    yield "the mark elsewhere", {path: f"x{join.begin}{rest}"}
    yield "the mark after a line more", {path: f"{join.repeated}zz\n{join.mark}\n{rest}"}
    yield "the rest", {path: text[cut:]}
    yield "the line once more", {path: text[line:]}
    for size in (1, 2, 15, 17, 100, 399, 401, 900):
        yield f"{size} characters once more", {path: text[max(0, cut - size) :]}
    yield "some characters missing", {path: text[cut + 3 :]}
    yield "the file once more", {path: text}
    yield "left out, and another", {"other.ts": "x\n"}
    yield "nothing", {}
    yield "an empty rest", {path: ""}


def test_a_continued_file_is_exact_or_asked_for_whole() -> None:
    dice = random.Random(11)
    real = real_files()
    chosen = {path: real[path] for path in dice.sample(sorted(real), 25)} | REPEATING
    outcomes = {"exact": 0, "whole": 0, "wrong": 0}
    for path, text in chosen.items():
        for cut in cuts(text, dice):
            raw = f"{document({})[:-2]}{json.dumps(path)}: {json.dumps(text[:cut])[:-1]}"
            at_first = begun(raw)
            if at_first.join is None:
                assert list(at_first.missing) == [path]
                assert asked_whole(at_first, path, text)
                outcomes["whole"] += 1
                continue
            for how, files in continuations(path, text, cut, at_first):
                assembly = begun(raw)
                assembly.begin()
                assembly.feed(document(files) if files else "{}")
                try:
                    outcomes["exact" if assembly.finish().files[path] == text else "wrong"] += 1
                except Unfinished:
                    assert list(assembly.missing) == [path], how
                    assert at_first.join.kept == text or not how.startswith("as asked"), how
                    assert asked_whole(assembly, path, text)
                    outcomes["whole"] += 1
    print(outcomes)
    assert outcomes["wrong"] == 0
    assert outcomes["exact"] > 250
    assert outcomes["whole"] > 1_000


def asked_whole(assembly: Assembly, path: str, text: str) -> bool:
    assembly.begin()
    assembly.feed(document({path: text}))
    return assembly.finish().files[path] == text


def begun(raw: str) -> Assembly:
    assembly = Assembly()
    assembly.begin()
    assembly.feed(raw)
    with pytest.raises(TruncatedTree):
        assembly.finish()
    return assembly


LONG = "".join(f"const line{number} = {number}\n" for number in range(60))


def test_what_is_shown_while_it_streams_is_what_comes_out() -> None:
    for cut in (700, LONG.index("\n", 700) + 1):
        raw = document({"a.ts": LONG})
        assembly = begun(raw[: raw.index("const") + cut + LONG[:cut].count("\n")])
        join = assembly.join
        assert join is not None
        rest = json.dumps({"files": {"a.ts": join.begin + LONG[len(join.kept) :]}})
        assembly.begin()
        for place in range(0, len(rest), 7):
            assembly.feed(rest[place : place + 7])
        text, at = "", 0
        for step in assembly.take():
            if isinstance(step, Opened):
                at = step.at
            elif isinstance(step, Text):
                text += step.text
        assert text[at:] == assembly.finish().files["a.ts"] == LONG


def test_a_file_that_breaks_off_again_and_again_is_joined_each_time() -> None:
    dice = random.Random(3)
    for _ in range(30):
        raw, assembly = document({"a.ts": LONG, "b.ts": LONG[:500]}), Assembly()
        for _ in range(40):
            assembly.begin()
            assembly.feed(raw[: dice.randrange(60, len(raw) + 200)])
            try:
                assert assembly.finish().files == {"a.ts": LONG, "b.ts": LONG[:500]}
                break
            except TruncatedTree:
                join, missing = assembly.join, assembly.missing
                done = {path for path, file in assembly.files.items() if file.closed}
                left = {"a.ts": LONG, "b.ts": LONG[:500]}
                if join:
                    left[join.path] = join.begin + left[join.path][len(join.kept) :]
                assert not (set(missing) & done)
                raw = document({path: text for path, text in left.items() if path not in done})
        else:
            raise AssertionError("it never came to an end")


def test_edits_and_deletes_that_arrived_are_there_once() -> None:
    edits = [{"path": "a", "find": "x", "replace": "xx"}, {"path": "b", "find": "y", "replace": "z"}]
    raw = document({}, delete=["c"], edits=edits)
    assembly = begun(raw[: raw.index('{"path": "b"') + 20])
    assert (assembly.fields.edits, assembly.fields.delete) == ([Edit("a", "x", "xx")], ["c"])
    assembly.begin()
    assembly.feed(document({}, delete=["c", "d"], edits=edits))
    draft = assembly.finish()
    assert draft.edits == [Edit("a", "x", "xx"), Edit("b", "y", "z")]
    assert draft.delete == ["c", "d"]


def test_one_more_edit_in_the_same_place_is_nobodys_guess() -> None:
    raw = document({}, edits=[{"path": "a", "find": "x", "replace": "x1"}])
    assembly = begun(raw[:-2])
    assembly.begin()
    assembly.feed(document({}, edits=[{"path": "a", "find": "x", "replace": "x2"}]))
    with pytest.raises(Unfinished) as caught:
        assembly.finish()
    assert caught.value.missing == ("a",)
    assembly.begin()
    assembly.feed(document({"a": "whole"}))
    draft = assembly.finish()
    assert (draft.files, draft.edits) == ({"a": "whole"}, [])


def test_a_complete_file_stays_as_it_arrived() -> None:
    raw = document({"a": "one", "b": "two"})
    assembly = begun(raw[: raw.index("two") + 1])
    assembly.begin()
    assembly.feed(document({"a": "rest of it", "b": "two"}))
    assert assembly.finish().files == {"a": "one", "b": "two"}


def test_an_answer_without_anything_does_not_end_it() -> None:
    raw = document({"a": "one"})
    assembly = begun(raw[:-1])
    assembly.begin()
    assembly.feed("{}")
    with pytest.raises(Unfinished):
        assembly.finish()


def test_a_long_file_is_joined_in_linear_time() -> None:
    text = "".join(f"const line{number} = {number}\n" for number in range(60_000))
    raw = json.dumps({"files": {"a.ts": text}})
    assembly = begun(raw[:-4])
    assembly.begin()
    with no_longer_than(40):
        for place in range(0, len(raw), 20):
            assembly.feed(raw[place : place + 20])
    assert asked_whole(assembly, "a.ts", text)


def test_a_rest_that_begins_with_all_that_arrived_is_not_the_file() -> None:
    """Its text says the same twice, and broke off between the two: nobody can tell its rest from the file anew."""
    text = 2 * LONG + "export {}\n"
    for cut in (len(LONG), len(LONG) + 1):
        raw = document({"a.ts": text[:cut]})
        assembly = begun(raw[:-3])
        assembly.begin()
        assembly.feed(document({"a.ts": text[cut - cut % len(LONG) :]}))
        with pytest.raises(Unfinished):
            assembly.finish()
        assert asked_whole(assembly, "a.ts", text)


def test_the_rest_of_a_file_is_not_the_file() -> None:
    """A model that was asked for the whole file and sends what is missing of it."""
    raw = document({"a.ts": LONG})
    assembly = begun(raw[:500])
    assembly.begin()
    assembly.feed("{}")
    for _ in range(2):
        assembly.begin()
        assembly.feed(document({"a.ts": LONG[300:]}))
        with pytest.raises(Unfinished):
            assembly.finish()
    assert assembly.missing == {"a.ts": "const line0 = 0"}
    assert asked_whole(assembly, "a.ts", LONG)


ONE, OTHER = document({"a.ts": "x\n"}), document({"b.ts": "y\n"}, edits=[{"path": "c.ts", "find": "1", "replace": "2"}])


@pytest.mark.parametrize(
    ("answer", "files", "edits"),
    [
        (f"1:\n```json\n{ONE}\n```\n2:\n```json\n{OTHER}\n```", {"a.ts": "x\n", "b.ts": "y\n"}, 1),
        (f"{ONE}\nAnd the second part:\n{OTHER}\nThat is all.", {"a.ts": "x\n", "b.ts": "y\n"}, 1),
        (f"{OTHER}\nAll of it again:\n{OTHER}", {"b.ts": "y\n"}, 1),
        (f"{ONE}\nWait, corrected:\n{document({'a.ts': 'z'})}", {"a.ts": "z"}, 0),
        (f"{ONE}\nWrite {OTHER} for more", {"a.ts": "x\n"}, 0),
        (f'{ONE}\n\nYour package:\n```json\n{{"name": "x", "files": ["dist"]}}\n```', {"a.ts": "x\n"}, 0),
        (f'{ONE}\n\n```json\n{{"name": "x", "vers', {"a.ts": "x\n"}, 0),
        (f"{ONE}\n```css\na {{ b: c }}\n```\n}} ] done {{really}}", {"a.ts": "x\n"}, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_documents_with_words_between_are_one_answer(answer: str, files: dict[str, str], edits: int, size: int) -> None:
    assembly = Assembly()
    assembly.begin()
    for at in range(0, len(answer), size):
        assembly.feed(answer[at : at + size])
    draft = assembly.finish()
    assert (draft.files, len(draft.edits), draft.unread) == (files, edits, [])


def test_a_second_document_that_breaks_off_is_gone_on_with() -> None:
    rows = "".join(f"const row{number} = {number};\n" for number in range(60))
    whole = f"{ONE}\nAnd:\n```json\n{document({'b.ts': rows})}"
    assembly = Assembly()
    assembly.begin()
    assembly.feed(whole[:-400])
    with pytest.raises(TruncatedTree):
        assembly.finish()
    join = assembly.join
    assert join is not None
    assembly.begin()
    assembly.feed(document({"b.ts": join.begin + rows.removeprefix(join.kept)}))
    assert assembly.finish().files == {"a.ts": "x\n", "b.ts": rows}
