from __future__ import annotations

from pathlib import Path

import pytest
from sayso import ApiError
from sayso.syncing import difference, files_here, target_in


def test_each_path_goes_the_way_it_changed() -> None:
    base = dict.fromkeys(("same", "mine", "theirs", "both", "alike", "gone", "left", "mixed"), "0")
    here = {"same": "0", "mine": "1", "theirs": "0", "both": "1", "alike": "1", "left": "0", "new": "1", "mixed": "2"}
    there = {"same": "0", "mine": "0", "theirs": "2", "both": "2", "alike": "1", "gone": "0", "other": "2"}
    found = difference(base, here, there)
    assert (found.here, found.gone_here) == (["mine", "new"], ["gone"])
    assert (found.there, found.gone_there) == (["other", "theirs"], ["left"])
    assert found.both == ["both", "mixed"]


def test_the_same_new_file_on_both_sides_is_no_conflict() -> None:
    assert difference({}, {"a": "1"}, {"a": "1"}) == difference({}, {}, {})
    assert difference({}, {"a": "1"}, {"a": "2"}).both == ["a"]


def test_what_is_ignored_and_links_stay_here(tmp_path: Path) -> None:
    for name in (
        "a.txt",
        "b.log",
        "keep.log",
        ".git/config",
        "node_modules/x.js",
        ".sayso/project.json",
        "c.txt.theirs",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "link.txt").symlink_to("/etc/passwd")
    (tmp_path / ".gitignore").write_text("*.log\n!keep.log\n")
    assert [*files_here(tmp_path)] == [".gitignore", "a.txt", "keep.log"]


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", ".sayso/project.json", "link/x"])
def test_no_server_names_a_place_outside_of_the_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "link").symlink_to("/tmp")
    with pytest.raises(ApiError):
        target_in(tmp_path, path)
