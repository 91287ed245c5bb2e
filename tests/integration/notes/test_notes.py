"""Every line that a model reads about a library is true of the version that apps here get."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builder.generation.prompts.notes import NOTES, library_notes
from tests.integration.notes import packages

CHECKS = Path(__file__).with_name("checks")
FILES = sorted(NOTES.glob("*/*.md"))
LINE = re.compile(r"- ([A-Za-z0-9]+): \S.*")
SECONDS = 180


def names(file: Path) -> list[str]:
    """The names of a file's lines."""
    lines = file.read_text(encoding="utf-8").strip().split("\n")[1:]
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), f"{file.name}: each line is a name and a sentence"
    return [match[1] for match in found if match]


RESULTS: dict[Path, dict[str, str]] = {}


def checked(file: Path, work: Path, database: str) -> dict[str, str]:
    """What went wrong with each line of a file, by its name; "" for nothing. Its checks run once."""
    if file not in RESULTS:
        RESULTS[file] = _in_python(file, database) if file.parent.name == "python" else _in_node(file, work)
    return RESULTS[file]


def _in_node(file: Path, work: Path) -> dict[str, str]:
    installed = packages.browser() if file.parent.name == "browser" else packages.node()
    for script in (CHECKS / "run.mjs", CHECKS / "tools.mjs", CHECKS / file.parent.name / f"{file.stem}.mjs"):
        shutil.copyfile(script, work / script.name)
    shutil.copyfile(packages.ROOT / "templates" / "starters" / "todo" / "tsconfig.json", work / "tsconfig.json")
    (work / "node_modules").symlink_to(installed)
    node = packages.ROOT / ".venv" / "bin" / "node"
    return _results([str(node), "run.mjs", f"{file.stem}.mjs"], work)


def _in_python(file: Path, database: str) -> dict[str, str]:
    script = CHECKS / "python" / f"{file.stem}.py"
    # -S: without the packages that the tests themselves are run with.
    command = [sys.executable, "-I", "-S", str(CHECKS / "run.py"), str(packages.python()), str(script)]
    return _results(command, packages.python(), DATABASE_URL=database)


def _results(command: list[str], folder: Path, **more: str) -> dict[str, str]:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **more}, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, str] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return found


@pytest.mark.parametrize(
    ("file", "name"),
    [(file, name) for file in FILES for name in names(file)],
    ids=lambda one: getattr(one, "stem", one),
)
def test_a_line_is_true(file: Path, name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database = ""
    if file.stem == "psycopg":
        database = request.getfixturevalue("postgres_server").replace("+asyncpg", "")
    results = checked(file, tmp_path, database)
    assert name in results, f"{file.name}: nothing shows that the line {name!r} is true"
    assert results[name] == ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_is_shown_that_no_line_says(file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database = request.getfixturevalue("postgres_server").replace("+asyncpg", "") if file.stem == "psycopg" else ""
    assert sorted(checked(file, tmp_path, database)) == sorted(names(file))


def test_all_notes_are_short_enough_to_be_in_every_prompt() -> None:
    text = library_notes(("go", "java", "node", "python"))
    assert len(text.encode()) <= 8_000
    assert sum(line.startswith("- ") for line in text.splitlines()) == sum(len(names(file)) for file in FILES)
