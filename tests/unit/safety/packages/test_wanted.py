"""Each way in which a project's files ask a registry for a package."""

from __future__ import annotations

import json

import pytest

from builder.safety.packages.wanted import wanted_packages
from preview_runtime.file_tree import FileTree


def names(files: dict[str, str]) -> set[tuple[str, str]]:
    return {(one.name, one.path) for one in wanted_packages(FileTree(files))}


def test_every_group_of_every_package_json() -> None:
    page = {
        "name": "page", "dependencies": {"a": "^1", "b": "npm:c@2", "here": "file:./here", "server": "*"},
        "devDependencies": {"d": "latest"}, "optionalDependencies": {"e": "1"}, "peerDependencies": {"f": "1"},
        "overrides": {"g": "1", "h": {"i": "npm:j@1"}}, "resolutions": {"k": "npm:l@1"},
    }  # fmt: skip
    server = {"name": "server", "dependencies": {"m": "1"}}
    found = names(
        {
            "package.json": json.dumps(page),
            "server/package.json": json.dumps(server),
            "node_modules/x/package.json": '{"dependencies": {"never": "1"}}',
        }
    )
    page_names = {(name, "package.json") for name in ("a", "c", "d", "e", "f", "j", "l")}
    assert found == page_names | {("m", "server/package.json")}


def test_requirements_and_those_that_they_include() -> None:
    found = names(
        {
            "requirements.txt": "# ours\nFlask[async]>=3 ; python_version > '3.8'\n-r more/extra.txt\n--hash=x\n-e .\n./here\n",
            "more/extra.txt": "httpx==0.28.1 --hash=sha256:00\nname @ https://example.com/x.whl\n",
            "api/requirements-dev.txt": "py.test\n",
            "notes.txt": "django\n",
        }
    )
    assert found == {
        ("flask", "requirements.txt"),
        ("httpx", "more/extra.txt"),
        ("name", "more/extra.txt"),
        ("py-test", "api/requirements-dev.txt"),
    }


def test_a_pyproject_with_its_groups_and_what_builds_it() -> None:
    text = """
[build-system]
requires = ["hatchling"]
[project]
dependencies = ["fastapi>=0.1"]
optional-dependencies = {more = ["rich"]}
[dependency-groups]
dev = ["pytest", {include-group = "more"}]
[tool.poetry.dependencies]
python = "^3.11"
typer = "*"
[tool.poetry.group.dev.dependencies]
mypy = "*"
"""
    assert {name for name, _ in names({"pyproject.toml": text})} == {
        "hatchling", "fastapi", "rich", "pytest", "typer", "mypy",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("pip install -r requirements.txt httpx 'uvicorn[standard]>=0.3'", {"httpx", "uvicorn"}),
        ("npm ci && npm install --save lodahs@4 @acme/ui", {"lodahs", "@acme/ui"}),
        ("python -m pip install reqeusts; make", {"reqeusts"}),
        ("uv pip install flask && bun add hono@latest", {"flask", "hono"}),
        ("npm install", set()),
        ("npx create-lodahs my-app && pnpm dlx lodahs@1 x", {"create-lodahs", "lodahs"}),
        ("sh -c 'pip install reqeusts' && npm exec -- lodahs --init", {"reqeusts", "lodahs"}),
        ("npm run install-it && npm run build && python manage.py migrate", set()),
        ("make 'unclosed", set()),
    ],
)
def test_an_install_command_of_the_projects_own(command: str, found: set[str]) -> None:
    assert {name for name, _ in names({"sayso.json": json.dumps({"run": {"install": command}})})} == found


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"dependencies": []}', '{"dependencies": {"a": {}}}', ""])
def test_a_broken_package_json_raises_nothing(text: str) -> None:
    assert names({"package.json": text}) in (set(), {("a", "package.json")})
