"""An answer laid over a project: everything or nothing."""

from __future__ import annotations

import contextlib

import pytest

from builder.generation.draft import Draft, DraftRefused, Edit, apply
from builder.generation.edits import EditFailed, replace_once
from builder.generation.extraction import TextAnswer, json_in
from builder.generation.policy import check, check_opening
from preview_runtime.file_tree import MAX_FILES, FileTree
from tests.pace import no_longer_than

TREE = FileTree({"a.ts": "one\ntwo\nthree\n", "b.ts": "b", "logo.png": b"\x89PNG"})


def test_deletes_then_files_then_edits() -> None:
    draft = Draft(delete=["a.ts", "absent"], files={"a.ts": "new", "c.ts": "c"}, edits=[Edit("a.ts", "new", "newer")])
    assert dict(apply(draft, TREE)) == {"a.ts": "newer", "b.ts": "b", "c.ts": "c", "logo.png": b"\x89PNG"}


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Edit("a.ts", "four", "x"), "edit_absent"),
        (Edit("a.ts", "o", "x"), "edit_ambiguous"),
        (Edit("a.ts", "  ", "x"), "edit_empty"),
        (Edit("none.ts", "one", "x"), "edit_missing_file"),
        (Edit("logo.png", "PNG", "x"), "edit_missing_file"),
        (Edit("../a.ts", "one", "x"), "path_outside"),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(edit: Edit, code: str) -> None:
    with pytest.raises(DraftRefused) as caught:
        apply(Draft(files={"b.ts": "changed"}, edits=[edit]), TREE)
    assert caught.value.code == code
    assert "Nothing was changed" in caught.value.message
    assert TREE["b.ts"] == "b"


def test_an_edit_copes_with_other_whitespace() -> None:
    assert replace_once("a  \nb\n", "a\nb", "x") == "x\n"
    assert replace_once("if x:\n        a()\n        b()\n", "    a()\n    b()", "    c()\n      d()") == (
        "if x:\n        c()\n          d()\n"
    )


def test_a_failed_edit_shows_the_nearest_lines() -> None:
    with pytest.raises(EditFailed) as caught:
        replace_once("const colour = 'red'\nlet x = 1\n", "const colour = 'blue'", "")
    assert "1: const colour = 'red'" in caught.value.detail


def test_the_nearest_lines_of_a_large_file_are_found_at_once() -> None:
    lines = [f"const colour{number} = pick({number * 7919 % 1000}, palette)" for number in range(9_000)]
    lines[4_000] = "export function total(order: Order): number {"
    with no_longer_than(20), pytest.raises(EditFailed) as caught:
        replace_once("\n".join(lines), "export function totals(order: Order) {", "")
    assert "4001: export function total(order: Order): number {" in caught.value.detail


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/abs",
        "a\0b",
        "CON",
        "src/con.txt",
        "x" * 300,
        "",
        "a//b",
        "a/./b",
        "C:\\x",
        "a\\b",
        "a\ud800",
        "b/",
    ],
)
def test_hostile_paths_are_refused_before_their_text_arrives(path: str) -> None:
    with pytest.raises(DraftRefused) as caught:
        check_opening(path, [path])
    assert caught.value.code.startswith("path_")
    assert "unchanged" in caught.value.message
    with pytest.raises(DraftRefused):
        apply(Draft(files={path: ""}), TREE)


def test_too_many_files_are_refused_while_they_arrive() -> None:
    with pytest.raises(DraftRefused) as caught:
        check_opening("a", ["a", *map(str, range(MAX_FILES))])
    assert caught.value.code == "too_many_files"


@pytest.mark.parametrize("twin", ["Src/App.tsx", "src/app.tsx", "src/APP.TSX/index.ts"])
def test_a_second_file_that_windows_takes_for_the_first_is_refused_as_it_begins(twin: str) -> None:
    check_opening("src/App.tsx", ["src/App.tsx"])
    with pytest.raises(DraftRefused) as caught:
        check_opening(twin, ["src/App.tsx", "src/other.tsx", twin])
    assert caught.value.code == "path_alike"
    assert "differ only in capital letters" in caught.value.message
    assert "unchanged" in caught.value.message


def test_a_file_that_windows_takes_for_one_of_the_projects_is_refused_unless_that_one_goes() -> None:
    draft = Draft(files={"A.ts": "other"})
    after = apply(draft, TREE)
    with pytest.raises(DraftRefused) as caught:
        check(draft, TREE, after)
    assert caught.value.code == "path_alike"
    moved = Draft(files={"A.ts": "one"}, delete=["a.ts"])
    check(moved, TREE, apply(moved, TREE))


@pytest.mark.parametrize(
    "remark",
    [
        "// ... existing code",
        "// rest of the code stays the same",
        "/* ... rest of the styles ... */",
        "{/* ... rest of the component remains the same */}",
        "# ... rest of file unchanged",
        "<!-- rest of the code here -->",
    ],
)
def test_a_shortened_file_is_refused(remark: str) -> None:
    before = FileTree({"App.tsx": "line of code\n" * 50})
    draft = Draft(files={"App.tsx": f"line of code\n  {remark}\n"})
    with pytest.raises(DraftRefused) as caught:
        check(draft, before, apply(draft, before))
    assert caught.value.code == "elided"
    assert "App.tsx" in caught.value.message


def test_a_file_that_just_got_shorter_is_fine() -> None:
    before = FileTree({"App.tsx": "line of code\n" * 50})
    for text in ("export default 1 // the rest is history\n", "// Existing users see this first\nx\n"):
        draft = Draft(files={"App.tsx": text})
        check(draft, before, apply(draft, before))


@pytest.mark.parametrize("piece", [".", "…", "rest of ", "// ", "unchanged ", "... "])
def test_a_long_comment_is_read_in_linear_time(piece: str) -> None:
    before = FileTree({"App.tsx": "line of code\n" * 50_000})
    draft = Draft(files={"App.tsx": "// " + (piece * 16_000)[:16_000] + "!"})
    after = apply(draft, before)
    with no_longer_than(20), contextlib.suppress(DraftRefused):
        check(draft, before, after)


@pytest.mark.parametrize("path", [".npmrc", "sub/.npmrc", "bunfig.toml", ".yarnrc.yml"])
def test_settings_of_package_managers_are_refused(path: str) -> None:
    draft = Draft(files={path: "registry=http://evil"})
    with pytest.raises(DraftRefused) as caught:
        check(draft, TREE, apply(draft, TREE))
    assert caught.value.code == "package_settings"


@pytest.mark.parametrize("path", [".git/hooks/post-commit", "sub/.Git/config", ".sayso/start"])
def test_folders_that_others_keep_are_refused(path: str) -> None:
    draft = Draft(files={path: "#!/bin/sh\n"})
    with pytest.raises(DraftRefused) as caught:
        check(draft, TREE, apply(draft, TREE))
    assert caught.value.code == "kept_folder"


@pytest.mark.parametrize(
    "specifier",
    ["git+https://x/y.git", "github:a/b", "a/b", "a/b#main", "http://x/y.tgz", "https://x/y.tgz", "file:../x", "link:../x",
     "../x", "/x", "~/x", "git@github.com:a/b.git", "workspace:*", "portal:x"],
)  # fmt: skip
def test_packages_from_outside_the_registry_are_refused(specifier: str) -> None:
    for text in (f'{{"dependencies":{{"p":"{specifier}"}}}}', f'{{"overrides":{{"q":{{"p":"{specifier}"}}}}}}'):
        draft = Draft(files={"package.json": text})
        with pytest.raises(DraftRefused) as caught:
            check(draft, TREE, apply(draft, TREE))
        assert caught.value.code == "dependency_outside"


@pytest.mark.parametrize(
    "specifier", ["^1.2.3", "1.x || 2", ">=1 <3", "latest", "*", "", "npm:other@^1", "npm:@scope/x@1"]
)
def test_packages_from_the_registry_are_fine(specifier: str) -> None:
    draft = Draft(files={"package.json": f'{{"dependencies":{{"p":"{specifier}"}}}}'})
    check(draft, TREE, apply(draft, TREE))


ANSWER = '{"title":"T","files":{"a":"x"}}'


@pytest.mark.parametrize(
    "text",
    [ANSWER, f"```json\n{ANSWER}\n```", f"Sure! {{x}} Here it is:\n\n{ANSWER}\n\nEnjoy {{it}}.", f"```\n{ANSWER}"],
)
def test_an_app_is_found_in_text(text: str) -> None:
    assert json_in(text).strip().removesuffix("```").strip() == ANSWER


def test_an_answer_in_words_is_shown_to_the_person() -> None:
    with pytest.raises(TextAnswer) as caught:
        json_in("I cannot build that. {sorry}")
    assert caught.value.message == "The model answered with text instead of an app: I cannot build that. {sorry}"
