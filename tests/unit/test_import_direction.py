"""Imports point one way: pages → api → domain → models, and builder → preview_runtime, never back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REFLEX_ALLOWED = (
    "builder/pages/",
    "builder/components/",
    "builder/app.py",
    "builder/serve.py",
    "builder/isolation.py",
    "rxconfig.py",
)
DOMAIN = ("builder/projects/", "builder/generation/", "builder/sharing/", "builder/accounts/")


def _sources(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in path.parts
    ]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def _offenders(paths: list[Path], forbidden: tuple[str, ...], allowed: tuple[str, ...] = ()) -> list[str]:
    found = []
    for path in paths:
        relative = path.relative_to(ROOT).as_posix()
        if relative.startswith(allowed or ("\0",)):
            continue
        found += [
            f"{relative} imports {name}"
            for name in _imports(path)
            if any(name == f or name.startswith(f + ".") for f in forbidden)
        ]
    return found


def test_preview_runtime_knows_nothing_of_the_builder() -> None:
    sources = _sources("preview_runtime")
    assert sources
    assert _offenders(sources, ("builder", "reflex")) == []


def test_reflex_stays_in_pages_components_and_the_launcher() -> None:
    assert _offenders(_sources("builder"), ("reflex", "reflex_base"), REFLEX_ALLOWED) == []


@pytest.mark.parametrize("folder", DOMAIN)
def test_the_domain_knows_neither_api_nor_pages(folder: str) -> None:
    # Signing in is HTTP by nature: its middleware and routes live with the accounts they check.
    assert _offenders(_sources(folder), ("builder.api", "builder.pages", "builder.components", "builder.app")) == []


def test_the_api_knows_no_pages() -> None:
    assert _offenders(_sources("builder/api"), ("builder.pages", "builder.components", "builder.app")) == []


def test_the_models_know_nothing_above_them() -> None:
    above = (
        "builder.projects",
        "builder.generation",
        "builder.sharing",
        "builder.api",
        "builder.pages",
        "builder.services",
    )
    assert _offenders([ROOT / "builder/models.py", ROOT / "builder/db.py"], above) == []
