"""How a downloaded project runs without Sayso: its README, and what the command line says."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any, Final

from builder.projects.archive.docker_project import docker_files, shown_at
from builder.projects.archive.unnamed_packages import unnamed_packages
from builder.projects.archive.walked_by_playwright import walked_by_playwright
from builder.projects.run_hints import read_hints
from builder.texts import said, t
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import asks_for_postgres
from preview_runtime.plans.plan import NothingToRun, RunPlan, plan_run
from preview_runtime.plans.recipe import PACKAGES_FOLDER
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.stack import Stack, detect_stack

_PROGRAMS: Final = frozenset({"node", "npm", "npx", "bun", "pnpm", "yarn"})


def readme(tree: FileTree, title: str, *, docker: bool = False) -> str:
    """Markdown, with the commands for a POSIX shell in blocks marked `sh`, in the order in which they have to be
    run. With `docker`: how compose.yaml runs it."""
    how = _by_compose(tree) if docker else how_it_runs(tree)
    parts = (part if isinstance(part, str) else "\n".join(["```sh", *part, "```"]) for part in how)
    return "\n\n".join([f"# {title}", t("export.made"), *parts]) + "\n"


def _by_compose(tree: FileTree) -> Iterator[str | tuple[str, ...]]:
    yield t("export.compose")
    yield ("docker compose up --build",)
    yield t("export.open", port=shown_at(tree))
    if "Dockerfile" in docker_files(tree) and detect_stack(tree, read_hints(tree).start).needs_server:
        yield t("export.compose.data")


def how_it_runs(tree: FileTree) -> Iterator[str | tuple[str, ...]]:
    """Sentences, and between them tuples of commands for a POSIX shell, in the order in which they are run."""
    hints = read_hints(tree)
    stack = detect_stack(tree, hints.start)
    if not stack.needs_server:
        yield from _front_end(tree, stack)
        return
    try:
        plan = plan_run(tree, hints)
    except NothingToRun as missing:
        yield said(missing.says)
        return
    if asks_for_postgres(tree):
        yield t("export.postgres")
        yield ("export DATABASE_URL=postgresql://user:password@localhost/name",)
    yield t(f"export.needs.{plan.runtime or 'docker'}")
    yield tuple(_server(tree, plan))
    if stack.is_all_server:
        yield t("export.open", port=plan.port)
        if walked_by_playwright(tree):
            yield t("export.walks.server")
    else:
        yield t("export.beside")
        yield from _front_end(tree, stack)


def _front_end(tree: FileTree, stack: Stack) -> Iterator[str | tuple[str, ...]]:
    if not stack.front_end:
        return
    package = _package(tree, stack.front_folder)
    commands = [f"cd {stack.front_folder}"] if stack.front_folder else []
    if package:
        commands.append("npm install")
    commands.append("npm run dev" if "dev" in package.get("scripts", {}) else "npx vite")
    yield tuple(commands)
    yield t("export.printed")
    if walked_by_playwright(tree):
        yield t("export.walks")


def _server(tree: FileTree, plan: RunPlan) -> Iterator[str]:
    if plan.folder:
        yield f"cd {plan.folder}"
    if plan.runtime is None:
        yield f"docker build -t app -f {plan.dockerfile.rpartition('/')[2]} ."
        yield f"docker run --rm -e PORT={plan.port} -p 127.0.0.1:{plan.port}:{plan.port} app"
        return
    package = _package(tree, plan.folder)
    start, unnamed = plan.start, unnamed_packages(tree, plan)
    if plan.runtime is Runtime.PYTHON:
        yield from ("python3 -m venv .venv", ". .venv/bin/activate")
        if plan.install:
            yield plan.install.replace(" --user", "")
        if unnamed:
            yield f"python -m pip install {shlex.join(unnamed)}"
    elif plan.runtime is Runtime.NODE:
        if plan.install:
            yield "npm install"
        if unnamed:
            yield f"npm install --no-save {shlex.join(unnamed)}"
        start = "npm start" if "start" in package.get("scripts", {}) else _with_npx(start)
    elif plan.runtime is Runtime.GO:
        start = "go run ."
    yield f"export PORT={plan.port}"
    start = start.replace(PACKAGES_FOLDER, "build").replace("&& exec ", "&& ")
    yield start.replace("0.0.0.0", "127.0.0.1").replace("$PORT", str(plan.port))  # noqa: S104 - what is replaced


def _with_npx(start: str) -> str:
    """In a container the programs of packages are on the path; elsewhere npx finds them."""
    return start if start.partition(" ")[0] in _PROGRAMS else f"npx {start}"


def _package(tree: FileTree, folder: str) -> dict[str, Any]:
    try:
        package = json.loads(tree.text(f"{folder}/package.json".lstrip("/")) or "{}")
    except ValueError:
        return {}
    if not isinstance(package, dict) or not package:
        return {}
    scripts = package.get("scripts")
    return {"scripts": scripts if isinstance(scripts, dict) else {}}
