"""What counts as changed in a container, and what is never brought back."""

from __future__ import annotations

from preview_runtime.containers.data.changed_files import Collected, FileChange, Found, changes, may_be_missing
from preview_runtime.containers.isolation.tar_stream import TarFile
from preview_runtime.file_tree import FileTree, digest


def brought(**files: str) -> dict[str, str]:
    return {path: digest(text) for path, text in files.items()}


def test_what_the_app_wrote_changed_and_deleted_is_told() -> None:
    before = {"same.py": "1", "models.py": "old", "gone.py": "x"}
    found = Found({"same.py": b"1", "models.py": b"new", "made.py": b"made"}, 0)
    told = changes(found, {"gone.py"}, {p: digest(t) for p, t in before.items()}, FileTree(before))
    assert told == [FileChange("gone.py", None), FileChange("made.py", b"made"), FileChange("models.py", b"new")]


def test_what_only_the_person_changed_is_not_the_apps_doing() -> None:
    found = Found({"a.py": b"as brought"}, 0)
    working = FileTree({"a.py": "typed since", "new.py": "typed since"})
    assert changes(found, set(), {"a.py": digest("as brought")}, working) == []
    # Deleted by the person and still in the container: nothing to bring back either.
    assert changes(found, set(), {"a.py": digest("as brought")}, FileTree({})) == []


def test_what_both_changed_is_marked_and_what_both_have_alike_is_left() -> None:
    base = {"a.py": digest("base"), "b.py": digest("base")}
    found = Found({"a.py": b"app's", "b.py": b"same"}, 0)
    working = FileTree({"a.py": "person's", "b.py": "same"})
    assert changes(found, set(), base, working) == [FileChange("a.py", b"app's", yours=True)]


def test_a_file_deleted_on_both_sides_is_no_news() -> None:
    assert changes(Found({}, 0), {"a.py"}, {"a.py": digest("1")}, FileTree({})) == []


def test_names_that_lead_out_and_folders_of_tools_are_left_where_they_are() -> None:
    collected = Collected()
    for name in (
        "./../../etc/passwd", "/etc/passwd", "./a/../../b", "./con", "./x\\y", "./bad\udcff.txt", "./" + "x" * 300,
        "./.sayso/run", "./web/node_modules/a.js", "./.git/config", "./__pycache__/a.py", "./dist/a.js", "",
    ):  # fmt: skip
        collected.add(TarFile(name, 1, b"x"))
    assert (collected.files, collected.left_out) == ({}, 13)
    collected.add(TarFile("./src/ok.py", 2, b"ok"))
    collected.add(TarFile("./src/again.py", 0, None, "./src/ok.py"))
    collected.add(TarFile("./src/other.py", 0, None, "/etc/passwd"))
    collected.add(TarFile("./large.bin", 9_999_999, None))
    assert collected.files == {"src/ok.py": b"ok", "src/again.py": b"ok"}
    assert collected.left_out == 15


def test_only_files_that_were_brought_and_stay_can_be_missing() -> None:
    working = FileTree({"a.py": "1", "typed.py": "2", "dist/page.html": "3", "b.py": "4"})
    told = {path: digest("1") for path in ("a.py", "b.py", "dist/page.html", "deleted.py")}
    assert may_be_missing(Found({"b.py": b"4"}, 0), told, working) == ["a.py"]
