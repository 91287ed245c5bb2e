"""What an exported project gets so that `npx playwright test` walks through it."""

from __future__ import annotations

import json
from typing import Any, Final

from builder.base.settings import ROOT
from builder.projects.run_hints import read_hints
from builder.projects.walks.reading import read_walks
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import asks_for_postgres
from preview_runtime.plans.plan import NothingToRun, plan_run
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.stack import detect_stack, front_folder

PLAYWRIGHT: Final = "1.65.1"
VITE: Final = "8.3.8"  # for pages without a package.json of their own
_TEMPLATES: Final = ROOT / "templates" / "walks"
_CONFIGURATION: Final = "playwright.config.ts"
_SPEC: Final = "tests/walks.spec.ts"
_SERVER: Final = "tests/server.ts"
_TEST: Final = "@playwright/test"
# Whose programs a person has who runs the project at all, and which start quickly enough to do so for each walk.
_RUNTIMES: Final = (Runtime.PYTHON, Runtime.NODE)


def walked_by_playwright(tree: FileTree) -> dict[str, str]:
    """The files that are added to a project with walks, and its package.json with what they need, by path.

    Nothing for a project that has a configuration for Playwright already, or a package.json that cannot be read; nor for
    one that needs more than a page, or one server that answers everything and keeps its data in its folder.
    """
    if any(path.startswith("playwright.config.") for path in tree) or not read_walks(tree).walks:
        return {}
    serves = detect_stack(tree).needs_server
    start = _start(tree) if serves else ""
    if (serves and not start) or (not serves and front_folder(tree) != ""):
        return {}
    try:
        package = json.loads(tree.text("package.json") or '{"private": true, "type": "module"}')
        _with_needs(package, vite=not serves)
    except (ValueError, AttributeError, TypeError):
        return {}
    files = _of_a_server(start) if serves else _of_a_page()
    added = {path: text for path, text in files.items() if path not in tree}
    return {**added, "package.json": json.dumps(package, indent=2, ensure_ascii=False) + "\n"}


def _with_needs(package: dict[str, Any], *, vite: bool) -> None:
    needed = package.setdefault("devDependencies", {})
    if vite and "vite" not in {**package.get("dependencies", {}), **needed}:
        needed["vite"] = VITE
    needed.setdefault(_TEST, PLAYWRIGHT)
    package["devDependencies"] = dict(sorted(needed.items()))
    package.setdefault("scripts", {}).setdefault("test", "playwright test")


def _of_a_page() -> dict[str, str]:
    return {_CONFIGURATION: _template("playwright.config.ts"), _SPEC: _template("walks.spec.ts")}


def _of_a_server(start: str) -> dict[str, str]:
    """Each walk has a server of its own: the configuration starts none, and the walks come with one."""
    configuration = _template("playwright.config.ts")
    head, _, rest = configuration.partition("  webServer: {")
    without = head + rest.partition("\n  },\n")[2]
    without = without.replace("const port = Number(process.env.PORT ?? 5173)\n\n", "")
    without = without.replace("    baseURL: `http://localhost:${port}`,\n", "")
    spec = _template("walks.spec.ts")
    own = "import { expect } from '@playwright/test'\nimport { test } from './server'\n"
    quoted = start.replace("\\", "\\\\").replace("'", "\\'")
    return {
        _CONFIGURATION: without,
        _SPEC: spec.replace("import { expect, test } from '@playwright/test'\n", own),
        _SERVER: _template("server.ts").replace("{{ start }}", quoted),
    }


def _start(tree: FileTree) -> str:
    """The command that starts the server in its folder, at the port in PORT; "" where a person needs more than that."""
    hints = read_hints(tree)
    try:
        plan = plan_run(tree, hints)
    except NothingToRun:
        return ""
    whole = detect_stack(tree, hints.start).is_all_server
    if not whole or plan.folder or plan.runtime not in _RUNTIMES or asks_for_postgres(tree):
        return ""
    return plan.start.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - what is replaced


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text()
