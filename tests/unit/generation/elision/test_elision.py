"""Code that a model left out is told from code that is gone because it was asked for, and from what programs say."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from builder.generation.draft import Draft, Edit, apply
from builder.generation.policy import Elided, check
from preview_runtime.file_tree import FileTree
from tests.pace import no_longer_than
from tests.unit.generation.elision.cases import Case, placeholders, real_remarks
from tests.unit.generation.elision.losses import asked_for, unasked


def refused(case: Case) -> bool:
    try:
        check(case.draft, case.before, apply(case.draft, case.before), case.prompt)
    except Elided:
        return True
    return False


@pytest.mark.parametrize(("cases", "least"), [(placeholders, 300), (unasked, 80)])
def test_what_was_left_out_is_noticed(cases: Callable[[], Iterator[Case]], least: int) -> None:
    known = list(cases())
    assert len(known) >= least
    missed = [case.name for case in known if not refused(case)]
    assert len(missed) <= len(known) // 100, missed


@pytest.mark.parametrize(("cases", "least"), [(real_remarks, 800), (asked_for, 80)])
def test_what_is_meant_so_is_let_be(cases: Callable[[], Iterator[Case]], least: int) -> None:
    known = list(cases())
    assert len(known) >= least
    wrong = [case.name for case in known if refused(case)]
    assert len(wrong) <= len(known) // 100, wrong


CODE = "export function total(items: number[]) {\n" + "".join(f"  step({n})\n" for n in range(20)) + "}\n"


def test_an_edit_that_leaves_code_out_is_refused() -> None:
    before = FileTree({"a.ts": CODE})
    for remark in ("// ... rest of the function", "// unchanged", "/* ... */"):
        edit = Edit("a.ts", CODE, f"export function total(items: number[]) {{\n  log(items)\n  {remark}\n}}\n")
        draft = Draft(edits=[edit])
        with pytest.raises(Elided) as caught:
            check(draft, before, apply(draft, before))
        assert remark in caught.value.message
        assert caught.value.path == "a.ts"


def test_a_remark_that_was_there_is_nothing_new() -> None:
    before = FileTree({"a.ts": CODE.replace("  step(3)\n", "  // ... existing code\n  step(3)\n")})
    draft = Draft(edits=[Edit("a.ts", "step(7)", "step(70)")])
    check(draft, before, apply(draft, before), "change a step")


def test_what_is_gone_is_named() -> None:
    before = FileTree({"a.ts": CODE + "export const limit = 3\n"})
    for text, says in (("\n", "would be empty"), (CODE.replace("total", "sum"), "no longer have limit, total")):
        draft = Draft(files={"a.ts": text})
        with pytest.raises(Elided) as caught:
            check(draft, before, apply(draft, before), "make it blue")
        assert says in caught.value.message
        assert "unchanged" in caught.value.message


@pytest.mark.parametrize(
    "piece", [".", "…", "// ", "rest of ", "{ ... } ", "/* ... ", "# ", "<!-- ", "(", "a\n", "...\n", "= {", " "]
)
def test_long_files_are_read_in_linear_time(piece: str) -> None:
    before = FileTree({"a.tsx": CODE * 400})
    draft = Draft(files={"a.tsx": "// " + (piece * 200_000)[:200_000] + "!"})
    after = apply(draft, before)
    with no_longer_than(60), contextlib.suppress(Elided):
        check(draft, before, after, "make it blue")
