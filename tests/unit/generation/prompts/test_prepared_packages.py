"""The model is told which packages are at hand."""

from __future__ import annotations

from builder.generation.prompts.request import Surroundings, build_request
from builder.projects.starters import starter_packages
from preview_runtime.file_tree import FileTree


def test_the_request_names_what_the_starters_import() -> None:
    packages = starter_packages()
    assert {"react", "react-dom", "vue", "recharts"} <= {package.partition(" ")[0] for package in packages}
    request = build_request("a todo list", FileTree(), surroundings=Surroundings(packages=packages))
    assert all(package in request.system for package in packages)
