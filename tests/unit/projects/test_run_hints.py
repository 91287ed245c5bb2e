"""What somebody said of how an app runs is kept with its files, and only what the files do not say anyway."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.base.errors import BadInput
from builder.projects.run_hints import FILE, checked, read_hints, told, write_hints
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.plan import NothingToRun, plan_run
from tests.telling import tells

FASTAPI = {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "requirements.txt": "fastapi\n"}
EXPRESS = {
    "package.json": '{"dependencies": {"express": "*"}, "scripts": {"start": "node server.js"}}',
    "server.js": "require('express')().listen(process.env.PORT)",
}
FRONT_END = {"package.json": '{"dependencies": {"react": "*"}, "scripts": {"dev": "vite"}}', "index.html": "<p>"}


def test_what_is_written_is_read_again() -> None:
    hints = RunHints(install="sh setup.sh", start="python serve.py", port=9000)
    text = write_hints(FileTree(FASTAPI), hints)
    assert text is not None
    tree = FileTree({**FASTAPI, FILE: text})
    assert read_hints(tree) == hints
    assert plan_run(tree, read_hints(tree)).port == 9000


@pytest.mark.parametrize("dockerfile", [True, False])
def test_what_was_said_of_the_dockerfile_is_kept_whatever_a_model_says_then(dockerfile: bool) -> None:
    text = write_hints(FileTree(FASTAPI), RunHints(dockerfile=dockerfile))
    tree = FileTree({**FASTAPI, "Dockerfile": "FROM python:3.11\n", FILE: text or ""})
    assert read_hints(tree) == RunHints(dockerfile=dockerfile)
    assert read_hints(told(tree, {"start": "uvicorn main:app", "port": 8000})) == RunHints(dockerfile=dockerfile)


def test_what_else_stands_in_the_file_stays_and_an_empty_file_goes() -> None:
    other = FileTree({**FASTAPI, FILE: '{"owner": "Ana", "run": {"start": "python a.py"}}'})
    assert json.loads(write_hints(other, RunHints()) or "") == {"owner": "Ana"}
    assert write_hints(FileTree({FILE: '{"run": {"port": 9000}}'}), RunHints()) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"run": {"dockerfile": "x"}}',
        '{"run": 3}',
        '{"run": {"start": 3, "port": "x"}}',
        '{"run": {"start": "a\\nb", "port": 70000}}',
    ],
)
def test_a_file_that_says_nothing_usable_counts_as_not_said(text: str) -> None:
    assert read_hints(FileTree({FILE: text})) == RunHints()


@pytest.mark.parametrize(
    ("files", "run"),
    [
        (FASTAPI, {"install": "pip install -r requirements.txt", "start": "uvicorn main:app --reload", "port": 8000}),
        (FASTAPI, {"start": "uvicorn main:app --host 0.0.0.0 --port 8000", "port": 8000}),
        (FASTAPI, {"start": "python3 -m uvicorn main:app --port 5000", "port": 5000}),
        (EXPRESS, {"install": "npm install", "start": "npm start", "port": 3000}),
        (EXPRESS, {"start": "node server.js"}),
        (FRONT_END, {"install": "npm install", "start": "npm run dev", "port": 5173}),
        (FRONT_END, {}),
    ],
)
def test_a_model_that_repeats_the_usual_leaves_no_trace(files: dict[str, str], run: dict[str, Any]) -> None:
    assert FILE not in told(FileTree(files), run)


def test_a_model_that_starts_it_otherwise_is_listened_to() -> None:
    tree = told(FileTree(FASTAPI), {"start": "python seed.py && uvicorn main:app", "install": "pip install -e ."})
    assert read_hints(tree) == RunHints(install="pip install -e .", start="python seed.py && uvicorn main:app")
    # A later answer that says nothing of it leaves it; one that takes it back does so.
    assert told(tree, {}) is tree
    assert read_hints(told(tree, {"port": 9100})).start == "python seed.py && uvicorn main:app"
    assert FILE not in told(tree, {"install": "", "start": "uvicorn main:app"})


@pytest.mark.parametrize("run", [{"start": 3, "port": "8000"}, {"start": "x\0y"}, {"start": "x" * 600}, {"port": True}])
def test_a_model_that_says_nonsense_changes_nothing(run: dict[str, Any]) -> None:
    assert FILE not in told(FileTree(FASTAPI), run)


@pytest.mark.parametrize(
    ("install", "start", "port", "sentence"),
    [
        ("", "a\nb", None, "one line"),
        ("x" * 501, "", None, "at most 500"),
        ("", "", 80, "from 1024 to 65535"),
        ("", "", 70_000, "from 1024 to 65535"),
    ],
)
def test_a_person_is_told_what_to_change(install: str, start: str, port: int | None, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked(install, start, port)
    assert sentence in refused.value.message


def test_a_command_of_the_projects_own_file_that_is_too_long_is_told_and_no_other_is_run_in_its_place() -> None:
    tree = FileTree({**FASTAPI, FILE: json.dumps({"run": {"start": "uvicorn main:app " + "x" * 5_000}})})
    with tells(NothingToRun, "start command has 5,017 characters"):
        plan_run(tree, read_hints(tree))


def test_spaces_around_a_command_do_not_count() -> None:
    assert checked(" make ", "  ", None) == RunHints(install="make")
