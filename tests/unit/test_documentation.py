"""What the documentation names is there: files, modules, links, and the floors of the house."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_floors import FLOORS, MODULES, ROOT

PAGES: Final = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FILES: Final = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
# Written by a person's project or by a build, or an address.
NOT_OURS: Final = {"app.tsx", "compile.mjs", "openapi.json", "sayso.json"}
FILE: Final = re.compile(r"[\w./-]+\.(?:py|ts|tsx|mjs|cjs|json|css|md|sh|yaml|toml)")
MODULE: Final = re.compile(r"(?:builder|preview_runtime|tests|benchmarks)(?:\.\w+)+")
LINK: Final = re.compile(r"\]\((?!https?:)([^)#]+)")


def quoted(page: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    """What stands in code's own type and is a `pattern` from its first letter to its last, or to its arguments."""
    for text in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
        if found := pattern.fullmatch(text.partition("(")[0]):
            yield found[0]


def is_there(name: str) -> bool:
    """Whether a dotted name is a module of ours, or stands in one."""
    module, _, inner = name.rpartition(".")
    while module and module not in MODULES:
        module, _, before = module.rpartition(".")
        inner = f"{before}.{inner}"
    text = MODULES[module].read_text(encoding="utf-8") if module else ""
    return name in MODULES or (bool(module) and all(re.search(rf"\b{one}\b", text) for one in inner.split(".")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    files = {name for name in quoted(page, FILE) if name not in NOT_OURS}
    assert {name for name in files if not any(f"/{one}".endswith(f"/{name}") for one in FILES)} == set()
    assert {name for name in quoted(page, MODULE) if not name.startswith("tests.") and not is_there(name)} == set()
    links = set(LINK.findall(page.read_text(encoding="utf-8")))
    assert {link for link in links if not (page.parent / link).exists()} == set()


def test_what_a_comment_or_a_docstring_names_is_there() -> None:
    code = [
        name for name in FILES if name.endswith(".py") and name.startswith(("builder/", "preview_runtime/", "tests/"))
    ]
    named = {(name, one) for name in code if (ROOT / name).exists() for one in quoted(ROOT / name, MODULE)}
    assert len(named) > 30
    assert sorted((name, one) for name, one in named if not one.startswith("tests.") and not is_there(one)) == []


def test_the_page_of_the_architecture_has_the_floors_as_they_are() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    sentence = text.partition("imports lead down only: ")[2].partition("`tests/unit/test_floors.py`")[0]
    written = [set(re.findall(r"`(\w+)`", floor)) for floor in sentence.split("→")[1:]]
    built = [{area.removeprefix("builder.") for area in floor} for floor in FLOORS if floor[0].startswith("builder.")]
    assert written == [*reversed(built), {"preview_runtime"}]
