"""The files of a set of packages, as a page that holds them takes them."""

from __future__ import annotations

from pathlib import Path

from preview_runtime.dependencies.dependency_set import DependencySet, SetShelf
from preview_runtime.output import OutputFile

NAME = "a" * 32


def test_a_set_s_files_are_those_that_are_whole(tmp_path: Path) -> None:
    shelf = SetShelf(tmp_path)
    work = shelf.work_folder()
    (work / "files").mkdir(parents=True)
    (work / "files" / "react.js").write_bytes(b"export {}")
    shelf.add(DependencySet(NAME, f"/@deps/{NAME}/"), work)
    files = tmp_path / "sets" / NAME / "files"
    (files / "react.js.br").write_bytes(b"small")
    (files / "making-0123").write_bytes(b"half of what is being compr")
    assert shelf.files(NAME) == {f"@deps/{NAME}/react.js": OutputFile("text/javascript", b"export {}")}
    assert shelf.files("b" * 32) == {}
