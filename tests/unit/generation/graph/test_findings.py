"""Circles of imports, and files that nothing leads to."""

from __future__ import annotations

import pytest

from builder.generation.context.project_map import ProjectMap
from builder.generation.graph.findings import cycles, unused
from builder.projects.blobs import normal
from preview_runtime.file_tree import FileTree
from tests.starters import Starter, server_starters, starters


def test_a_circle_is_shown_in_its_order() -> None:
    assert cycles({"a": ["b"], "b": ["c", "d"], "c": ["a"], "d": [], "e": ["a"]}) == [["a", "b", "c"]]


def test_of_a_tangle_the_shortest_circle_is_shown() -> None:
    assert cycles({"a": ["b", "c"], "b": ["c"], "c": ["a"]}) == [["a", "c"]]


def test_a_chain_that_is_longer_than_the_stack_has_no_circle() -> None:
    assert cycles({str(number): [str(number + 1)] for number in range(5_000)}) == []


def found(files: dict[str, str | bytes]) -> list[str]:
    tree = FileTree(files)
    return unused(ProjectMap(tree), {path: text for path, text in tree.items() if isinstance(text, str)})


START: dict[str, str | bytes] = {
    "index.html": '<script type="module" src="/src/main.tsx"></script>', "src/main.tsx": "import './App'", "src/App.tsx": "",
}  # fmt: skip


def test_files_that_only_lead_to_one_another_are_unused() -> None:
    assert found(START | {"src/a.ts": "import './b'", "src/b.ts": "import './a'", "src/old.css": ""}) == [
        "src/a.ts", "src/b.ts", "src/old.css",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "files",
    [
        {"src/App.tsx": "const pages = import.meta.glob('./pages/**/*.tsx')", "src/pages/a/B.tsx": ""},
        {"src/App.tsx": "import x from '#lib/clock'", "src/lib/clock.ts": ""},
        {"src/App.tsx": "new Worker(new URL('./deep.ts', import.meta.url))", "src/deep.ts": "import './deeper'", "src/deeper.ts": ""},
        {"src/App.test.tsx": "import './mocks'", "src/mocks.ts": ""},
        {"vite.config.ts": "import './plugins/own'", "plugins/own.ts": ""},
        {"package.json": '{"scripts": {"dev": "node ./start-all.mjs"}}', "start-all.mjs": ""},
        {"sayso.json": '{"run": {"start": "uvicorn service.web:api"}}', "service/web.py": "api = 1"},
        {"pages/about.tsx": ""},
        {"tools/make.py": "if __name__ == '__main__': pass"},
        {"cmd/serve.go": "package main", "java/App.java": "class App {}", "notes.md": "", "logo.svg": "<svg/>"},
    ],
)  # fmt: skip
def test_what_may_be_found_in_another_way_is_not_unused(files: dict[str, str | bytes]) -> None:
    assert found(START | files) == []


@pytest.mark.parametrize("starter", [*starters(), *server_starters()], ids=lambda one: one.name)
def test_a_starter_has_no_unused_file_and_no_circle(starter: Starter) -> None:
    files = {path: normal((starter.folder / path).read_bytes()) for path in starter.files()}
    assert found(files) == []
    assert cycles(ProjectMap(FileTree(files)).imports) == []
